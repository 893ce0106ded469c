//! How the list of attempts on their way lies on disk: one row, written with every start.
//!
//! In: attempts that have started. Out: a row, and back.
//! Invariant: an attempt is in this list before its request leaves. One that has ended may still be in it: its delivery counts
//! it then.

use crate::domain::delivery::state::OpenAttempt;
use crate::storage::record::delivery::AttemptKindRecord;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// The key of the one row that holds the [`OpenAttempts`].
pub const OPEN_KEY: &str = "open-attempts";

/// What is on its way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenAttempts {
    pub attempts: Vec<OpenAttempt>,
}

stored! {
    /// A row of [`StoreName::Meta`].
    struct OpenAttemptsRecord for OpenAttempts { attempts: Vec<OpenAttemptRecord> }
}
stored! {
    struct OpenAttemptRecord for OpenAttempt {
        delivery_id: String,
        number: u32,
        kind: AttemptKindRecord,
        due_at: i64,
        started_at: i64,
        resume_at: Option<i64>,
    }
}

impl Stored for OpenAttempts {
    const STORE: StoreName = StoreName::Meta;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, OpenAttemptsRecord>(self, OPEN_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, OpenAttemptsRecord>(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::state::AttemptKind;
    use crate::domain::id::DeliveryId;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_list_survives_its_row() {
        let at = Timestamp::from_millis;
        let attempt = OpenAttempt {
            delivery_id: DeliveryId::new("d1"),
            number: 2,
            kind: AttemptKind::Manual,
            due_at: at(5),
            started_at: at(6),
            resume_at: Some(at(9)),
        };
        let list = OpenAttempts { attempts: vec![attempt] };
        assert_eq!(
            list.to_row().json,
            r#"{"attempts":[{"delivery_id":"d1","number":2,"kind":"manual","due_at":5,"started_at":6,"resume_at":9}]}"#
        );
        assert_eq!(OpenAttempts::from_row(&list.to_row()), Ok(list.clone()));
    }
}
