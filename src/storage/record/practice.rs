//! The practice receiver's script on disk.
//!
//! In: a script. Out: one row of settings, and back.
//! Invariant: there is one script.

use crate::domain::delivery::practice as domain;
use crate::storage::record::mirror::{Mirror, stored};
use crate::storage::record::{RecordError, Stored, read_row, write_row};
use crate::storage::{Row, StoreName};

/// The key of the one row that holds the script.
pub const PRACTICE_KEY: &str = "practice";

stored! {
    /// A row of [`StoreName::Settings`].
    struct PracticeScriptRecord for domain::PracticeScript {
        first: Vec<PracticeAnswerRecord>,
        then: PracticeAnswerRecord,
        failure_percent: u32,
        seed: u64,
    }
}
stored! {
    struct PracticeAnswerRecord for domain::PracticeAnswer { delay_millis: u32, behaviour: PracticeBehaviourRecord }
}
stored! {
    enum PracticeBehaviourRecord for domain::PracticeBehaviour {
        Answer { status: u16, retry_after: Option<String>, body: String },
        Timeout,
        Unreachable,
        Redirect,
        NoCors,
    }
}

/// Percentages are stored as numbers.
impl Mirror<u8> for u32 {
    fn mirror(domain: &u8) -> Self {
        Self::from(*domain)
    }
    fn restore(self) -> u8 {
        u8::try_from(self).unwrap_or(100)
    }
}

impl Stored for domain::PracticeScript {
    const STORE: StoreName = StoreName::Settings;
    const VERSION: u32 = 1;

    fn to_row(&self) -> Row {
        write_row::<Self, PracticeScriptRecord>(self, PRACTICE_KEY.to_owned(), [])
    }

    fn from_row(row: &Row) -> Result<Self, RecordError> {
        read_row::<Self, PracticeScriptRecord>(row)
    }
}
