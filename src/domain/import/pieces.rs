//! Cuts JSON text into its top-level values without reading them, so that one broken value costs only itself.
//!
//! In: text that holds a value, a list of values, or values one after the other. Out: each value's text, with its line.
//! Invariant: every piece ends after it begins, so the cutting ends.

use std::ops::Range;

/// The text of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins, from 1.
    pub line: usize,
    pub range: Range<usize>,
    /// Whether its last bracket was found.
    pub is_closed: bool,
}

/// Cuts piece after piece. A list at the top is entered, so that its items are the pieces.
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    is_by_line: bool,
}

impl<'a> Pieces<'a> {
    /// Cuts by brackets.
    pub fn by_brackets(text: &'a str) -> Self {
        let start = text.len() - text.trim_start().len();
        let is_list = text.get(start..).is_some_and(|rest| rest.starts_with('['));
        let at = if is_list { start + 1 } else { start };
        let line = 1 + count_newlines(text.get(..at).unwrap_or_default());
        Self { text, at, line, is_by_line: false }
    }

    /// Cuts by lines.
    pub const fn by_lines(text: &'a str) -> Self {
        Self { text, at: 0, line: 1, is_by_line: true }
    }

    /// How far the text is cut, in bytes.
    pub const fn position(&self) -> usize {
        self.at
    }

    fn move_to(&mut self, at: usize) {
        self.line += count_newlines(self.text.get(self.at..at).unwrap_or_default());
        self.at = at;
    }

    fn next_by_line(&mut self) -> Option<Piece> {
        loop {
            let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
            let (start, line) = (self.at, self.line);
            let n_bytes = rest.find('\n').map_or(rest.len(), |at| at + 1);
            self.move_to(start + n_bytes);
            if rest.get(..n_bytes).is_some_and(|text| !text.trim().is_empty()) {
                return Some(Piece { line, range: start..start + n_bytes, is_closed: true });
            }
        }
    }

    fn next_by_brackets(&mut self) -> Option<Piece> {
        let rest = self.text.get(self.at..)?;
        let gap = rest.find(|c: char| !(c.is_whitespace() || c == ',' || c == ']'))?;
        self.move_to(self.at + gap);
        let (start, line) = (self.at, self.line);
        let (end, is_closed) = match value_end(self.text, start) {
            Some(end) => (end, true),
            // The next value of the same indentation is where the reader would go on.
            None => (next_sibling(self.text, start), false),
        };
        self.move_to(end);
        Some(Piece { line, range: start..end, is_closed })
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.is_by_line { self.next_by_line() } else { self.next_by_brackets() }
    }
}

/// The place after the value that begins at `start`; `None` if it is never closed.
fn value_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(start), Some(b'{' | b'[')) {
        let rest = text.get(start..).unwrap_or_default();
        let n_bytes = rest.find([',', '\n', ']', '{', '[']).unwrap_or(rest.len());
        // A stray bracket is a piece of its own, or the cutting would stand still.
        return Some(start + n_bytes.max(1)).filter(|end| text.is_char_boundary(*end)).or(Some(text.len()));
    }
    let mut open = Vec::new();
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at)?,
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            // A bracket of the other kind closes something further out: this value was never closed.
            b'}' | b']' if open.pop() != Some(byte) => return None,
            _ => {}
        }
        at += 1;
        if open.is_empty() {
            return Some(at);
        }
    }
    None
}

/// The closing quotation mark of the string that opens at `start`.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

fn next_sibling(text: &str, start: usize) -> usize {
    let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let indent = text.get(line_start..start).unwrap_or_default();
    let opener = if indent.trim().is_empty() { format!("\n{indent}{{") } else { "\n{".to_owned() };
    let rest = text.get(start + 1..).unwrap_or_default();
    rest.find(&opener).map_or(text.len(), |at| start + 1 + at)
}

fn count_newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(pieces: Pieces<'_>) -> Vec<(usize, &str, bool)> {
        let text = pieces.text;
        pieces.map(|piece| (piece.line, text[piece.range].trim(), piece.is_closed)).collect()
    }

    #[test]
    fn lists_and_values_after_each_other_are_cut_alike() {
        let expected = [(1, "{\"a\":\"}\\\"\"}", true), (2, "{\"b\":[1,{}]}", true)];
        assert_eq!(cut(Pieces::by_brackets("[{\"a\":\"}\\\"\"},\n{\"b\":[1,{}]}]")), expected);
        assert_eq!(cut(Pieces::by_brackets("{\"a\":\"}\\\"\"}\n{\"b\":[1,{}]}\n")), expected);
        assert_eq!(cut(Pieces::by_lines("{\"a\":\"}\\\"\"}\r\n{\"b\":[1,{}]}\n\n")), expected);
    }

    #[test]
    fn an_open_value_ends_where_the_next_begins() {
        let text = "[\n  {\"a\": [1,\n  {\"b\": 2},\n  {\"c\": \"open},\n  {\"d\": 4}\n]";
        let found = cut(Pieces::by_brackets(text));
        assert_eq!(
            found.iter().map(|(line, _, is_closed)| (*line, *is_closed)).collect::<Vec<_>>(),
            [(2, false), (3, true), (4, false), (5, true)]
        );
    }

    #[test]
    fn nonsense_is_cut_too() {
        for text in ["", "]", "[", "nonsense, \"x", "}{", "[1 2 \"ü\" é]", "\u{feff}"] {
            assert!(Pieces::by_brackets(text).count() < 10, "{text}");
        }
    }
}
