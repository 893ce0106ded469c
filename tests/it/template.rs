//! Templates against Django's recorded outcomes, and against limits.

use std::path::Path;
use std::sync::Arc;

use hookwright::domain::template::catalog::{Dialect, Evidence, Origin, TAGS, filters_of, tags_of};
use hookwright::domain::template::engine::{CompileOptions, Context, RenderSetting, compile, compile_named};
use hookwright::domain::template::filters::tables;
use hookwright::domain::template::library::Library;
use hookwright::domain::template::value::dict::Dict;
use hookwright::domain::template::value::json_text::read_json_with_dates;
use hookwright::domain::template::value::list::{Form, List};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Cases of the corpus that are known to fail, by id and why.
const KNOWN_MISSES: &str = include_str!("fixtures/template/known_misses.txt");

/// A case of the corpus, and the line it stands in: there, integers have all their digits.
#[derive(Clone)]
struct Case {
    parsed: Value,
    line: String,
}

fn context_of(line: &str) -> minijinja::Value {
    let case = read_json_with_dates(line).unwrap_or_default();
    case.get_attr("context").unwrap_or_default()
}

fn corpus() -> Option<Vec<Case>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).take(2);
    let found = path.map(|folder| folder.join("shared/conformance/django.jsonl")).find(|path| path.exists())?;
    let text = std::fs::read_to_string(found).ok()?;
    let read = |line: &str| Some(Case { parsed: serde_json::from_str(line).ok()?, line: line.to_owned() });
    Some(text.lines().filter_map(read).collect())
}

fn run_case(Case { parsed: case, line }: &Case) -> Result<String, String> {
    let options = CompileOptions {
        is_autoescape_on: case["autoescape"].as_bool().unwrap_or(true),
        text_if_invalid: case["string_if_invalid"].as_str().unwrap_or_default().to_owned(),
        ..CompileOptions::default()
    };
    let sources = serde_json::from_value(case["templates"].clone()).unwrap_or_default();
    let library = Arc::new(Library::new(sources, options.clone()));
    let name = case["name"].as_str().unwrap_or_default();
    let template = compile_named(&library, name, &options).map_err(|problems| problems[0].message.clone())?;
    let setting = RenderSetting { now_millis: 1_790_000_000_000, ..RenderSetting::default() };
    let context = Context::from_value(context_of(line));
    template.render(&context, &setting).map(|rendered| rendered.text).map_err(|problem| problem.message)
}

#[test]
fn djangos_outcomes_hold_but_for_the_known_misses() {
    let Some(cases) = corpus() else {
        eprintln!("skipped: the corpus is not here");
        return;
    };
    let known: Vec<&str> = KNOWN_MISSES.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let missed: Vec<&str> = cases
        .iter()
        .filter(|case| match (run_case(case), case.parsed["expect"]["output"].as_str()) {
            (Ok(output), Some(expected)) => output != expected,
            (Err(_), None) => false,
            (Ok(_), None) | (Err(_), Some(_)) => true,
        })
        .filter_map(|case| case.parsed["id"].as_str())
        .collect();
    assert_eq!(missed, known);
}

fn render_with(source: &str, context: &Value, options: &CompileOptions) -> String {
    let template = match compile(source, options) {
        Ok(template) => template,
        Err(problems) => return format!("{problems:#?}"),
    };
    let context = Context::from_json(context.as_object().unwrap_or(&Map::new()));
    // 2024-05-17T10:30:00Z
    let setting = RenderSetting { now_millis: 1_715_941_800_000, ..RenderSetting::default() };
    match template.render(&context, &setting) {
        Ok(rendered) => rendered.text,
        Err(problem) => format!("{problem:#?}"),
    }
}

fn klaviyo(source: &str, context: Value) -> String {
    render_with(source, &context, &CompileOptions { dialect: Dialect::Klaviyo, ..CompileOptions::default() })
}

fn django(source: &str, context: Value) -> String {
    render_with(source, &context, &CompileOptions::default())
}

#[test]
fn fixtures_render_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/template");
    let mut paths: Vec<_> = std::fs::read_dir(folder).expect("fixtures").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let Some((context, source)) = text.split_once("\n---\n") else { continue };
        let context: Value = serde_json::from_str(context).expect("JSON");
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        insta::assert_snapshot!(name, klaviyo(source, context));
    }
}

#[test]
fn python_prints_values() {
    for (context, expected) in [
        (json!({"v": 29.0}), "29.0"),
        (json!({"v": 1e20}), "100000000000000000000"),
        (json!({"v": 1e-7}), "0.0000001"),
        (json!({"v": 0.1}), "0.1"),
        (json!({"v": 1234567}), "1234567"),
        (json!({"v": u64::MAX}), "18446744073709551615"),
        (json!({"v": true}), "True"),
        (json!({"v": null}), "None"),
        (json!({"v": ["A", "it's", 1.5, true, null]}), "['A', \"it's\", 1.5, True, None]"),
        (json!({"v": {"b": 1e16, "a": "\n"}}), "{'b': 1e+16, 'a': '\\n'}"),
        (json!({}), ""),
    ] {
        assert_eq!(django("{{ v }}", context), expected);
    }
}

#[test]
fn klaviyos_documented_examples_hold() {
    for (source, expected) in [
        ("{{ -1.2|abs }}", "1.2"),
        ("{{ 5|add:2 }}", "7"),
        ("{{ 5.7|add:2.2 }}", "7"),
        ("{{ '5'|add:'2.7' }}", "52.7"),
        ("{{ 5|add:'x' }}", ""),
        ("{{ 1|at_least:5.0 }}", "5.0"),
        ("{{ 1|at_most:-1.0 }}", "-1.0"),
        ("{{ 5.01|ceil }} {{ 5.9|floor }}", "6.0 5.0"),
        ("{{ 5.123|round_up:2 }}", "5.13"),
        ("{{ '10'|divide:'2' }} {{ '10'|multiply:'2' }}", "5.0 20.0"),
        ("{{ 'x'|multiply:2 }}", "0.0"),
        ("{{ 1|floatadd:1.1 }} {{ 1.1|floatsub:1 }} {{ 5|remainder:2 }}", "2.1 0.1 1.0"),
        ("{{ 34.23234|floatformat }} {{ 34.23234|floatformat:2 }} {{ '9.9'|floatformat:2 }}", "34.2 34.23 9.90"),
        ("{{ 34.0|floatformat:-2 }} {{ 2.5|floatformat:0 }} {{ None|floatformat:2 }}", "34 3 "),
        ("{{ '.25'|percentize:2 }}", "25.00%"),
        ("{{ l|sum_list }}", "6.0"),
        ("{{ 3|gt:2|lower }}", "true"),
        ("{{ 5|stringformat:'03d' }}", "005"),
        ("{{ 'hello'|append:' world' }}", "hello world"),
        ("{{ 'HELLO wOrld'|capitalize }} {{ 'HELLO wOrld'|title }}", "HELLO wOrld Hello World"),
        ("{{ \"they're bill's\"|title }}", "They're Bill's"),
        ("{{ 'hello world'|truncatechars:8 }}", "hello w…"),
        ("{{ 'Hi, there,'|find_replace:',|-' }}", "Hi- there-"),
        ("{{ 'https://a.com/'|trim_slash }}", "https://a.com"),
        ("{{ 'hello'|count }}", "5"),
        ("{{ names|list_to_string }}", "a, b and c"),
        ("{{ '2016-02-11T16:46:08-05:00'|format_date_string|date:'F d, o' }}", "February 11, 2016"),
        ("{{ '2021-03-18'|days_later:5 }}", "2021-03-23"),
        ("{% today '%Y-%m-%d' as today %}{{ today }}", "2024-05-17"),
        ("{% current_day %} {% current_month %} {% current_year %} {% current_weekday %}", "17 5 2024 Friday"),
        ("{{ 'a1b22c'|resplit:'[0-9]+' }} {{ 'a, b;c'|resplit:'[,;] *'|join:'-' }}", "['a', 'b', 'c'] a-b-c"),
        ("{{ 'hello'|md5_hash }}", "5d41402abc4b2a76b9719d911017c592"),
        ("{{ 'hello'|sha_1 }}", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        ("{{ 'Ann@X.org'|lower|sha_256 }}", "367a1e74302c7324855afeeba387d3c55ca8ab3592a32c0fbdfc939ad80fcaf5"),
        (
            "{{ 'https://x.org/a.png'|missing_image }} {{ e.image|missing_product_image }}",
            "https://x.org/a.png https://example.com/missing-product-image.png",
        ),
        ("{{ '&lt;p> & <b>'|escape_once }}", "&lt;p&gt; &amp; &lt;b&gt;"),
        ("{% current_month_name %}", "May"),
        (
            "{% currency_format 29.5 %} {% currency_format price|default:'0' %} {% currency_format '$40' %}",
            "$29.50 $0.00 $40",
        ),
        ("{{ e|lookup:'$value' }} {{ e|lookup:'list'|lookup:'0' }} {{ e|lookup:'missing' }}", "29.5 x None"),
        ("{{ e|lookup:'missing'|default:'' }}|{{ e.missing }}", "|"),
        ("{% if 'x' not in e|lookup:'missing' %}a{% else %}b{% endif %}", "b"),
        ("{% if '20' < 79 %}a{% else %}b{% endif %}", "b"),
        ("{{ 'a/b&c'|urlencode }} {{ 'a/b'|urlencode:'' }}", "a/b%26c a%2Fb"),
        ("{{ 'hello?>'|base64_encode }} {{ 'hello?>'|base64_url_safe_encode }}", "aGVsbG8/Pg== aGVsbG8_Pg=="),
    ] {
        let context = json!({"l": [1, 2, 3], "names": ["a", "b", "c"], "e": {"$value": 29.5, "list": ["x"]}});
        assert_eq!(klaviyo(source, context), expected, "{source}");
    }
}

#[test]
fn every_example_of_the_catalogue_can_be_read() {
    for dialect in [Dialect::Django, Dialect::Klaviyo] {
        let options = CompileOptions { dialect, ..CompileOptions::default() };
        let load = if dialect == Dialect::Django { "{% load humanize %}" } else { "" };
        for spec in filters_of(dialect) {
            let source = format!("{load}{{{{ {} }}}}", spec.example);
            assert!(compile(&source, &options).is_ok(), "{source}");
        }
        for spec in tags_of(dialect).filter(|spec| spec.name != "extends" && spec.name != "include") {
            let source = spec.example.replace("%}…{%", "%}x{%");
            assert!(compile(&source, &options).is_ok(), "{source}");
        }
    }
}

/// COMPATIBILITY.md has a row for each filter and tag, with the evidence that the catalogue has.
#[test]
fn the_page_on_compatibility_tells_what_the_catalogue_tells() {
    let page = include_str!("../../COMPATIBILITY.md");
    let check = |name: &str, origin: Origin, evidence: Evidence| {
        let theirs = match origin {
            Origin::Django => "yes",
            Origin::Humanize => "`humanize`",
            Origin::Klaviyo => "no",
        };
        let word = match evidence {
            Evidence::Documented => "documented",
            Evidence::Reported => "reported",
            Evidence::Unconfirmed => "unconfirmed",
            Evidence::Absent => "not there",
        };
        let row = format!("| `{name}` | {theirs} | {word} | ");
        assert!(page.lines().any(|line| line.starts_with(&row)), "no row begins with {row}");
    };
    tables().for_each(|spec| check(spec.name, spec.origin, spec.evidence));
    TAGS.iter().for_each(|spec| check(spec.name, spec.origin, spec.evidence));
}

/// Runs in as little stack as the browser gives.
fn in_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(1 << 20).spawn(run).expect("a thread").join().expect("no overflow");
}

#[test]
fn deep_and_endless_templates_end_with_an_error() {
    in_small_stack(|| {
        for source in [
            "{% if a %}".repeat(3_000),
            format!("{}x{}", "{% if 1 %}".repeat(42), "{% endif %}".repeat(42)),
            format!("{}x{}", "{% for i in l %}".repeat(42), "{% endfor %}".repeat(42)),
            format!("{{% if {} %}}{{% endif %}}", vec!["a"; 5_000].join(" or ")),
            format!("{{% if {} a %}}{{% endif %}}", "not ".repeat(5_000)),
            format!("{{{{ a{} }}}}", "|lower".repeat(5_000)),
            format!("{{{{ a{} }}}}", ".b".repeat(5_000)),
            format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}x".repeat(400)),
            format!("{}x{}", "{% with b=a %}".repeat(42), "{% endwith %}".repeat(42)),
            format!("{}x{}", "{% filter upper|lower %}".repeat(42), "{% endfilter %}".repeat(42)),
            format!("{}x{}", "{% ifchanged %}".repeat(42), "{% endifchanged %}".repeat(42)),
            format!("{}x{}", "{% autoescape on %}".repeat(42), "{% endautoescape %}".repeat(42)),
            "{{ ".repeat(20_000),
            "{%".repeat(20_000),
        ] {
            let output = django(&source, json!({"l": [1, 2, 3], "a": "x"}));
            assert!(output.len() < 1 << 24);
        }
    });
}

#[test]
fn limits_are_errors_with_a_place() {
    let source = "{% for a in l %}{% for b in l %}{% for c in l %}{% for d in l %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}";
    let output = django(source, json!({"l": vec![1; 100]}));
    assert!(output.contains("too-much-work"), "{output}");
    let output = django("{{ 'x'|center:100000000 }}", json!({}));
    assert!(output.contains("a filter would make a text"), "{output}");
}

/// Where output came from: each piece in its place, own text as it stands, values at the tag that printed them.
#[test]
fn every_piece_of_output_tells_what_made_it() {
    let source = "{\"é\": \"{{ a|upper }}\", {% for i in l %}[{{ i }}]{% endfor %}\
        {% filter lower %}XY{{ a }}{% endfilter %}{% if a %}{% with b=a %}{{ b }}{% endwith %}{% endif %}{% now 'Y' %}{% templatetag openbrace %}{{ a }}";
    let options = CompileOptions { dialect: Dialect::Klaviyo, ..CompileOptions::default() };
    let template = compile(source, &options).expect("it compiles");
    let context = Context::from_json(json!({"a": "Ann", "l": [1, 22]}).as_object().expect("an object"));
    let setting = RenderSetting { now_millis: 1_715_941_800_000, ..RenderSetting::default() };
    let rendered = template.render(&context, &setting).expect("it renders");
    assert_eq!(rendered.text, template.render_text(&context, &setting).expect("it renders"));
    let mut at = 0;
    let mut values = Vec::new();
    for piece in &rendered.pieces {
        assert_eq!(piece.output.start, at, "no gap and no overlap");
        at = piece.output.end;
        let (made, by) = (&rendered.text[piece.output.clone()], &source[piece.source.clone()]);
        if piece.is_raw {
            assert!(by.starts_with(made), "own text: {made} by {by}");
        } else {
            values.push((made, by));
        }
    }
    assert_eq!(at, rendered.text.len());
    values.retain(|(made, _)| !made.is_empty());
    assert_eq!(
        values,
        [
            ("ANN", "{{ a|upper }}"),
            ("1", "{{ i }}"),
            ("22", "{{ i }}"),
            ("xyann", "{% filter lower %}"),
            ("Ann", "{{ b }}"),
            ("2024", "{% now 'Y' %}"),
            ("{", "{% templatetag openbrace %}"),
            ("Ann", "{{ a }}"),
        ]
    );
}

#[test]
fn deep_data_does_not_overflow() {
    in_small_stack(|| {
        let mut deep = json!(1);
        for _ in 0..400 {
            deep = json!([deep]);
        }
        let context = json!({ "v": deep });
        assert!(django("{{ v }}{{ v|pprint }}{{ v|unordered_list }}{{ v|json_script }}", context.clone()).len() > 100);
    });
}

#[test]
fn a_compiled_template_renders_many_times() {
    let template = compile("{% for i in l %}{% cycle 'a' 'b' %}{{ i }}{% endfor %}", &CompileOptions::default())
        .expect("it compiles");
    let context = Context::from_json(json!({"l": [1, 2, 3]}).as_object().expect("an object"));
    for _ in 0..3 {
        assert_eq!(template.render(&context, &RenderSetting::default()).expect("it renders").text, "a1b2a3");
    }
}

#[test]
fn many_renders_keep_nothing_of_the_context() {
    let source = "{% for i in l %}{% cycle 'a' 'b' as c %}{% ifchanged i %}{{ forloop.counter }}{% endifchanged %}{% with x=i %}{{ x|add:1 }}{% endwith %}{% endfor %}";
    let template = compile(source, &CompileOptions::default()).expect("it compiles");
    let item = Arc::new(Dict::new(vec![(Arc::from("k"), minijinja::Value::from("v"))]));
    let items = vec![minijinja::Value::from_dyn_object(item.clone()); 3];
    let list = minijinja::Value::from_object(List::new(items, Form::List));
    let context = Context::from_value(minijinja::Value::from_object(Dict::new(vec![(Arc::from("l"), list)])));
    let n_before = Arc::strong_count(&item);
    for _ in 0..10_000 {
        template.render(&context, &RenderSetting::default()).expect("it renders");
    }
    assert_eq!(Arc::strong_count(&item), n_before);
}

#[test]
fn floatformat_rounds_half_up_on_either_way() {
    for (value, arg, expected) in [
        (json!(2.345), "2", "2.35"),
        (json!(-2.345), "2", "-2.35"),
        (json!(9.995), "2", "10.00"),
        (json!(-0.004), "2", "0.00"),
        (json!(0.5), "0", "1"),
        (json!(-99.5), "0", "-100"),
        (json!(7), "2", "7.00"),
        (json!(7), "0", "7"),
        (json!(3.0), "3", "3.000"),
        (json!(0.00001), "3", "0.000"),
        (json!(1e15), "1", "1000000000000000.0"),
        (json!("9.995"), "2", "10.00"),
    ] {
        assert_eq!(django(&format!("{{{{ v|floatformat:{arg} }}}}"), json!({ "v": value })), expected, "{value}");
    }
}

proptest! {
    #[test]
    fn no_template_makes_it_panic(source in "(\\{%|%\\}|\\{\\{|\\}\\}|if|for|in|with|cycle|as|else|endif|endfor| |\\||:|'|\"|a|b\\.0|default|date|slice|1|-|=|<|é|\n|\\PC){0,40}") {
        let context = json!({"a": [1, "x", {"b": null}], "b": ["y"], "date": 1.5});
        django(&source, context.clone());
        klaviyo(&source, context);
    }

    #[test]
    fn no_cut_of_the_corpus_makes_it_panic(pick in 0..100_000usize, from in 0..200usize, len in 0..12usize, put in "[{}%|:'\" a-z0-9.]{0,4}") {
        if let Some(cases) = corpus_once() {
            let mut case = cases[pick % cases.len()].clone();
            let name = case.parsed["name"].as_str().unwrap_or_default().to_owned();
            let source: Vec<char> = case.parsed["templates"][&name].as_str().unwrap_or_default().chars().collect();
            let from = from.min(source.len());
            let end = (from + len).min(source.len());
            let mutated: String = source[..from].iter().copied().chain(put.chars()).chain(source[end..].iter().copied()).collect();
            case.parsed["templates"][&name] = Value::String(mutated);
            let _either_is_fine = run_case(&case);
        }
    }
}

fn corpus_once() -> Option<&'static Vec<Case>> {
    static CASES: std::sync::OnceLock<Option<Vec<Case>>> = std::sync::OnceLock::new();
    CASES.get_or_init(corpus).as_ref()
}

#[test]
fn every_piece_of_the_output_tells_where_it_came_from() {
    let source = "a{{ x }}{% for y in l %}[{{ y }}|{{ none }}]{% filter upper %}c{{ y }}d{% endfilter %}{% if y == 2 %}{{ y }}{{ x }}{% endif %}{% endfor %}{% templatetag openblock %}z";
    let template = compile(source, &CompileOptions::default()).expect("it compiles");
    let context = Context::from_json_text(r#"{"x": "X", "l": [1, 2]}"#).expect("an object");
    let rendered = template.render(&context, &RenderSetting::default()).expect("it renders");
    assert_eq!(rendered.text, "aX[1|]C1D[2|]C2D2X{%z");
    assert_eq!(template.render_text(&context, &RenderSetting::default()).expect("it renders"), rendered.text);
    let mut at = 0;
    let mut told = String::new();
    for piece in &rendered.pieces {
        assert_eq!(piece.output.start, at, "{told}");
        at = piece.output.end;
        let (text, from) = (&rendered.text[piece.output.clone()], &source[piece.source.clone()]);
        assert!(!piece.is_raw || text == from, "{text} {from}");
        told += &format!("{text}<{from} ");
    }
    assert_eq!(at, rendered.text.len());
    let expected = "a<a X<{{ x }} [<[ 1<{{ y }} |<| ]<] C1D<{% filter upper %} [<[ 2<{{ y }} |<| ]<] C2D<{% filter upper %} 2<{{ y }} X<{{ x }} {%<{% templatetag openblock %} z<z ";
    assert_eq!(told, expected);
}

#[test]
fn an_error_between_prints_is_told_at_its_print() {
    let source = "{{ x }} is\n{{ x }} and {{ x|add:nothing }} {{ x }}";
    let template = compile(source, &CompileOptions::default()).expect("it compiles");
    let context = Context::from_json_text(r#"{"x": 1}"#).expect("an object");
    let problem = template.render_text(&context, &RenderSetting::default()).expect_err("an argument is missing");
    assert_eq!((problem.line, &source[problem.range.clone()]), (2, "{{ x|add:nothing }}"));
}

#[test]
fn an_error_in_an_included_template_is_told_at_the_include() {
    let sources =
        [("main", "{{ x }}!\n{% include \"part\" %}{{ x }}"), ("part", "\n\n\n\n\n{{ x }}{{ x|add:nothing }}")];
    let sources = sources.map(|(name, source)| (name.to_owned(), source.to_owned())).into();
    let library = Arc::new(Library::new(sources, CompileOptions::default()));
    let template = compile_named(&library, "main", &CompileOptions::default()).expect("it compiles");
    let context = Context::from_json_text(r#"{"x": 1}"#).expect("an object");
    let problem = template.render_text(&context, &RenderSetting::default()).expect_err("an argument is missing");
    assert_eq!(problem.line, 2);
}
