//! Truncating text and HTML.
//!
//! In: text and a length. Out: text that ends with an ellipsis if it was cut.
//! Invariant: HTML tags that were open at the cut are closed.

use minijinja::{Error, Value};

use crate::domain::template::filters::html::escape;
use crate::domain::template::filters::html_parser::{self, Piece, References};
use crate::domain::template::filters::unicode::{combining_class, nfc};
use crate::domain::template::filters::{Call, fail};
use crate::domain::template::value::big::{Raised, int_of};
use crate::domain::template::value::{is_space, split_space};

/// The length; `None` for text that is no number.
fn length(call: &Call<'_>, filter: &str) -> Result<Option<usize>, Error> {
    match call.arg().map(int_of) {
        Some(Ok(int)) => Ok(Some(int.clamped_len())),
        Some(Err(Raised::Value)) => Ok(None),
        _ => Err(fail(format!("the argument of `{filter}` must be a whole number"))),
    }
}

pub fn chars(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call, "truncatechars")? else { return Ok(call.value.clone()) };
    Ok(Value::from(cut_chars(&call.text(), length)))
}

/// The text, or as much of it as leaves room for the ellipsis.
pub fn cut_chars(text: &str, length: usize) -> String {
    if length == 0 {
        return String::new();
    }
    if text.is_ascii() {
        return match text.get(..length) {
            Some(_) if text.len() == length => text.to_owned(),
            Some(_) => format!("{}…", text.get(..length - 1).unwrap_or_default()),
            None => text.to_owned(),
        };
    }
    let text = &nfc(text);
    let mut n_chars = 0;
    let mut end = None;
    for (at, letter) in text.char_indices() {
        if combining_class(letter) != 0 {
            continue;
        }
        n_chars += 1;
        if n_chars == length {
            end = Some(at);
        }
        if n_chars > length {
            return format!("{}…", text.get(..end.unwrap_or(0)).unwrap_or_default());
        }
    }
    text.clone()
}

pub fn words(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call, "truncatewords")? else { return Ok(call.value.clone()) };
    let text = call.text();
    if length == 0 {
        return Ok(Value::from(""));
    }
    let words = split_space(&text);
    if words.len() <= length {
        return Ok(Value::from(words.join(" ")));
    }
    Ok(Value::from(with_end(&words.get(..length).unwrap_or_default().join(" "))))
}

pub fn chars_html(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call, "truncatechars_html")? else { return Ok(call.value.clone()) };
    truncate_html(&nfc(&call.text()), length, Unit::Chars)
}

pub fn words_html(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call, "truncatewords_html")? else { return Ok(call.value.clone()) };
    truncate_html(&call.text(), length, Unit::Words)
}

/// Words and what says that they were cut, once.
fn with_end(text: &str) -> String {
    if text.ends_with(" …") { text.to_owned() } else { format!("{text} …") }
}

#[rustfmt::skip]
const VOID: [&str; 16] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "frame", "spacer",
];

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Chars,
    Words,
}

/// Cuts HTML as Django does.
///
/// <https://github.com/django/django/blob/5.2/django/utils/text.py>
fn truncate_html(html: &str, length: usize, unit: Unit) -> Result<Value, Error> {
    if length == 0 {
        return Ok(Value::from(""));
    }
    let pieces = html_parser::parse(html, References::Read, false)
        .ok_or_else(|| fail("the HTML to be cut cannot be taken apart"))?;
    // The ellipsis takes the place of a character, and of no word.
    let mut left = if unit == Unit::Chars { length - 1 } else { length };
    let n_html = html.chars().count();
    let mut n_seen = 0;
    let mut out = String::new();
    let mut open: Vec<String> = Vec::new();
    for piece in pieces {
        let data = match piece {
            Piece::Start { name, text, is_empty } => {
                out.push_str(text);
                if !VOID.contains(&name.as_str()) {
                    match is_empty {
                        true => out.push_str(&format!("</{name}>")),
                        false => open.push(name),
                    }
                }
                continue;
            }
            Piece::End(name) => {
                if !VOID.contains(&name.as_str()) {
                    out.push_str(&format!("</{name}>"));
                    if open.last() == Some(&name) {
                        open.pop();
                    }
                }
                continue;
            }
            Piece::Data(data) => data,
            Piece::Entity(_) | Piece::Character(_) => continue,
        };
        let (n_parts, kept) = match unit {
            Unit::Chars => {
                let n_chars = data.chars().count();
                n_seen += n_chars;
                if n_seen == length && out.chars().count() + n_chars == n_html {
                    out.push_str(&data);
                    return Ok(closed(out, &open));
                }
                (n_chars, data.chars().take(left).collect::<String>())
            }
            Unit::Words => {
                let words = words_of(&data);
                (words.len(), words.get(..left.min(words.len())).unwrap_or_default().join(" "))
            }
        };
        let kept = escape(&kept);
        if left < n_parts {
            match unit {
                Unit::Chars => out.extend([&*kept, "…"]),
                Unit::Words => out.push_str(&with_end(&kept)),
            }
            return Ok(closed(out, &open));
        }
        left -= n_parts;
        out.push_str(&kept);
    }
    Ok(Value::from(out))
}

fn closed(mut out: String, open: &[String]) -> Value {
    for name in open.iter().rev() {
        out.push_str(&format!("</{name}>"));
    }
    Value::from(out)
}

/// The text split at white space that stands between other characters.
fn words_of(text: &str) -> Vec<&str> {
    let inner = text.trim_matches(is_space);
    if inner.is_empty() {
        return vec![text];
    }
    let start = text.len() - text.trim_start_matches(is_space).len();
    let mut words = Vec::new();
    let mut from = 0;
    let mut at = start;
    while let Some(gap) = text.get(at..start + inner.len()).and_then(|tail| tail.find(is_space)) {
        let end = at + gap;
        let tail = text.get(end..).unwrap_or_default();
        words.push(text.get(from..end).unwrap_or_default());
        from = text.len() - tail.trim_start_matches(is_space).len();
        at = from;
    }
    words.push(text.get(from..).unwrap_or_default());
    words
}
