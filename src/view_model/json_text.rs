//! JSON as a person reads and writes it: indented without changing a digit, and checked with the place of the error.
//!
//! In: text. Out: text, values, or a problem with line and column.
//! Invariant: indenting changes white space only; numbers stay as they were written.

use serde_json::{Map, Value};

/// What is wrong with a JSON text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonProblem {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: String,
}

/// Reads a JSON object.
pub fn parse_object(text: &str) -> Result<Map<String, Value>, JsonProblem> {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(JsonProblem {
            line: 1,
            column: 1,
            message: "This must be an object: start with { and end with }.".to_owned(),
        }),
        Err(error) => Err(JsonProblem {
            line: error.line().max(1),
            column: column_in_chars(text, error.line(), error.column()),
            message: plain_message(&error),
        }),
    }
}

/// Writes a value with two spaces of indent.
pub fn pretty_value(map: &Map<String, Value>) -> String {
    serde_json::to_string_pretty(map).unwrap_or_default()
}

/// Indents JSON text. Text that is no JSON comes back as it is.
pub fn pretty_text(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let mut pretty = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut is_in_string = false;
    let mut is_escaped = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_in_string {
            pretty.push(c);
            is_in_string = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                pretty.push(c);
                is_in_string = true;
            }
            '{' | '[' => {
                pretty.push(c);
                while chars.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                match chars.next_if(|next| matches!(next, '}' | ']')) {
                    Some(close) => pretty.push(close),
                    None => {
                        depth += 1;
                        new_line(&mut pretty, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut pretty, depth);
                pretty.push(c);
            }
            ',' => {
                pretty.push(c);
                new_line(&mut pretty, depth);
            }
            ':' => pretty.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => pretty.push(c),
        }
    }
    pretty
}

/// What a piece of JSON text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonToken {
    Key,
    Text,
    Number,
    Literal,
    Other,
}

/// Cuts JSON text into coloured pieces that make up the whole text again. Works on broken JSON too.
pub fn json_tokens(text: &str) -> Vec<(JsonToken, &str)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some((kind, n_bytes)) = next_token(rest) {
        let (token, tail) = rest.split_at_checked(n_bytes).unwrap_or((rest, ""));
        tokens.push((kind, token));
        rest = tail;
    }
    tokens
}

/// The piece that a text begins with, and its bytes; none of an empty text.
pub fn next_token(text: &str) -> Option<(JsonToken, usize)> {
    let first = text.chars().next()?;
    let (kind, n_bytes) = match first {
        '"' => {
            let n_bytes = string_length(text);
            let is_key = text.get(n_bytes..).is_some_and(|tail| tail.trim_start().starts_with(':'));
            (if is_key { JsonToken::Key } else { JsonToken::Text }, n_bytes)
        }
        '-' | '0'..='9' => (JsonToken::Number, run_length(text, |c| c.is_ascii_alphanumeric() || "+-.".contains(c))),
        c if c.is_alphabetic() => (JsonToken::Literal, run_length(text, char::is_alphanumeric)),
        _ => (JsonToken::Other, run_length(text, |c| c != '"' && c != '-' && !c.is_alphanumeric())),
    };
    Some((kind, n_bytes.max(first.len_utf8())))
}

/// Bytes of the string that `text` begins with, quotes included; to the end of the line when it is not closed.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            '"' if !is_escaped => return at + 1,
            _ => is_escaped = !is_escaped && c == '\\',
        }
    }
    text.len()
}

fn run_length(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn new_line(pretty: &mut String, depth: usize) {
    pretty.push('\n');
    for _ in 0..depth {
        pretty.push_str("  ");
    }
}

/// serde_json counts columns in bytes.
fn column_in_chars(text: &str, line: usize, column: usize) -> usize {
    let line_text = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let n_chars = line_text.char_indices().take_while(|(at, _)| at + 1 < column).count();
    n_chars + 1
}

fn plain_message(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let phrase = said.split(" at line ").next().unwrap_or(&said);
    match phrase {
        "trailing comma" => "A comma stands before the closing bracket; remove it.".to_owned(),
        "key must be a string" => "A name must stand in double quotes.".to_owned(),
        "expected value" => "A value is missing, or is not JSON.".to_owned(),
        "expected `:`" => "A colon is missing after the name.".to_owned(),
        "expected `,` or `}`" | "expected `,` or `]`" => "A comma is missing, or a closing bracket.".to_owned(),
        phrase if phrase.starts_with("EOF") => "The text ends too early; something is not closed.".to_owned(),
        "trailing characters" => "There is more text after the end.".to_owned(),
        phrase => crate::view_model::messages::sentence(&phrase),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indenting_keeps_every_digit() {
        let text = r#"{"a":1.50,"b":[ ],"c":{"d":"x, \" {y}","e":12345678901234567890123}}"#;
        let expected = "{\n  \"a\": 1.50,\n  \"b\": [],\n  \"c\": {\n    \"d\": \"x, \\\" {y}\",\n    \"e\": 12345678901234567890123\n  }\n}";
        assert_eq!(pretty_text(text), expected);
        assert_eq!(pretty_text(expected), expected, "indenting twice changes nothing");
        assert_eq!(pretty_text("{\"a\": ,}"), "{\"a\": ,}");
    }

    #[test]
    fn pieces_make_up_the_text_again() {
        for text in [r#"{"a": [1.5e3, true, "x: \"y\""], "b": null}"#, "{\"open: 1\n}", "{{ü ,, -\"", ""] {
            let joined: String = json_tokens(text).into_iter().map(|(_, piece)| piece).collect();
            assert_eq!(joined, text);
        }
        let kinds: Vec<_> = json_tokens(r#"{"a":"b","c":1}"#).into_iter().map(|(kind, _)| kind).collect();
        use JsonToken::{Key, Number, Other, Text};
        assert_eq!(kinds, [Other, Key, Other, Text, Other, Key, Other, Number, Other]);
    }

    #[test]
    fn an_error_has_its_line_and_column() {
        for (text, line, part) in [
            ("{\"a\": 1,\n}", 2, "comma"),
            ("{\n  \"a\" 1\n}", 2, "colon"),
            ("{\"a\": 1", 1, "too early"),
            ("[1]", 1, "object"),
            ("{a: 1}", 1, "quotes"),
        ] {
            let problem = parse_object(text).expect_err("a problem");
            assert_eq!(problem.line, line, "{text}");
            assert!(problem.message.contains(part), "{text}: {}", problem.message);
        }
        assert_eq!(parse_object("{\"ü\" 1}").expect_err("a problem").column, 6);
    }
}
