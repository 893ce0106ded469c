//! Filters on text.
//!
//! In: text. Out: text as Python's methods make it.
//! Invariant: widths are counted in characters.

use minijinja::{Error, Value};

use crate::domain::template::filters::unicode::push_ascii;
use crate::domain::template::filters::{Call, check_len, fail};
use crate::domain::template::value::big::{Int, int_of};
use crate::domain::template::value::compare::ITEM;
use crate::domain::template::value::number::digit_value;
use crate::domain::template::value::{is_space, list, safe, split_space};

fn ok(text: impl Into<String>) -> Result<Value, Error> {
    Ok(Value::from(text.into()))
}

pub fn upper(call: &Call<'_>) -> Result<Value, Error> {
    ok(call.text().to_uppercase())
}

pub fn lower(call: &Call<'_>) -> Result<Value, Error> {
    ok(call.text().to_lowercase())
}

pub fn capfirst(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    ok(first + letters.as_str())
}

/// Python's `str.title`.
pub fn title_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let is_cased = |letter: char| letter.is_lowercase() || letter.is_uppercase();
    while let Some(first) = rest.chars().next() {
        let len = rest.find(|letter| !is_cased(letter)).unwrap_or(rest.len());
        if len == 0 {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (word, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        push_title(first, &mut out);
        // Lowering the whole word lets a final sigma be one.
        let first_len = first.to_lowercase().map(char::len_utf8).sum();
        out.push_str(word.to_lowercase().get(first_len..).unwrap_or_default());
        rest = after;
    }
    out
}

/// A letter as a title's first.
pub fn push_title(letter: char, out: &mut String) {
    match letter {
        '\u{1c4}'..='\u{1c6}' => out.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => out.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => out.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => out.push('\u{1f2}'),
        '\u{149}' => out.push_str("ʼN"),
        // Georgian has capitals, but no words that begin with one.
        '\u{10d0}'..='\u{10ff}' => out.push(letter),
        // Greek letters with an iota below: as one character, or with the iota as an accent.
        '\u{1f88}'..='\u{1f8f}' | '\u{1f98}'..='\u{1f9f}' | '\u{1fa8}'..='\u{1faf}' => out.push(letter),
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            out.extend(char::from_u32(u32::from(letter) + 8));
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => out.extend(char::from_u32(u32::from(letter) + 9)),
        '\u{1fbc}' | '\u{1fcc}' | '\u{1ffc}' => out.push(letter),
        _ => {
            let is_iota_below = matches!(letter, '\u{1fb2}'..='\u{1ff7}');
            let mut upper = letter.to_uppercase();
            out.extend(upper.next());
            let rest = upper.flat_map(char::to_lowercase);
            out.extend(rest.map(|letter| if is_iota_below && letter == 'ι' { '\u{345}' } else { letter }));
        }
    }
}

/// `title` of ASCII text, in one go.
fn ascii_title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut first, mut second) = (' ', ' ');
    for letter in text.chars() {
        let is_inside = second.is_ascii_alphabetic();
        let titled = if is_inside { letter.to_ascii_lowercase() } else { letter.to_ascii_uppercase() };
        let is_lowered = second.is_ascii_digit() || (second == '\'' && first.is_ascii_lowercase());
        out.push(if is_lowered { titled.to_ascii_lowercase() } else { titled });
        (first, second) = (second, titled);
    }
    out
}

pub fn title(call: &Call<'_>) -> Result<Value, Error> {
    if call.text().is_ascii() {
        return ok(ascii_title(&call.text()));
    }
    // Django lowers what follows an apostrophe or a digit.
    let titled = title_words(&call.text());
    let mut out = String::with_capacity(titled.len());
    let mut before = [' ', ' '];
    for letter in titled.chars() {
        let [first, second] = before;
        let follows_apostrophe = first.is_ascii_lowercase() && second == '\'' && letter.is_ascii_uppercase();
        let follows_digit = digit_value(second).is_some() && letter.is_ascii_uppercase();
        if follows_apostrophe || follows_digit {
            out.extend(letter.to_lowercase());
        } else {
            out.push(letter);
        }
        before = [second, letter];
    }
    ok(out)
}

pub fn addslashes(call: &Call<'_>) -> Result<Value, Error> {
    ok(call.text().replace('\\', "\\\\").replace('"', "\\\"").replace('\'', "\\'"))
}

pub fn cut(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
    let arg = call.arg().and_then(Value::as_str).ok_or_else(|| fail("the argument of `cut` must be text"))?;
    if arg.is_empty() {
        return Ok(if call.value.is_safe() { safe(text.into_owned()) } else { Value::from(text.into_owned()) });
    }
    let shortened = text.replace(arg, "");
    // Cutting `;` could leave half an entity, so Django no longer calls the result safe.
    if call.value.is_safe() && arg != ";" {
        return Ok(safe(shortened));
    }
    ok(shortened)
}

/// The argument as Python's `int` reads it.
fn whole_number(call: &Call<'_>, filter: &str) -> Result<Int, Error> {
    int_of(call.arg().unwrap_or(&Value::UNDEFINED))
        .map_err(|_| fail(format!("the argument of `{filter}` must be a whole number")))
}

fn width(call: &Call<'_>, filter: &str) -> Result<usize, Error> {
    let width = whole_number(call, filter)?.clamped_len();
    check_len(width)?;
    Ok(width)
}

pub fn center(call: &Call<'_>) -> Result<Value, Error> {
    let (text, width) = (call.text(), width(call, "center")?);
    let n_chars = text.chars().count();
    let room = width.saturating_sub(n_chars);
    // As CPython: an odd space goes to the left when the width is odd.
    let left = room / 2 + (room & width & 1);
    ok(format!("{}{text}{}", " ".repeat(left), " ".repeat(room - left)))
}

pub fn ljust(call: &Call<'_>) -> Result<Value, Error> {
    let (text, width) = (call.text(), width(call, "ljust")?);
    let room = width.saturating_sub(text.chars().count());
    ok(format!("{text}{}", " ".repeat(room)))
}

pub fn rjust(call: &Call<'_>) -> Result<Value, Error> {
    let (text, width) = (call.text(), width(call, "rjust")?);
    let room = width.saturating_sub(text.chars().count());
    ok(format!("{}{text}", " ".repeat(room)))
}

pub fn wordcount(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(split_space(&call.text()).len()))
}

pub fn wordwrap(call: &Call<'_>) -> Result<Value, Error> {
    let width = whole_number(call, "wordwrap")?.clamped();
    let text = call.text();
    let mut lines: Vec<String> = Vec::new();
    for line in split_lines(&text) {
        if width <= 0 {
            return Err(fail("the argument of `wordwrap` must be more than 0"));
        }
        wrap_line(line, usize::try_from(width).unwrap_or(usize::MAX), &mut lines);
    }
    let mut wrapped = lines.join("\n");
    if text.ends_with('\n') {
        wrapped.push('\n');
    }
    ok(wrapped)
}

/// Python's `str.splitlines(True)`: lines with what ends them.
pub fn split_lines_kept(text: &str) -> Vec<&str> {
    let is_end = |letter: char| {
        matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_end) {
        let tail = rest.get(at..).unwrap_or_default();
        let len = if tail.starts_with("\r\n") { 2 } else { tail.chars().next().map_or(0, char::len_utf8) };
        let (line, after) = rest.split_at_checked(at + len).unwrap_or((rest, ""));
        lines.push(line);
        rest = after;
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// Python's `str.splitlines()`.
pub fn split_lines(text: &str) -> Vec<&str> {
    let is_end = |letter: char| {
        matches!(letter, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
    };
    let bare = |line: &'_ str| -> usize {
        let without = line.strip_suffix("\r\n").or_else(|| line.strip_suffix(is_end)).unwrap_or(line);
        without.len()
    };
    split_lines_kept(text).into_iter().map(|line| line.get(..bare(line)).unwrap_or(line)).collect()
}

/// Python's `str.expandtabs()`.
pub fn expand_tabs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for letter in text.chars() {
        match letter {
            '\t' => {
                let n_spaces = 8 - column % 8;
                out.push_str(&" ".repeat(n_spaces));
                column += n_spaces;
            }
            '\n' | '\r' => {
                out.push(letter);
                column = 0;
            }
            _ => {
                out.push(letter);
                column += 1;
            }
        }
    }
    out
}

/// Python's `textwrap` without breaking words, as Django calls it.
fn wrap_line(line: &str, width: usize, lines: &mut Vec<String>) {
    let expanded = expand_tabs(line);
    let start = lines.len();
    let mut chunks: std::collections::VecDeque<&str> = chunks_of(&expanded).into();
    let is_blank = |chunk: &&str| chunk.trim_matches(is_space).is_empty();
    while !chunks.is_empty() {
        if lines.len() > start && chunks.front().is_some_and(is_blank) {
            chunks.pop_front();
        }
        let mut current: Vec<&str> = Vec::new();
        let mut n_chars = 0;
        while let Some(chunk) = chunks.front() {
            let len = chunk.chars().count();
            if n_chars + len > width && !(current.is_empty() && len > width) {
                break;
            }
            n_chars += len;
            current.extend(chunks.pop_front());
        }
        if current.last().is_some_and(is_blank) {
            current.pop();
        }
        if !current.is_empty() {
            lines.push(current.concat());
        }
    }
    if lines.len() == start {
        lines.push(line.to_owned());
    }
}

/// Runs of white space and of other characters, in turn.
fn chunks_of(line: &str) -> Vec<&str> {
    let is_gap = |letter: char| matches!(letter, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | ' ');
    let mut chunks = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let len = rest.find(|letter: char| is_gap(letter) != is_gap(first)).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

pub fn slugify(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
    let mut ascii = String::with_capacity(text.len());
    text.chars().for_each(|letter| push_ascii(letter, &mut ascii));
    let mut slug = String::new();
    for letter in ascii.chars() {
        match letter.to_ascii_lowercase() {
            letter @ ('a'..='z' | '0'..='9' | '_') => slug.push(letter),
            letter if (letter == '-' || is_space(letter)) && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    ok(slug.trim_matches(['-', '_']))
}

pub fn phone2numeric(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.value.as_str().ok_or_else(|| call.bad_value("phone2numeric"))?;
    let digits = text.chars().flat_map(|letter| {
        let lowered: Vec<char> = letter.to_lowercase().collect();
        lowered.into_iter().map(|letter| match letter {
            'a'..='c' => '2',
            'd'..='f' => '3',
            'g'..='i' => '4',
            'j'..='l' => '5',
            'm'..='o' => '6',
            'p'..='s' => '7',
            't'..='v' => '8',
            'w'..='z' => '9',
            other => other,
        })
    });
    ok(digits.collect::<String>())
}

pub fn make_list(call: &Call<'_>) -> Result<Value, Error> {
    // A list of characters takes many times the room of its text.
    check_len(call.text().len().saturating_mul(16))?;
    call.scopes.pay(call.text().len().saturating_mul(ITEM));
    Ok(list(call.text().chars().map(|letter| Value::from(letter.to_string())).collect()))
}
