//! Klaviyo's own filters on lists, and its codes and hashes.
//!
//! In: lists, text. Out: lists, text.
//! Invariant: each filter's evidence stands in the table.

use minijinja::{Error, Value};

use crate::domain::template::filters::{Call, check_len};
use crate::domain::template::value::compare::ITEM;
use crate::domain::template::value::number::to_float;
use crate::domain::template::value::{compare, list, lookup, print};

pub fn sum_list(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("sum_list"))?;
    Ok(Value::from(items.iter().filter_map(to_float).sum::<f64>()))
}

pub fn list_to_string(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("list_to_string"))?;
    let texts: Vec<_> = items.iter().map(|item| print::to_str(item)).collect();
    Ok(Value::from(match texts.split_last() {
        Some((last, [])) => last.to_string(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }))
}

/// The items whose key passes a test such as `a>2`.
pub fn dictfilter(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("dictfilter"))?;
    let arg = call.arg_text();
    let found = ["<=", "=<", ">=", "=>", "!=", "==", "<", ">", "="]
        .iter()
        .filter_map(|operator| arg.split_once(operator).map(|(key, wanted)| (key.trim(), *operator, wanted.trim())))
        .min_by_key(|(key, operator, _)| (key.len(), usize::MAX - operator.len()));
    let Some((key, operator, wanted)) = found else { return Ok(call.value.clone()) };
    let wanted = wanted.trim_matches(['"', '\'']);
    let kept = items.iter().filter(|item| {
        let Some(found) = lookup::step(item, key) else { return operator == "!=" };
        let order = match (to_float(&found), wanted.parse::<f64>()) {
            (Some(a), Ok(b)) => a.partial_cmp(&b),
            _ => Some(print::to_str(&found).as_ref().cmp(wanted)),
        };
        order.is_some_and(|order| match operator {
            "<" => order.is_lt(),
            ">" => order.is_gt(),
            "<=" | "=<" => order.is_le(),
            ">=" | "=>" => order.is_ge(),
            "!=" => order.is_ne(),
            _ => order.is_eq(),
        })
    });
    Ok(list(kept.cloned().collect()))
}

pub fn map(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("map"))?;
    let key = call.arg_text();
    Ok(list(items.iter().map(|item| lookup::step(item, &key).unwrap_or_else(|| Value::from(()))).collect()))
}

pub fn compact(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("compact"))?;
    Ok(list(items.iter().filter(|item| !item.is_none()).cloned().collect()))
}

fn keyed(item: &Value, key: &str) -> Value {
    if key.is_empty() { item.clone() } else { lookup::step(item, key).unwrap_or_else(|| Value::from(())) }
}

fn sorted_by(call: &Call<'_>, name: &str, is_natural: bool) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value(name))?;
    let key = call.arg_text();
    let lowered = |key: Value| Value::from(print::to_str(&key).to_lowercase());
    let key_of = |item: &Value| if is_natural { lowered(keyed(item, &key)) } else { keyed(item, &key) };
    let pairs: Vec<(Value, Value)> = items.iter().map(|item| (key_of(item), item.clone())).collect();
    call.pay_sorting(pairs.iter().map(|(key, _)| key));
    let is_before = |(a, _): &(Value, Value), (b, _): &(Value, Value)| {
        let order = compare::order(a, b);
        // What cannot be compared stands by kind, and none last.
        Some(order.unwrap_or_else(|| a.is_none().cmp(&b.is_none()).then(a.kind().cmp(&b.kind()))).is_lt())
    };
    let sorted = compare::sorted(&pairs, is_before).unwrap_or(pairs);
    Ok(list(sorted.into_iter().map(|(_, item)| item).collect()))
}

pub fn sort(call: &Call<'_>) -> Result<Value, Error> {
    sorted_by(call, "sort", false)
}

pub fn sort_natural(call: &Call<'_>) -> Result<Value, Error> {
    sorted_by(call, "sort_natural", true)
}

/// More items than this are not told apart: each is compared with each.
const MAX_UNIQUE: usize = 2_000;

pub fn uniq(call: &Call<'_>) -> Result<Value, Error> {
    let items = call.items().ok_or_else(|| call.bad_value("uniq"))?;
    if items.len() > MAX_UNIQUE {
        return Err(crate::domain::template::filters::fail(format!("`uniq` takes at most {MAX_UNIQUE} items")));
    }
    let key = call.arg_text();
    let mut seen: Vec<Value> = Vec::new();
    let mut kept = Vec::new();
    for item in items.iter() {
        let found = keyed(item, &key);
        call.scopes.pay(seen.len() * ITEM);
        if !seen.iter().any(|other| compare::is_equal(other, &found)) {
            seen.push(found);
            kept.push(item.clone());
        }
    }
    Ok(list(kept))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 4 / 3 + 4);
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            let letter = ALPHABET.get(digit as usize).copied().unwrap_or(b'=');
            out.push(if place > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    out
}

fn from_base64(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut n_bits) = (0u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        bits = (bits << 6) | u32::try_from(digit).ok()?;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push(u8::try_from((bits >> n_bits) & 255).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}

pub fn base64_encode(call: &Call<'_>) -> Result<Value, Error> {
    check_len(call.text().len() * 2)?;
    Ok(Value::from(base64(&call.text())))
}

pub fn base64_decode(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(from_base64(&call.text()).unwrap_or_default()))
}

pub fn base64_url_safe_encode(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(base64(&call.text()).replace('+', "-").replace('/', "_")))
}

pub fn base64_url_safe_decode(call: &Call<'_>) -> Result<Value, Error> {
    Ok(Value::from(from_base64(&call.text().replace('-', "+").replace('_', "/")).unwrap_or_default()))
}
