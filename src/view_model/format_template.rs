//! Indents a JSON template; tags stay as they are written.
//!
//! In: a template. Out: the same with other white space between its parts.
//! Invariant: changes white space between JSON signs and tags only, never inside a tag or a JSON text.

use crate::domain::template::parse::lexer::{Token, TokenKind, tokenize};

/// A piece of the template that is not broken up.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece<'a> {
    /// `{` or `[`.
    Open(&'a str),
    /// `}` or `]`.
    Close(&'a str),
    Comma,
    Colon,
    /// A text, a number, a word, or a printed value; pieces that touch are one.
    Value(&'a str),
    /// `{% if %}` and others that open.
    TagOpen(&'a str),
    /// `{% else %}`, `{% elif %}`, `{% empty %}`.
    TagMiddle(&'a str),
    TagClose(&'a str),
    /// `{% now %}`, comments: something on its own.
    Tag(&'a str),
    /// An empty line between two pieces.
    Gap,
}

/// The template, indented by two spaces. `None` when a JSON text or a tag in it is not closed.
pub fn format_template(source: &str) -> Option<String> {
    let pieces = cut(source)?;
    Some(lay_out(&pieces))
}

/// Cuts a template into pieces.
fn cut(source: &str) -> Option<Vec<Piece<'_>>> {
    let tokens = tokenize(source);
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    // Where a JSON text, or a value of touching parts, began.
    let mut text_start: Option<usize> = None;
    let mut value_start: Option<usize> = None;
    let mut verbatim_start: Option<usize> = None;
    for token in &tokens {
        if token.kind != TokenKind::Text {
            let written = source.get(token.range.clone())?;
            let name = block_name(source, token);
            if let Some(start) = verbatim_start {
                if matches!(name, Some("endverbatim" | "endcomment")) {
                    pieces.push(Piece::Tag(source.get(start..token.range.end)?));
                    verbatim_start = None;
                }
                continue;
            }
            if text_start.is_some() {
                continue;
            }
            if token.kind == TokenKind::Variable {
                value_start.get_or_insert(token.range.start);
                continue;
            }
            end_value(source, &mut pieces, &mut value_start, token.range.start)?;
            if matches!(name, Some("verbatim" | "comment")) {
                verbatim_start = Some(token.range.start);
                continue;
            }
            pieces.push(match name {
                Some(name) if is_middle(name) => Piece::TagMiddle(written),
                Some(name) if name.starts_with("end") => Piece::TagClose(written),
                Some(name) if tokens.iter().any(|other| is_end_of(source, other, name)) => Piece::TagOpen(written),
                Some(_) | None => Piece::Tag(written),
            });
            continue;
        }
        if verbatim_start.is_some() {
            continue;
        }
        let text = source.get(token.range.clone())?;
        let mut is_escaped = false;
        let mut n_lines = 0;
        for (offset, letter) in text.char_indices() {
            let at = token.range.start + offset;
            if let Some(start) = text_start {
                match letter {
                    '\n' => return None,
                    '"' if !is_escaped => {
                        text_start = None;
                        value_start.get_or_insert(start);
                    }
                    _ => is_escaped = !is_escaped && letter == '\\',
                }
                continue;
            }
            if letter == '\n' {
                n_lines += 1;
            } else if !letter.is_whitespace() {
                if n_lines > 1 {
                    pieces.push(Piece::Gap);
                }
                n_lines = 0;
            }
            let sign = text.get(offset..offset + letter.len_utf8())?;
            match letter {
                '"' => {
                    text_start = Some(at);
                    value_start.get_or_insert(at);
                    is_escaped = false;
                }
                '{' | '[' | '}' | ']' | ',' | ':' => {
                    end_value(source, &mut pieces, &mut value_start, at)?;
                    pieces.push(match letter {
                        '{' | '[' => Piece::Open(sign),
                        '}' | ']' => Piece::Close(sign),
                        ',' => Piece::Comma,
                        _ => Piece::Colon,
                    });
                }
                c if c.is_whitespace() => end_value(source, &mut pieces, &mut value_start, at)?,
                _ => {
                    value_start.get_or_insert(at);
                }
            }
        }
        if n_lines > 1 && text_start.is_none() {
            pieces.push(Piece::Gap);
        }
    }
    if text_start.is_some() || verbatim_start.is_some() {
        return None;
    }
    end_value(source, &mut pieces, &mut value_start, source.len())?;
    Some(pieces)
}

fn end_value<'a>(
    source: &'a str,
    pieces: &mut Vec<Piece<'a>>,
    value_start: &mut Option<usize>,
    end: usize,
) -> Option<()> {
    if let Some(start) = value_start.take() {
        pieces.push(Piece::Value(source.get(start..end)?));
    }
    Some(())
}

fn block_name<'a>(source: &'a str, token: &Token) -> Option<&'a str> {
    let inner = source.get(token.inner.clone()).filter(|_| token.kind == TokenKind::Block)?;
    inner.split_whitespace().next()
}

fn is_middle(name: &str) -> bool {
    matches!(name, "else" | "elif" | "empty")
}

fn is_end_of(source: &str, token: &Token, name: &str) -> bool {
    block_name(source, token).and_then(|other| other.strip_prefix("end")) == Some(name)
}

/// Writes pieces, a line for each field, item and branch.
fn lay_out(pieces: &[Piece<'_>]) -> String {
    let mut out = Writer { text: String::new(), depth: 0, is_line_open: false };
    let mut idx = 0;
    let mut is_after_colon = false;
    while let Some(piece) = pieces.get(idx) {
        if let Some(len) = short_branch(pieces.get(idx..).unwrap_or_default()) {
            // `{% if not forloop.last %},{% endif %}` stays on its line.
            for piece in pieces.get(idx..idx + len).unwrap_or_default() {
                out.text.push_str(written(piece));
                out.is_line_open = true;
            }
            idx += len;
            continue;
        }
        let was_after_colon = std::mem::replace(&mut is_after_colon, *piece == Piece::Colon);
        let next = pieces.get(idx + 1);
        match piece {
            Piece::Open(sign) => {
                out.start(was_after_colon);
                out.text.push_str(sign);
                if let Some(Piece::Close(close)) = next {
                    out.text.push_str(close);
                    idx += 1;
                } else {
                    out.depth += 1;
                    out.new_line();
                }
            }
            Piece::Close(sign) => {
                out.depth = out.depth.saturating_sub(1);
                out.new_line();
                out.put(sign);
            }
            Piece::Comma => {
                out.text.push(',');
                out.is_line_open = true;
                out.new_line();
            }
            Piece::Colon => out.text.push(':'),
            Piece::Value(value) => {
                out.start(was_after_colon);
                out.text.push_str(value);
            }
            Piece::TagOpen(tag) => {
                out.start(was_after_colon);
                out.text.push_str(tag);
                out.depth += 1;
                out.new_line();
            }
            Piece::TagMiddle(tag) => {
                out.depth = out.depth.saturating_sub(1);
                out.new_line();
                out.put(tag);
                out.depth += 1;
                out.new_line();
            }
            Piece::TagClose(tag) => {
                out.depth = out.depth.saturating_sub(1);
                out.new_line();
                out.put(tag);
                if !matches!(next, Some(Piece::Comma)) {
                    out.new_line();
                }
            }
            Piece::Tag(tag) => {
                out.start(was_after_colon);
                out.text.push_str(tag);
            }
            Piece::Gap => {
                if !out.is_line_open && !out.text.is_empty() && !out.text.ends_with("\n\n") {
                    out.text.push('\n');
                }
            }
        }
        idx += 1;
    }
    let mut text = out.text.trim_end().to_owned();
    text.push('\n');
    text
}

/// How many pieces make up a branch with only a comma or one value in it.
fn short_branch(pieces: &[Piece<'_>]) -> Option<usize> {
    match pieces {
        [Piece::TagOpen(_), Piece::Comma, Piece::TagClose(_), ..] => Some(3),
        [Piece::TagOpen(_), Piece::Value(_), Piece::TagMiddle(_), Piece::Value(_), Piece::TagClose(_), ..] => Some(5),
        _ => None,
    }
}

fn written<'a>(piece: &Piece<'a>) -> &'a str {
    match piece {
        Piece::Comma => ",",
        Piece::Colon => ":",
        Piece::Gap => "",
        Piece::Open(text)
        | Piece::Close(text)
        | Piece::Value(text)
        | Piece::TagOpen(text)
        | Piece::TagMiddle(text)
        | Piece::TagClose(text)
        | Piece::Tag(text) => text,
    }
}

struct Writer {
    text: String,
    depth: usize,
    /// Whether something stands on the current line.
    is_line_open: bool,
}

impl Writer {
    /// Makes room for a value: a space after a colon or another value, indentation on a fresh line.
    fn start(&mut self, is_after_colon: bool) {
        if !self.is_line_open {
            self.indent();
        } else if is_after_colon || !self.text.ends_with(['\n', ' ']) {
            self.text.push(' ');
        }
        self.is_line_open = true;
    }

    fn put(&mut self, text: &str) {
        if !self.is_line_open {
            self.indent();
        }
        self.text.push_str(text);
        self.is_line_open = true;
    }

    fn indent(&mut self) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    fn new_line(&mut self) {
        if self.is_line_open {
            let kept = self.text.trim_end_matches(' ').len();
            self.text.truncate(kept);
            self.text.push('\n');
            self.is_line_open = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let formatted = format_template(source).unwrap_or_else(|| panic!("not formatted: {source}"));
        assert_eq!(formatted, expected);
        assert_eq!(format_template(&formatted).as_deref(), Some(expected), "formatting twice changes nothing");
    }

    #[test]
    fn json_is_indented_and_texts_stay() {
        check(
            r#"{"a":1,"b":[true , null],"c":{},"d":"x, \"{y}: [1]"}"#,
            "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": {},\n  \"d\": \"x, \\\"{y}: [1]\"\n}\n",
        );
    }

    #[test]
    fn tags_stay_as_they_are_written() {
        check(
            r#"{"n":"{{ first_name }} {{last_name|default:"a, {b}"}}","t":{{ event.x|default:0 }},{% if a %}"b":1,{% endif %}"c":[{% for i in l %}{"s":"{{ i.s }}"}{% if not forloop.last %},{% endif %}{% endfor %}]}"#,
            concat!(
                "{\n",
                "  \"n\": \"{{ first_name }} {{last_name|default:\"a, {b}\"}}\",\n",
                "  \"t\": {{ event.x|default:0 }},\n",
                "  {% if a %}\n",
                "    \"b\": 1,\n",
                "  {% endif %}\n",
                "  \"c\": [\n",
                "    {% for i in l %}\n",
                "      {\n",
                "        \"s\": \"{{ i.s }}\"\n",
                "      }{% if not forloop.last %},{% endif %}\n",
                "    {% endfor %}\n",
                "  ]\n",
                "}\n"
            ),
        );
    }

    #[test]
    fn a_value_of_two_branches_stays_on_its_line() {
        check(
            r#"{"a":{% if x %}1{% else %}null{% endif %},"b":2}"#,
            "{\n  \"a\":{% if x %}1{% else %}null{% endif %},\n  \"b\": 2\n}\n",
        );
    }

    #[test]
    fn what_is_not_closed_is_left_alone() {
        assert_eq!(format_template("{\"a: 1\n}"), None);
        assert_eq!(format_template("{\"a"), None);
    }

    #[test]
    fn formatting_changes_no_value() {
        let source = samples::order_to_erp_payload();
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let formatted = format_template(source).expect("formatted");
        assert_eq!(bare(&formatted), bare(source));
        assert_eq!(format_template(&formatted), Some(formatted.clone()));
    }
}
