//! Links for the addresses in a text.
//!
//! In: text. Out: HTML.
//! Invariant: looks only at words; a word longer than Django looks at is left alone.

use std::borrow::Cow;

use minijinja::{Error, Value};

use crate::domain::template::filters::entities::{is_reference, unescape};
use crate::domain::template::filters::html::escape;
use crate::domain::template::filters::urls::{quote, unquote};
use crate::domain::template::filters::{Call, check_len, fail};
use crate::domain::template::value::big::int_of;
use crate::domain::template::value::{is_space, safe};

const MAX_URL: usize = 2048;
const MAX_EMAIL: usize = 320;
const WRAPPING: [(char, char); 2] = [('(', ')'), ('[', ']')];
const TRAILING: [char; 5] = ['.', ',', ':', ';', '!'];
const TRAILING_BUT_SEMICOLON: [char; 4] = ['.', ',', ':', '!'];
const DOMAINS: [&str; 7] = ["com", "edu", "gov", "int", "mil", "net", "org"];

pub fn urlize(call: &Call<'_>) -> Result<Value, Error> {
    linked(call, None)
}

pub fn urlizetrunc(call: &Call<'_>) -> Result<Value, Error> {
    let limit = call.arg().map(int_of);
    let Some(Ok(limit)) = limit else { return Err(fail("the argument of `urlizetrunc` must be a whole number")) };
    linked(call, Some(limit.clamped_len()))
}

fn linked(call: &Call<'_>, limit: Option<usize>) -> Result<Value, Error> {
    let text = call.text();
    let is_escaping = call.is_escaping() && !call.value.is_safe();
    let is_break = |letter: char| is_space(letter) || matches!(letter, '<' | '>' | '"' | '\'');
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        let word_len = rest.find(is_break).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(word_len).unwrap_or((rest, ""));
        out.push_str(&linked_word(word, limit, is_escaping));
        let gap_len = after.find(|letter| !is_break(letter)).unwrap_or(after.len());
        let (gap, after) = after.split_at_checked(gap_len).unwrap_or((after, ""));
        out.push_str(&shown(gap, is_escaping));
        rest = after;
        check_len(out.len())?;
    }
    Ok(safe(out))
}

fn shown(text: &str, is_escaping: bool) -> Cow<'_, str> {
    if is_escaping { escape(text) } else { Cow::Borrowed(text) }
}

fn linked_word<'a>(word: &'a str, limit: Option<usize>, is_escaping: bool) -> Cow<'a, str> {
    if !word.contains(['.', '@', ':']) {
        return shown(word, is_escaping);
    }
    let (lead, middle, trail) = trimmed(word);
    let Some((url, rel)) = address(middle) else { return shown(word, is_escaping) };
    let text = match limit {
        Some(limit) if middle.chars().count() > limit => {
            middle.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
        }
        _ => middle.to_owned(),
    };
    let link = format!("<a href=\"{}\"{rel}>{}</a>", escape(&url), shown(&text, is_escaping));
    Cow::Owned(format!("{}{link}{}", shown(lead, is_escaping), shown(trail, is_escaping)))
}

/// Splits brackets and punctuation off a word, as Django does.
fn trimmed(word: &str) -> (&str, &str, &str) {
    let inner = word.trim_start_matches(['(', '[']);
    let lead_len = word.len() - inner.len();
    let mut n_closing = WRAPPING.map(|(_, close)| inner.matches(close).count());
    let mut middle = inner;
    let mut is_going = true;
    while is_going && !middle.is_empty() {
        is_going = false;
        for ((open, close), n_close) in WRAPPING.iter().zip(&mut n_closing) {
            let n_open = inner.matches(*open).count();
            if n_open < *n_close && middle.ends_with(*close) {
                let n_more = *n_close - n_open;
                let n_kept = middle.chars().count().saturating_sub(n_more);
                let end = middle.char_indices().nth(n_kept).map_or(middle.len(), |(at, _)| at);
                middle = middle.get(..end).unwrap_or_default();
                is_going = true;
                *n_close = n_open;
            }
        }
        let amp = middle.rfind('&');
        let stripped = match amp {
            None => middle.trim_end_matches(TRAILING),
            Some(_) => middle.trim_end_matches(TRAILING_BUT_SEMICOLON),
        };
        if stripped.len() < middle.len() {
            middle = stripped;
            is_going = true;
        }
        if middle.ends_with(';') {
            let entity = amp.and_then(|amp| middle.get(amp..)).unwrap_or(";");
            if !is_reference(entity) {
                let stripped = middle.trim_end_matches(TRAILING);
                let n_semicolons = middle.len() - middle.trim_end_matches(';').len();
                let tail = middle.get(stripped.len()..).unwrap_or_default();
                // The first semicolon may belong to a reference.
                let kept = tail.find(';').filter(|_| amp.is_some() && n_semicolons > 1).map_or(0, |at| at + 1);
                middle = middle.get(..stripped.len() + kept).unwrap_or_default();
                is_going = true;
            }
        }
    }
    let end = lead_len + middle.len();
    (word.get(..lead_len).unwrap_or_default(), middle, word.get(end..).unwrap_or_default())
}

/// The address a word stands for, and what else the link says.
fn address(word: &str) -> Option<(String, &'static str)> {
    const NOFOLLOW: &str = " rel=\"nofollow\"";
    let n_chars = word.chars().count();
    if n_chars <= MAX_URL && is_url(word) {
        return Some((smart_quote(&unescape(word)), NOFOLLOW));
    }
    if n_chars <= MAX_URL && is_bare_url(word) {
        return Some((smart_quote(&format!("http://{}", unescape(word))), NOFOLLOW));
    }
    if !word.contains(':') && is_email(word) {
        let (local, domain) = word.rsplit_once('@')?;
        return Some((format!("mailto:{}@{}", quote(local, ""), quote(domain, "")), ""));
    }
    None
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn strip_prefix_ascii<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| text.get(prefix.len()..)).flatten()
}

fn is_url(word: &str) -> bool {
    let rest = strip_prefix_ascii(word, "http://").or_else(|| strip_prefix_ascii(word, "https://"));
    rest.is_some_and(|rest| rest.strip_prefix('[').unwrap_or(rest).starts_with(is_word))
}

/// Without a scheme: `www.` and whatever, or a host of one of the old domains.
fn is_bare_url(word: &str) -> bool {
    if strip_prefix_ascii(word, "www.").is_some() {
        return true;
    }
    if strip_prefix_ascii(word, "http").is_some() || !word.starts_with(is_word) {
        return false;
    }
    let first_len = word.chars().next().map_or(0, char::len_utf8);
    let host_end = word.find('@').unwrap_or(word.len());
    word.match_indices('.').any(|(at, _)| {
        let tail = word.get(at + 1..).unwrap_or_default();
        at > first_len
            && at <= host_end
            && DOMAINS.iter().any(|domain| {
                strip_prefix_ascii(tail, domain).is_some_and(|tail| tail.is_empty() || tail.starts_with('/'))
            })
    })
}

/// Django's `EmailValidator`.
fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.rsplit_once('@') else { return false };
    word.chars().count() <= MAX_EMAIL && is_local_part(local) && (is_domain(domain) || is_address_literal(domain))
}

fn is_local_part(local: &str) -> bool {
    let is_atom = |part: &str| {
        !part.is_empty()
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-!#$%&'*+/=?^_`{}|~".contains(letter))
    };
    if local.split('.').all(is_atom) {
        return true;
    }
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        let is_fine = match letter {
            '\\' => letters.next().is_some_and(|next| next.is_ascii() && !matches!(next, '\0' | '\n' | '\r')),
            '"' | '\0' | '\t' | '\n' | '\r' | ' ' => false,
            _ => letter.is_ascii(),
        };
        if !is_fine {
            return false;
        }
    }
    true
}

fn is_domain(domain: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || ('\u{a1}'..='\u{ffff}').contains(&letter);
    let is_host_letter = |letter: char| is_letter(letter) || letter.is_ascii_digit();
    let labels: Vec<&str> = domain.split('.').collect();
    let Some((tld, rest)) = labels.split_last() else { return false };
    let Some((host, middle)) = rest.split_first() else { return false };
    let is_label = |label: &str| {
        let n_chars = label.chars().count();
        (1..=63).contains(&n_chars)
            && label.chars().all(|letter| is_host_letter(letter) || letter == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let n_tld = tld.chars().count();
    let is_tld = !tld.starts_with('-')
        && !tld.ends_with('-')
        && ((2..=63).contains(&n_tld) && tld.chars().all(|letter| is_letter(letter) || letter == '-')
            || strip_prefix_ascii(tld, "xn--").is_some_and(|tail| {
                (1..=59).contains(&tail.len()) && tail.bytes().all(|byte| byte.is_ascii_alphanumeric())
            }));
    is_label(host) && middle.iter().all(|label| is_label(label)) && is_tld
}

fn is_address_literal(domain: &str) -> bool {
    let inner = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner
        .is_some_and(|inner| inner.parse::<std::net::Ipv4Addr>().is_ok() || inner.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Encodes an address that may already be encoded.
fn smart_quote(url: &str) -> String {
    const KEPT: &str = "!$&'()*+,;=:/?#[]@~";
    let requoted = |text: &str| quote(&unquote(text), KEPT);
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host_len = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(host_len).unwrap_or((rest, ""));
    if host.contains('[') != host.contains(']') || has_bad_brackets(host) {
        return requoted(url);
    }
    let mut out = format!("{}://{}{}", scheme.to_ascii_lowercase(), requoted(host), requoted(path));
    let pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            format!("{}={}", requoted_part(key), requoted_part(value))
        })
        .collect();
    if !pairs.is_empty() {
        out.push('?');
        out.push_str(&pairs.join("&"));
    }
    if !fragment.is_empty() {
        out.push('#');
        out.push_str(&requoted(fragment));
    }
    out
}

/// Whether Python refuses the brackets of a host: they may hold an IPv6 address only.
fn has_bad_brackets(host: &str) -> bool {
    let Some((_, inner)) = host.split_once('[') else { return false };
    let inner = inner.split(']').next().unwrap_or_default();
    !inner.starts_with(['v', 'V']) && inner.split('%').next().unwrap_or_default().parse::<std::net::Ipv6Addr>().is_err()
}

/// Python reads the query, and Django reads it once more.
fn requoted_part(text: &str) -> String {
    quote(&unquote(&unquote(&text.replace('+', " "))), " ").replace(' ', "+")
}
