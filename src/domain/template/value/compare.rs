//! Equality, order and membership as Python has them.
//!
//! In: two values. Out: whether they are equal, which comes first, or that they cannot be compared.
//! Invariant: text never equals a number; values of different kinds have no order.

use std::cmp::Ordering;

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::domain::template::value::big::{Int, as_big, exact_int};
use crate::domain::template::value::list::Form;
use crate::domain::template::value::{Number, as_dict, as_list, as_moment, number_of};

/// Python's `a == b`.
pub fn is_equal(a: &Value, b: &Value) -> bool {
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (small_int(a), small_int(b)) {
        return a == b;
    }
    if let (Some(a), Some(b)) = (number_of(a), number_of(b)) {
        return number_order(a, b) == Some(Ordering::Equal);
    }
    if as_big(a).is_some() || as_big(b).is_some() {
        return big_order(a, b) == Some(Ordering::Equal);
    }
    if let (Some(a), Some(b)) = (as_list(a), as_list(b)) {
        return (a.form == b.form || (a.form.is_tuple() && b.form.is_tuple()))
            && a.items.len() == b.items.len()
            && a.items.iter().zip(&b.items).all(|(a, b)| is_equal(a, b));
    }
    if let (Some(a), Some(b)) = (as_dict(a), as_dict(b)) {
        return a.len() == b.len()
            && a.entries().iter().all(|(key, value)| b.get(key).is_some_and(|other| is_equal(value, other)));
    }
    if let (Some(a), Some(b)) = (as_moment(a), as_moment(b)) {
        return a == b;
    }
    is_none(a) && is_none(b)
}

/// What most integers are; wider ones cost more to compare.
fn small_int(value: &Value) -> Option<i64> {
    if value.is_integer() { i64::try_from(value.clone()).ok() } else { None }
}

fn is_none(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::None | ValueKind::Undefined)
}

/// Python's `a is b`, for what a template can hold.
pub fn is_same(a: &Value, b: &Value) -> bool {
    if a.kind() != b.kind() && !(is_none(a) && is_none(b)) {
        return false;
    }
    match a.kind() {
        ValueKind::Number => {
            a.is_integer() == b.is_integer()
                && matches!((number_of(a), number_of(b)), (Some(Number::Int(a)), Some(Number::Int(b))) if a == b && (-5..=256).contains(&a))
        }
        ValueKind::Seq | ValueKind::Map | ValueKind::Plain => is_one_object(a, b),
        _ => is_equal(a, b),
    }
}

/// Whether both are one list or dict, not two that are equal.
pub fn is_one_object(a: &Value, b: &Value) -> bool {
    let is_list = as_list(a).zip(as_list(b)).is_some_and(|(a, b)| std::ptr::eq(a, b));
    is_list || as_dict(a).zip(as_dict(b)).is_some_and(|(a, b)| std::ptr::eq(a, b))
}

/// Python's `a < b`; `None` where Python raises a `TypeError`.
pub fn order(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return Some(a.cmp(b));
    }
    if let (Some(a), Some(b)) = (small_int(a), small_int(b)) {
        return Some(a.cmp(&b));
    }
    if let (Some(a), Some(b)) = (number_of(a), number_of(b)) {
        return number_order(a, b);
    }
    if as_big(a).is_some() || as_big(b).is_some() {
        return big_order(a, b);
    }
    if let (Some(a), Some(b)) = (as_moment(a), as_moment(b)) {
        return a.order(b);
    }
    if let (Some(a), Some(b)) = (as_list(a), as_list(b)) {
        if a.form.is_indexed() != b.form.is_indexed() || (a.form == Form::List) != (b.form == Form::List) {
            return None;
        }
        for (a, b) in a.items.iter().zip(&b.items) {
            if !is_equal(a, b) {
                return order(a, b);
            }
        }
        return Some(a.items.len().cmp(&b.items.len()));
    }
    None
}

fn number_order(a: Number, b: Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => Some(a.cmp(&b)),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(&b),
        (Number::Int(a), Number::Float(b)) => int_float_order(a, b),
        (Number::Float(a), Number::Int(b)) => int_float_order(b, a).map(Ordering::reverse),
    }
}

/// The order of two numbers of which one is big.
fn big_order(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (exact_int(a), exact_int(b)) {
        return Some(a.cmp(&b));
    }
    let of_float = |value: &Value| match number_of(value) {
        Some(Number::Float(float)) if float.is_finite() => Some(Int::of_float(float)),
        _ => None,
    };
    match (exact_int(a), exact_int(b)) {
        (Some(a), None) => of_float(b).map(|b| a.cmp(&b)),
        (None, Some(b)) => of_float(a).map(|a| a.cmp(&b)),
        _ => None,
    }
}

/// Compares exactly: a large integer is not rounded to a float first.
fn int_float_order(int: i128, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float.abs() >= 1e38 {
        return Some(if float > 0.0 { Ordering::Less } else { Ordering::Greater });
    }
    let whole = float.trunc();
    Some(int.cmp(&(whole as i128)).then_with(|| 0.0.partial_cmp(&(float - whole)).unwrap_or(Ordering::Equal)))
}

/// Whether the value could be a key of a dict.
fn is_hashable(value: &Value) -> bool {
    match as_list(value) {
        Some(list) => match list.form {
            Form::Tuple | Form::Group | Form::IsoCalendar | Form::StructTime => list.items.iter().all(is_hashable),
            Form::Values | Form::Bytes => true,
            Form::List | Form::Keys | Form::Items => false,
        },
        None => as_dict(value).is_none(),
    }
}

/// Python's `needle in haystack`; `None` where Python raises a `TypeError`.
pub fn contains(haystack: &Value, needle: &Value) -> Option<bool> {
    if let Some(list) = as_list(haystack) {
        if list.form == Form::Keys && !is_hashable(needle) {
            return None;
        }
        return Some(list.items.iter().any(|item| is_equal(item, needle)));
    }
    if let Some(dict) = as_dict(haystack) {
        if !is_hashable(needle) {
            return None;
        }
        return Some(needle.as_str().is_some_and(|key| dict.get(key).is_some()));
    }
    Some(haystack.as_str()?.contains(needle.as_str()?))
}
