//! Filters on lists and dicts, and on what is missing.
//!
//! In: lists, dicts, text. Out: values.
//! Invariant: what Python cannot iterate over gives what Django gives.

use minijinja::{Error, Value};

use crate::domain::template::filters::html::{escape, escape_unsafe};
use crate::domain::template::filters::{Call, check_len, fail};
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{as_dict, as_list, compare, items_of, len_of, list, lookup, number, print, safe};

pub fn default(call: &Call<'_>) -> Result<Value, Error> {
    let is_kept = call.value.is_true();
    Ok(if is_kept { call.value.clone() } else { call.arg().cloned().unwrap_or_default() })
}

pub fn default_if_none(call: &Call<'_>) -> Result<Value, Error> {
    Ok(if call.value.is_none() { call.arg().cloned().unwrap_or_default() } else { call.value.clone() })
}

pub fn length(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(len_of(call.value).unwrap_or(0)))
}

pub fn length_is(call: &Call<'_>) -> Result<Value, Error> {
    let wanted = call.arg().and_then(number::to_int);
    let found = len_of(call.value).and_then(|len| i128::try_from(len).ok());
    Ok(Value::from(wanted.is_some() && wanted == found))
}

pub fn first(call: &Call<'_>) -> Result<Value, Error> {
    item_at(call, "first", |items| items.first().cloned())
}

pub fn last(call: &Call<'_>) -> Result<Value, Error> {
    item_at(call, "last", |items| items.last().cloned())
}

fn item_at(call: &Call<'_>, name: &str, pick: fn(&[Value]) -> Option<Value>) -> Result<Value, Error> {
    if as_list(call.value).is_some_and(|list| !list.form.is_indexed()) || as_dict(call.value).is_some() {
        return Err(call.bad_value(name));
    }
    let items = items_of(call.value).ok_or_else(|| call.bad_value(name))?;
    Ok(pick(&items).unwrap_or_else(|| Value::from("")))
}

pub fn random(call: &Call<'_>) -> Result<Value, Error> {
    let items = items_of(call.value).ok_or_else(|| call.bad_value("random"))?;
    if items.is_empty() {
        return Ok(Value::from(""));
    }
    let at = call.scopes()?.random_below(items.len());
    Ok(items.get(at).cloned().unwrap_or_default())
}

pub fn join(call: &Call<'_>) -> Result<Value, Error> {
    let Some(items) = items_of(call.value) else { return Ok(call.value.clone()) };
    let separator = call.arg().unwrap_or(&Value::UNDEFINED);
    let is_escaping = call.is_escaping();
    let Some(separator_text) = separator.as_str() else { return Ok(call.value.clone()) };
    let separator_text = if is_escaping { escape_unsafe(separator) } else { separator_text.to_owned() };
    let mut joined = String::new();
    for (idx, item) in items.iter().enumerate() {
        if idx > 0 {
            joined.push_str(&separator_text);
        }
        if is_escaping {
            joined.push_str(&escape_unsafe(item));
        } else {
            joined.push_str(&print::to_str(item));
        }
        check_len(joined.len())?;
    }
    Ok(safe(joined))
}

/// Start, stop and step of Python's slice; `None` where Python raises.
fn slice_bounds(spec: &str) -> Option<[Option<i64>; 3]> {
    let mut bounds = [None; 3];
    let parts: Vec<&str> = spec.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let parts: Vec<Option<i64>> = parts
        .iter()
        .map(|part| {
            if part.is_empty() {
                Some(None)
            } else {
                number::parse_int(part).and_then(|n| i64::try_from(n).ok()).map(Some)
            }
        })
        .collect::<Option<_>>()?;
    if let [stop] = parts.as_slice() {
        return Some([None, *stop, None]);
    }
    for (slot, part) in bounds.iter_mut().zip(parts) {
        *slot = part;
    }
    Some(bounds)
}

fn sliced<T: Clone>(items: &[T], [start, stop, step]: [Option<i64>; 3]) -> Option<Vec<T>> {
    let step = step.unwrap_or(1);
    let len = i64::try_from(items.len()).ok()?;
    if step == 0 {
        return None;
    }
    let (low, high) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let place = |bound: Option<i64>, default: i64| match bound {
        None => default,
        Some(at) if at < 0 => at.saturating_add(len).clamp(low, high),
        Some(at) => at.clamp(low, high),
    };
    let (mut at, end) =
        if step > 0 { (place(start, 0), place(stop, len)) } else { (place(start, len - 1), place(stop, -1)) };
    let mut found = Vec::new();
    while if step > 0 { at < end } else { at > end } {
        found.extend(usize::try_from(at).ok().and_then(|at| items.get(at)).cloned());
        at = at.saturating_add(step);
    }
    Some(found)
}

pub fn slice(call: &Call<'_>) -> Result<Value, Error> {
    let arg = call.arg().unwrap_or(&Value::UNDEFINED);
    let spec = print::to_str(arg);
    let Some(bounds) = slice_bounds(&spec) else { return Ok(call.value.clone()) };
    if let Some(found) = as_list(call.value) {
        if !found.form.is_indexed() {
            return Ok(call.value.clone());
        }
        return Ok(match sliced(&found.items, bounds) {
            Some(items) => Value::from_object(List::new(items, found.form)),
            None => call.value.clone(),
        });
    }
    if let Some(text) = call.value.as_str() {
        let letters: Vec<char> = text.chars().collect();
        return Ok(match sliced(&letters, bounds) {
            Some(letters) => Value::from(letters.into_iter().collect::<String>()),
            None => call.value.clone(),
        });
    }
    Ok(call.value.clone())
}

/// The items in the order of a key; `None` where Python raises.
fn sorted(call: &Call<'_>, is_reversed: bool) -> Option<Value> {
    let items = items_of(call.value)?;
    let arg = call.arg()?;
    let key = print::to_str(arg);
    let index = arg.as_str().is_none().then(|| number::to_int(arg)).flatten();
    // A number in quotes is a dict's key to Django, never a list's index.
    let is_key = arg.as_str().is_some_and(|text| number::parse_float(text).is_some());
    if key.split('.').any(|part| part.starts_with('_')) {
        return None;
    }
    let mut keyed: Vec<(Value, Value)> = Vec::with_capacity(items.len());
    for item in items.iter() {
        let found = match index {
            Some(index) => index_of(item, index)?,
            None if is_key => as_dict(item)?.get(&key)?.clone(),
            None => {
                let mut found = item.clone();
                for part in key.split('.') {
                    found = lookup::step(&found, part)?;
                }
                found
            }
        };
        keyed.push((found, item.clone()));
    }
    let mut is_comparable = true;
    if is_reversed {
        keyed.reverse();
    }
    keyed.sort_by(|(a, _), (b, _)| {
        compare::order(a, b).unwrap_or_else(|| {
            is_comparable = false;
            std::cmp::Ordering::Equal
        })
    });
    if is_reversed {
        keyed.reverse();
    }
    is_comparable.then(|| list(keyed.into_iter().map(|(_, item)| item).collect()))
}

fn index_of(item: &Value, index: i128) -> Option<Value> {
    let items = match as_dict(item) {
        Some(_) => return None,
        None => items_of(item)?,
    };
    let len = i128::try_from(items.len()).ok()?;
    let at = if index < 0 { index + len } else { index };
    items.get(usize::try_from(at).ok()?).cloned()
}

pub fn dictsort(call: &Call<'_>) -> Result<Value, Error> {
    Ok(sorted(call, false).unwrap_or_else(|| Value::from("")))
}

pub fn dictsortreversed(call: &Call<'_>) -> Result<Value, Error> {
    Ok(sorted(call, true).unwrap_or_else(|| Value::from("")))
}

pub fn unordered_list(call: &Call<'_>) -> Result<Value, Error> {
    let mut out = String::new();
    let items = items_of(call.value).ok_or_else(|| call.bad_value("unordered_list"))?;
    write_unordered(&items, 1, call.is_escaping(), &mut out)?;
    Ok(safe(out))
}

fn write_unordered(items: &[Value], tabs: usize, is_escaping: bool, out: &mut String) -> Result<(), Error> {
    let indent = "\t".repeat(tabs);
    let mut rest = items.iter().peekable();
    let mut is_first = true;
    while let Some(item) = rest.next() {
        let children = rest.peek().filter(|next| next.as_str().is_none()).and_then(|next| items_of(next));
        if children.is_some() {
            rest.next();
        }
        if !is_first {
            out.push('\n');
        }
        is_first = false;
        out.push_str(&indent);
        out.push_str("<li>");
        let text = print::to_str(item);
        if is_escaping && !item.is_safe() {
            out.push_str(&escape(&text));
        } else {
            out.push_str(&text);
        }
        if let Some(children) = children {
            out.push_str(&format!("\n{indent}<ul>\n"));
            write_unordered(&children, tabs + 1, is_escaping, out)?;
            out.push_str(&format!("\n{indent}</ul>\n{indent}"));
        }
        out.push_str("</li>");
        check_len(out.len())?;
    }
    Ok(())
}

/// Klaviyo's `lookup`: a dict's key or a list's index; `None` when it is missing.
pub fn lookup_filter(call: &Call<'_>) -> Result<Value, Error> {
    let key = call.arg_text();
    if call.value.as_str().is_some() && key.parse::<usize>().is_err() {
        return Ok(Value::from(()));
    }
    let found = as_dict(call.value).map_or_else(|| lookup::step(call.value, &key), |dict| dict.get(&key).cloned());
    Ok(found.unwrap_or_else(|| Value::from(())))
}

/// Refuses a value that cannot be iterated over.
pub fn iterable<'a>(call: &Call<'a>, name: &str) -> Result<std::borrow::Cow<'a, [Value]>, Error> {
    items_of(call.value).ok_or_else(|| fail(format!("`{name}` needs a list")))
}

/// A list of the same items in the other direction.
pub fn reverse(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(text) = call.value.as_str() {
        return Ok(Value::from(text.chars().rev().collect::<String>()));
    }
    let items = iterable(call, "reverse")?;
    Ok(Value::from_object(List::new(items.iter().rev().cloned().collect(), Form::List)))
}
