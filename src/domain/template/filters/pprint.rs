//! Python's `pprint`: values over several lines where one is too long.
//!
//! In: a value. Out: text of lines no wider than 80 characters, where that can be.
//! Invariant: recursion is bounded by the depth of data.
//!
//! <https://github.com/python/cpython/blob/3.11/Lib/pprint.py>

use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, check_len};
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{as_dict, as_list, print};

const WIDTH: usize = 80;

pub fn pprint(call: &Call<'_>) -> Result<Value, Error> {
    let mut out = String::new();
    write(&with_sorted_keys(call.value), 0, 0, 0, &mut out);
    check_len(out.len())?;
    Ok(Value::from(out))
}

/// The value with each dict's keys in order.
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

fn n_chars(text: &str) -> usize {
    text.chars().count()
}

fn write(value: &Value, indent: usize, allowance: usize, level: usize, out: &mut String) {
    let whole = print::to_repr(value);
    let room = WIDTH.saturating_sub(indent + allowance);
    if n_chars(&whole) <= room {
        return out.push_str(&whole);
    }
    if let Some(list) = as_list(value) {
        let (open, close) = match list.form {
            Form::List => ("[", "]"),
            Form::Tuple => ("(", if list.items.len() == 1 { ",)" } else { ")" }),
            _ => return out.push_str(&whole),
        };
        out.push_str(open);
        let n_items = list.items.len();
        for (idx, item) in list.items.iter().enumerate() {
            if idx > 0 {
                out.push_str(",\n");
                out.push_str(&" ".repeat(indent + 1));
            }
            let allowance = if idx + 1 == n_items { allowance + close.len() } else { 1 };
            write(item, indent + 1, allowance, level + 1, out);
        }
        return out.push_str(close);
    }
    if let Some(dict) = as_dict(value) {
        out.push('{');
        let n_items = dict.len();
        for (idx, (key, item)) in dict.entries().iter().enumerate() {
            if idx > 0 {
                out.push_str(",\n");
                out.push_str(&" ".repeat(indent + 1));
            }
            let mut shown = String::new();
            let _infallible = print::write_str_repr(&mut shown, key);
            out.push_str(&shown);
            out.push_str(": ");
            let allowance = if idx + 1 == n_items { allowance + 1 } else { 1 };
            write(item, indent + n_chars(&shown) + 3, allowance, level + 1, out);
        }
        return out.push('}');
    }
    match value.as_str().filter(|text| !text.is_empty()) {
        Some(text) => write_text(text, indent, allowance, level, out),
        None => out.push_str(&whole),
    }
}

fn repr(text: &str) -> String {
    let mut shown = String::new();
    let _infallible = print::write_str_repr(&mut shown, text);
    shown
}

/// A long text, as pieces that Python joins.
fn write_text(text: &str, indent: usize, allowance: usize, level: usize, out: &mut String) {
    let is_top = level == 0;
    let (indent, allowance) = if is_top { (indent + 1, allowance + 1) } else { (indent, allowance) };
    let max_width = WIDTH.saturating_sub(indent);
    let mut chunks: Vec<String> = Vec::new();
    let lines = super::text::split_lines_kept(text);
    let n_lines = lines.len();
    for (idx, line) in lines.into_iter().enumerate() {
        let is_last = idx + 1 == n_lines;
        let shown = repr(line);
        let room = if is_last { max_width.saturating_sub(allowance) } else { max_width };
        if n_chars(&shown) <= room {
            chunks.push(shown);
            continue;
        }
        let parts = words_with_space(line);
        let n_parts = parts.len();
        let mut current = String::new();
        for (at, part) in parts.into_iter().enumerate() {
            let candidate = format!("{current}{part}");
            let room = if at + 1 == n_parts && is_last { max_width.saturating_sub(allowance) } else { max_width };
            if n_chars(&repr(&candidate)) > room {
                if !current.is_empty() {
                    chunks.push(repr(&current));
                }
                current = part.to_owned();
            } else {
                current = candidate;
            }
        }
        if !current.is_empty() {
            chunks.push(repr(&current));
        }
    }
    if let [one] = chunks.as_slice() {
        return out.push_str(one);
    }
    if is_top {
        out.push('(');
    }
    out.push_str(&chunks.join(&format!("\n{}", " ".repeat(indent))));
    if is_top {
        out.push(')');
    }
}

/// Words, each with the white space after it.
fn words_with_space(line: &str) -> Vec<&str> {
    use crate::domain::template::value::is_space;
    let mut parts = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let word = rest.find(is_space).unwrap_or(rest.len());
        let tail = rest.get(word..).unwrap_or_default();
        let space = tail.len() - tail.trim_start_matches(is_space).len();
        let (part, after) = rest.split_at_checked(word + space).unwrap_or((rest, ""));
        parts.push(part);
        rest = after;
    }
    parts
}
