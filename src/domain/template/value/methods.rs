//! Python's methods that need no argument: a template calls what it looks up.
//!
//! In: text or a number, and a method's name. Out: what calling it gives.
//! Invariant: methods that need an argument are missing values, as in Django.

use minijinja::Value;

use crate::domain::template::filters::text::title_words;
use crate::domain::template::value::{Number, int_value, list, number_of};

/// A method of text.
pub fn of_text(text: &str, name: &str) -> Option<Value> {
    let has_letters = text.chars().any(char::is_alphabetic);
    let every = |test: fn(char) -> bool| Value::from(!text.is_empty() && text.chars().all(test));
    Some(match name {
        "upper" => Value::from(text.to_uppercase()),
        "lower" => Value::from(text.to_lowercase()),
        "casefold" => Value::from(text.to_lowercase().replace('ß', "ss").replace('ς', "σ")),
        "title" => Value::from(title_words(text)),
        "capitalize" => {
            let mut letters = text.chars();
            let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
            Value::from(first + &letters.as_str().to_lowercase())
        }
        "swapcase" => Value::from(
            text.chars()
                .map(|letter| {
                    if letter.is_uppercase() {
                        letter.to_lowercase().collect::<String>()
                    } else {
                        letter.to_uppercase().collect()
                    }
                })
                .collect::<String>(),
        ),
        "strip" => Value::from(text.trim()),
        "lstrip" => Value::from(text.trim_start()),
        "rstrip" => Value::from(text.trim_end()),
        "split" | "rsplit" => list(text.split_whitespace().map(Value::from).collect()),
        "splitlines" => list(text.lines().map(Value::from).collect()),
        "isdigit" | "isdecimal" | "isnumeric" => every(char::is_numeric),
        "isalpha" => every(char::is_alphabetic),
        "isalnum" => every(char::is_alphanumeric),
        "isspace" => every(char::is_whitespace),
        "isascii" => Value::from(text.is_ascii()),
        "isupper" => Value::from(has_letters && !text.chars().any(char::is_lowercase)),
        "islower" => Value::from(has_letters && !text.chars().any(char::is_uppercase)),
        "istitle" => Value::from(has_letters && title_words(text) == text),
        _ => return None,
    })
}

/// A method or attribute of a number.
pub fn of_number(value: &Value, name: &str) -> Option<Value> {
    let number = number_of(value)?;
    Some(match (name, number) {
        ("real" | "conjugate", number) => number.into_value(),
        ("imag", Number::Int(_)) => Value::from(0),
        ("imag", Number::Float(_)) => Value::from(0.0),
        ("is_integer", Number::Int(_)) => Value::from(true),
        ("is_integer", Number::Float(float)) => Value::from(float.fract() == 0.0),
        ("numerator", Number::Int(int)) => int_value(int),
        ("denominator", Number::Int(_)) => Value::from(1),
        ("bit_length", Number::Int(int)) => Value::from(128 - int.unsigned_abs().leading_zeros()),
        _ => return None,
    })
}
