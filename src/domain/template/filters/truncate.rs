//! Truncating text and HTML.
//!
//! In: text and a length. Out: text that ends with an ellipsis if it was cut.
//! Invariant: HTML tags that were open at the cut are closed.

use minijinja::{Error, Value};

use crate::domain::template::filters::Call;
use crate::domain::template::value::number;

const ELLIPSIS: char = '…';

fn length(call: &Call<'_>) -> Option<usize> {
    call.arg().and_then(number::to_int).map(|length| usize::try_from(length.max(0)).unwrap_or(usize::MAX))
}

pub fn chars(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call) else { return Ok(call.value.clone()) };
    Ok(Value::from(cut_chars(&call.text(), length)))
}

/// The text, or as much of it as leaves room for the ellipsis.
pub fn cut_chars(text: &str, length: usize) -> String {
    if length == 0 {
        return String::new();
    }
    let mut n_chars = 0;
    let mut end = None;
    for (at, letter) in text.char_indices() {
        if is_combining(letter) {
            continue;
        }
        n_chars += 1;
        if n_chars == length {
            end = Some(at);
        }
        if n_chars > length {
            return format!("{}{ELLIPSIS}", text.get(..end.unwrap_or(0)).unwrap_or_default());
        }
    }
    text.to_owned()
}

/// Whether the character stands on the one before it, and is not counted.
fn is_combining(letter: char) -> bool {
    matches!(u32::from(letter),
        0x300..=0x36f | 0x483..=0x487 | 0x591..=0x5bd | 0x64b..=0x65f | 0x93c | 0x94d | 0x9bc | 0x9cd | 0xa4d | 0xacd
        | 0xbcd | 0xc4d | 0xccd | 0xd4d | 0xe38..=0xe3a | 0xe48..=0xe4b | 0x1ab0..=0x1aff | 0x1dc0..=0x1dff
        | 0x20d0..=0x20dc | 0x3099..=0x309a | 0xfe20..=0xfe2f)
}

pub fn words(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call) else { return Ok(call.value.clone()) };
    let text = call.text();
    if length == 0 {
        return Ok(Value::from(""));
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() <= length {
        return Ok(Value::from(words.join(" ")));
    }
    Ok(Value::from(format!("{} {ELLIPSIS}", words.get(..length).unwrap_or_default().join(" "))))
}

pub fn chars_html(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call) else { return Ok(call.value.clone()) };
    Ok(Value::from(truncate_html(&call.text(), length, false)))
}

pub fn words_html(call: &Call<'_>) -> Result<Value, Error> {
    let Some(length) = length(call) else { return Ok(call.value.clone()) };
    Ok(Value::from(truncate_html(&call.text(), length, true)))
}

const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

fn truncate_html(html: &str, length: usize, is_words: bool) -> String {
    if length == 0 {
        return String::new();
    }
    let limit = if is_words { length } else { length.saturating_sub(1) };
    let total = if is_words { usize::MAX } else { visible_chars(html) };
    if !is_words && total <= length {
        return html.to_owned();
    }
    let mut out = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut left = limit;
    let mut rest = html;
    while !rest.is_empty() {
        if let Some((tag, after)) = take_tag(rest) {
            out.push_str(tag);
            rest = after;
            let inner = tag.trim_start_matches('<').trim_end_matches('>');
            let name = inner.trim_start_matches('/');
            let name = name.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
            if inner.starts_with('/') {
                if let Some(at) = open.iter().rposition(|other| *other == name) {
                    open.truncate(at);
                }
            } else if !inner.ends_with('/') && !inner.starts_with('!') && !VOID.contains(&name) {
                open.push(name);
            }
            continue;
        }
        let end = rest.get(1..).and_then(|tail| tail.find('<')).map_or(rest.len(), |at| at + 1);
        let (text, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        let is_cut = if is_words { cut_words(text, &mut left, &mut out) } else { cut_text(text, &mut left, &mut out) };
        if is_cut {
            if is_words {
                while out.ends_with(char::is_whitespace) {
                    out.pop();
                }
                out.push(' ');
            }
            out.push(ELLIPSIS);
            for name in open.iter().rev() {
                out.push_str(&format!("</{name}>"));
            }
            return out;
        }
    }
    for name in open.iter().rev() {
        out.push_str(&format!("</{name}>"));
    }
    out
}

fn take_tag(text: &str) -> Option<(&str, &str)> {
    let next = text.strip_prefix('<')?.chars().next()?;
    if !(next.is_ascii_alphabetic() || next == '/' || next == '!') {
        return None;
    }
    text.split_at_checked(text.find('>')? + 1)
}

/// One visible character, which may be written as an entity.
fn next_char(text: &str) -> (&str, &str) {
    let entity = text.strip_prefix('&').and_then(|rest| {
        let len = rest.find(';').filter(|len| *len > 0 && *len < 12)?;
        rest.get(..len)?.chars().all(|c| c.is_ascii_alphanumeric() || c == '#').then_some(len + 2)
    });
    let len = entity.unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8));
    text.split_at_checked(len).unwrap_or((text, ""))
}

fn visible_chars(html: &str) -> usize {
    let mut n = 0;
    let mut rest = html;
    while !rest.is_empty() {
        rest = match take_tag(rest) {
            Some((_, after)) => after,
            None => {
                n += 1;
                next_char(rest).1
            }
        };
    }
    n
}

fn cut_text(text: &str, left: &mut usize, out: &mut String) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        if *left == 0 {
            return true;
        }
        let (letter, after) = next_char(rest);
        out.push_str(match letter {
            ">" => "&gt;",
            "<" => "&lt;",
            "&" => "&amp;",
            letter => letter,
        });
        rest = after;
        *left -= 1;
    }
    false
}

fn cut_words(text: &str, left: &mut usize, out: &mut String) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let space = rest.find(|letter: char| !letter.is_whitespace()).unwrap_or(rest.len());
        let (space, after) = rest.split_at_checked(space).unwrap_or(("", rest));
        let word_len = after.find(char::is_whitespace).unwrap_or(after.len());
        let (word, after) = after.split_at_checked(word_len).unwrap_or((after, ""));
        if word.is_empty() {
            out.push_str(space);
            return false;
        }
        if *left == 0 {
            return true;
        }
        out.push_str(space);
        out.push_str(word);
        *left -= 1;
        rest = after;
    }
    false
}
