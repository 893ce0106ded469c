//! Contexts: each name holds values of one kind, and sometimes of another.

use serde_json::{Map, Value, json};

use super::Chance;

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "abc",
    "Hello World",
    "hello world  two",
    "it's",
    "say \"hi\"",
    "<b>bold</b>",
    "a & b",
    "&lt;ok&gt;",
    "1",
    "0",
    "-1",
    "42",
    "1.5",
    " 7 ",
    "1e3",
    "-0.0",
    "nan",
    "inf",
    "1_000",
    "١٢",
    "0x1f",
    "007",
    "12345678901234567890123",
    "True",
    "None",
    "x,y",
    "a|b",
    "line one\nline two",
    "one\n\ntwo\r\nthree\r",
    "tab\there",
    "back\\slash",
    "ÄÖÜ straße",
    "Ünïcödé",
    "ﬁn ﬂow",
    "ǆ ǅ",
    "İstanbul",
    "日本語 テキスト",
    "e\u{301}a\u{300}",
    "👩‍👩‍👧‍👦 x",
    "a\u{a0}b",
    "\u{200b}",
    "\u{2028}x",
    "they're BILL'S 3rd 2ND",
    "ΑΣ ς",
    "o'neil McDonald",
    "http://example.com/a?b=c&d=e",
    "see www.example.com, ok?",
    "mail ann@example.com now",
    "(https://x.org/a_(b))",
    "example.com/x.",
    "x.net!",
    "{{ a }}",
    "{% if %}",
    "<p>one <i>two three</i> four</p>",
    "<br>a<br/>b",
    "<a href='x'>link & text</a> tail words here",
    "a<b and c>d",
    "<!-- note -->x",
    "&eacute;t&eacute; &#x27; &amp;",
    "1,234.5",
    "$40",
    "2024-05-17",
    "2024-05-17T10:30:00",
    "key",
    "name",
    "800-FLOWERS",
    "The quick brown fox jumps over the lazy dog and runs away from it all",
    "-",
    "--a--b__",
    "a_b-c d",
    "%s %d",
    "100%",
    "0.5",
    ".5",
    "5.",
    "1.0",
    "2.50",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\u{85}x",
    "a\u{b}b\u{c}c",
    "x\u{1c}y",
    "…",
    "²½",
    "𝒳𝓎 𝟙",
    "مرحبا",
];

/// A text.
pub fn text(chance: &mut Chance) -> String {
    let mut text = chance.pick(TEXTS).to_owned();
    if chance.is(15) {
        text.push_str(chance.pick(&["", " ", "\n", ", ", "-", "."]));
        text.push_str(chance.pick(TEXTS));
    }
    text
}

/// A whole number.
pub fn int(chance: &mut Chance) -> Value {
    match chance.below(20) {
        0 => json!(0),
        1 | 2 => json!(1),
        3 => json!(2),
        4 => json!(-1),
        5 => json!(i64::MAX),
        6 => json!(u64::MAX),
        7 => json!(i64::MIN),
        8 => big(chance),
        9 => json!(1000),
        10 => json!(1_234_567),
        11 => json!(1024),
        12 => json!(1_048_576),
        13 => json!(-(chance.below(100_000) as i64)),
        14 => json!(chance.below(1 << 40)),
        15 => json!([11, 12, 13, 21, 22, 23, 101, 111, 112, 113][chance.below(10)]),
        _ => json!(chance.below(200)),
    }
}

/// A whole number of more than 64 bits.
fn big(chance: &mut Chance) -> Value {
    let n_digits = [20, 21, 25, 30, 38, 39, 45, 60][chance.below(8)];
    let mut digits: String = (0..n_digits).map(|_| chance.pick_char("0123456789")).collect();
    digits.replace_range(0..1, chance.pick(&["1", "9", "3", "-2"]));
    serde_json::from_str(&digits).unwrap_or(json!(1))
}

/// A float.
pub fn float(chance: &mut Chance) -> Value {
    const FLOATS: &[f64] = &[
        0.0,
        -0.0,
        1.0,
        1.5,
        2.5,
        -1.0,
        0.1,
        29.0,
        34.23234,
        34.26,
        1e16,
        1e15,
        1e20,
        1e-5,
        1e-4,
        1.5e300,
        5e-324,
        0.5,
        0.05,
        0.005,
        99.995,
        123_456.789,
        1_234_567.0,
        9.99,
        2.675,
        1e21,
        1e22,
        1e23,
        1e200,
        1e199,
        1.7976931348623157e308,
        0.000123,
        -0.04,
        100.0,
        7.7,
    ];
    match chance.below(4) {
        0 => json!((chance.below(2_000_000) as f64 - 1_000_000.0) / 1000.0),
        1 => json!(chance.below(1000) as f64 / 8.0),
        _ => json!(FLOATS[chance.below(FLOATS.len())]),
    }
}

/// A date or a time, in the form of the corpus.
pub fn moment(chance: &mut Chance) -> Value {
    const DATES: &[&str] = &[
        "2024-05-17",
        "2024-05-16",
        "2024-05-18",
        "2024-02-29",
        "2000-01-01",
        "1999-12-31",
        "2023-01-01",
        "2021-01-03",
        "1900-02-01",
        "2024-12-30",
        "2024-09-03",
        "2024-03-31",
        "2025-05-17",
        "0999-07-04",
        "9999-12-31",
        "0001-01-01",
        "2024-11-11",
        "2024-06-22",
    ];
    const TIMES: &[&str] = &[
        "00:00:00",
        "10:30:00",
        "12:00:00",
        "23:59:59.999999",
        "10:29:30",
        "10:30:01",
        "09:05:07.000123",
        "17:45:00.5",
        "13:00:00",
        "12:30:00",
        "11:29:59",
    ];
    const ZONES: &[&str] = &["", "", "+00:00", "+02:00", "-05:30", "+14:00"];
    let date = if chance.is(60) {
        chance.pick(DATES).to_owned()
    } else {
        format!("{}-{:02}-{:02}", 1970 + chance.below(100), 1 + chance.below(12), 1 + chance.below(28))
    };
    if chance.is(30) {
        return json!({ "$date": date });
    }
    let is_edge = date.starts_with("0001") || date.starts_with("9999");
    let zone = if is_edge { "" } else { chance.pick(ZONES) };
    json!({ "$datetime": format!("{date}T{}{zone}", chance.pick(TIMES)) })
}

/// Any value, nested up to `depth` lists and dicts.
pub fn any(chance: &mut Chance, depth: usize) -> Value {
    match chance.below(if depth == 0 { 10 } else { 14 }) {
        0..=2 => Value::String(text(chance)),
        3 | 4 => int(chance),
        5 | 6 => float(chance),
        7 => Value::Bool(chance.is(50)),
        8 => Value::Null,
        9 => moment(chance),
        10 | 11 => list(chance, depth - 1),
        _ => dict(chance, depth - 1),
    }
}

fn list(chance: &mut Chance, depth: usize) -> Value {
    let len = [0, 1, 2, 2, 3, 3, 4, 6][chance.below(8)];
    let is_mixed = chance.is(40);
    let kind = chance.below(4);
    let items = (0..len).map(|_| match (is_mixed, kind) {
        (true, _) => any(chance, depth),
        (_, 0) => int(chance),
        (_, 1) => Value::String(text(chance)),
        (_, 2) => float(chance),
        _ => json!(chance.below(4)),
    });
    Value::Array(items.collect())
}

const KEYS: &[&str] = &[
    "name",
    "price",
    "kind",
    "id",
    "items",
    "keys",
    "a",
    "b",
    "1",
    "0",
    "get",
    "Key With Space",
    "ä",
    "x-y",
    "list",
    "values",
];

fn dict(chance: &mut Chance, depth: usize) -> Value {
    let len = chance.below(5);
    let mut object = Map::new();
    for _ in 0..len {
        object.insert(chance.pick(KEYS).to_owned(), any(chance, depth));
    }
    Value::Object(object)
}

/// Dicts of one shape, as shops send them.
fn rows(chance: &mut Chance) -> Value {
    let is_odd = chance.is(15);
    let rows = (0..chance.below(6)).map(|idx| {
        let mut row = json!({
            "id": idx, "name": text(chance), "price": float(chance), "kind": chance.pick(&["a", "a", "b", "c"]),
            "size": {"w": chance.below(3), "h": int(chance)}, "tags": list(chance, 0),
        });
        if is_odd && chance.is(40) {
            row[chance.pick(&["name", "price", "kind", "size"])] = any(chance, 1);
        }
        row
    });
    Value::Array(rows.collect())
}

/// A context.
pub fn context(chance: &mut Chance) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| object.insert(name.to_owned(), value);
    put("s", Value::String(text(chance)));
    put("t", Value::String(text(chance)));
    put("n", int(chance));
    put("m", json!(chance.below(6)));
    put("f", float(chance));
    put("g", float(chance));
    put("yes", json!(true));
    put("no", json!(false));
    put("none", Value::Null);
    put("l", list(chance, 1));
    put("ns", json!((0..chance.below(6)).map(|_| chance.below(5)).collect::<Vec<_>>()));
    put("ts", json!((0..chance.below(5)).map(|_| text(chance)).collect::<Vec<_>>()));
    put("ll", json!([[1, 2], [text(chance), 3], [chance.below(3), chance.below(3)]]));
    put("nest", json!([text(chance), [text(chance), [text(chance)], "z"], any(chance, 2)]));
    put("d", dict(chance, 2));
    put("e", json!({"k": text(chance), "n": {"deep": any(chance, 1), "list": list(chance, 1)}}));
    put("rows", rows(chance));
    put("when", moment(chance));
    put("then", moment(chance));
    put("x", any(chance, 2));
    put("y", any(chance, 1));
    put("tpl", json!(chance.pick(&["one", "two", "base", "nowhere"])));
    Value::Object(object)
}
