//! Where in a template a caret stands.
//!
//! In: source and caret. Out: between tags, or inside one and at which word of it.
//! Invariant: looks at the caret's line only, since a tag lies on one line.

use std::ops::Range;

/// What is around a caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Between tags.
    Text {
        /// Whether a JSON text is open.
        is_in_string: bool,
    },
    /// Inside `{{ }}` or `{% %}`; where the inside begins.
    Tag {
        is_block: bool,
        inner_start: usize,
        /// Whether the tag's end follows on the line.
        is_closed: bool,
    },
    Comment,
}

/// What is around `at`.
pub fn place_at(source: &str, at: usize) -> Place {
    let before = source.get(..at).unwrap_or(source);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = source.get(line_start..).unwrap_or_default().split('\n').next().unwrap_or_default();
    let caret = at - line_start;
    let mut is_in_string = false;
    let mut is_escaped = false;
    let mut from = 0;
    while from < caret {
        let rest = line.get(from..).unwrap_or_default();
        let close = match rest.as_bytes() {
            [b'{', b'{', ..] => "}}",
            [b'{', b'%', ..] => "%}",
            [b'{', b'#', ..] => "#}",
            [byte, ..] => {
                if is_escaped {
                    is_escaped = false;
                } else if *byte == b'"' {
                    is_in_string = !is_in_string;
                } else {
                    is_escaped = *byte == b'\\' && is_in_string;
                }
                from += 1;
                while !line.is_char_boundary(from) {
                    from += 1;
                }
                continue;
            }
            [] => break,
        };
        let found = rest.get(2..).and_then(|inner| inner.find(close)).map(|end| from + end + 4);
        // A close that belongs to a later tag is none of this one's.
        let is_own = rest.get(2..).is_some_and(|inner| {
            let end = inner.find(close).unwrap_or(inner.len());
            !["{{", "{%", "{#"].iter().any(|open| inner.get(..end).is_some_and(|inner| inner.contains(open)))
        });
        match found {
            Some(end) if is_own && end <= caret => from = end,
            _ if from + 2 > caret => from += 2,
            _ if close == "#}" => return Place::Comment,
            _ => {
                let is_closed = found.is_some() && is_own;
                return Place::Tag { is_block: close == "%}", inner_start: line_start + from + 2, is_closed };
            }
        }
    }
    Place::Text { is_in_string }
}

/// The word before a caret inside a tag: an expression up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    pub text: &'a str,
    pub start: usize,
    /// Whether it is the tag's first.
    pub is_first: bool,
    /// Where a quote opened that is not closed yet.
    pub open_quote: Option<usize>,
}

/// The word that ends at `at`, inside a tag that begins at `inner_start`.
pub fn word_before(source: &str, inner_start: usize, at: usize) -> Word<'_> {
    let inner = source.get(inner_start..at).unwrap_or_default();
    let mut start = inner_start;
    let mut quote: Option<(char, usize)> = None;
    for (offset, letter) in inner.char_indices() {
        match quote {
            Some((open, _)) if open == letter => quote = None,
            Some(_) => {}
            None if matches!(letter, '\'' | '"') => quote = Some((letter, inner_start + offset)),
            None if letter.is_whitespace() || matches!(letter, '=' | ',' | '<' | '>' | '!') => {
                start = inner_start + offset + letter.len_utf8();
            }
            None => {}
        }
    }
    let is_first = source.get(inner_start..start).is_some_and(|before| before.trim().is_empty());
    Word { text: source.get(start..at).unwrap_or_default(), start, is_first, open_quote: quote.map(|(_, at)| at) }
}

/// The name that ends at the end of `text`, as a range of it.
pub fn name_at_end(text: &str) -> Range<usize> {
    let start = text
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    start..text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `¦` is the caret.
    fn check(marked: &str, expected: &str) {
        let at = marked.find('¦').expect("a caret");
        let source = marked.replace('¦', "");
        let said = match place_at(&source, at) {
            Place::Text { is_in_string: true } => "in text".to_owned(),
            Place::Text { is_in_string: false } => "between".to_owned(),
            Place::Comment => "comment".to_owned(),
            Place::Tag { is_block, inner_start, is_closed } => {
                let word = word_before(&source, inner_start, at);
                format!(
                    "{}{} {}{}",
                    if is_block { "block" } else { "variable" },
                    if is_closed { " closed" } else { "" },
                    word.text,
                    if word.is_first { "" } else { " later" }
                )
            }
        };
        assert_eq!(said, expected, "{marked}");
    }

    #[test]
    fn a_caret_knows_where_it_stands() {
        check("{\"a\": ¦", "between");
        check("{\"a\": \"x ¦", "in text");
        check("{\"a\": \"x \\\" ¦", "in text");
        check("{\"a\": \"{{ x }}\", ¦", "between");
        check("{\"a\": \"{{ x }}\", \"¦", "in text");
        check("{¦{ x }}", "between");
        check("{{¦", "variable ");
        check("{{ ev¦ }}", "variable closed ev");
        check("{{ ev¦ \"x\": {{ y }}", "variable ev");
        check("{{ a|default:'x y'|lo¦", "variable a|default:'x y'|lo");
        check("{% i¦", "block i");
        check("{% if a == b.c¦ %}", "block closed b.c later");
        check("{# x ¦", "comment");
        check("{{ x }}\n¦", "between");
        check("{\"ü\": \"ä¦", "in text");
    }

    #[test]
    fn the_name_at_the_end_of_a_word() {
        for (text, expected) in [("event.Ord", "Ord"), ("a|", ""), ("a|lo", "lo"), ("$val", "$val"), ("", "")] {
            assert_eq!(&text[name_at_end(text)], expected, "{text}");
        }
    }
}
