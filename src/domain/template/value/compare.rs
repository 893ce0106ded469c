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

/// How much there is to read in a value and all that it holds, in bytes; a value by itself takes 16.
pub fn weight(value: &Value) -> usize {
    if let Some(list) = as_list(value) {
        return list.items.iter().map(weight).fold(ITEM, usize::saturating_add);
    }
    if let Some(dict) = as_dict(value) {
        return dict.entries().iter().map(|(key, value)| key.len() + weight(value)).fold(ITEM, usize::saturating_add);
    }
    ITEM + value.as_str().map_or(0, str::len)
}

/// What making a value takes that holds others which were there before, in bytes.
pub fn shallow_weight(value: &Value) -> usize {
    let n_items = as_list(value).map_or(0, |list| list.items.len());
    n_items.saturating_mul(ITEM) + value.as_str().map_or(0, str::len)
}

/// What a value takes that stands in a list, in bytes.
pub const ITEM: usize = 16;

/// What comparing two values takes at most, or looking for one in the other, in bytes.
pub fn cost(a: &Value, b: &Value) -> usize {
    match (as_list(a).is_some() || as_dict(a).is_some(), as_list(b).is_some() || as_dict(b).is_some()) {
        // Looking for a text in another reads both; comparing two reads the shorter.
        (false, false) => match (a.as_str(), b.as_str()) {
            (Some(a), Some(b)) => a.len().saturating_add(b.len()),
            _ => 0,
        },
        (true, true) => weight(a).min(weight(b)).max(shallow_weight(b)),
        (false, true) => shallow_weight(b),
        (true, false) => 0,
    }
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
        // What is marked as safe is an object of its own.
        ValueKind::String if a.is_safe() || b.is_safe() => false,
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

/// Python's `a < b`; `None` where Python raises a `TypeError`.
pub fn is_less(a: &Value, b: &Value) -> Option<bool> {
    match order(a, b) {
        Some(order) => Some(order.is_lt()),
        // Nothing is less than what is no number, nor is that less than anything.
        None => (number_of(a).is_some() && number_of(b).is_some()).then_some(false),
    }
}

/// The items in order, those that are level as they were; `None` if `is_before` cannot tell of two.
///
/// The standard library's sort panics where an order contradicts itself, as that of values of several kinds does.
pub fn sorted<T: Clone>(items: &[T], mut is_before: impl FnMut(&T, &T) -> Option<bool>) -> Option<Vec<T>> {
    let mut now: Vec<&T> = items.iter().collect();
    let mut next = Vec::with_capacity(now.len());
    let mut width = 1;
    while width < now.len() {
        for pair in now.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([first, left_rest @ ..], [second, right_rest @ ..]) = (left, right) {
                if is_before(second, first)? {
                    next.push(*second);
                    right = right_rest;
                } else {
                    next.push(*first);
                    left = left_rest;
                }
            }
            next.extend_from_slice(left);
            next.extend_from_slice(right);
        }
        std::mem::swap(&mut now, &mut next);
        next.clear();
        width *= 2;
    }
    Some(now.into_iter().cloned().collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_of_several_kinds_have_no_order_and_end_nothing() {
        for n_items in 0..400_usize {
            let mixed = |idx: usize| if idx % 3 == 1 { Value::from("a") } else { Value::from(idx * 7_919 % 101) };
            let items: Vec<Value> = (0..n_items).map(mixed).collect();
            assert_eq!(sorted(&items, is_less).is_some(), n_items < 2, "{n_items}");
            let floats = |idx: usize| Value::from(if idx % 3 == 1 { f64::NAN } else { (idx * 7_919 % 101) as f64 });
            let items: Vec<Value> = (0..n_items).map(floats).collect();
            assert_eq!(sorted(&items, is_less).map(|sorted| sorted.len()), Some(n_items));
        }
    }

    #[test]
    fn what_is_level_stays_as_it_was() {
        let items: Vec<(usize, usize)> = (0..300).map(|idx| (idx * 7_919 % 11, idx)).collect();
        let mut expected = items.clone();
        expected.sort();
        assert_eq!(sorted(&items, |a, b| Some(a.0 < b.0)), Some(expected));
    }
}
