//! Filters on text.
//!
//! In: text. Out: text as Python's methods make it.
//! Invariant: widths are counted in characters.

use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, check_len, fail};
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::list::List;
use crate::domain::template::value::{as_dict, as_list, list, number, print};

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

fn push_title(letter: char, out: &mut String) {
    match letter {
        '\u{1c4}'..='\u{1c6}' => out.push('\u{1c5}'),
        '\u{1c7}'..='\u{1c9}' => out.push('\u{1c8}'),
        '\u{1ca}'..='\u{1cc}' => out.push('\u{1cb}'),
        '\u{1f1}'..='\u{1f3}' => out.push('\u{1f2}'),
        _ => {
            let mut upper = letter.to_uppercase();
            out.extend(upper.next());
            out.extend(upper.flat_map(char::to_lowercase));
        }
    }
}

pub fn title(call: &Call<'_>) -> Result<Value, Error> {
    // Django lowers what follows an apostrophe or a digit.
    let titled = title_words(&call.text());
    let mut out = String::with_capacity(titled.len());
    let mut before = [' ', ' '];
    for letter in titled.chars() {
        let [first, second] = before;
        let follows_apostrophe = first.is_ascii_lowercase() && second == '\'' && letter.is_uppercase();
        let follows_digit = second.is_numeric() && letter.is_uppercase();
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
    let (text, arg) = (call.text(), call.arg_text());
    if arg.is_empty() {
        return ok(text);
    }
    let shortened = text.replace(arg.as_ref(), "");
    // Cutting `;` could leave half an entity, so Django no longer calls the result safe.
    if call.value.is_safe() && arg != ";" {
        return Ok(crate::domain::template::value::safe(shortened));
    }
    ok(shortened)
}

fn width(call: &Call<'_>, filter: &str) -> Result<usize, Error> {
    let arg = call.arg().unwrap_or(&Value::UNDEFINED);
    let width =
        number::to_int(arg).ok_or_else(|| fail(format!("the argument of `{filter}` must be a whole number")))?;
    let width = usize::try_from(width.max(0)).unwrap_or(usize::MAX);
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
    Ok(Value::from(call.text().split_whitespace().count()))
}

pub fn wordwrap(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg().unwrap_or(&Value::UNDEFINED);
    let width = number::to_int(arg).ok_or_else(|| fail("the argument of `wordwrap` must be a whole number"))?;
    if width <= 0 {
        return Err(fail("the argument of `wordwrap` must be more than 0"));
    }
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let text = call.text();
    let mut lines: Vec<String> = Vec::new();
    for line in split_lines(&text) {
        wrap_line(line, width, &mut lines);
    }
    let mut wrapped = lines.join("\n");
    if text.ends_with('\n') {
        wrapped.push('\n');
    }
    ok(wrapped)
}

fn split_lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// Python's `textwrap` without breaking words, as Django calls it.
fn wrap_line(line: &str, width: usize, lines: &mut Vec<String>) {
    let expanded = line.replace('\t', "        ");
    let start = lines.len();
    let mut chunks: std::collections::VecDeque<&str> = chunks_of(&expanded).into();
    let is_blank = |chunk: &&str| chunk.trim().is_empty();
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
    let mut chunks = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_space = first.is_ascii_whitespace();
        let len = rest.find(|letter: char| letter.is_ascii_whitespace() != is_space).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

pub fn slugify(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
    let mut slug = String::new();
    for letter in text.chars().flat_map(fold_ascii).flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' | '_' => slug.push(letter),
            _ if (letter == '-' || letter.is_whitespace()) && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    ok(slug.trim_matches(['-', '_']))
}

/// A character without its accents, where ASCII has it: compatibility decomposition of what shops use.
fn fold_ascii(letter: char) -> impl Iterator<Item = char> {
    const FOLDED: &[(&str, &str)] = &[
        ("àáâãäåāăąǎ", "a"),
        ("ÀÁÂÃÄÅĀĂĄǍ", "A"),
        ("çćĉċč", "c"),
        ("ÇĆĈĊČ", "C"),
        ("ď", "d"),
        ("Ď", "D"),
        ("èéêëēĕėęě", "e"),
        ("ÈÉÊËĒĔĖĘĚ", "E"),
        ("ĝğġģǧ", "g"),
        ("ĜĞĠĢǦ", "G"),
        ("ĥ", "h"),
        ("Ĥ", "H"),
        ("ìíîïĩīĭįǐ", "i"),
        ("ÌÍÎÏĨĪĬĮİǏ", "I"),
        ("ĵ", "j"),
        ("Ĵ", "J"),
        ("ķ", "k"),
        ("Ķ", "K"),
        ("ĺļľ", "l"),
        ("ĹĻĽ", "L"),
        ("ñńņň", "n"),
        ("ÑŃŅŇ", "N"),
        ("òóôõöōŏőǒ", "o"),
        ("ÒÓÔÕÖŌŎŐǑ", "O"),
        ("ŕŗř", "r"),
        ("ŔŖŘ", "R"),
        ("śŝşšș", "s"),
        ("ŚŜŞŠȘ", "S"),
        ("ţťț", "t"),
        ("ŢŤȚ", "T"),
        ("ùúûüũūŭůűųǔ", "u"),
        ("ÙÚÛÜŨŪŬŮŰŲǓ", "U"),
        ("ŵ", "w"),
        ("Ŵ", "W"),
        ("ýÿŷ", "y"),
        ("ÝŸŶ", "Y"),
        ("źżž", "z"),
        ("ŹŻŽ", "Z"),
        ("ª", "a"),
        ("º", "o"),
        ("²", "2"),
        ("³", "3"),
        ("¹", "1"),
        ("ﬁ", "fi"),
        ("ﬂ", "fl"),
        ("…", "..."),
        ("™", "TM"),
        ("½", "12"),
        ("¼", "14"),
        ("¾", "34"),
        ("№", "No"),
        ("ŉ", "n"),
        ("ǆ", "dz"),
        ("ĳ", "ij"),
        ("Ĳ", "IJ"),
        ("K", "K"),
        ("Å", "A"),
    ];
    let code = u32::from(letter);
    let folded: String = if letter.is_ascii() {
        letter.to_string()
    } else if let Some((_, ascii)) = FOLDED.iter().find(|(letters, _)| letters.contains(letter)) {
        (*ascii).to_owned()
    } else if (0xff01..=0xff5e).contains(&code) {
        char::from_u32(code - 0xfee0).map(String::from).unwrap_or_default()
    } else if (0x1d7ce..=0x1d7ff).contains(&code) {
        char::from_digit((code - 0x1d7ce) % 10, 10).map(String::from).unwrap_or_default()
    } else if (0x1d400..=0x1d6a3).contains(&code) {
        let at = (code - 0x1d400) % 52;
        let base = if at < 26 { u32::from('A') + at } else { u32::from('a') + at - 26 };
        char::from_u32(base).map(String::from).unwrap_or_default()
    } else if letter.is_whitespace() {
        " ".to_owned()
    } else {
        String::new()
    };
    folded.chars().collect::<Vec<_>>().into_iter()
}

pub fn phone2numeric(call: &Call<'_>) -> Result<Value, Error> {
    let text = call.text();
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
    Ok(list(call.text().chars().map(|letter| Value::from(letter.to_string())).collect()))
}

pub fn pprint(call: &Call<'_>) -> Result<Value, Error> {
    ok(print::to_repr(&with_sorted_keys(call.value)))
}

/// The value with each dict's keys in order, as Python's `pprint` shows them.
fn with_sorted_keys(value: &Value) -> Value {
    if let Some(found) = as_list(value) {
        return Value::from_object(List::new(found.items.iter().map(with_sorted_keys).collect(), found.form));
    }
    let Some(dict) = as_dict(value) else { return value.clone() };
    let mut entries: Vec<_> =
        dict.entries().iter().map(|(key, value)| (key.clone(), with_sorted_keys(value))).collect();
    entries.sort_by(|(a, _), (b, _)| a.cmp(b));
    Value::from_object(Dict::new(entries))
}

pub fn stringformat(call: &Call<'_>) -> Result<Value, Error> {
    let spec = call.arg_text();
    Ok(Value::from(percent_format(&spec, call.value).unwrap_or_default()))
}

/// Python's `("%" + spec) % value`; `None` where it raises.
fn percent_format(spec: &str, value: &Value) -> Option<String> {
    let flags_len = spec.find(|letter| !"-+ #0".contains(letter)).unwrap_or(spec.len());
    let (flags, rest) = spec.split_at_checked(flags_len)?;
    let width_len = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    let (width, rest) = rest.split_at_checked(width_len)?;
    let width: usize = if width.is_empty() { 0 } else { width.parse().ok().filter(|width| *width < 100_000)? };
    let (precision, rest) = match rest.strip_prefix('.') {
        Some(after) => {
            let len = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
            let (digits, rest) = after.split_at_checked(len)?;
            (Some(digits.parse::<usize>().unwrap_or(0)).filter(|precision| *precision < 10_000), rest)
        }
        None => (None, rest),
    };
    let mut letters = rest.chars();
    let conversion = letters.next()?;
    let tail = letters.as_str();
    let (sign, body) = match conversion {
        's' | 'r' | 'a' => {
            let text = if conversion == 's' { print::to_str(value).into_owned() } else { print::to_repr(value) };
            (String::new(), precision.map_or(text.clone(), |precision| text.chars().take(precision).collect()))
        }
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
            number::to_int(value).filter(|_| value.as_str().is_none())?;
            if matches!(conversion, 'x' | 'X' | 'o') && !value.is_integer() {
                return None;
            }
            let int = number::to_int(value)?;
            let digits = match conversion {
                'x' => format!("{:x}", int.unsigned_abs()),
                'X' => format!("{:X}", int.unsigned_abs()),
                'o' => format!("{:o}", int.unsigned_abs()),
                _ => int.unsigned_abs().to_string(),
            };
            let prefix = match (flags.contains('#'), conversion) {
                (true, 'x') => "0x",
                (true, 'X') => "0X",
                (true, 'o') => "0o",
                _ => "",
            };
            let wanted = precision.unwrap_or(0);
            let digits = format!("{prefix}{digits:0>wanted$}");
            (sign_of(int < 0, flags), digits)
        }
        'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
            let float = number::to_float(value).filter(|_| value.as_str().is_none())?;
            let size = float.abs();
            let precision = precision.unwrap_or(6);
            let body = match conversion.to_ascii_lowercase() {
                'f' => format!("{size:.precision$}"),
                'e' => python_exponent(&format!("{size:.precision$e}")),
                _ => general(size, precision.max(1)),
            };
            let body = if conversion.is_ascii_uppercase() { body.to_uppercase() } else { body };
            (sign_of(float < 0.0, flags), body)
        }
        'c' => (String::new(), value.as_str().filter(|text| text.chars().count() == 1)?.to_owned()),
        '%' => return Some(format!("%{tail}")),
        _ => return None,
    };
    let n_chars = sign.len() + body.chars().count();
    let room = width.saturating_sub(n_chars);
    let is_text = matches!(conversion, 's' | 'r' | 'a' | 'c');
    Some(if flags.contains('-') {
        format!("{sign}{body}{}{tail}", " ".repeat(room))
    } else if flags.contains('0') && !is_text {
        format!("{sign}{}{body}{tail}", "0".repeat(room))
    } else {
        format!("{}{sign}{body}{tail}", " ".repeat(room))
    })
}

fn sign_of(is_negative: bool, flags: &str) -> String {
    match () {
        () if is_negative => "-",
        () if flags.contains('+') => "+",
        () if flags.contains(' ') => " ",
        () => "",
    }
    .to_owned()
}

fn python_exponent(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn general(size: f64, precision: usize) -> String {
    let scientific = format!("{size:.*e}", precision - 1);
    let exponent: i32 = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let precision = i32::try_from(precision).unwrap_or(i32::MAX);
    let trim = |text: &str| {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text.to_owned() }
    };
    if exponent < -4 || exponent >= precision {
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        return python_exponent(&format!("{}e{exponent}", trim(mantissa)));
    }
    trim(&format!("{size:.*}", usize::try_from(precision - 1 - exponent).unwrap_or(0)))
}
