//! HTML: escaping, stripping tags, paragraphs.
//!
//! In: text. Out: text, marked safe where Django marks it.
//! Invariant: escapes exactly the five characters that Django escapes.

use std::borrow::Cow;

use minijinja::{Error, Value};

use crate::domain::template::filters::html_parser::{self, Piece, References};
use crate::domain::template::filters::{Call, check_len, fail};
use crate::domain::template::value::big::as_big;
use crate::domain::template::value::list::Form;
use crate::domain::template::value::{as_dict, as_list, as_moment, is_space, list, number_of, print, safe};

/// Escapes `& < > " '`.
pub fn escape(text: &str) -> Cow<'_, str> {
    let mut escaped = String::new();
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let instead = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#x27;",
            _ => continue,
        };
        if escaped.is_empty() {
            escaped.reserve(text.len() + 32);
        }
        escaped.push_str(text.get(start..at).unwrap_or_default());
        escaped.push_str(instead);
        start = at + 1;
    }
    if start == 0 {
        return Cow::Borrowed(text);
    }
    escaped.push_str(text.get(start..).unwrap_or_default());
    Cow::Owned(escaped)
}

/// Escapes, but leaves character references as they are.
pub fn escape_once(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
    let mut escaped = String::with_capacity(text.len() + 16);
    for (idx, piece) in text.split('&').enumerate() {
        if idx > 0 {
            escaped.push_str(if is_reference(piece) { "&" } else { "&amp;" });
        }
        escaped.push_str(&escape(piece));
    }
    check_len(escaped.len())?;
    Ok(safe(escaped))
}

/// Whether what follows an ampersand makes it a character reference.
fn is_reference(rest: &str) -> bool {
    let Some((name, _)) = rest.split_once(';') else { return false };
    let hex = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X"));
    let is_all = |text: &str, test: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(test);
    match (hex, name.strip_prefix('#')) {
        (Some(hex), _) => is_all(hex, u8::is_ascii_hexdigit),
        (None, Some(digits)) => is_all(digits, u8::is_ascii_digit),
        (None, None) => is_all(name, u8::is_ascii_alphanumeric),
    }
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
    let items = call.items().ok_or_else(|| call.bad_value("escapeseq"))?;
    Ok(list(items.iter().map(|item| safe(escape_unsafe(item))).collect()))
}

pub fn safeseq(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("safeseq"))?;
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
    strip_tags(&call.text()).map(Value::from).ok_or_else(|| fail("`striptags` cannot take this HTML apart"))
}

/// Django gives up on tags that are nested so deeply.
const MAX_STRIP_DEPTH: usize = 50;

/// Removes what Python's parser takes for tags; `None` where Django gives up.
pub fn strip_tags(text: &str) -> Option<String> {
    let mut text = text.to_owned();
    if has_long_open_tag(&text) {
        return None;
    }
    let n_signs = |text: &str| text.bytes().filter(|byte| *byte == b'<').count();
    for _ in 0..MAX_STRIP_DEPTH {
        if !(text.contains('<') && text.contains('>')) {
            return Some(text);
        }
        let stripped = strip_once(&text)?;
        if n_signs(&stripped) == n_signs(&text) {
            return Some(text);
        }
        text = stripped;
    }
    if text.contains('<') && text.contains('>') { None } else { Some(text) }
}

/// A tag that is opened, many times over, and not closed for long.
fn has_long_open_tag(text: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|tail| tail.find('<')) {
        let start = from + at;
        let tag = text.get(start..).unwrap_or_default();
        let end = tag.find('>').unwrap_or(tag.len());
        let inner = tag.get(..end).unwrap_or_default();
        let is_open = inner.chars().nth(1).is_some_and(|letter| letter.is_ascii_alphabetic());
        if is_open && inner.chars().count() >= 1_002 {
            if inner.matches('<').count() >= MAX_STRIP_DEPTH {
                return true;
            }
            from = start + end;
        } else {
            from = start + 1;
        }
    }
    false
}

fn strip_once(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for piece in html_parser::parse(text, References::Kept, true)? {
        match piece {
            Piece::Data(data) => out.push_str(&data),
            Piece::Entity(name) => out.push_str(&format!("&{name};")),
            Piece::Character(number) => out.push_str(&format!("&#{number};")),
            Piece::Start { .. } | Piece::End(_) => {}
        }
    }
    Some(out)
}

/// Removes white space between tags.
pub fn spaceless(text: &str) -> String {
    let trimmed = text.trim_matches(is_space);
    let mut out = String::with_capacity(trimmed.len());
    let mut rest = trimmed;
    while let Some(at) = rest.find('>') {
        let (head, after) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
        out.push_str(head);
        let skipped = after.trim_start_matches(is_space);
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
    let mut text = String::new();
    python_json(call.value, &mut text).ok_or_else(|| call.bad_value("json_script"))?;
    let text = text.replace('>', "\\u003E").replace('<', "\\u003C").replace('&', "\\u0026");
    let id = match call.arg() {
        Some(id) if id.is_true() => format!(" id=\"{}\"", escape_unsafe(id)),
        _ => String::new(),
    };
    Ok(safe(format!("<script{id} type=\"application/json\">{text}</script>")))
}

/// JSON as Python's `json.dumps` writes it; `None` for what it refuses.
pub fn python_json(value: &Value, out: &mut String) -> Option<()> {
    if let Some(list) = as_list(value) {
        if !list.form.is_indexed() || list.form == Form::Bytes {
            return None;
        }
        out.push('[');
        for (idx, item) in list.items.iter().enumerate() {
            out.push_str(if idx > 0 { ", " } else { "" });
            python_json(item, out)?;
        }
        out.push(']');
        return Some(());
    }
    if let Some(dict) = as_dict(value) {
        out.push('{');
        for (idx, (key, value)) in dict.entries().iter().enumerate() {
            out.push_str(if idx > 0 { ", " } else { "" });
            python_json_text(key, out);
            out.push_str(": ");
            python_json(value, out)?;
        }
        out.push('}');
        return Some(());
    }
    if let Some(moment) = as_moment(value) {
        python_json_text(&moment.to_json(), out);
        return Some(());
    }
    if let Some(text) = value.as_str() {
        python_json_text(text, out);
        return Some(());
    }
    let is_number = number_of(value).is_some() || as_big(value).is_some();
    match print::to_str(value).as_ref() {
        "None" if value.is_none() => out.push_str("null"),
        "True" => out.push_str("true"),
        "False" => out.push_str("false"),
        "inf" => out.push_str("Infinity"),
        "-inf" => out.push_str("-Infinity"),
        "nan" => out.push_str("NaN"),
        number if is_number => out.push_str(number),
        _ => return None,
    }
    Some(())
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
