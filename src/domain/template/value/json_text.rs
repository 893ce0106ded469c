//! JSON text as template values, in one pass.
//!
//! In: the text of a JSON value. Out: the value with Python's behaviour, integers of any size kept exactly.
//! Invariant: takes only JSON; what nests too deeply becomes `None` rather than overflow the stack.

use std::borrow::Cow;
use std::sync::Arc;

use minijinja::Value;

use crate::domain::template::value::big::{Int, int_of_text};
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::moment::Moment;
use crate::domain::template::value::{MAX_DATA_DEPTH, as_dict, as_list};

/// The value that the text says; `None` if it is not JSON.
pub fn read_json(text: &str) -> Option<Value> {
    read(Reader { text, at: 0, has_dates: false })
}

/// As `read_json`, where an object with the single key `$datetime` or `$date` stands for a date in ISO form.
pub fn read_json_with_dates(text: &str) -> Option<Value> {
    read(Reader { text, at: 0, has_dates: true })
}

fn read(mut reader: Reader<'_>) -> Option<Value> {
    let value = reader.value(MAX_DATA_DEPTH, None)?;
    reader.skip_space();
    (reader.at == reader.text.len()).then_some(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    has_dates: bool,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Takes this byte, if it is next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes a byte after white space; `None` if another is next.
    fn need(&mut self, byte: u8) -> Option<()> {
        self.skip_space();
        self.take(byte).then_some(())
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        let is_next = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        is_next.then_some(value)
    }

    /// The items of a list are mostly alike: `like`, the one before, lends its keys.
    fn value(&mut self, room: u16, like: Option<&Value>) -> Option<Value> {
        self.skip_space();
        match self.peek()? {
            b'"' => self.string().map(|text| Value::from(&*text)),
            b'{' | b'[' if room == 0 => self.skip_nested().map(|()| Value::from(())),
            b'{' => self.object(room - 1, like.and_then(as_dict)),
            b'[' => self.array(room - 1, like.and_then(as_list)),
            b't' => self.word("true", Value::from(true)),
            b'f' => self.word("false", Value::from(false)),
            b'n' => self.word("null", Value::from(())),
            _ => self.number(),
        }
    }

    fn object(&mut self, room: u16, like: Option<&Dict>) -> Option<Value> {
        self.at += 1;
        let known = like.map_or(&[][..], Dict::entries);
        let mut entries = Vec::with_capacity(known.len());
        self.skip_space();
        if self.take(b'}') {
            return Some(Value::from_object(Dict::new(entries)));
        }
        // Keys that are all lent are each there once, as they are in their lender.
        let mut is_like = true;
        loop {
            self.skip_space();
            let key = self.string()?;
            self.need(b':')?;
            let before = known.get(entries.len()).filter(|(other, _)| **other == *key);
            is_like &= before.is_some();
            let name: Arc<str> = before.map_or_else(|| Arc::from(&*key), |(other, _)| other.clone());
            entries.push((name, self.value(room, before.map(|(_, value)| value))?));
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            self.need(b',')?;
        }
        if self.has_dates
            && let [(name, value)] = entries.as_slice()
            && matches!(&**name, "$datetime" | "$date")
            && let Some(moment) = value.as_str().and_then(Moment::parse)
        {
            return Some(Value::from_object(moment));
        }
        Some(Value::from_object(if is_like { Dict::new(entries) } else { Dict::of_given(entries) }))
    }

    fn array(&mut self, room: u16, like: Option<&List>) -> Option<Value> {
        self.at += 1;
        let mut items: Vec<Value> = Vec::with_capacity(like.map_or(0, |like| like.items.len()));
        self.skip_space();
        if !self.take(b']') {
            loop {
                let before = items.last().or_else(|| like.and_then(|like| like.items.last()));
                let item = self.value(room, before)?;
                items.push(item);
                self.skip_space();
                if self.take(b']') {
                    break;
                }
                self.need(b',')?;
            }
        }
        Some(Value::from_object(List::new(items, Form::List)))
    }

    /// Passes over what nests too deeply, without going into it.
    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    /// A number; a decimal point or an exponent makes it a float, as in Python.
    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        self.take(b'-');
        let first = self.at;
        let n_digits = self.digits()?;
        if n_digits > 1 && self.text.as_bytes().get(first) == Some(&b'0') {
            return None;
        }
        let mut is_float = false;
        if self.take(b'.') {
            self.digits()?;
            is_float = true;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if !self.take(b'-') {
                self.take(b'+');
            }
            self.digits()?;
            is_float = true;
        }
        let text = self.text.get(start..self.at)?;
        if is_float {
            return text.parse::<f64>().ok().map(Value::from);
        }
        match text.parse::<i64>() {
            Ok(int) => Some(Value::from(int)),
            Err(_) => int_of_text(text).map(Int::into_value),
        }
    }

    fn digits(&mut self) -> Option<usize> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        let n_digits = self.at - start;
        (n_digits > 0).then_some(n_digits)
    }

    fn string(&mut self) -> Option<Cow<'a, str>> {
        if !self.take(b'"') {
            return None;
        }
        let plain = self.plain()?;
        if self.take(b'"') {
            return Some(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        while !self.take(b'"') {
            text.push(self.escaped()?);
            text.push_str(self.plain()?);
        }
        Some(Cow::Owned(text))
    }

    /// What stands before the next quote or backslash; `None` if the text ends first, or has a control character.
    fn plain(&mut self) -> Option<&'a str> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..)?;
        let len = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..0x20))?;
        self.at += len;
        if rest.get(len).is_some_and(|byte| *byte < 0x20) {
            return None;
        }
        self.text.get(start..self.at)
    }

    /// What a backslash and what follows it stand for.
    fn escaped(&mut self) -> Option<char> {
        if !self.take(b'\\') {
            return None;
        }
        let sign = self.peek()?;
        self.at += 1;
        Some(match sign {
            b'"' | b'\\' | b'/' => char::from(sign),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex()?;
                match unit {
                    0xd800..=0xdbff => {
                        let is_pair = self.take(b'\\') && self.take(b'u');
                        let low = self.hex().filter(|low| is_pair && (0xdc00..=0xdfff).contains(low))?;
                        char::from_u32(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00))?
                    }
                    _ => char::from_u32(unit)?,
                }
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::template::value::print::to_repr;

    #[track_caller]
    fn reads(text: &str, expected: &str) {
        assert_eq!(read_json(text).map(|value| to_repr(&value)).as_deref(), Some(expected));
    }

    #[test]
    fn json_reads_as_python_reads_it() {
        reads(r#" {"a": [1, -2.50, 1e3, true, null], "b": {}} "#, "{'a': [1, -2.5, 1000.0, True, None], 'b': {}}");
        reads(r#""a\"\\\/\b\n\u00e9\ud83d\ude00é""#, "'a\"\\\\/\\x08\\né😀é'");
        reads("-0", "0");
        reads("[[], [{}]]", "[[], [{}]]");
    }

    #[test]
    fn integers_of_any_size_are_kept() {
        reads("[9223372036854775807, 9223372036854775808]", "[9223372036854775807, 9223372036854775808]");
        let long = format!("-{}", "7".repeat(300));
        reads(&long, &long);
    }

    #[test]
    fn of_a_key_given_twice_the_last_value_wins_at_the_first_place() {
        reads(r#"[{"a": 1, "b": 2, "a": 3}, {"a": 1, "b": 2, "b": 5}]"#, "[{'a': 3, 'b': 2}, {'a': 1, 'b': 5}]");
        let many: Vec<String> = (0..60).map(|at| format!("\"k{}\": {at}", at % 30)).collect();
        let read = read_json(&format!("{{{}}}", many.join(","))).unwrap();
        let dict = as_dict(&read).unwrap();
        assert_eq!((dict.len(), to_repr(dict.get("k7").unwrap())), (30, "37".to_owned()));
    }

    #[test]
    fn dates_are_read_where_they_are_asked_for() {
        let text = r#"{"when": {"$datetime": "2024-05-17T10:30:00"}, "other": {"$datetime": 1}}"#;
        let read = read_json_with_dates(text).unwrap();
        assert_eq!(to_repr(&read), "{'when': datetime.datetime(2024, 5, 17, 10, 30), 'other': {'$datetime': 1}}");
        assert!(to_repr(&read_json(text).unwrap()).contains("{'$datetime': '2024"));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\" 1}",
            "01",
            "1.",
            "-",
            "1e",
            "\"a",
            "\"\n\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "tru",
            "[1] 2",
        ] {
            assert!(read_json(text).is_none(), "{text}");
        }
    }

    #[test]
    fn what_nests_too_deeply_becomes_none() {
        let deep = format!("{}\"]\"{}", "[".repeat(100_000), "]".repeat(100_000));
        let read = read_json(&deep).unwrap();
        assert!(to_repr(&read).ends_with(&format!("[None{}", "]".repeat(100))));
    }

    #[test]
    fn text_and_parsed_json_give_the_same() {
        let text = r#"{"list": [{"a": 1, "b": [1, 2]}, {"a": 2.5, "b": []}, {"b": 1, "a": "x"}], "none": null}"#;
        let parsed = crate::domain::template::value::json::from_json(&serde_json::from_str(text).unwrap());
        assert_eq!(to_repr(&read_json(text).unwrap()), to_repr(&parsed));
    }
}
