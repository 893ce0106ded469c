//! Conditions: every operator against present, missing and ill-typed values.

use hookwright::domain::flow::condition::{
    Condition, ConditionGroup, ConditionGroups, DateComparison, DateUnit, Facts, ListOperator, NumberOperator, Subject,
    Test, TextOperator, Verdict, evaluate,
};
use hookwright::domain::samples;
use hookwright::domain::time::Timestamp;
use serde_json::json;

fn text(operator: TextOperator, value: &str) -> Test {
    Test::Text { operator, value: value.to_owned() }
}

fn number(operator: NumberOperator, value: f64) -> Test {
    Test::Number { operator, value }
}

fn contains(value: &str, is_contained: bool) -> Test {
    Test::ListContains { value: value.to_owned(), is_contained }
}

fn one_of(values: &[&str], is_in: bool) -> Test {
    Test::TextIn { values: values.iter().map(|value| (*value).to_owned()).collect(), is_in }
}

fn judge(groups: &ConditionGroups) -> Verdict {
    let samples = samples::all().unwrap();
    let mut event = samples.default_event().unwrap().clone();
    let profile = samples.profile_of(&event).unwrap().clone();
    for (name, value) in [
        ("Text Number", json!("20")),
        ("Null", json!(null)),
        ("Empty", json!("")),
        ("True Text", json!("Yes")),
        ("Zero", json!(0)),
        ("Sizes", json!(["M", 42])),
        ("$extra", json!({"line_items": [{"title": "Bowl"}]})),
        ("Placed", json!("2026-02-27 12:00:00")),
    ] {
        event.properties.insert(name.to_owned(), value);
    }
    let now = Timestamp::parse("2026-03-01T12:00:00Z").unwrap();
    evaluate(groups, Facts { event: Some(&event), profile: &profile, now })
}

fn condition(subject: Subject, property: &str, test: Test) -> Condition {
    Condition { subject, property: property.to_owned(), test }
}

#[track_caller]
fn check(subject: Subject, property: &str, test: Test, expected: bool) {
    let condition = condition(subject, property, test);
    let verdict = judge(&ConditionGroups::of(condition.clone()));
    assert_eq!(verdict.is_held, expected, "{condition:?}: {:?}", verdict.reasons);
    assert_eq!(verdict.reasons.len(), 1);
}

#[test]
fn text_tests() {
    use TextOperator::*;
    for (operator, value, on_present, on_missing) in [
        (Equals, "SPRING10", true, false),
        (Equals, "spring10", false, false),
        (NotEquals, "SPRING10", false, true),
        (Contains, "RING", true, false),
        (NotContains, "RING", false, true),
        (StartsWith, "SPRING", true, false),
        (NotStartsWith, "SPRING", false, true),
        (EndsWith, "10", true, false),
        (NotEndsWith, "10", false, true),
        (Matches, r"^SPRING\d+$", true, false),
        (Matches, "^spring", false, false),
        (NotMatches, "^SPRING", false, true),
        // A pattern that cannot be read matches nothing.
        (Matches, "(", false, false),
    ] {
        check(Subject::Event, "DiscountCode", text(operator, value), on_present);
        check(Subject::Event, "Nowhere", text(operator, value), on_missing);
        check(Subject::Event, "Null", text(operator, value), on_missing);
    }
    check(Subject::Event, "$value", text(Equals, "129.5"), false);
    check(Subject::Event, "DiscountCode", one_of(&["A", "SPRING10"], true), true);
    check(Subject::Event, "DiscountCode", one_of(&["A", "SPRING10"], false), false);
    check(Subject::Event, "Nowhere", one_of(&["A"], true), false);
    check(Subject::Event, "Nowhere", one_of(&["A"], false), true);
}

#[test]
fn number_tests() {
    use NumberOperator::*;
    for (operator, value, on_present, on_missing) in [
        (Equals, 129.5, true, false),
        (NotEquals, 129.5, false, true),
        (GreaterThan, 129.5, false, false),
        (GreaterThan, 100.0, true, false),
        (GreaterThanOrEqual, 129.5, true, false),
        (LessThan, 129.5, false, false),
        (LessThan, 130.0, true, false),
        (LessThanOrEqual, 129.5, true, false),
    ] {
        check(Subject::Event, "$value", number(operator, value), on_present);
        check(Subject::Event, "Nowhere", number(operator, value), on_missing);
    }
    check(Subject::Event, "$value", Test::NumberBetween { start: 100.0, end: 129.5 }, true);
    check(Subject::Event, "$value", Test::NumberBetween { start: 130.0, end: 140.0 }, false);
    check(Subject::Event, "Nowhere", Test::NumberBetween { start: 0.0, end: 140.0 }, false);
}

#[test]
fn numbers_kept_as_text_do_not_compare_as_numbers() {
    check(Subject::Event, "Text Number", number(NumberOperator::GreaterThan, 5.0), false);
    check(Subject::Event, "Text Number", number(NumberOperator::LessThan, 79.0), false);
    check(Subject::Event, "Text Number", number(NumberOperator::Equals, 20.0), false);
    check(Subject::Event, "Text Number", number(NumberOperator::NotEquals, 20.0), true);
    check(Subject::Event, "Text Number", Test::NumberBetween { start: 0.0, end: 100.0 }, false);
}

#[test]
fn boolean_tests() {
    for (property, on_true, on_false) in [
        ("True Text", true, false),
        ("Zero", false, true),
        ("Null", false, true),
        ("Empty", false, false),
        ("Nowhere", false, false),
        ("$value", false, false),
    ] {
        check(Subject::Event, property, Test::Boolean { value: true }, on_true);
        check(Subject::Event, property, Test::Boolean { value: false }, on_false);
    }
    check(Subject::Profile, "VIP", Test::Boolean { value: true }, true);
}

#[test]
fn list_tests() {
    use NumberOperator::*;
    check(Subject::Event, "Sizes", contains("M", true), true);
    check(Subject::Event, "Sizes", contains("42", true), true);
    check(Subject::Event, "Sizes", contains("L", true), false);
    check(Subject::Event, "Sizes", contains("L", false), true);
    check(Subject::Event, "DiscountCode", contains("SPRING10", true), false);
    check(Subject::Event, "Nowhere", contains("M", true), false);
    check(Subject::Event, "Nowhere", contains("M", false), true);
    for (operator, values, on_sizes, on_missing) in [
        (ListOperator::ContainsAll, ["M", "42"], true, false),
        (ListOperator::ContainsAll, ["M", "L"], false, false),
        (ListOperator::ContainsAny, ["M", "L"], true, false),
        (ListOperator::NotContainsAll, ["M", "L"], true, true),
        (ListOperator::NotContainsAll, ["M", "42"], false, true),
        (ListOperator::NotContainsAny, ["L", "S"], true, true),
        (ListOperator::NotContainsAny, ["M", "S"], false, true),
    ] {
        let test = || Test::ListSet { operator, values: values.map(str::to_owned).to_vec() };
        check(Subject::Event, "Sizes", test(), on_sizes);
        check(Subject::Event, "Nowhere", test(), on_missing);
    }
    let substring = |value: &str, is_contained| Test::ListSubstring { value: value.to_owned(), is_contained };
    check(Subject::Event, "ItemNames", substring("Tote", true), true);
    check(Subject::Event, "ItemNames", substring("tote", true), false);
    check(Subject::Event, "ItemNames", substring("Tote", false), false);
    check(Subject::Event, "Nowhere", substring("Tote", false), true);
    check(Subject::Event, "Sizes", Test::ListLength { operator: Equals, value: 2 }, true);
    check(Subject::Event, "Items", Test::ListLength { operator: GreaterThan, value: 2 }, false);
    check(Subject::Event, "Nowhere", Test::ListLength { operator: LessThan, value: 2 }, false);
}

#[test]
fn existence_tests() {
    for (property, is_set) in [("$value", true), ("Empty", true), ("Zero", true), ("Null", false), ("Nowhere", false)] {
        check(Subject::Event, property, Test::Existence { is_set: true }, is_set);
        check(Subject::Event, property, Test::Existence { is_set: false }, !is_set);
    }
}

#[test]
fn date_tests() {
    let in_the_last = |quantity| Test::Date { comparison: DateComparison::InTheLast { quantity, unit: DateUnit::Day } };
    check(Subject::Event, "Placed", in_the_last(3), true);
    check(Subject::Event, "Placed", in_the_last(1), false);
    check(Subject::Event, "Nowhere", in_the_last(1), false);
    check(Subject::Event, "DiscountCode", in_the_last(1), false);
    let at_least = DateComparison::AtLeast { quantity: 2, unit: DateUnit::Week };
    check(Subject::Profile, "Last Order", Test::Date { comparison: at_least }, true);
    let after = DateComparison::After { date: Timestamp::parse("2026-01-01T00:00:00Z").unwrap() };
    check(Subject::Profile, "Last Order", Test::Date { comparison: after }, true);
}

#[test]
fn dates_of_the_calendar_are_compared_in_utc() {
    for (property, comparison, expected) in [
        ("Placed", DateComparison::CalendarMonth { month: 2 }, true),
        ("Placed", DateComparison::CalendarMonth { month: 3 }, false),
        ("Placed", DateComparison::AnniversaryInTheLast { quantity: 3, unit: DateUnit::Day }, true),
        ("Placed", DateComparison::Anniversary, false),
        ("Placed", DateComparison::BetweenAgo { start: 1, end: 3, unit: DateUnit::Day }, true),
        ("Nowhere", DateComparison::CalendarMonth { month: 2 }, false),
        ("DiscountCode", DateComparison::AnniversaryMonth, false),
    ] {
        check(Subject::Event, property, Test::Date { comparison }, expected);
    }
}

#[test]
fn a_condition_says_what_it_lacks() {
    let flawed = |test: Test| condition(Subject::Event, "x", test).flaw().map(|flaw| flaw.to_string());
    for test in [
        text(TextOperator::Contains, ""),
        one_of(&["", " "], true),
        contains("", true),
        Test::ListSet { operator: ListOperator::ContainsAny, values: vec![] },
    ] {
        assert_eq!(flawed(test).as_deref(), Some("there is nothing to compare with; enter a value"));
    }
    let swapped = flawed(Test::NumberBetween { start: 2.0, end: 1.0 });
    assert_eq!(swapped.as_deref(), Some("the range ends before it starts; swap its ends"));
    let broken = flawed(text(TextOperator::Matches, "(a"));
    assert_eq!(broken.as_deref(), Some("the pattern cannot be read: a bracket is not closed"));
    assert_eq!(flawed(text(TextOperator::Equals, "")), None);
}

#[test]
fn values_are_found_by_name_and_by_path() {
    let is_set = || Test::Existence { is_set: true };
    for (subject, property) in [
        (Subject::Event, "Items.1.SKU"),
        (Subject::Event, "ShippingAddress.City"),
        (Subject::Event, "extra.line_items.0.title"),
        (Subject::Event, "$extra.line_items"),
        (Subject::Event, "extra"),
        (Subject::Profile, "email"),
        (Subject::Profile, "City"),
        (Subject::Profile, "location.city"),
        (Subject::Profile, "properties['Favorite Color']"),
    ] {
        check(subject, property, is_set(), true);
    }
    for (subject, property) in [
        (Subject::Event, "Items.9.SKU"),
        (Subject::Event, "Items.x"),
        (Subject::Event, "$value.x"),
        (Subject::Event, "extras"),
        (Subject::Event, "."),
        (Subject::Profile, "$value"),
    ] {
        check(subject, property, is_set(), false);
    }
}

#[test]
fn groups_are_anded_and_their_conditions_ored() {
    let holds = || condition(Subject::Event, "$value", number(NumberOperator::GreaterThan, 100.0));
    let fails = || condition(Subject::Event, "$value", number(NumberOperator::LessThan, 100.0));
    let unset = || condition(Subject::Event, " ", number(NumberOperator::LessThan, 100.0));
    for (groups, expected) in [
        (vec![], true),
        (vec![vec![]], true),
        (vec![vec![unset()]], true),
        (vec![vec![fails(), holds()]], true),
        (vec![vec![unset(), fails()]], false),
        (vec![vec![holds()], vec![fails()]], false),
        (vec![vec![holds()], vec![fails(), holds()], vec![]], true),
    ] {
        let groups: Vec<_> = groups.into_iter().map(|conditions| ConditionGroup { conditions }).collect();
        let groups = ConditionGroups { groups };
        assert_eq!(judge(&groups).is_held, expected, "{groups:?}");
    }
}

#[test]
fn reasons_name_the_values_compared() {
    let verdict =
        judge(&ConditionGroups::of(condition(Subject::Event, "$value", number(NumberOperator::LessThan, 100.0))));
    assert_eq!(verdict.summary(), "$value is 129.5; asked: less than 100");
    let verdict = judge(&ConditionGroups::of(condition(Subject::Event, "Sizes", contains("L", true))));
    assert_eq!(verdict.summary(), "Sizes is a list of 2: [\"M\",42]; asked: list contains \"L\"");
    let verdict = judge(&ConditionGroups::of(condition(Subject::Profile, "Nope", text(TextOperator::Equals, "x"))));
    assert_eq!(verdict.summary(), "Nope is missing; asked: equals \"x\"");
}
