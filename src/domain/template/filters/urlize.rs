//! Links for the addresses in a text.
//!
//! In: text. Out: HTML.
//! Invariant: looks only at words; a word longer than Django looks at is left alone.

use std::borrow::Cow;

use minijinja::{Error, Value};

use crate::domain::template::filters::html::escape;
use crate::domain::template::filters::urls::{quote, unquote};
use crate::domain::template::filters::{Call, fail};
use crate::domain::template::value::{number, safe};

const MAX_WORD: usize = 2048;
const OPENINGS: [(char, char); 2] = [('(', ')'), ('[', ']')];

pub fn urlize(call: &Call<'_>) -> Result<Value, Error> {
    Ok(safe(linked(&call.text(), None, call.is_escaping() && !call.value.is_safe(), call.is_escaping())))
}

pub fn urlizetrunc(call: &Call<'_>) -> Result<Value, Error> {
    let limit = call.arg().and_then(number::to_int).ok_or_else(|| fail("`urlizetrunc` needs a whole number"))?;
    let limit = usize::try_from(limit.max(0)).unwrap_or(usize::MAX);
    Ok(safe(linked(&call.text(), Some(limit), call.is_escaping() && !call.value.is_safe(), call.is_escaping())))
}

fn linked(text: &str, limit: Option<usize>, is_escaping: bool, _is_auto: bool) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while !rest.is_empty() {
        let is_break = |letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"' | '\'');
        let word_len = rest.find(is_break).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(word_len).unwrap_or((rest, ""));
        out.push_str(&linked_word(word, limit, is_escaping));
        let mut letters = after.chars();
        if let Some(letter) = letters.next() {
            let letter = letter.to_string();
            out.push_str(&if is_escaping { escape(&letter) } else { Cow::Borrowed(letter.as_str()) });
        }
        rest = letters.as_str();
    }
    out
}

fn shown(text: &str, is_escaping: bool) -> String {
    if is_escaping { escape(text).into_owned() } else { text.to_owned() }
}

fn linked_word(word: &str, limit: Option<usize>, is_escaping: bool) -> String {
    if !word.contains(['.', '@', ':']) || word.len() > MAX_WORD {
        return shown(word, is_escaping);
    }
    let (lead, middle, trail) = trimmed(word);
    let Some((url, nofollow)) = address(middle) else { return shown(word, is_escaping) };
    let text = match limit {
        Some(limit) if middle.chars().count() > limit => {
            middle.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
        }
        _ => middle.to_owned(),
    };
    let rel = if nofollow { " rel=\"nofollow\"" } else { "" };
    let link = format!("<a href=\"{}\"{rel}>{}</a>", escape(&url), shown(&text, is_escaping));
    format!("{}{link}{}", shown(lead, is_escaping), shown(trail, is_escaping))
}

/// Splits brackets and punctuation off a word.
fn trimmed(word: &str) -> (&str, &str, &str) {
    let (mut start, mut end) = (0, word.len());
    loop {
        let before = (start, end);
        for (open, close) in OPENINGS {
            let middle = word.get(start..end).unwrap_or_default();
            if middle.starts_with(open) {
                start += 1;
            }
            let middle = word.get(start..end).unwrap_or_default();
            let (n_open, n_close) = (middle.matches(open).count(), middle.matches(close).count());
            if middle.ends_with(close) && n_close == n_open + 1 {
                end -= 1;
            }
        }
        let middle = word.get(start..end).unwrap_or_default();
        let mut stripped = middle;
        while stripped.ends_with(['.', ',', ':', ';', '!']) && !(stripped.ends_with(';') && ends_with_entity(stripped))
        {
            stripped = stripped.get(..stripped.len() - 1).unwrap_or_default();
        }
        end = start + stripped.len();
        if before == (start, end) || start >= end {
            let end = end.max(start);
            return (
                word.get(..start).unwrap_or_default(),
                word.get(start..end).unwrap_or_default(),
                word.get(end..).unwrap_or_default(),
            );
        }
    }
}

fn ends_with_entity(text: &str) -> bool {
    let Some(at) = text.rfind('&') else { return false };
    let name = text.get(at + 1..text.len() - 1).unwrap_or_default();
    !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '#')
}

/// The address a word stands for, and whether the link says `nofollow`.
fn address(word: &str) -> Option<(String, bool)> {
    let lower = word.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://")) {
        let is_url = rest.chars().next().is_some_and(|letter| letter.is_alphanumeric() || letter == '[');
        return is_url.then(|| (smart_quote(&unescape(word)), true));
    }
    let is_www = lower.starts_with("www.") && lower.len() > 4;
    let host = lower.split(['/', '?', '#']).next().unwrap_or_default();
    let tail_ok = lower.get(host.len()..).is_some_and(|tail| tail.is_empty() || tail.starts_with('/'));
    let is_known = [".com", ".edu", ".gov", ".int", ".mil", ".net", ".org"].iter().any(|end| host.ends_with(end))
        && host.chars().next().is_some_and(char::is_alphanumeric)
        && !host.contains(['@', ':'])
        && tail_ok;
    if (is_www && !lower.contains('@')) || is_known {
        return Some((smart_quote(&format!("http://{}", unescape(word))), true));
    }
    if !word.contains(':') && is_email(word) {
        let (local, domain) = word.rsplit_once('@')?;
        return Some((format!("mailto:{}@{}", quote(local, ""), quote(domain, "")), false));
    }
    None
}

fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else { return false };
    !local.is_empty()
        && domain.contains('.')
        && !domain.contains('@')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !domain.contains("..")
        && domain.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-'))
        && local.chars().all(|letter| letter.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{}|~.".contains(letter))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&amp;", "&")
}

/// Encodes an address that may already be encoded.
fn smart_quote(url: &str) -> String {
    const KEPT: &str = "!*'();:@&=+$,/?#[]~";
    let (head, fragment) = url.split_once('#').map_or((url, None), |(head, fragment)| (head, Some(fragment)));
    let (path, query) = head.split_once('?').map_or((head, None), |(path, query)| (path, Some(query)));
    let mut out = quote(&unquote(path), KEPT);
    if let Some(query) = query {
        let pairs: Vec<String> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                format!("{}={}", requoted(key), requoted(value))
            })
            .collect();
        out.push('?');
        out.push_str(&pairs.join("&"));
    }
    if let Some(fragment) = fragment {
        out.push('#');
        out.push_str(&quote(&unquote(fragment), KEPT));
    }
    out
}

fn requoted(text: &str) -> String {
    quote(&unquote(&text.replace('+', " ")), " ").replace(' ', "+")
}
