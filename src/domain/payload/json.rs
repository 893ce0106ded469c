//! A strict reader of JSON that says where it stopped and why.
//!
//! In: bytes. Out: nothing, or the first fault with its place.
//! Invariant: never recurses; the text may nest as deeply as memory allows.

/// What is wrong with a text that should be JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Empty,
    /// A comma, and then the end of the list or object. The place is the comma's.
    TrailingComma,
    /// A colon or comma without a value after it. The place is where the value should begin.
    MissingValue,
    /// Two values without a comma between. The place is the second value's.
    MissingComma,
    MissingColon,
    MissingKey,
    SingleQuotes,
    CurlyQuotes,
    Comment,
    /// A line break or other control character inside a text.
    ControlInText,
    BadEscape,
    BadNumber,
    BadWord,
    /// The place is where the text, list or object begins.
    Unclosed,
    /// The wrong closing sign.
    WrongClose,
    /// More text after the end.
    TrailingText,
}

/// A fault and the byte it is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonFault {
    pub fault: Fault,
    pub at: usize,
    pub len: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    FirstItem,
    Key,
    FirstKey,
    Colon,
    Comma,
}

/// The first fault of a text, if there is one.
pub fn find_fault(text: &str) -> Option<JsonFault> {
    let bytes = text.as_bytes();
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut expect = Expect::Value;
    let mut comma = 0;
    let mut at = 0;
    let fault = |fault: Fault, at: usize, len: usize| Some(JsonFault { fault, at, len });
    if text.trim().is_empty() {
        return fault(Fault::Empty, 0, text.len());
    }
    loop {
        while bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
            at += 1;
        }
        let Some(byte) = bytes.get(at).copied() else { break };
        let is_done = open.is_empty() && expect == Expect::Comma;
        if is_done {
            return fault(Fault::TrailingText, at, text.len() - at);
        }
        match (byte, expect) {
            (b'}' | b']', Expect::Comma | Expect::FirstItem | Expect::FirstKey) => {
                let wanted = if byte == b'}' { b'{' } else { b'[' };
                match open.pop() {
                    Some((opened, _)) if opened == wanted => expect = Expect::Comma,
                    _ => return fault(Fault::WrongClose, at, 1),
                }
                at += 1;
            }
            (b'}' | b']', Expect::Key) => return fault(Fault::TrailingComma, comma, 1),
            (b'}' | b']', Expect::Value) if open.last().is_some_and(|(opened, _)| *opened == b'[') => {
                return fault(Fault::TrailingComma, comma, 1);
            }
            (b',' | b'}' | b']', Expect::Value | Expect::FirstItem) => return fault(Fault::MissingValue, at, 1),
            (b',', Expect::Comma) => {
                comma = at;
                expect =
                    if open.last().is_some_and(|(opened, _)| *opened == b'{') { Expect::Key } else { Expect::Value };
                at += 1;
            }
            (_, Expect::Comma) => return Some(odd_or(Fault::MissingComma, text, at, 1)),
            (b':', Expect::Colon) => {
                expect = Expect::Value;
                at += 1;
            }
            (_, Expect::Colon) => return fault(Fault::MissingColon, at, 1),
            (b'"', _) => {
                at = match text_end(bytes, at) {
                    Ok(end) => end,
                    Err(fault) => return Some(fault),
                };
                expect = if matches!(expect, Expect::Key | Expect::FirstKey) { Expect::Colon } else { Expect::Comma };
            }
            (_, Expect::Key | Expect::FirstKey) => {
                return Some(odd_or(Fault::MissingKey, text, at, key_len(text, at)));
            }
            (b'{', _) => {
                open.push((byte, at));
                expect = Expect::FirstKey;
                at += 1;
            }
            (b'[', _) => {
                open.push((byte, at));
                expect = Expect::FirstItem;
                at += 1;
            }
            _ => {
                let rest = text.get(at..).unwrap_or_default();
                let len = rest.find([',', '}', ']', ':', '\n', '\r', ' ', '\t', '{', '[', '"']).unwrap_or(rest.len());
                let word = rest.get(..len).unwrap_or_default();
                if !is_scalar(word) {
                    let is_number = byte.is_ascii_digit() || byte == b'-';
                    let kind = if is_number { Fault::BadNumber } else { Fault::BadWord };
                    return Some(odd_or(kind, text, at, len.max(1)));
                }
                expect = Expect::Comma;
                at += len;
            }
        }
    }
    match (open.last(), expect) {
        (Some((_, start)), _) => fault(Fault::Unclosed, *start, 1),
        (None, Expect::Comma) => None,
        (None, _) => fault(Fault::MissingValue, text.len(), 0),
    }
}

/// Whether a word is a number, `true`, `false` or `null`.
pub fn is_scalar(word: &str) -> bool {
    if matches!(word, "true" | "false" | "null") {
        return true;
    }
    let unsigned = word.strip_prefix('-').unwrap_or(word);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, decimals) = mantissa.split_once('.').map_or((mantissa, None), |(w, d)| (w, Some(d)));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && decimals.is_none_or(is_digits)
        && exponent.is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// The fault of a sign that belongs to another language, or the given one.
fn odd_or(fault: Fault, text: &str, at: usize, len: usize) -> JsonFault {
    match odd_sign(text, at) {
        Some(odd) => {
            let letter = text.get(at..).and_then(|rest| rest.chars().next());
            JsonFault { fault: odd, at, len: letter.map_or(1, char::len_utf8) }
        }
        None => JsonFault { fault, at, len },
    }
}

fn key_len(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len()).max(1)
}

fn odd_sign(text: &str, at: usize) -> Option<Fault> {
    let rest = text.get(at..)?;
    match rest.chars().next()? {
        '\'' => Some(Fault::SingleQuotes),
        '“' | '”' | '„' | '‘' | '’' | '«' | '»' => Some(Fault::CurlyQuotes),
        '/' if rest.starts_with("//") || rest.starts_with("/*") => Some(Fault::Comment),
        '#' => Some(Fault::Comment),
        _ => None,
    }
}

/// The end of the text that begins at a quote.
fn text_end(bytes: &[u8], start: usize) -> Result<usize, JsonFault> {
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Ok(at + 1),
            b'\\' => {
                let len = escape_len(bytes.get(at..).unwrap_or_default());
                if len == 0 {
                    return Err(JsonFault { fault: Fault::BadEscape, at, len: 1 });
                }
                at += len;
            }
            0..=0x1f => return Err(JsonFault { fault: Fault::ControlInText, at, len: 1 }),
            _ => at += 1,
        }
    }
    Err(JsonFault { fault: Fault::Unclosed, at: start, len: 1 })
}

/// The length of an escape that begins with a backslash; 0 if JSON has no such escape.
pub fn escape_len(bytes: &[u8]) -> usize {
    match bytes.get(1) {
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
        Some(b'u') if bytes.get(2..6).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) => 6,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_found_where_it_is() {
        for (text, fault, at) in [
            ("", Fault::Empty, 0),
            ("{\"a\":1,}", Fault::TrailingComma, 6),
            ("[1,]", Fault::TrailingComma, 2),
            ("{\"a\": ,\"b\":1}", Fault::MissingValue, 6),
            ("{\"a\": }", Fault::MissingValue, 6),
            ("[,1]", Fault::MissingValue, 1),
            ("[1 2]", Fault::MissingComma, 3),
            ("{'a':1}", Fault::SingleQuotes, 1),
            ("{“a”:1}", Fault::CurlyQuotes, 1),
            ("[\"a\nb\"]", Fault::ControlInText, 3),
            ("[\"\\'\"]", Fault::BadEscape, 2),
            ("[01]", Fault::BadNumber, 1),
            ("[None]", Fault::BadWord, 1),
            ("[1", Fault::Unclosed, 0),
            ("[1}", Fault::WrongClose, 2),
            ("{} x", Fault::TrailingText, 3),
        ] {
            assert_eq!(find_fault(text).map(|found| (found.fault, found.at)), Some((fault, at)), "{text}");
        }
        for text in ["{}", "[]", " {\"a\":[1,-2.5e3,true,null,\"x\\u00e9\"]} ", "3"] {
            assert_eq!(find_fault(text), None, "{text}");
        }
    }
}
