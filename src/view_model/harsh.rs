//! Harsh data's findings, as the list shows them.
//!
//! In: breaks. Out: rows, one for each field and place, with all that breaks it.
//! Invariant: every break is in exactly one row.

use std::ops::Range;

use crate::domain::payload::harsh::Break;
use crate::view_model::messages::{counted, sentence};

/// One field that breaks the payload at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarshRow {
    pub field: String,
    /// `is missing, has quotes`.
    pub when: String,
    pub message: String,
    /// Bytes of the template.
    pub range: Range<usize>,
    /// `Line 4, column 12`.
    pub place: String,
}

/// Rows in the order the breaks were found.
pub fn harsh_rows(breaks: &[Break]) -> Vec<HarshRow> {
    let mut rows: Vec<HarshRow> = Vec::new();
    for found in breaks {
        let known = rows.iter_mut().find(|row| row.field == found.field && row.range == found.range);
        match known {
            Some(row) => {
                row.when.push_str(", ");
                row.when.push_str(found.harshness.words());
            }
            None => rows.push(HarshRow {
                field: found.field.clone(),
                when: found.harshness.words().to_owned(),
                message: sentence(&found.message),
                range: found.range.clone(),
                place: format!("Line {}, column {}", found.line, found.column),
            }),
        }
    }
    rows
}

/// `2 of 31 variants break the payload`.
pub fn harsh_summary(n_breaks: usize, n_tried: usize) -> String {
    match n_breaks {
        0 => format!("None of {} breaks the payload", counted(n_tried, "variant", "variants")),
        1 => format!("1 of {} breaks the payload", counted(n_tried, "variant", "variants")),
        n => format!("{n} of {} break the payload", counted(n_tried, "variant", "variants")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::payload::harsh::Harshness;

    fn found(field: &str, harshness: Harshness, start: usize) -> Break {
        let message = "x".to_owned();
        Break { field: field.to_owned(), harshness, message, range: start..start + 1, line: 1, column: start + 1 }
    }

    #[test]
    fn breaks_of_one_field_at_one_place_are_one_row() {
        let rows = harsh_rows(&[
            found("event.Name", Harshness::Quotes, 3),
            found("event.Name", Harshness::Newline, 3),
            found("event.Name", Harshness::Missing, 9),
            found("event.Other", Harshness::Quotes, 3),
        ]);
        let said: Vec<_> = rows.iter().map(|row| format!("{} {} {}", row.field, row.when, row.place)).collect();
        assert_eq!(
            said,
            [
                "event.Name has quotes, has a line break Line 1, column 4",
                "event.Name is missing Line 1, column 10",
                "event.Other has quotes Line 1, column 4",
            ]
        );
        assert_eq!(harsh_summary(2, 31), "2 of 31 variants break the payload");
    }
}
