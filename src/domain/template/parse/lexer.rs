//! Django's lexer: text, `{{ }}`, `{% %}` and `{# #}`.
//!
//! In: source. Out: tokens with their places.
//! Invariant: as in Django, a tag lies on one line; an opening without its close is text.

use std::ops::Range;

use crate::domain::template::value::is_space;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    Text,
    Variable,
    Block,
    Comment,
}

/// A piece of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    /// With its delimiters.
    pub range: Range<usize>,
    /// Between the delimiters, without the space around.
    pub inner: Range<usize>,
}

/// Splits source into tokens.
pub fn tokenize(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut verbatim: Option<String> = None;
    let mut text_start = 0;
    let mut finder = TagFinder { source, at: 0, closed_until: [0; 3] };
    while let Some((kind, range)) = finder.next_tag() {
        let inner = trimmed(source, range.start + 2..range.end - 2);
        let content = source.get(inner.clone()).unwrap_or_default();
        if let Some(end) = &verbatim {
            if kind != TokenKind::Block || content != end {
                continue;
            }
            verbatim = None;
        } else if kind == TokenKind::Block && (content == "verbatim" || content.starts_with("verbatim ")) {
            verbatim = Some(format!("end{content}"));
        }
        push_text(&mut tokens, text_start..range.start);
        text_start = range.end;
        tokens.push(Token { kind, range, inner });
    }
    push_text(&mut tokens, text_start..source.len());
    tokens
}

fn push_text(tokens: &mut Vec<Token>, range: Range<usize>) {
    if !range.is_empty() {
        tokens.push(Token { kind: TokenKind::Text, inner: range.clone(), range });
    }
}

/// The range without the white space at its ends.
pub fn trimmed(source: &str, range: Range<usize>) -> Range<usize> {
    let text = source.get(range.clone()).unwrap_or_default();
    let start = range.start + (text.len() - text.trim_start_matches(is_space).len());
    start..start + text.trim_matches(is_space).len()
}

struct TagFinder<'a> {
    source: &'a str,
    at: usize,
    /// For each kind of tag: up to here no close was found, so that a line of openings is not searched again and again.
    closed_until: [usize; 3],
}

impl TagFinder<'_> {
    fn next_tag(&mut self) -> Option<(TokenKind, Range<usize>)> {
        loop {
            let rest = self.source.get(self.at..)?;
            let start = self.at + rest.find('{')?;
            let (kind, close, slot) = match self.source.as_bytes().get(start + 1) {
                Some(b'%') => (TokenKind::Block, "%}", 0),
                Some(b'{') => (TokenKind::Variable, "}}", 1),
                Some(b'#') => (TokenKind::Comment, "#}", 2),
                _ => {
                    self.at = start + 1;
                    continue;
                }
            };
            match self.find_close(start + 2, close, slot) {
                Some(end) => {
                    self.at = end;
                    return Some((kind, start..end));
                }
                None => self.at = start + 1,
            }
        }
    }

    fn find_close(&mut self, from: usize, close: &str, slot: usize) -> Option<usize> {
        if self.closed_until.get(slot).is_some_and(|until| from < *until) {
            return None;
        }
        let rest = self.source.get(from..)?;
        let line = rest.split('\n').next().unwrap_or_default();
        match line.find(close) {
            Some(at) => Some(from + at + 2),
            None => {
                if let Some(until) = self.closed_until.get_mut(slot) {
                    *until = from + line.len();
                }
                None
            }
        }
    }
}
