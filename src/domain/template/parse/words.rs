//! Splits a tag into words, keeping quoted text together.
//!
//! In: a tag's content. Out: its words with their places.
//! Invariant: as Django's `smart_split` with its handling of `_("…")`.

use std::ops::Range;

use crate::domain::template::value::is_space;

/// The words of `source[range]`.
pub fn split_words(source: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut at = range.start;
    let mut open_translation: Option<(usize, String)> = None;
    while let Some(word) = next_word(source, at, range.end) {
        at = word.end;
        let text = source.get(word.clone()).unwrap_or_default();
        if let Some((start, sentinel)) = &open_translation {
            let whole = *start..word.end;
            if text.ends_with(sentinel.as_str()) {
                open_translation = None;
            }
            if let Some(last) = words.last_mut() {
                *last = whole;
            }
            continue;
        }
        if let Some(quote) = text.strip_prefix("_(").and_then(|rest| rest.chars().next()).filter(|c| "'\"".contains(*c))
        {
            let sentinel = format!("{quote})");
            if !text.ends_with(&sentinel) {
                open_translation = Some((word.start, sentinel));
            }
        }
        words.push(word);
    }
    words
}

fn next_word(source: &str, from: usize, end: usize) -> Option<Range<usize>> {
    let text = source.get(from..end)?;
    let start = from + (text.len() - text.trim_start_matches(is_space).len());
    let word = source.get(start..end).filter(|word| !word.is_empty())?;
    let mut at = 0;
    let mut quoted_end = None;
    loop {
        at += word
            .get(at..)?
            .find(|letter: char| is_space(letter) || letter == '\'' || letter == '"')
            .unwrap_or(word.len() - at);
        match quoted_len(word.get(at..)?) {
            Some(len) => {
                at += len;
                quoted_end = Some(at);
            }
            None => break,
        }
    }
    // Plain characters may follow the last closed quote; an unclosed quote begins a word of its own.
    let len = match quoted_end {
        Some(_) => at,
        None => word.find(is_space).unwrap_or(word.len()),
    };
    Some(start..start + len)
}

/// The length of the quoted text that `text` begins with.
pub fn quoted_len(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if letter == '\\' {
            is_escaped = true;
        } else if letter == quote {
            return Some(at + 1);
        }
    }
    None
}
