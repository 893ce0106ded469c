//! How trigger events and profiles lie on disk.
//!
//! In: events and profiles. Out: rows, and back.
//! Invariant: properties are stored as they came, in their order.

use serde_json::{Map, Value};

use crate::domain::event as domain;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{IndexPart, Row, StoreName};

stored! {
    /// A row of [`StoreName::Events`].
    struct TriggerEventRecord for domain::TriggerEvent {
        id: String,
        metric: String,
        platform: String,
        profile_id: String,
        occurred_at: i64,
        properties: Map<String, Value>,
    }
}
stored! {
    /// A row of [`StoreName::Profiles`].
    struct ProfileRecord for domain::Profile {
        id: String,
        email: String,
        first_name: String,
        last_name: String,
        phone_number: String,
        location: Map<String, Value>,
        properties: Map<String, Value>,
    }
}

impl Stored for domain::TriggerEvent {
    const STORE: StoreName = StoreName::Events;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        let occurred_at = IndexPart::Number(self.occurred_at.as_millis());
        let index_keys = [
            ("metric", vec![IndexPart::Text(self.metric.clone()), occurred_at.clone()]),
            ("profile", vec![IndexPart::Text(self.profile_id.as_str().to_owned()), occurred_at]),
        ];
        write_row::<Self, TriggerEventRecord>(self, self.id.as_str().to_owned(), index_keys)
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, TriggerEventRecord>(row)
    }
}

impl Stored for domain::Profile {
    const STORE: StoreName = StoreName::Profiles;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        let index_keys = [("email", vec![IndexPart::Text(self.email.clone())])];
        write_row::<Self, ProfileRecord>(self, self.id.as_str().to_owned(), index_keys)
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, ProfileRecord>(row)
    }
}
