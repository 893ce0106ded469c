//! What a table's cell says as JSON, and the reverse.
//!
//! In: a cell's text. Out: a value; and back.
//! Invariant: a value that is written comes back as the same value; an empty cell is no value.

use serde_json::Value;

/// Numbers with more digits lose some in a spreadsheet, and are names rather than amounts.
const MAX_DIGITS: usize = 15;

/// The value of a cell; `None` for an empty one.
///
/// JSON stays JSON. A number must look like one of JSON's: `02110` and `+15550100` stay text.
pub fn read_cell(cell: &str) -> Option<Value> {
    let trimmed = cell.trim();
    let value = match trimmed.as_bytes().first()? {
        b'{' | b'[' | b'"' => serde_json::from_str(trimmed).ok(),
        b'-' | b'0'..=b'9' if trimmed.bytes().filter(u8::is_ascii_digit).count() <= MAX_DIGITS => {
            serde_json::from_str(trimmed).ok()
        }
        _ => match trimmed {
            "true" | "TRUE" => Some(Value::Bool(true)),
            "false" | "FALSE" => Some(Value::Bool(false)),
            "null" => Some(Value::Null),
            _ => None,
        },
    };
    Some(value.unwrap_or_else(|| Value::String(cell.to_owned())))
}

/// The cell of a value: plain where it reads back as the same, JSON otherwise.
pub fn write_cell(value: &Value) -> String {
    match value {
        Value::String(text) if read_cell(text).as_ref() == Some(value) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_read_as_people_mean_them() {
        for (cell, value) in [
            ("19.9", json!(19.9)),
            ("3", json!(3)),
            ("-1", json!(-1)),
            ("02110", json!("02110")),
            ("+15550100", json!("+15550100")),
            ("12345678901234567890", json!("12345678901234567890")),
            ("1-2-3", json!("1-2-3")),
            ("TRUE", json!(true)),
            ("True story", json!("True story")),
            ("[\"a\", 1]", json!(["a", 1])),
            ("{not json", json!("{not json")),
            (" kept ", json!(" kept ")),
        ] {
            assert_eq!(read_cell(cell), Some(value), "{cell}");
        }
        assert_eq!(read_cell("  "), None);
        assert_eq!(read_cell("19.90").map(|value| value.to_string()).as_deref(), Some("19.90"), "with all its digits");
    }

    #[test]
    fn every_value_comes_back() {
        for value in [
            json!(""),
            json!("5"),
            json!("86.40"),
            json!("true"),
            json!("null"),
            json!("[x"),
            json!("[]"),
            json!("\"q\""),
            json!(null),
            json!(false),
            json!(1.5),
            json!(12_345_678_901_234_567_u64),
            json!({"a": [1, "two"]}),
            json!(" two\nlines "),
        ] {
            if value.as_u64().is_some_and(|number| number > 999_999_999_999_999) {
                // Too many digits for a table: it comes back as text, with every digit.
                assert_eq!(read_cell(&write_cell(&value)), Some(json!(value.to_string())));
            } else {
                assert_eq!(read_cell(&write_cell(&value)), Some(value));
            }
        }
    }
}
