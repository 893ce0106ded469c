//! The command-line checker `examples/render.rs`, asked as a pipeline asks it.

use serde_json::{Value, json};

#[path = "../../examples/render.rs"]
#[allow(dead_code, reason = "its `main` is not called here")]
mod render;

use render::{Asked, answer_line, asked};

fn options(words: &[&str]) -> Option<Asked> {
    asked(std::iter::once("render").chain(words.iter().copied()).map(str::to_owned))
}

fn ask(words: &[&str], request: &Value) -> Value {
    answer_line(&request.to_string(), options(words).expect("options that can be read"))
}

#[test]
fn it_answers_with_the_output_and_keeps_the_id() {
    let request = json!({"id": 7, "templates": {"main": "Hi {{ name }}"}, "context": {"name": "<b>"}});
    assert_eq!(ask(&[], &request), json!({"id": 7, "output": "Hi &lt;b&gt;"}));
    let request = json!({"id": "a", "templates": {"x": "{{ n }}{{ none.y }}"}, "name": "x", "context": {"n": "<b>"},
        "autoescape": false, "string_if_invalid": "?%s?"});
    assert_eq!(ask(&[], &request), json!({"id": "a", "output": "<b>?none.y?"}));
}

#[test]
fn it_answers_with_the_error_and_its_line() {
    let request = json!({"id": 1, "templates": {"main": "a\n\n{{ b|uper }}"}});
    let error = json!({"message": "there is no filter `uper`; did you mean `upper`?", "line": 3});
    assert_eq!(ask(&[], &request), json!({"id": 1, "error": error}));
    assert_eq!(ask(&[], &json!({"id": 2}))["error"]["message"], "there is no template `main`");
    let broken = answer_line("{", options(&[]).expect("options"));
    assert!(broken["error"]["message"].as_str().is_some_and(|text| text.starts_with("this request is not JSON")));
}

#[test]
fn templates_include_and_extend_each_other_while_checking_too() {
    let request = json!({"id": 1, "context": {"a": 1}, "templates": {
        "main": "{% extends \"base\" %}{% block x %}{\"a\": {{ a }}, {% include \"part\" %}}{% endblock %}",
        "base": "{% block x %}{% endblock %}", "part": "\"b\": {{ a|add:1 }}"}});
    let answer = ask(&["--check"], &request);
    assert_eq!(answer["output"], "{\"a\": 1, \"b\": 2}");
    assert_eq!(answer["problems"], json!([]));
}

#[test]
fn checking_tells_problems_of_template_and_output_with_a_fix_as_one_edit() {
    let source = "{\n  \"name\": \"{{ name }}\",\n  \"all\": [{% for i in l %}{{ i }},{% endfor %}]\n}";
    let context = json!({"name": "Ann \"A\"", "l": [1, 2]});
    let request = json!({"id": 1, "templates": {"main": source}, "context": context, "autoescape": false});
    let answer = ask(&["--dialect", "klaviyo", "--check"], &request);
    assert_eq!(answer["output"], "{\n  \"name\": \"Ann \"A\"\",\n  \"all\": [1,2,]\n}");
    let problems = answer["problems"].as_array().expect("problems");
    let places: Vec<(&Value, &Value)> =
        problems.iter().map(|problem| (&problem["line"], &problem["severity"])).collect();
    assert!(places.contains(&(&json!(2), &json!("error"))), "{answer}");
    assert!(places.contains(&(&json!(3), &json!("error"))), "{answer}");
    for problem in problems {
        let keys: Vec<&String> = problem.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["severity", "kind", "message", "line", "column", "fix"]);
        if let Some(fix) = problem["fix"].as_object() {
            assert_eq!(fix.keys().collect::<Vec<_>>(), ["line", "column", "end_line", "end_column", "text"]);
        }
    }
}

/// Applies a fix as another program would: by lines and columns of characters, from 1.
fn apply(source: &str, fix: &Value) -> String {
    let at = |line: &str, column: &str| {
        let number = |name: &str| fix[name].as_u64().expect("a number") as usize;
        let before: usize = source.split('\n').take(number(line) - 1).map(|line| line.chars().count() + 1).sum();
        before + number(column) - 1
    };
    let letters: Vec<char> = source.chars().collect();
    let (start, end) = (at("line", "column"), at("end_line", "end_column"));
    let text = fix["text"].as_str().expect("a text");
    letters[..start].iter().copied().chain(text.chars()).chain(letters[end..].iter().copied()).collect()
}

#[test]
fn applying_every_fix_leads_to_a_body_that_can_be_sent() {
    let mut source = "{\n  \"é\": \"{{ näme|defualt: ‘x’ }}\",\n  \"q\": \"{{ quoted }}\",\n  \"all\": [{% for i in l %}{{ i }},{% endfor %}]\n}".to_owned();
    let context = json!({"näme": "Ann", "quoted": "say \"hi\"", "l": [1, 2]});
    for _ in 0..10 {
        let request = json!({"id": 1, "templates": {"main": source}, "context": context, "autoescape": false});
        let answer = ask(&["--dialect", "klaviyo", "--check"], &request);
        let problems = answer["problems"].as_array().expect("problems");
        let Some(fix) = problems.iter().map(|problem| &problem["fix"]).find(|fix| fix.is_object()) else {
            assert!(problems.is_empty(), "{answer}");
            let body: Value = serde_json::from_str(answer["output"].as_str().expect("an output")).expect("JSON");
            assert_eq!(body, json!({"é": "Ann", "q": "say \"hi\"", "all": [1, 2]}));
            return;
        };
        source = apply(&source, fix);
    }
    panic!("the fixes lead nowhere: {source}");
}

#[test]
fn the_clock_can_be_stopped() {
    let request = json!({"id": 1, "templates": {"main": "{% now \"Y-m-d H:i\" %}"}});
    assert_eq!(ask(&["--now", "2024-05-17T10:30:00+02:00"], &request)["output"], "2024-05-17 08:30");
}

#[test]
fn a_command_line_that_cannot_be_read_is_refused() {
    assert!(options(&["--dialect", "liquid"]).is_none());
    assert!(options(&["--now", "soon"]).is_none());
    assert!(options(&["--chekc"]).is_none());
    assert!(options(&["--check", "--dialect", "django"]).is_some());
}
