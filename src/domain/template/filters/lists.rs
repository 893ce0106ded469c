//! Filters on lists and dicts, and on what is missing.
//!
//! In: lists, dicts, text. Out: values.
//! Invariant: what Python cannot iterate over gives what Django gives.

use minijinja::{Error, Value};

use crate::domain::template::filters::html::{escape, escape_unsafe};
use crate::domain::template::filters::{Call, check_len, fail};
use crate::domain::template::value::big::{exact_int, int_of_text};
use crate::domain::template::value::compare::ITEM;
use crate::domain::template::value::list::{Form, List};
use crate::domain::template::value::{
    as_dict, as_list, as_moment, compare, items_of, len_of, list, lookup, number, number_of, print, safe,
};

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

pub fn first(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(text) = call.value.as_str() {
        return Ok(Value::from(text.chars().next().map(String::from).unwrap_or_default()));
    }
    item_at(call, "first", |items| items.first().cloned())
}

pub fn last(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(text) = call.value.as_str() {
        return Ok(Value::from(text.chars().next_back().map(String::from).unwrap_or_default()));
    }
    item_at(call, "last", |items| items.last().cloned())
}

fn item_at(call: &Call<'_>, name: &str, pick: fn(&[Value]) -> Option<Value>) -> Result<Value, Error> {
    if as_list(call.value).is_some_and(|list| !list.form.is_indexed()) || as_dict(call.value).is_some() {
        return Err(call.bad_value(name));
    }
    // Of a list no more than the one item is read.
    let items = items_of(call.value).ok_or_else(|| call.bad_value(name))?;
    Ok(pick(&items).unwrap_or_else(|| Value::from("")))
}

pub fn random(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("random"))?;
    if items.is_empty() {
        return Ok(Value::from(""));
    }
    let at = call.scopes()?.random_below(items.len());
    Ok(items.get(at).cloned().unwrap_or_default())
}

pub fn join(call: &Call<'_>) -> Result<Value, Error> {
    let separator = call.arg().unwrap_or(&Value::UNDEFINED);
    let is_escaping = call.is_escaping();
    if !is_escaping && separator.as_str().is_none() {
        return Err(fail("the argument of `join` must be text"));
    }
    let Some(items) = call.items() else { return Ok(call.value.clone()) };
    // Python joins nothing but texts.
    if !is_escaping && items.iter().any(|item| item.as_str().is_none()) {
        return Ok(call.value.clone());
    }
    let text = |value: &Value| if is_escaping { escape_unsafe(value) } else { print::to_str(value).into_owned() };
    let separator = text(separator);
    let mut joined = String::new();
    for (idx, item) in items.iter().enumerate() {
        if idx > 0 {
            joined.push_str(&separator);
        }
        joined.push_str(&text(item));
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
        .map(|part| if part.is_empty() { Some(None) } else { int_of_text(part).map(|int| Some(int.clamped())) })
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
            // A part of a tuple with names has none.
            Some(items) => {
                call.scopes.pay(items.len().saturating_mul(ITEM));
                let form = if found.form.is_tuple() { Form::Tuple } else { found.form };
                Value::from_object(List::new(items, form))
            }
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

/// What the items of a list are sorted by.
enum SortKey<'a> {
    /// Python's `item[index]`.
    Index(&'a Value),
    /// Keys and attributes, one in the other.
    Path(Vec<&'a str>),
}

/// Why a list cannot be sorted.
enum Unsorted {
    /// Django prints nothing.
    Quietly,
    /// Django fails.
    Loudly,
}

fn sort_key(arg: &Value) -> Result<SortKey<'_>, Unsorted> {
    let Some(text) = arg.as_str() else {
        return if number::to_float(arg).is_some() { Ok(SortKey::Index(arg)) } else { Err(Unsorted::Quietly) };
    };
    if number::parse_float(text).is_some() {
        return Ok(SortKey::Index(arg));
    }
    if text.is_empty() {
        return Err(Unsorted::Loudly);
    }
    if text.starts_with('_') || text.contains("._") {
        return Err(Unsorted::Quietly);
    }
    Ok(SortKey::Path(text.split('.').collect()))
}

impl SortKey<'_> {
    fn of(&self, item: &Value) -> Result<Value, Unsorted> {
        match self {
            Self::Index(index) => {
                if let Some(dict) = as_dict(item) {
                    return index.as_str().and_then(|key| dict.get(key)).cloned().ok_or(Unsorted::Loudly);
                }
                let is_indexed = item.as_str().is_some() || as_list(item).is_some_and(|list| list.form.is_indexed());
                let index = exact_int(index).filter(|_| is_indexed).ok_or(Unsorted::Quietly)?;
                let len = i64::try_from(len_of(item).ok_or(Unsorted::Quietly)?).unwrap_or(i64::MAX);
                let at = if index.is_negative() { index.clamped().saturating_add(len) } else { index.clamped() };
                let at = usize::try_from(at).map_err(|_| Unsorted::Loudly)?;
                let found = match item.as_str() {
                    Some(text) => text.chars().nth(at).map(|letter| Value::from(letter.to_string())),
                    None => as_list(item).and_then(|list| list.items.get(at)).cloned(),
                };
                found.ok_or(Unsorted::Loudly)
            }
            Self::Path(parts) => {
                let mut found = item.clone();
                for part in parts {
                    found = attribute(&found, part).ok_or(Unsorted::Quietly)?;
                }
                Ok(found)
            }
        }
    }
}

/// A dict's key or a Python object's attribute; a method is what nothing compares with.
fn attribute(value: &Value, name: &str) -> Option<Value> {
    if let Some(found) = as_dict(value).and_then(|dict| dict.get(name)) {
        return Some(found.clone());
    }
    let is_data = match (as_list(value), as_moment(value), number_of(value)) {
        (Some(list), _, _) => list.form.fields().contains(&name),
        (_, Some(_), _) => {
            matches!(name, "year" | "month" | "day" | "hour" | "minute" | "second" | "microsecond" | "fold")
        }
        (_, _, Some(_)) => matches!(name, "real" | "imag" | "numerator" | "denominator"),
        _ => false,
    };
    let is_index = name.starts_with(|letter: char| letter.is_ascii_digit());
    let found = lookup::step(value, name).filter(|_| !is_index)?;
    Some(if is_data { found } else { Value::from_object(Method) })
}

/// A method that is not called.
#[derive(Debug)]
struct Method;

impl minijinja::value::Object for Method {}

/// The items in the order of a key.
fn sorted(call: &Call<'_>, is_reversed: bool) -> Result<Value, Unsorted> {
    let key = sort_key(call.arg().unwrap_or(&Value::UNDEFINED))?;
    let items = call.items().ok_or(Unsorted::Quietly)?;
    let mut keyed: Vec<(Value, Value)> = Vec::with_capacity(items.len());
    for item in items.iter() {
        call.scopes.pay(item.as_str().map_or(0, str::len));
        keyed.push((key.of(item)?, item.clone()));
    }
    call.pay_sorting(keyed.iter().map(|(key, _)| key));
    if is_reversed {
        keyed.reverse();
    }
    let is_before = |(a, _): &(Value, Value), (b, _): &(Value, Value)| compare::is_less(a, b);
    let mut keyed = compare::sorted(&keyed, is_before).ok_or(Unsorted::Quietly)?;
    if is_reversed {
        keyed.reverse();
    }
    Ok(list(keyed.into_iter().map(|(_, item)| item).collect()))
}

fn sorted_or_nothing(call: &Call<'_>, filter: &str, is_reversed: bool) -> Result<Value, Error> {
    match sorted(call, is_reversed) {
        Ok(sorted) => Ok(sorted),
        Err(Unsorted::Quietly) => Ok(Value::from("")),
        Err(Unsorted::Loudly) => Err(fail(format!("`{filter}` finds no such key in one of the items"))),
    }
}

pub fn dictsort(call: &Call<'_>) -> Result<Value, Error> {
    sorted_or_nothing(call, "dictsort", false)
}

pub fn dictsortreversed(call: &Call<'_>) -> Result<Value, Error> {
    sorted_or_nothing(call, "dictsortreversed", true)
}

pub fn unordered_list(call: &Call<'_>) -> Result<Value, Error> {
    let mut out = String::new();
    let items = call.items().ok_or_else(|| call.bad_value("unordered_list"))?;
    write_unordered(&items, 1, call.is_escaping(), &mut out)?;
    Ok(safe(out))
}

fn write_unordered(items: &[Value], tabs: usize, is_escaping: bool, out: &mut String) -> Result<(), Error> {
    let indent = "\t".repeat(tabs);
    let mut rest = items.iter().peekable();
    let mut is_first = true;
    while let Some(item) = rest.next() {
        let is_list = |next: &&&Value| as_list(next).is_some_and(|list| list.form.is_indexed());
        let children = rest.peek().filter(is_list).and_then(|next| items_of(next));
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
        if let Some(children) = children.filter(|children| !children.is_empty()) {
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
    call.items().ok_or_else(|| fail(format!("`{name}` needs a list")))
}

/// A list of the same items in the other direction.
pub fn reverse(call: &Call<'_>) -> Result<Value, Error> {
    if let Some(text) = call.value.as_str() {
        return Ok(Value::from(text.chars().rev().collect::<String>()));
    }
    let items = iterable(call, "reverse")?;
    Ok(Value::from_object(List::new(items.iter().rev().cloned().collect(), Form::List)))
}
