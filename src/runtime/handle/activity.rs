//! What a screen may see of the log.
//!
//! In: nothing. Out: filters, pages and details as plain values.
//! Invariant: a page is of the filter it carries.

pub use crate::domain::activity::ActivityFilter;
pub use crate::domain::delivery::state::StatusKind;

use crate::domain::activity::ActivityEntry;
use crate::domain::delivery::state::{Attempt, Delivery};
use crate::domain::event::TriggerEvent;
use crate::domain::time::Timestamp;
pub use crate::runtime::log::LogPlace;

/// What the activity list shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActivityPage {
    pub filter: ActivityFilter,
    pub deliveries: Vec<Delivery>,
    /// Distinct profiles per status, over all deliveries, in the order of [`StatusKind`].
    pub n_subscribers: Vec<(StatusKind, usize)>,
    /// Deliveries per status, in the same order.
    pub n_deliveries: Vec<(StatusKind, usize)>,
    pub n_may_have_arrived: usize,
}

/// One delivery with all that happened to it.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryDetail {
    pub delivery: Delivery,
    pub attempts: Vec<Attempt>,
    pub entries: Vec<ActivityEntry>,
    /// The event it was rendered from, as it was when it fired; `None` for a test, and where the trigger brings none.
    pub event: Option<TriggerEvent>,
}

/// Where a page of the list starts. The newest delivery comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PagePlace {
    Newest,
    OlderThan {
        place: LogPlace,
    },
    /// The ones just newer, for scrolling back up.
    NewerThan {
        place: LogPlace,
    },
    /// The newest that was made at this time or earlier: a jump.
    At {
        at: Timestamp,
    },
}
