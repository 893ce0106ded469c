//! HTML's character references.
//!
//! In: text. Out: text with the characters that they stand for.
//! Invariant: knows the names of HTML 4 and `&apos;`; other names stay as they are.

/// A name a line; `!` after it where the semicolon may be missing, a space where it may not; then the character.
const NAMES: &str = include_str!("data/entities.txt");

/// Names are looked for in so many characters.
const MAX_NAME: usize = 32;

/// What numbers from 128 on stand for in Windows' encoding.
const WINDOWS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// Python's `html.unescape`.
pub fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        match number(rest).or_else(|| named(rest)) {
            Some((character, len)) => {
                out.push_str(&character);
                rest = rest.get(len..).unwrap_or_default();
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

/// The character of `#…` and the length read.
fn number(text: &str) -> Option<(String, usize)> {
    let digits = text.strip_prefix('#')?;
    let (digits, base) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    let len = digits.find(|letter: char| !letter.is_digit(base)).unwrap_or(digits.len());
    let plain = digits.get(..len).filter(|digits| !digits.is_empty())?;
    let is_closed = digits.get(len..).is_some_and(|tail| tail.starts_with(';'));
    let whole = text.len() - digits.len() + len + usize::from(is_closed);
    let code = u32::from_str_radix(plain, base).unwrap_or(u32::MAX);
    let character = match code {
        0 | 0xd800..=0xdfff | 0x11_0000.. => "\u{fffd}".to_owned(),
        0xd => "\r".to_owned(),
        0x80..=0x9f => WINDOWS.chars().nth(code as usize - 0x80).map(String::from)?,
        0x1..=0x8 | 0xb | 0xe..=0x1f | 0x7f | 0xfdd0..=0xfdef => String::new(),
        _ if code & 0xfffe == 0xfffe => String::new(),
        _ => char::from_u32(code).map(String::from)?,
    };
    Some((character, whole))
}

/// The character of a name and the length read.
fn named(text: &str) -> Option<(String, usize)> {
    let is_end = |letter: char| matches!(letter, '\t' | '\n' | '\u{c}' | ' ' | '<' | '&' | '#' | ';');
    let len = text
        .char_indices()
        .take(MAX_NAME)
        .find(|(_, letter)| is_end(*letter))
        .map_or_else(|| text.char_indices().nth(MAX_NAME).map_or(text.len(), |(at, _)| at), |(at, _)| at);
    let name = text.get(..len)?;
    let is_closed = text.get(len..).is_some_and(|tail| tail.starts_with(';'));
    let known = |name: &str, is_closed: bool| {
        NAMES.lines().find_map(|line| {
            let tail = line.strip_prefix(name)?;
            tail.strip_prefix('!').or_else(|| tail.strip_prefix(' ').filter(|_| is_closed))
        })
    };
    if name.is_empty() {
        return None;
    }
    if let Some(character) = known(name, is_closed) {
        return Some((character.to_owned(), len + usize::from(is_closed)));
    }
    // The longest name that the text begins with, as browsers do.
    let ends = name.char_indices().map(|(at, _)| at).filter(|at| *at > 1).collect::<Vec<_>>();
    ends.into_iter().rev().find_map(|end| {
        let head = name.get(..end)?;
        known(head, false).map(|character| (character.to_owned(), end))
    })
}

/// Whether a text that begins with `&` and ends with `;` is a reference.
pub fn is_reference(text: &str) -> bool {
    let read = unescape(text);
    read != text && !read.ends_with(';')
}
