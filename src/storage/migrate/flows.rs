//! Migrations of flows.
//!
//! In: a flow's row as an earlier version wrote it. Out: the same in the next version's shape.
//! Invariant: never changed after it was released.

use serde_json::{Value, json};

use crate::storage::migrate::MigrationError;

/// Version 2 gave the *Date property* trigger a schedule, and brought notes and more comparisons, which no row had before.
pub fn give_date_triggers_a_schedule(document: Value) -> Result<Value, MigrationError> {
    let mut document = document;
    for place in ["/working/trigger", "/saved/flow/trigger"] {
        let trigger = document.pointer_mut(place).and_then(|trigger| trigger.get_mut("date-property"));
        if let Some(fields) = trigger.and_then(Value::as_object_mut) {
            let schedule =
                json!({"before": 0, "unit": "days", "recurrence": "annually", "time": "09:00", "zone": null});
            fields.insert("schedule".to_owned(), schedule);
        }
    }
    if document.is_object() { Ok(document) } else { Err(MigrationError::Field { field: "working" }) }
}
