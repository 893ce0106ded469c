//! Python's methods that need no argument: a template calls what it looks up.
//!
//! In: text or a number, and a method's name. Out: what calling it gives.
//! Invariant: methods that need an argument are missing values, as in Django.

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::domain::template::filters::text::{expand_tabs, push_title, split_lines, title_words};
use crate::domain::template::value::big::{Int, as_big};
use crate::domain::template::value::compare::{is_less, sorted};
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::number::digit_value;
use crate::domain::template::value::print::{float_repr, is_printable};
use crate::domain::template::value::{Number, as_dict, as_list, int_value, is_space, list, number_of, split_space};

/// A method of text.
pub fn of_text(text: &str, name: &str) -> Option<Value> {
    let has_letters = text.chars().any(|letter| letter.is_lowercase() || letter.is_uppercase());
    let every = |test: fn(char) -> bool| Value::from(!text.is_empty() && text.chars().all(test));
    Some(match name {
        "upper" => Value::from(text.to_uppercase()),
        "lower" => Value::from(text.to_lowercase()),
        "casefold" => Value::from(casefolded(text)),
        "title" => Value::from(title_words(text)),
        "capitalize" => {
            let mut capitalized = String::with_capacity(text.len());
            // Lowering the whole text lets a final sigma be one.
            let mut n_lowered = 0;
            if let Some(first) = text.chars().next() {
                push_title(first, &mut capitalized);
                n_lowered = first.to_lowercase().count();
            }
            capitalized.extend(text.to_lowercase().chars().skip(n_lowered));
            Value::from(capitalized)
        }
        "swapcase" => Value::from(swapped_case(text)),
        "strip" => Value::from(text.trim_matches(is_space)),
        "lstrip" => Value::from(text.trim_start_matches(is_space)),
        "rstrip" => Value::from(text.trim_end_matches(is_space)),
        "split" | "rsplit" => list(split_space(text).into_iter().map(Value::from).collect()),
        "splitlines" => list(split_lines(text).into_iter().map(Value::from).collect()),
        "isdecimal" => every(|letter| digit_value(letter).is_some()),
        "isdigit" => every(|letter| {
            digit_value(letter).is_some()
                || matches!(letter, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '①'..='⑨' | '⑴'..='⑼' | '⒈'..='⒐')
        }),
        "isnumeric" => every(char::is_numeric),
        "isalpha" => every(char::is_alphabetic),
        "isalnum" => every(char::is_alphanumeric),
        "isspace" => every(is_space),
        "isprintable" => Value::from(text.chars().all(is_printable)),
        "isidentifier" => {
            let is_start = |letter: char| letter.is_alphabetic() || letter == '_';
            let mut letters = text.chars();
            let is_name =
                letters.next().is_some_and(is_start) && letters.all(|letter| is_start(letter) || letter.is_numeric());
            Value::from(is_name)
        }
        // Without fields there is nothing to fill in; with some it is one of `CHANGING`.
        "format" if !text.contains(['{', '}']) => Value::from(text),
        "encode" => bytes(text.as_bytes())?,
        "expandtabs" => Value::from(expand_tabs(text)),
        "isascii" => Value::from(text.is_ascii()),
        "isupper" => Value::from(
            text.chars().any(char::is_uppercase)
                && !text.chars().any(|letter| letter.is_lowercase() || is_title(letter)),
        ),
        "islower" => Value::from(
            text.chars().any(char::is_lowercase)
                && !text.chars().any(|letter| letter.is_uppercase() || is_title(letter)),
        ),
        "istitle" => Value::from(has_letters && title_words(text) == text),
        _ => return None,
    })
}

/// Whether the letter is a capital and a small one in one, as `ǅ`.
fn is_title(letter: char) -> bool {
    matches!(letter, 'ǅ' | 'ǈ' | 'ǋ' | 'ǲ' | 'ᾈ'..='ᾏ' | 'ᾘ'..='ᾟ' | 'ᾨ'..='ᾯ' | 'ᾼ' | 'ῌ' | 'ῼ')
}

fn swapped_case(text: &str) -> String {
    // Lowering the whole text lets a final sigma be one; the other letters keep their number then.
    let lowered: Vec<char> = text.to_lowercase().chars().collect();
    let is_even = lowered.len() == text.chars().count();
    let mut out = String::with_capacity(text.len());
    for (idx, letter) in text.chars().enumerate() {
        match lowered.get(idx).filter(|_| is_even) {
            Some(lower) if letter.is_uppercase() => out.push(*lower),
            None if letter.is_uppercase() => out.extend(letter.to_lowercase()),
            _ if letter.is_lowercase() => out.extend(letter.to_uppercase()),
            _ => out.push(letter),
        }
    }
    out
}

/// What a method does that changes its list or dict: what it gives, and what is left.
pub struct Change {
    pub result: Value,
    /// `None` where the method changes nothing.
    pub left: Option<Value>,
}

/// The methods that may change what they are called on, or raise.
pub const CHANGING: [&str; 7] = ["sort", "reverse", "clear", "pop", "popitem", "format", "to_bytes"];

/// Whether the method, one of `CHANGING`, changes what it is called on, or may raise.
pub fn is_changing(value: &Value, name: &str) -> bool {
    match name {
        "format" => return value.as_str().is_some_and(|text| text.contains(['{', '}'])),
        "to_bytes" => return as_big(value).is_some() || matches!(number_of(value), Some(Number::Int(_))),
        _ => {}
    }
    match (as_list(value), as_dict(value)) {
        (Some(list), _) => list.form == Form::List && matches!(name, "sort" | "reverse" | "clear" | "pop"),
        (None, Some(dict)) => dict.get(name).is_none() && matches!(name, "clear" | "popitem"),
        (None, None) => false,
    }
}

/// Calls one of `CHANGING`; `None` where Python raises.
pub fn change(value: &Value, name: &str) -> Option<Change> {
    let none = Value::from(());
    let unchanged = |result| Some(Change { result, left: None });
    match name {
        "format" => return unchanged(Value::from(formatted(value.as_str()?)?)),
        "to_bytes" => {
            let Some(Number::Int(int)) = number_of(value) else { return None };
            return unchanged(bytes(&[u8::try_from(int).ok()?])?);
        }
        _ => {}
    }
    if let Some(found) = as_list(value) {
        let mut items = found.items.clone();
        let result = match name {
            "sort" => {
                items = sorted(&items, is_less)?;
                none
            }
            "reverse" => {
                items.reverse();
                none
            }
            "pop" => items.pop()?,
            _ => {
                items.clear();
                none
            }
        };
        return Some(Change { result, left: Some(list(items)) });
    }
    let mut entries = as_dict(value)?.entries().to_vec();
    let result = if name == "popitem" {
        let (key, value) = entries.pop()?;
        Value::from_object(List::new(vec![Value::from(key), value], Form::Tuple))
    } else {
        entries.clear();
        none
    };
    Some(Change { result, left: Some(Value::from_object(Dict::new(entries))) })
}

/// Python's `text.format()`: doubled braces are one, and there is nothing to fill fields with.
fn formatted(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if matches!(letter, '{' | '}') && letters.next() != Some(letter) {
            return None;
        }
        out.push(letter);
    }
    Some(out)
}

/// More are not made of one text: each takes the room of a value.
const MAX_BYTES: usize = 64 << 10;

fn bytes(bytes: &[u8]) -> Option<Value> {
    let items = || bytes.iter().map(|byte| Value::from(*byte)).collect();
    (bytes.len() <= MAX_BYTES).then(|| Value::from_object(List::new(items(), Form::Bytes)))
}

/// Python's `text.casefold()`.
fn casefolded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            'ı' => out.push(letter),
            // Cherokee folds to its capitals.
            '\u{13a0}'..='\u{13fd}' | '\u{ab70}'..='\u{abbf}' => out.extend(letter.to_uppercase()),
            _ => out.extend(letter.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)),
        }
    }
    out
}

/// Python's `float.hex()`.
fn hex_of(float: f64) -> String {
    if !float.is_finite() {
        return float_repr(float);
    }
    let bits = float.to_bits();
    let (exponent, fraction) = (bits >> 52 & 0x7ff, bits & 0xf_ffff_ffff_ffff);
    let sign = if float.is_sign_negative() { "-" } else { "" };
    if float == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (whole, power) = if exponent == 0 { (0, -1022) } else { (1, exponent as i64 - 1023) };
    format!("{sign}0x{whole}.{fraction:013x}p{power:+}")
}

/// Whether Python has a method of this name that needs an argument: calling it without gives nothing.
pub fn needs_argument(value: &Value, name: &str) -> bool {
    let names: &[&str] = match value.kind() {
        ValueKind::String => &[
            "center",
            "count",
            "endswith",
            "find",
            "index",
            "join",
            "ljust",
            "maketrans",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "startswith",
            "translate",
            "zfill",
        ],
        ValueKind::Seq => &["append", "count", "extend", "index", "insert", "remove"],
        ValueKind::Map => &["fromkeys", "get", "pop", "setdefault"],
        ValueKind::Number if value.is_integer() => &["from_bytes"],
        ValueKind::Number => &["fromhex"],
        ValueKind::Plain => {
            &["strftime", "combine", "fromisoformat", "fromordinal", "fromtimestamp", "strptime", "fromisocalendar"]
        }
        _ => return false,
    };
    names.contains(&name)
}

fn pair(a: Value, b: Value) -> Value {
    Value::from_object(List::new(vec![a, b], Form::Tuple))
}

/// A float as a whole number over a power of two, in lowest terms.
fn ratio_of(float: f64) -> Option<Value> {
    if !float.is_finite() {
        return None;
    }
    if float.fract() == 0.0 {
        return Some(pair(Int::of_float(float).into_value(), Value::from(1)));
    }
    // Doubling is exact, and leads to a whole number.
    let (mut over, mut n_doubled) = (float, 0);
    while over.fract() != 0.0 {
        over *= 2.0;
        n_doubled += 1;
    }
    let under = if n_doubled < 1024 { Int::of_float(2f64.powi(n_doubled)).into_value() } else { return None };
    Some(pair(Int::of_float(over).into_value(), under))
}

/// A method or attribute of a number.
pub fn of_number(value: &Value, name: &str) -> Option<Value> {
    if let Some(big) = as_big(value) {
        return match name {
            "real" | "conjugate" | "numerator" => Some(value.clone()),
            "imag" => Some(Value::from(0)),
            "denominator" => Some(Value::from(1)),
            "as_integer_ratio" => Some(pair(value.clone(), Value::from(1))),
            "bit_length" => Some(Value::from(Int::Big(big.clone()).digits_in(2).len())),
            _ => None,
        };
    }
    let number = number_of(value)?;
    Some(match (name, number) {
        ("as_integer_ratio", Number::Int(int)) => pair(int_value(int), Value::from(1)),
        ("as_integer_ratio", Number::Float(float)) => ratio_of(float)?,
        ("bit_count", Number::Int(int)) => Value::from(int.unsigned_abs().count_ones()),
        ("real" | "conjugate", number) => number.into_value(),
        ("imag", Number::Int(_)) => Value::from(0),
        ("imag", Number::Float(_)) => Value::from(0.0),
        ("hex", Number::Float(float)) => Value::from(hex_of(float)),
        ("is_integer", Number::Float(float)) => Value::from(float.fract() == 0.0),
        ("numerator", Number::Int(int)) => int_value(int),
        ("denominator", Number::Int(_)) => Value::from(1),
        ("bit_length", Number::Int(int)) => Value::from(128 - int.unsigned_abs().leading_zeros()),
        _ => return None,
    })
}
