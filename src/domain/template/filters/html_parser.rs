//! HTML as Python's `html.parser` takes it apart.
//!
//! In: text. Out: tags, data and references, in order.
//! Invariant: each step consumes text or ends; what is incomplete at the end is dropped or given as data, as Python does.
//!
//! <https://github.com/python/cpython/blob/3.11/Lib/html/parser.py>

use crate::domain::template::filters::entities::unescape;
use crate::domain::template::value::is_space;

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece<'a> {
    /// A start tag's name, in small letters, its text, and whether it closes itself.
    Start {
        name: String,
        text: &'a str,
        is_empty: bool,
    },
    End(String),
    Data(String),
    /// `&name;`, without its signs.
    Entity(&'a str),
    /// `&#1;`, without its signs.
    Character(&'a str),
}

/// How references are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum References {
    /// As pieces of their own.
    Kept,
    /// As the characters they stand for.
    Read,
}

/// A parser's state.
pub struct HtmlParser<'a> {
    text: &'a str,
    at: usize,
    references: References,
    /// `script` or `style`, while inside one.
    raw_in: Option<String>,
    pieces: Vec<Piece<'a>>,
}

/// Why a piece could not be read.
enum Stop {
    /// More text is needed.
    Incomplete,
    /// Python gives up with an error.
    Bad,
}

/// The pieces of a text; `None` where Python gives up. `is_closed` says whether what is incomplete is given, too.
pub fn parse(text: &str, references: References, is_closed: bool) -> Option<Vec<Piece<'_>>> {
    let mut parser = HtmlParser { text, at: 0, references, raw_in: None, pieces: Vec::new() };
    parser.go(false)?;
    if is_closed {
        // Python keeps what is left and starts again with it.
        let rest = parser.text.get(parser.at..).unwrap_or_default();
        parser.text = rest;
        parser.at = 0;
        parser.go(true)?;
    }
    Some(parser.pieces)
}

impl<'a> HtmlParser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn data(&mut self, text: &str) {
        let is_read = self.references == References::Read && self.raw_in.is_none();
        self.pieces.push(Piece::Data(if is_read { unescape(text) } else { text.to_owned() }));
    }

    fn take(&mut self, len: usize) {
        let text = self.rest().get(..len).unwrap_or_default();
        self.data(text);
        self.at += len;
    }

    /// Where the next tag or reference begins; `None` to wait for more text.
    fn next_mark(&self) -> Option<usize> {
        let rest = self.rest();
        if let Some(name) = &self.raw_in {
            return find_raw_end(rest, name);
        }
        if self.references == References::Kept {
            return Some(rest.bytes().position(|byte| matches!(byte, b'<' | b'&')).unwrap_or(rest.len()));
        }
        if let Some(at) = rest.find('<') {
            return Some(at);
        }
        // A reference may be cut in half at the end.
        let tail_start = self.text.char_indices().rev().nth(33).map_or(0, |(at, _)| at).max(self.at);
        let tail = self.text.get(tail_start..).unwrap_or_default();
        match tail.rfind('&') {
            Some(amp) if !tail.get(amp..).unwrap_or_default().contains(|letter| is_space(letter) || letter == ';') => {
                None
            }
            _ => Some(rest.len()),
        }
    }

    fn go(&mut self, is_end: bool) -> Option<()> {
        while self.at < self.text.len() {
            let Some(len) = self.next_mark() else { break };
            if len > 0 {
                self.take(len);
            }
            let rest = self.rest();
            if rest.is_empty() {
                break;
            }
            let is_going = if rest.starts_with('<') { self.tag(rest, is_end)? } else { self.reference(rest, is_end) };
            if !is_going {
                break;
            }
        }
        if is_end && self.at < self.text.len() && self.raw_in.is_none() {
            self.take(self.rest().len());
        }
        Some(())
    }

    /// Reads what begins with `<`; whether to go on.
    fn tag(&mut self, rest: &'a str, is_end: bool) -> Option<bool> {
        let second = rest.chars().nth(1);
        let read = if second.is_some_and(|letter| letter.is_ascii_alphabetic()) {
            self.start_tag(rest)
        } else if rest.starts_with("</") {
            self.end_tag(rest)
        } else if rest.starts_with("<!--") {
            comment_len(rest)
        } else if rest.starts_with("<?") {
            after(rest, 2, '>')
        } else if rest.starts_with("<!") {
            declaration_len(rest)
        } else if second.is_some() {
            self.pieces.push(Piece::Data("<".to_owned()));
            Ok(1)
        } else {
            return Some(false);
        };
        match read {
            Ok(len) => self.at += len,
            Err(Stop::Bad) => return None,
            Err(Stop::Incomplete) if !is_end => return Some(false),
            Err(Stop::Incomplete) => {
                let tail = rest.get(1..).unwrap_or_default();
                let len = tail.find('>').map(|at| at + 2).or_else(|| tail.find('<').map(|at| at + 1)).unwrap_or(1);
                self.take(len);
            }
        }
        Some(true)
    }

    /// Reads what begins with `&`; whether to go on.
    fn reference(&mut self, rest: &'a str, is_end: bool) -> bool {
        if let Some(number) = rest.strip_prefix("&#") {
            match number_len(number) {
                Some(len) => {
                    self.pieces.push(Piece::Character(number.get(..len).unwrap_or_default()));
                    let is_closed = number.get(len..).is_some_and(|tail| tail.starts_with(';'));
                    self.at += 2 + len + usize::from(is_closed);
                    return true;
                }
                None => {
                    if rest.contains(';') {
                        self.take(2);
                    }
                    return false;
                }
            }
        }
        let name = rest.get(1..).unwrap_or_default();
        let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
        if is_name {
            let whole =
                name.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '.')).unwrap_or(name.len());
            // What follows the name must not be a letter or digit; `-` and `.` at its end may be given back.
            let len = if whole < name.len() { Some(whole) } else { name.rfind(['-', '.']).filter(|at| *at > 0) };
            if let Some(len) = len {
                self.pieces.push(Piece::Entity(name.get(..len).unwrap_or_default()));
                let is_closed = name.get(len..).is_some_and(|tail| tail.starts_with(';'));
                self.at += 1 + len + usize::from(is_closed);
                return true;
            }
        }
        if is_name || name.starts_with('#') {
            if is_end && rest.chars().count() == 2 {
                self.at += 1;
            }
            return false;
        }
        if name.is_empty() {
            return false;
        }
        self.pieces.push(Piece::Data("&".to_owned()));
        self.at += 1;
        true
    }

    fn start_tag(&mut self, rest: &'a str) -> Result<usize, Stop> {
        let end = start_tag_end(rest)?;
        let tag = rest.get(..end).unwrap_or_default();
        let name_end = tag_name_end(rest);
        let name = rest.get(1..name_end).unwrap_or_default().to_lowercase();
        let mut at = skip_gap(rest, name_end);
        while at < end {
            match attribute_end(rest, at) {
                Some(next) => at = skip_gap(rest, next),
                None => break,
            }
        }
        let closing = rest.get(at..end).unwrap_or_default().trim_matches(is_space);
        if closing != ">" && closing != "/>" {
            self.pieces.push(Piece::Data(tag.to_owned()));
            return Ok(end);
        }
        let is_empty = closing == "/>";
        if !is_empty && matches!(name.as_str(), "script" | "style") {
            self.raw_in = Some(name.clone());
        }
        self.pieces.push(Piece::Start { name, text: tag, is_empty });
        Ok(end)
    }

    fn end_tag(&mut self, rest: &'a str) -> Result<usize, Stop> {
        let close = after(rest, 1, '>')?;
        let inner = rest.get(2..close - 1).unwrap_or_default().trim_matches(is_space);
        let is_plain = inner.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && inner.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | ':' | '_'));
        if is_plain {
            let name = inner.to_ascii_lowercase();
            if self.raw_in.as_ref().is_some_and(|raw| *raw != name) {
                self.pieces.push(Piece::Data(rest.get(..close).unwrap_or_default().to_owned()));
                return Ok(close);
            }
            self.pieces.push(Piece::End(name));
            self.raw_in = None;
            return Ok(close);
        }
        if self.raw_in.is_some() {
            self.pieces.push(Piece::Data(rest.get(..close).unwrap_or_default().to_owned()));
            return Ok(close);
        }
        if !rest.get(2..).is_some_and(|inner| inner.starts_with(|letter: char| letter.is_ascii_alphabetic())) {
            return Ok(close);
        }
        let name_end = 1 + tag_name_end(rest.get(1..).unwrap_or_default());
        let name = rest.get(2..name_end).unwrap_or_default().to_lowercase();
        self.pieces.push(Piece::End(name));
        let from = skip_gap(rest, name_end);
        // Python looks for the sign after the name, and starts over at the text's start where there is none.
        Ok(rest.get(from..).and_then(|tail| tail.find('>')).map_or(close, |at| from + at + 1))
    }
}

fn after(rest: &str, from: usize, sign: char) -> Result<usize, Stop> {
    let found = rest.get(from..).and_then(|tail| tail.find(sign));
    found.map(|at| from + at + 1).ok_or(Stop::Incomplete)
}

/// `--`, white space, `>`.
fn comment_len(rest: &str) -> Result<usize, Stop> {
    let mut from = 4;
    while let Some(at) = rest.get(from..).and_then(|tail| tail.find("--")) {
        let end = from + at + 2;
        let tail = rest.get(end..).unwrap_or_default().trim_start_matches(is_space);
        if tail.starts_with('>') {
            return Ok(rest.len() - tail.len() + 1);
        }
        from = end - 1;
    }
    Err(Stop::Incomplete)
}

fn declaration_len(rest: &str) -> Result<usize, Stop> {
    let Some(section) = rest.strip_prefix("<![") else {
        let is_doctype = rest.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype"));
        return after(rest, if is_doctype { 9 } else { 2 }, '>');
    };
    // A name and the white space after it must be followed by something.
    if section.is_empty() {
        return Err(Stop::Incomplete);
    }
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    let len = section.find(|letter| !is_part(letter)).unwrap_or(section.len());
    let name = section.get(..len).unwrap_or_default();
    if !name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        return Err(Stop::Bad);
    }
    if section.get(len..).unwrap_or_default().trim_start_matches(is_space).is_empty() {
        return Err(Stop::Incomplete);
    }
    let is_spaced = |signs: &[char]| {
        // The signs in order, white space between.
        section.char_indices().find_map(|(at, letter)| {
            let mut tail = section.get(at..)?;
            for sign in signs {
                tail = tail.trim_start_matches(is_space).strip_prefix(*sign)?;
            }
            (Some(&letter) == signs.first()).then_some(rest.len() - tail.len())
        })
    };
    match name.to_ascii_lowercase().as_str() {
        "temp" | "cdata" | "ignore" | "include" | "rcdata" => is_spaced(&[']', ']', '>']).ok_or(Stop::Incomplete),
        "if" | "else" | "endif" => is_spaced(&[']', '>']).ok_or(Stop::Incomplete),
        _ => Err(Stop::Bad),
    }
}

/// The length of a number that something else follows.
fn number_len(number: &str) -> Option<usize> {
    let hex = number.strip_prefix(['x', 'X']);
    let digits = hex.unwrap_or(number);
    let is_digit = |letter: char| if hex.is_some() { letter.is_ascii_hexdigit() } else { letter.is_ascii_digit() };
    let len = digits.find(|letter| !is_digit(letter))?;
    // The sign after a decimal number may not be a hexadecimal digit.
    let next = digits.get(len..)?.chars().next()?;
    (len > 0 && !next.is_ascii_hexdigit()).then_some(len + usize::from(hex.is_some()))
}

fn find_raw_end(rest: &str, name: &str) -> Option<usize> {
    rest.match_indices("</").map(|(at, _)| at).find(|at| {
        let tail = rest.get(at + 2..).unwrap_or_default().trim_start_matches(is_space);
        let is_name = tail.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        is_name && tail.get(name.len()..).is_some_and(|tail| tail.trim_start_matches(is_space).starts_with('>'))
    })
}

/// Where the name of the tag ends that `rest` begins with.
fn tag_name_end(rest: &str) -> usize {
    let name = rest.get(1..).unwrap_or_default();
    1 + name.find(['\t', '\n', '\r', '\u{c}', ' ', '/', '>', '\0']).unwrap_or(name.len())
}

/// Passes over white space, and slashes that do not close the tag.
fn skip_gap(rest: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(letter) = rest.get(at..).and_then(|tail| tail.chars().next()) {
        let is_slash = letter == '/' && !rest.get(at + 1..).is_some_and(|tail| tail.starts_with('>'));
        if !is_space(letter) && !is_slash {
            break;
        }
        at += letter.len_utf8();
    }
    at
}

/// Where the attribute ends that begins here, its value included.
fn attribute_end(rest: &str, at: usize) -> Option<usize> {
    let before = rest.get(..at)?.chars().next_back()?;
    let first = rest.get(at..)?.chars().next()?;
    let may_begin = matches!(before, '\'' | '"' | '/') || is_space(before);
    if !may_begin || is_space(first) || matches!(first, '/' | '>') {
        return None;
    }
    let tail = rest.get(at + first.len_utf8()..)?;
    let len = tail.find(|letter| is_space(letter) || matches!(letter, '/' | '=' | '>')).unwrap_or(tail.len());
    let name_end = at + first.len_utf8() + len;
    Some(value_end(rest, name_end).unwrap_or(name_end))
}

/// Where the value ends whose `=` may follow.
fn value_end(rest: &str, from: usize) -> Option<usize> {
    let tail = rest.get(from..)?;
    let signs = tail.trim_start_matches(is_space);
    let value = signs.trim_start_matches('=');
    if signs.len() == value.len() {
        return None;
    }
    let start = value.trim_start_matches(is_space);
    let end_of = |tail: &str| rest.len() - tail.len();
    let bare = |tail: &str| {
        let len = tail.find(|letter| is_space(letter) || letter == '>').unwrap_or(tail.len());
        end_of(tail) + len
    };
    let Some(quote) = start.chars().next().filter(|letter| matches!(letter, '\'' | '"')) else {
        return Some(bare(start));
    };
    if let Some(close) = start.get(1..).and_then(|inner| inner.find(quote)) {
        return Some(end_of(start) + close + 2);
    }
    // A quote that is not closed: the value is empty and stands before it, or begins with an equals sign.
    if start.len() < value.len() {
        let gap = value.get(..value.len() - start.len())?;
        return Some(end_of(start) - gap.chars().next_back()?.len_utf8());
    }
    (signs.len() - value.len() > 1).then(|| bare(signs.get(signs.len() - value.len() - 1..).unwrap_or_default()))
}

/// Where the start tag ends that `rest` begins with.
fn start_tag_end(rest: &str) -> Result<usize, Stop> {
    let name_end = tag_name_end(rest);
    let tail = rest.get(name_end..).unwrap_or_default();
    let mut at = rest.len() - tail.trim_start_matches(|letter| is_space(letter) || letter == '/').len();
    while let Some(end) = attribute_end(rest, at) {
        let tail = rest.get(end..).unwrap_or_default();
        let has_value = end > at && value_was_read(rest, at, end);
        let end = if has_value { rest.len() - tail.trim_start_matches(is_space).len() } else { end };
        at = skip_gap(rest, end);
    }
    let tail = rest.get(at..).unwrap_or_default().trim_start_matches(is_space);
    let at = rest.len() - tail.len();
    match tail.chars().next() {
        Some('>') => Ok(at + 1),
        Some('/') if tail.starts_with("/>") => Ok(at + 2),
        Some('/' | '=') | None => Err(Stop::Incomplete),
        Some(letter) if letter.is_ascii_alphabetic() => Err(Stop::Incomplete),
        Some(_) => Ok(at.max(1)),
    }
}

fn value_was_read(rest: &str, at: usize, end: usize) -> bool {
    rest.get(at..end).is_some_and(|text| text.contains('='))
}
