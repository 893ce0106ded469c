//! Help for the word at a place: what a tag or filter does, what a variable is now.
//!
//! In: source, a place, the context. Out: the word's range with a title and sentences.
//! Invariant: whatever Klaviyo is not known to have says so.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::domain::template::catalog::{self, Dialect, Evidence, FilterSpec};
use crate::view_model::completion::place::{Place, place_at, word_before};
use crate::view_model::template_scope::{scope_at, short_value, split_outside_quotes, type_word};

/// Help for a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// The word, in bytes of the source.
    pub range: Range<usize>,
    pub title: String,
    pub lines: Vec<String>,
}

/// `default:"there"`, or the bare name of a filter without argument.
pub fn filter_title(spec: &FilterSpec) -> String {
    let piped = spec.example.split('|').nth(1).unwrap_or(spec.name);
    piped.to_owned()
}

/// What is known of Klaviyo having it; empty where Klaviyo documents it.
pub fn evidence_note(evidence: Evidence, dialect: Dialect) -> String {
    let note = evidence_words(evidence, dialect);
    if note.is_empty() { String::new() } else { format!("\n{note}") }
}

fn evidence_words(evidence: Evidence, dialect: Dialect) -> &'static str {
    match (dialect, evidence) {
        (Dialect::Django, _) | (_, Evidence::Documented) => "",
        (_, Evidence::Reported) => "Reported to work in Klaviyo; Klaviyo does not document it.",
        (_, Evidence::Unconfirmed) => "Django has it; Klaviyo does not document it.",
        (_, Evidence::Absent) => "Klaviyo does not have it.",
    }
}

/// Help for what stands at `at`.
pub fn help_at(source: &str, at: usize, context: &Map<String, Value>, dialect: Dialect) -> Option<Help> {
    let Place::Tag { is_block, inner_start, .. } = place_at(source, at) else { return None };
    let rest = source.get(at..)?;
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let end = at + rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let word = word_before(source, inner_start, end);
    if word.open_quote.is_some() {
        return None;
    }
    let name_len = word.text.chars().rev().take_while(|c| is_name(*c)).map(char::len_utf8).sum::<usize>();
    let (range, name) = (end - name_len..end, source.get(end - name_len..end)?);
    if name.is_empty() {
        return None;
    }
    let before = source.get(word.start..range.start)?;
    if before.ends_with('|') {
        let spec = catalog::filters_of(dialect).find(|spec| spec.name == name)?;
        let mut lines = vec![spec.doc.to_owned(), format!("`{}`", spec.example)];
        lines.push(evidence_words(spec.evidence, dialect).to_owned());
        return Some(help(range, format!("filter {}", filter_title(spec)), lines));
    }
    if is_block && word.is_first {
        let spec = catalog::tags_of(dialect).find(|spec| spec.name == name || spec.end == name)?;
        let mut lines = vec![spec.doc.to_owned(), format!("`{}`", spec.example)];
        lines.push(evidence_words(spec.evidence, dialect).to_owned());
        return Some(help(range, format!("tag {}", spec.name), lines));
    }
    let expr = source.get(word.start..end)?;
    if split_outside_quotes(expr, '|').len() > 1 || name.starts_with(|c: char| c.is_ascii_digit()) && before.is_empty()
    {
        return None;
    }
    let scope = scope_at(source, inner_start.saturating_sub(2), context);
    let lines = match scope.resolve(expr) {
        Some(value) => vec![format!("{}, {}", type_word(value), short_value(value))],
        None if is_word_of_tags(name) => return None,
        None => vec!["No value for this event and profile.".to_owned()],
    };
    let start = word.start;
    Some(help(start..end, expr.to_owned(), lines))
}

fn is_word_of_tags(name: &str) -> bool {
    ["in", "and", "or", "not", "is", "as", "with", "only", "reversed", "forloop", "True", "False", "None", "by"]
        .contains(&name)
}

fn help(range: Range<usize>, title: String, lines: Vec<String>) -> Help {
    Help { range, title, lines: lines.into_iter().filter(|line| !line.is_empty()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::json_text::parse_object;

    #[track_caller]
    fn check(marked: &str, expected: Option<(&str, &str)>) {
        let context = parse_object(r#"{"email": "ann@example.com", "event": {"Items": [1, 2]}}"#).expect("JSON");
        let at = marked.find('¦').expect("a caret");
        let help = help_at(&marked.replace('¦', ""), at, &context, Dialect::Klaviyo);
        let said = help.as_ref().map(|help| (help.title.as_str(), help.lines.first().map_or("", String::as_str)));
        assert_eq!(said, expected, "{marked}");
    }

    #[test]
    fn a_word_knows_what_it_is() {
        check("{{ em¦ail }}", Some(("email", "text, \"ann@example.com\"")));
        check("{{ event.¦Items }}", Some(("event.Items", "list, 2 items")));
        check("{{ event.It¦em }}", Some(("event.Item", "No value for this event and profile.")));
        check("{{ email|upp¦er }}", Some(("filter upper", "Capital letters.")));
        check("{% i¦f email %}", Some(("tag if", "Keeps its content when a condition holds.")));
        check("{% if a %}{% end¦if %}", Some(("tag if", "Keeps its content when a condition holds.")));
        check("{% for x i¦n event.Items %}", None);
        check("{{ x|default:'em¦ail' }}", None);
        check("em¦ail", None);
    }
}
