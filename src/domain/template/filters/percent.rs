//! Python's `%` formatting.
//!
//! In: a pattern without its leading `%`, and a value. Out: text, or what Python raises.
//! Invariant: widths and precisions are bounded.
//!
//! <https://docs.python.org/3.11/library/stdtypes.html#printf-style-string-formatting>

use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, fail};
use crate::domain::template::value::big::{Raised, as_big, exact_int, int_of};
use crate::domain::template::value::list::Form;
use crate::domain::template::value::{as_dict, as_list, number, print};

const MAX_WIDTH: usize = 100_000;
const MAX_PRECISION: usize = 10_000;

/// Why formatting gave nothing.
enum Refused {
    /// Django prints nothing.
    Quietly,
    /// Django fails.
    Loudly(&'static str),
}

pub fn stringformat(call: &Call<'_>) -> Result<Value, Error> {
    let spec = call.arg_text();
    // Django formats tuples as text.
    let is_tuple = as_list(call.value).is_some_and(|list| list.form.is_tuple());
    let text;
    let value = if is_tuple {
        text = Value::from(call.text().into_owned());
        &text
    } else {
        call.value
    };
    match format(&format!("%{spec}"), value) {
        Ok(text) => Ok(Value::from(text)),
        Err(Refused::Quietly) => Ok(Value::from("")),
        Err(Refused::Loudly(message)) => Err(fail(message)),
    }
}

struct Spec<'a> {
    flags: &'a str,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

fn format(pattern: &str, value: &Value) -> Result<String, Refused> {
    let is_mapping = as_dict(value).is_some() || as_list(value).is_some_and(|list| list.form == Form::List);
    let mut out = String::new();
    let mut rest = pattern;
    let mut is_used = false;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let mut named = None;
        if let Some(inner) = rest.strip_prefix('(') {
            let end = closing(inner).ok_or(Refused::Quietly)?;
            let key = inner.get(..end).unwrap_or_default();
            rest = inner.get(end + 1..).unwrap_or_default();
            let dict = as_dict(value).ok_or(Refused::Quietly)?;
            let missing = Refused::Loudly("the value has no key that the format of `stringformat` names");
            named = Some(dict.get(key).ok_or(missing)?);
        }
        if let Some(after) = rest.strip_prefix('%').filter(|_| named.is_none()) {
            out.push('%');
            rest = after;
            continue;
        }
        let (spec, after) = read(rest)?;
        rest = after;
        if named.is_none() && is_used {
            return Err(Refused::Quietly);
        }
        is_used |= named.is_none();
        out.push_str(&converted(&spec, named.unwrap_or(value))?);
    }
    out.push_str(rest);
    if is_used || is_mapping { Ok(out) } else { Err(Refused::Quietly) }
}

/// Where the bracket closes that is open before the text.
fn closing(inner: &str) -> Option<usize> {
    let mut depth = 1;
    for (at, letter) in inner.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn read(text: &str) -> Result<(Spec<'_>, &str), Refused> {
    let split = |text: &'_ str, is_part: fn(char) -> bool| -> usize {
        text.find(|letter| !is_part(letter)).unwrap_or(text.len())
    };
    let (flags, rest) = text.split_at(split(text, |letter| "-+ #0".contains(letter)));
    let (width, rest) = rest.split_at(split(rest, |letter| letter.is_ascii_digit()));
    let width = if width.is_empty() { Some(0) } else { width.parse().ok().filter(|width| *width < MAX_WIDTH) };
    let (precision, rest) = match rest.strip_prefix('.') {
        Some(after) => {
            let (digits, rest) = after.split_at(split(after, |letter| letter.is_ascii_digit()));
            let precision = if digits.is_empty() { Some(0) } else { digits.parse().ok() };
            (Some(precision.filter(|precision| *precision < MAX_PRECISION).ok_or(Refused::Quietly)?), rest)
        }
        None => (None, rest),
    };
    let rest = rest.strip_prefix(['h', 'l', 'L']).unwrap_or(rest);
    let conversion = rest.chars().next().ok_or(Refused::Quietly)?;
    let width = width.ok_or(Refused::Loudly("`stringformat` would make a text that is too wide"))?;
    Ok((Spec { flags, width, precision, conversion }, rest.get(conversion.len_utf8()..).unwrap_or_default()))
}

fn converted(spec: &Spec<'_>, value: &Value) -> Result<String, Refused> {
    let (sign, prefix, body, is_number) = match spec.conversion {
        's' | 'r' | 'a' => {
            let text = match spec.conversion {
                's' => print::to_str(value).into_owned(),
                'r' => print::to_repr(value),
                _ => print::to_repr(value).chars().map(ascii).collect(),
            };
            let text = spec.precision.map_or(text.clone(), |precision| text.chars().take(precision).collect());
            ("", "", text, false)
        }
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
            let is_hex = matches!(spec.conversion, 'x' | 'X' | 'o');
            if value.as_str().is_some() || as_list(value).is_some() || (is_hex && exact_int(value).is_none()) {
                return Err(Refused::Quietly);
            }
            let int = int_of(value).map_err(|raised| match raised {
                Raised::Overflow => Refused::Loudly("`stringformat` cannot print infinity as a whole number"),
                Raised::Value | Raised::Type => Refused::Quietly,
            })?;
            let digits = match spec.conversion {
                'x' => int.digits_in(16),
                'X' => int.digits_in(16).to_uppercase(),
                'o' => int.digits_in(8),
                _ => int.digits(),
            };
            let prefix = match (spec.flags.contains('#'), spec.conversion) {
                (true, 'x') => "0x",
                (true, 'X') => "0X",
                (true, 'o') => "0o",
                _ => "",
            };
            let n_digits = spec.precision.unwrap_or(0);
            (sign_of(int.is_negative(), spec.flags), prefix, format!("{digits:0>n_digits$}"), true)
        }
        'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
            let is_real = value.as_str().is_none() && as_list(value).is_none();
            let float = number::to_float(value).filter(|_| is_real).ok_or(Refused::Quietly)?;
            if as_big(value).is_some() && float.is_infinite() {
                return Err(Refused::Loudly("the number is too large for `stringformat`"));
            }
            (sign_of(float.is_sign_negative() && !float.is_nan(), spec.flags), "", float_body(spec, float.abs()), true)
        }
        'c' => {
            let text = match value.as_str() {
                Some(text) => text.to_owned(),
                None => {
                    let int = exact_int(value).ok_or(Refused::Quietly)?;
                    let too_large = Refused::Loudly("`stringformat` knows no character of this number");
                    char::from_u32(u32::try_from(int.clamped()).unwrap_or(u32::MAX)).ok_or(too_large)?.to_string()
                }
            };
            if text.chars().count() != 1 {
                return Err(Refused::Quietly);
            }
            ("", "", text, false)
        }
        _ => return Err(Refused::Quietly),
    };
    let room = spec.width.saturating_sub(sign.len() + prefix.len() + body.chars().count());
    Ok(if spec.flags.contains('-') {
        format!("{sign}{prefix}{body}{}", " ".repeat(room))
    } else if spec.flags.contains('0') && is_number {
        format!("{sign}{prefix}{}{body}", "0".repeat(room))
    } else {
        format!("{}{sign}{prefix}{body}", " ".repeat(room))
    })
}

fn ascii(letter: char) -> String {
    match u32::from(letter) {
        0..0x80 => letter.to_string(),
        code @ ..=0xff => format!("\\x{code:02x}"),
        code @ ..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

fn sign_of(is_negative: bool, flags: &str) -> &'static str {
    match () {
        () if is_negative => "-",
        () if flags.contains('+') => "+",
        () if flags.contains(' ') => " ",
        () => "",
    }
}

fn float_body(spec: &Spec<'_>, size: f64) -> String {
    let precision = spec.precision.unwrap_or(6);
    let is_alternate = spec.flags.contains('#');
    let body = if !size.is_finite() {
        if size.is_nan() { "nan" } else { "inf" }.to_owned()
    } else {
        match spec.conversion.to_ascii_lowercase() {
            'f' => with_point(format!("{size:.precision$}"), is_alternate),
            'e' => exponent(&format!("{size:.precision$e}"), is_alternate),
            _ => general(size, precision.max(1), is_alternate),
        }
    };
    if spec.conversion.is_ascii_uppercase() { body.to_uppercase() } else { body }
}

/// The number with a point, if the flag `#` asks for one.
fn with_point(text: String, is_wanted: bool) -> String {
    if is_wanted && !text.contains('.') { text + "." } else { text }
}

fn exponent(text: &str, is_alternate: bool) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", with_point(mantissa.to_owned(), is_alternate), exponent.abs())
}

fn general(size: f64, precision: usize, is_alternate: bool) -> String {
    let scientific = format!("{size:.*e}", precision - 1);
    let (mantissa, power) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let precision = i32::try_from(precision).unwrap_or(i32::MAX);
    let trim = |text: &str| {
        if is_alternate {
            return with_point(text.to_owned(), true);
        }
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    if power < -4 || power >= precision {
        return exponent(&format!("{}e{power}", trim(mantissa)), is_alternate);
    }
    trim(&format!("{size:.*}", usize::try_from(precision - 1 - power).unwrap_or(0)))
}
