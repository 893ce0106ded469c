//! How secrets lie on disk.
//!
//! In: secrets under the workspace's key. Out: rows, and back.
//! Invariant: no value lies here in the clear.

use crate::domain::secret as domain;
use crate::storage::record::mirror::stored;
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

stored! {
    /// A row of [`StoreName::Secrets`].
    struct SecretRecord for domain::SecretDocument {
        id: String,
        kind: SecretKindRecord,
        origin: String,
        name: String,
        made_at: i64,
        made_by: String,
        value: String,
    }
}
stored! {
    names SecretKindRecord for domain::SecretKind { Header, SigningKey }
}

impl Stored for domain::SecretDocument {
    const STORE: StoreName = StoreName::Secrets;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, SecretRecord>(self, self.id.as_str().to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, SecretRecord>(row)
    }
}
