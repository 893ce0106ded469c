//! The native part of the suite `template`: ours, and bare minijinja on hand-written Jinja that says the same.
//!
//! In: `benches/templates`, contexts converted before anything is timed. Out: one line of JSON, microseconds by name;
//! `benches/template.mjs` runs this beside its peers, several times.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench has nobody to report to but its caller")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use hookwright::domain::template::engine::{CompileOptions, CompiledTemplate, Context, RenderSetting, compile};
use minijinja::{Environment, Value};
use serde_json::{Map, json};

/// Name, Django source, Jinja source, context.
const CASES: [(&str, &str, &str, &str); 5] = [
    (
        "small",
        include_str!("templates/small.django"),
        include_str!("templates/small.jinja"),
        include_str!("templates/small.json"),
    ),
    (
        "medium",
        include_str!("templates/shipment.django"),
        include_str!("templates/shipment.jinja"),
        include_str!("templates/medium.json"),
    ),
    (
        "large",
        include_str!("templates/shipment.django"),
        include_str!("templates/shipment.jinja"),
        include_str!("templates/large.json"),
    ),
    (
        "logic",
        include_str!("templates/logic.django"),
        include_str!("templates/logic.jinja"),
        include_str!("templates/logic.json"),
    ),
    (
        "filters",
        include_str!("templates/filters.django"),
        include_str!("templates/filters.jinja"),
        include_str!("templates/filters.json"),
    ),
];

/// Short samples, of which the lower quartile counts: what else the machine does only ever adds time.
const SAMPLE: Duration = Duration::from_millis(3);
const N_SAMPLES: usize = 40;

fn main() {
    if std::env::args().any(|arg| arg == "--million") {
        println!("{}", json!({ "growth_kb": growth_of_a_million() }));
        return;
    }
    let options = CompileOptions::default();
    let setting = RenderSetting::default();
    let mut figures = BTreeMap::new();
    for (name, source, jinja, context) in CASES {
        let json: Map<String, serde_json::Value> = serde_json::from_str(context).expect("a context is an object");
        let text_of_context = context;
        let context = Context::from_json_text(text_of_context).expect("a context is an object");
        let template = compile(source, &options).expect("the template is right");
        let text = |template: &CompiledTemplate| template.render_text(&context, &setting).expect("it renders");

        let peer_context = peer_value(&serde_json::Value::Object(json.clone()));
        let mut environment = Environment::empty();
        add_filters(&mut environment);
        // An empty comment keeps Jinja from trimming the line break at the end.
        environment.add_template_owned("main", format!("{jinja}{{##}}")).expect("the peer's template is right");
        let peer = environment.get_template("main").expect("it was added");

        let ours = text(&template);
        let theirs = peer.render(&peer_context).expect("the peer renders");
        figures.insert(
            name,
            json!({
                "output": ours,
                "is_same": ours == theirs,
                "warm": micros(|| text(&template)),
                "origins": micros(|| template.render(&context, &setting)),
                "compile": micros(|| compile(source, &options).map(|template| text(&template))),
                "context": micros(|| Context::from_json_text(text_of_context)),
                "minijinja": micros(|| peer.render(&peer_context)),
            }),
        );
    }
    println!("{}", json!(figures));
}

/// How much memory the process has grown by, in kB, over a million renders of one compiled template.
fn growth_of_a_million() -> i64 {
    let [(_, source, _, context), ..] = CASES;
    let context = Context::from_json_text(context).expect("a context is an object");
    let template = compile(source, &CompileOptions::default()).expect("the template is right");
    let setting = RenderSetting::default();
    let render = |n_times: usize| {
        for _ in 0..n_times {
            black_box(template.render_text(&context, &setting).expect("it renders"));
        }
        resident_kb()
    };
    let before = render(10_000);
    render(1_000_000) - before
}

/// What the process holds in memory, as Linux tells it; nothing elsewhere.
fn resident_kb() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim_end_matches("kB").trim().parse().unwrap_or(0)
}

/// The time of one call, in microseconds.
fn micros<T>(mut call: impl FnMut() -> T) -> f64 {
    // The first sample warms caches and says how many calls fill a sample.
    let start = Instant::now();
    let mut n_calls = 0_u32;
    while start.elapsed() < SAMPLE {
        black_box(call());
        n_calls += 1;
    }
    let mut samples: Vec<f64> = (0..N_SAMPLES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..n_calls {
                black_box(call());
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(n_calls)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    samples.get(N_SAMPLES / 4).copied().unwrap_or(f64::NAN)
}

/// JSON as the peer's own value.
fn peer_value(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::from(()),
        serde_json::Value::Bool(flag) => Value::from(*flag),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(integer) => Value::from(integer),
            None => Value::from(number.as_f64()),
        },
        serde_json::Value::String(text) => Value::from(text.as_str()),
        serde_json::Value::Array(values) => values.iter().map(peer_value).collect(),
        serde_json::Value::Object(entries) => {
            Value::from_pairs(entries.iter().map(|(key, value)| (key.as_str(), peer_value(value))))
        }
    }
}

/// What the Jinja templates use, as somebody would write it for them alone.
fn add_filters(environment: &mut Environment<'_>) {
    environment.add_filter("upper", |text: &str| text.to_uppercase());
    environment.add_filter("lower", |text: &str| text.to_lowercase());
    environment.add_filter("title", |text: &str| {
        let mut is_start = true;
        let mut titled = String::with_capacity(text.len());
        for letter in text.chars() {
            if is_start {
                titled.extend(letter.to_uppercase())
            } else {
                titled.extend(letter.to_lowercase())
            }
            is_start = !letter.is_alphabetic();
        }
        titled
    });
    environment.add_filter("capfirst", |text: &str| {
        let mut letters = text.chars();
        let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
        first + letters.as_str()
    });
    environment.add_filter("floatformat", |number: f64, places: usize| format!("{number:.places$}"));
    environment
        .add_filter("length", |value: &Value| value.as_str().map_or(value.len(), |text| Some(text.chars().count())));
    environment.add_filter("first", |value: &Value| value.get_item_by_index(0).unwrap_or_default());
    environment.add_filter("join", |values: &Value, between: &str| {
        let mut joined = String::new();
        for value in values.try_iter().into_iter().flatten() {
            if !joined.is_empty() {
                joined.push_str(between);
            }
            joined.push_str(value.as_str().unwrap_or_default());
        }
        joined
    });
    environment.add_filter("urlencode", |text: &str| {
        let mut encoded = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
                encoded.push(char::from(byte));
            } else {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
        encoded
    });
    environment.add_filter("truncatechars", |text: &str, most: usize| {
        if text.chars().count() <= most {
            return text.to_owned();
        }
        text.chars().take(most - 1).chain(['…']).collect()
    });
    environment.add_filter("head", |text: &str, most: usize| text.chars().take(most).collect::<String>());
    environment.add_filter("striptags", |text: &str| {
        let mut is_inside = false;
        let keep = |letter: &char| match letter {
            '<' => {
                is_inside = true;
                false
            }
            '>' => {
                is_inside = false;
                false
            }
            _ => !is_inside,
        };
        text.chars().filter(keep).collect::<String>()
    });
    environment.add_filter("truncatewords", |text: &str, most: usize| {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.get(..most) {
            Some(kept) if words.len() > most => kept.join(" ") + " …",
            _ => words.join(" "),
        }
    });
    environment.add_filter("force_escape", |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#x27;")
    });
    environment.add_filter("wordcount", |text: &str| text.split_whitespace().count());
    environment.add_filter("center", |text: &str, width: usize| {
        let room = width.saturating_sub(text.chars().count());
        let left = room / 2 + (room & width & 1);
        format!("{}{text}{}", " ".repeat(left), " ".repeat(room - left))
    });
}
