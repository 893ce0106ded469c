//! HTML: escaping, stripping tags, paragraphs.
//!
//! In: text. Out: text, marked safe where Django marks it.
//! Invariant: escapes exactly the five characters that Django escapes.

use std::borrow::Cow;

use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, check_len};
use crate::domain::template::value::{items_of, list, print, safe};

/// Escapes `& < > " '`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            _ => escaped.push(letter),
        }
    }
    Cow::Owned(escaped)
}

/// What `{{ value }}` prints.
pub fn output(value: &Value, is_escaping: bool) -> Cow<'_, str> {
    let text = print::to_output(value);
    if !is_escaping || value.is_safe() || value.is_number() {
        return text;
    }
    match text {
        Cow::Borrowed(text) => escape(text),
        Cow::Owned(text) => Cow::Owned(escape(&text).into_owned()),
    }
}

/// What `{{ value }}` prints, owned.
pub fn shown(value: &Value, is_escaping: bool) -> String {
    output(value, is_escaping).into_owned()
}

/// Escapes unless the value is safe: Django's `conditional_escape`.
pub fn escape_unsafe(value: &Value) -> String {
    let text = print::to_str(value);
    if value.is_safe() { text.into_owned() } else { escape(&text).into_owned() }
}

/// The text, escaped where the place asks for it and the value is not safe.
fn escaped_here<'a>(call: &Call<'a>) -> Cow<'a, str> {
    let text = call.text();
    if call.is_escaping() && !call.value.is_safe() { Cow::Owned(escape(&text).into_owned()) } else { text }
}

pub fn escape_filter(call: &Call<'_>) -> Result<Value, Error> {
    Ok(safe(escape_unsafe(call.value)))
}

pub fn force_escape(call: &Call<'_>) -> Result<Value, Error> {
    Ok(safe(escape(&call.text()).into_owned()))
}

pub fn safe_filter(call: &Call<'_>) -> Result<Value, Error> {
    Ok(safe(call.text().into_owned()))
}

pub fn escapeseq(call: &Call<'_>) -> Result<Value, Error> {
    let items = items_of(call.value).ok_or_else(|| call.bad_value("escapeseq"))?;
    Ok(list(items.iter().map(|item| safe(escape_unsafe(item))).collect()))
}

pub fn safeseq(call: &Call<'_>) -> Result<Value, Error> {
    let items = items_of(call.value).ok_or_else(|| call.bad_value("safeseq"))?;
    Ok(list(items.iter().map(|item| safe(print::to_str(item).into_owned())).collect()))
}

/// Line breaks as Python's text files have them.
fn normalized(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

pub fn linebreaks(call: &Call<'_>) -> Result<Value, Error> {
    let is_escaping = call.is_escaping() && !call.value.is_safe();
    let text = normalized(&call.text());
    let mut paragraphs: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    loop {
        let (paragraph, after) = match rest.find("\n\n") {
            Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at..).map(|rest| rest.trim_start_matches('\n'))),
            None => (rest, None),
        };
        let paragraph = if is_escaping { escape(paragraph) } else { Cow::Borrowed(paragraph) };
        paragraphs.push(format!("<p>{}</p>", paragraph.replace('\n', "<br>")));
        match after {
            Some(after) => rest = after,
            None => break,
        }
    }
    Ok(safe(paragraphs.join("\n\n")))
}

pub fn linebreaksbr(call: &Call<'_>) -> Result<Value, Error> {
    Ok(safe(normalized(&escaped_here(call)).replace('\n', "<br>")))
}

pub fn linenumbers(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
    let is_escaping = call.is_escaping() && !call.value.is_safe();
    let lines: Vec<&str> = text.split('\n').collect();
    let width = lines.len().to_string().len();
    let numbered: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(idx, line)| {
            let line = if is_escaping { escape(line) } else { Cow::Borrowed(*line) };
            format!("{:0width$}. {line}", idx + 1)
        })
        .collect();
    let joined = numbered.join("\n");
    check_len(joined.len())?;
    Ok(safe(joined))
}

pub fn striptags(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(strip_tags(&call.text())))
}

/// Removes what Django's parser takes for tags.
pub fn strip_tags(text: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..50 {
        let stripped = strip_once(&text);
        if stripped.len() == text.len() {
            break;
        }
        text = stripped;
    }
    text
}

fn strip_once(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let next = rest.chars().nth(1);
        let is_tag = next.is_some_and(|letter| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!' | '?'));
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|end| end + 3)
        } else {
            rest.find('>').map(|end| end + 1)
        };
        match end.filter(|_| is_tag) {
            Some(end) => rest = rest.get(end..).unwrap_or_default(),
            None => {
                out.push('<');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// Removes white space between tags.
pub fn spaceless(text: &str) -> String {
    let trimmed = text.trim();
    let mut out = String::with_capacity(trimmed.len());
    let mut rest = trimmed;
    while let Some(at) = rest.find('>') {
        let (head, after) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
        out.push_str(head);
        let skipped = after.trim_start();
        rest = if skipped.starts_with('<') { skipped } else { after };
    }
    out.push_str(rest);
    out
}

pub fn escapejs(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
    let mut escaped = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        let code = u32::from(letter);
        if code < 32
            || matches!(letter, '\\' | '\'' | '"' | '>' | '<' | '&' | '=' | '-' | ';' | '`' | '\u{2028}' | '\u{2029}')
        {
            escaped.push_str(&format!("\\u{code:04X}"));
        } else {
            escaped.push(letter);
        }
    }
    Ok(safe(escaped))
}

pub fn json_script(call: &Call<'_>) -> Result<Value, Error> {
    let json =
        crate::domain::template::value::json::to_json(call.value).ok_or_else(|| call.bad_value("json_script"))?;
    let mut text = String::new();
    python_json(&json, &mut text);
    let text = text.replace('>', "\\u003E").replace('<', "\\u003C").replace('&', "\\u0026");
    let id = match call.arg() {
        Some(id) if id.is_true() => format!(" id=\"{}\"", escape_unsafe(id)),
        _ => String::new(),
    };
    Ok(safe(format!("<script{id} type=\"application/json\">{text}</script>")))
}

/// JSON as Python's `json.dumps` writes it.
pub fn python_json(json: &serde_json::Value, out: &mut String) {
    match json {
        serde_json::Value::Array(items) => {
            out.push('[');
            for (idx, item) in items.iter().enumerate() {
                if idx > 0 {
                    out.push_str(", ");
                }
                python_json(item, out);
            }
            out.push(']');
        }
        serde_json::Value::Object(object) => {
            out.push('{');
            for (idx, (key, value)) in object.iter().enumerate() {
                if idx > 0 {
                    out.push_str(", ");
                }
                python_json_text(key, out);
                out.push_str(": ");
                python_json(value, out);
            }
            out.push('}');
        }
        serde_json::Value::String(text) => python_json_text(text, out),
        serde_json::Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) => out.push_str(&print::float_repr(float)),
            None => out.push_str(&number.to_string()),
        },
        serde_json::Value::Null | serde_json::Value::Bool(_) => out.push_str(&json.to_string()),
    }
}

fn python_json_text(text: &str, out: &mut String) {
    out.push('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit).ok().map(char::from) {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some(letter @ ' '..='\u{7e}') => out.push(letter),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out.push('"');
}
