//! Reads the sources for what a person reads, and holds it to one place and one manner.
//!
//! In: `src/`. Out: one failure with every sentence that stands elsewhere or is written otherwise, each with its line.

use crate::tidy::{report, sources};

/// Where sentences may not stand: the screens and the roles take them from `view_model/messages`.
const SAYS_NOTHING_ITSELF: [&str; 2] = ["ui/", "roles/"];

/// A sentence has at least so many words; what has fewer is a label.
const SENTENCE_WORDS: usize = 5;

/// More letters than these are no label, even without a full stop.
const LONGEST_LABEL: usize = 60;

#[test]
fn sentences_stand_among_the_messages() {
    let screens =
        sources().into_iter().filter(|(file, _)| SAYS_NOTHING_ITSELF.iter().any(|folder| file.starts_with(folder)));
    report(screens.flat_map(|(file, text)| {
        literals(&text)
            .into_iter()
            .filter(|literal| is_sentence(&literal.text))
            .map(|literal| {
                let Literal { line, text } = literal;
                format!("src/{file}:{line}: “{text}” belongs into src/view_model/messages")
            })
            .collect::<Vec<_>>()
    }));
}

#[test]
fn an_apostrophe_that_is_read_is_a_curly_one() {
    report(sources().into_iter().flat_map(|(file, text)| {
        literals(&text)
            .into_iter()
            .filter(|literal| has_straight_apostrophe(&literal.text))
            .map(|Literal { line, text }| format!("src/{file}:{line}: “{text}” has a straight apostrophe, not ’"))
            .collect::<Vec<_>>()
    }));
}

/// A text in quotes, as the program has it.
struct Literal {
    /// From 1.
    line: usize,
    text: String,
}

/// The string literals of `source`, without those of its tests and comments.
fn literals(source: &str) -> Vec<Literal> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find(['"', '\'', '/', 'r']) {
        let before = rest[..start].chars().next_back();
        rest = &rest[start..];
        let line = 1 + source[..source.len() - rest.len()].matches('\n').count();
        let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
        let is_name = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with('r') && !is_name && rest[1 + hashes..].starts_with('"') {
            let body = &rest[2 + hashes..];
            let end = ["\"", &"#".repeat(hashes)].concat();
            let length = body.find(&end).unwrap_or(body.len());
            found.push(Literal { line, text: body[..length].to_owned() });
            rest = body[length..].strip_prefix(end.as_str()).unwrap_or_default();
        } else if rest.starts_with('"') {
            let (text, length) = unquoted(&rest[1..]);
            found.push(Literal { line, text });
            rest = &rest[1 + length..];
        } else if rest.starts_with('\'') {
            rest = &rest[quoted_char_length(rest)..];
        } else {
            rest = &rest[1..];
        }
    }
    found
}

/// What stands up to the closing quote, its escapes read, and how long it is in the source.
fn unquoted(body: &str) -> (String, usize) {
    let mut text = String::new();
    let mut chars = body.char_indices();
    while let Some((position, c)) = chars.next() {
        match c {
            '"' => return (text, position + 1),
            '\\' => match chars.next() {
                // The next line goes on where this one ends.
                Some((escape, '\n')) => {
                    let blank = body[escape..].len() - body[escape..].trim_start().len();
                    while chars.offset() < escape + blank {
                        chars.next();
                    }
                }
                Some((_, 'n')) => text.push('\n'),
                Some((_, escaped)) => text.push(escaped),
                None => {}
            },
            c => text.push(c),
        }
    }
    (text, body.len())
}

/// How much of the source a character in quotes takes; one, where it is a lifetime.
fn quoted_char_length(rest: &str) -> usize {
    let body = &rest[1..];
    let skipped = usize::from(body.starts_with('\\')) + body.chars().next().map_or(0, char::len_utf8);
    match body.get(skipped..).and_then(|body| body.find('\'')) {
        Some(0) => skipped + 2,
        // Such as `\u{1f600}`.
        Some(end) if body.starts_with("\\u{") => skipped + end + 2,
        _ => 1,
    }
}

/// Whether a person would read it as a sentence. Code to copy, which has lines, is none, nor is the drawing of an icon.
fn is_sentence(text: &str) -> bool {
    let is_word =
        |word: &str| word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.contains(char::is_numeric);
    let n_words = text.split_whitespace().filter(|word| is_word(word)).count();
    let has_stop = [".", "?"].iter().any(|stop| text.ends_with(stop) || text.contains(&[*stop, " "].concat()));
    let is_long = text.chars().count() > LONGEST_LABEL;
    n_words >= SENTENCE_WORDS && (has_stop || is_long) && !text.contains('\n') && !text.starts_with('<')
}

/// Whether an apostrophe of the typewriter's kind stands inside a word.
fn has_straight_apostrophe(text: &str) -> bool {
    text.match_indices('\'').any(|(position, _)| {
        text[..position].ends_with(char::is_alphabetic) && text[position + 1..].starts_with(char::is_alphabetic)
    })
}

#[test]
fn literals_are_found_with_their_lines() {
    let source = r##"// "no" it's
let a = "one \"two\" \
    three";
let b: &'static str = r#"a "raw" one"#;
let c = ('"', '\'', '\u{1f600}', "last");
#[cfg(test)]
mod tests { const D: &str = "tested"; }
"##;
    let found: Vec<_> = literals(source).into_iter().map(|Literal { line, text }| (line, text)).collect();
    let expected = [(2, "one \"two\" three"), (4, "a \"raw\" one"), (5, "last")];
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn a_sentence_is_told_from_a_label() {
    for sentence in [
        "Nothing is kept before you have seen it.",
        "Nothing was copied yet. Copy a card first",
        "Is this one a sentence or not?",
        "What goes on for long is a sentence, whether it has a full stop or has none",
    ] {
        assert!(is_sentence(sentence), "{sentence}");
    }
    for label in [
        "Valid JSON, kept.",
        "Search recipients, requests and answers",
        "toolbar-word toolbar-word--open",
        "M5 11h14a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-14a2 2 0 0 1-2-2v-7a2 2 0 0 1 2-2zM7 11V7a5 5 0 0 1 10 0v4",
        "import { Webhook } from standardwebhooks;\n// the raw text of the request.",
        ".json,.jsonl,.ndjson,.csv,.tsv,.txt,application/json,text/csv,text/plain",
    ] {
        assert!(!is_sentence(label), "{label}");
    }
}

#[test]
fn an_apostrophe_is_told_from_a_quote() {
    assert!(has_straight_apostrophe("Klaviyo's own"));
    assert!(!has_straight_apostrophe("Klaviyo’s own"));
    assert!(!has_straight_apostrophe("{% include 'greeting' %}"));
}
