//! The list of flows: its rows, searched and sorted.
//!
//! In: flows as they stand and as they are kept, counts of deliveries. Out: rows.
//! Invariant: rows that compare alike keep the order of their names, so that no row jumps for nothing.

use std::cmp::Ordering;

use crate::domain::delivery::counts::DeliveryCounts;
use crate::domain::flow::model::{ActionStatus, Flow, FlowDocument};
use crate::domain::id::FlowId;
use crate::domain::time::Timestamp;
use crate::view_model::flow::{is_saved, trigger_card};

/// A flow in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowRow {
    pub flow_id: FlowId,
    pub name: String,
    pub trigger: String,
    pub status: ActionStatus,
    pub is_saved: bool,
    pub edited_at: Timestamp,
    pub counts: DeliveryCounts,
}

/// What the list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    Name,
    Trigger,
    Status,
    Edited,
    Deliveries,
    Failures,
}

/// Key and direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorting {
    pub key: SortKey,
    pub is_descending: bool,
}

impl Default for Sorting {
    fn default() -> Self {
        Self { key: SortKey::Edited, is_descending: true }
    }
}

impl Sorting {
    /// The sorting after its column was chosen: turned round if it was sorted by already.
    pub fn choose(self, key: SortKey) -> Self {
        if self.key == key {
            return Self { key, is_descending: !self.is_descending };
        }
        // Words read from A on; times and numbers from the newest and the largest.
        let is_descending = match key {
            SortKey::Name | SortKey::Trigger => false,
            SortKey::Status | SortKey::Edited | SortKey::Deliveries | SortKey::Failures => true,
        };
        Self { key, is_descending }
    }
}

impl FlowRow {
    /// A flow as a row.
    pub fn of(flow: &Flow, document: Option<&FlowDocument>, counts: DeliveryCounts) -> Self {
        Self {
            flow_id: flow.id.clone(),
            name: flow.name.clone(),
            trigger: trigger_card(flow, &[]).title,
            status: flow.status(),
            is_saved: is_saved(document, flow),
            edited_at: document.map_or(Timestamp::from_millis(0), |document| document.edited_at),
            counts,
        }
    }
}

/// `Last 24 h: 412 delivered · 3 skipped`.
pub fn counts_line(counts: &DeliveryCounts) -> String {
    let n_said = counts.n_delivered + counts.n_failed + counts.n_needs_review;
    if counts.n_all == 0 && n_said == 0 {
        return "Nothing in the last 24 h.".to_owned();
    }
    // What ended within the 24 hours may have been made before, so the parts can be more than the whole.
    let n_under_way = counts.n_all.saturating_sub(n_said);
    let parts = [
        (counts.n_delivered, "delivered"),
        (counts.n_failed, "skipped"),
        (counts.n_needs_review, "to review"),
        (n_under_way, "other"),
    ];
    let said: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    format!("Last 24 h: {}", said.join(" · "))
}

/// `order-to-erp.json`: a name that every file system takes.
pub fn file_name(flow_name: &str) -> String {
    let plain: String =
        flow_name.to_lowercase().chars().map(|char| if char.is_alphanumeric() { char } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    if words.is_empty() { "flow.json".to_owned() } else { format!("{}.json", words.join("-")) }
}

/// Whether a flow is meant by what was typed: by its name, its trigger, or the name or the address of a webhook.
pub fn is_found(flow: &Flow, needle: &str) -> bool {
    let needle = needle.trim().to_lowercase();
    let holds = |text: &str| text.to_lowercase().contains(&needle);
    needle.is_empty()
        || holds(&flow.name)
        || holds(&trigger_card(flow, &[]).title)
        || flow.webhooks().any(|(_, action)| holds(&action.name) || holds(&action.url))
}

/// Sorts rows.
pub fn sort_rows(rows: &mut [FlowRow], sorting: Sorting) {
    let by_name = |one: &FlowRow, other: &FlowRow| {
        (one.name.to_lowercase(), &one.flow_id).cmp(&(other.name.to_lowercase(), &other.flow_id))
    };
    rows.sort_by(|one, other| {
        let order = match sorting.key {
            SortKey::Name => one.name.to_lowercase().cmp(&other.name.to_lowercase()),
            SortKey::Trigger => one.trigger.to_lowercase().cmp(&other.trigger.to_lowercase()),
            SortKey::Status => one.status.cmp(&other.status),
            SortKey::Edited => one.edited_at.cmp(&other.edited_at),
            SortKey::Deliveries => one.counts.n_all.cmp(&other.counts.n_all),
            SortKey::Failures => one.counts.n_failed.cmp(&other.counts.n_failed),
        };
        let order = if sorting.is_descending { order.reverse() } else { order };
        if order == Ordering::Equal { by_name(one, other) } else { order }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::samples;

    fn row(name: &str, edited: i64, n_failed: u64) -> FlowRow {
        let counts = DeliveryCounts { n_all: 10, n_failed, ..DeliveryCounts::default() };
        let flow = Flow { id: FlowId::new(name), name: name.to_owned(), ..samples::first_flow() };
        FlowRow { edited_at: Timestamp::from_millis(edited), ..FlowRow::of(&flow, None, counts) }
    }

    #[test]
    fn rows_are_sorted_by_what_was_chosen() {
        for (sorting, expected) in [
            (Sorting::default(), ["c", "a", "B"]),
            (Sorting::default().choose(SortKey::Edited), ["B", "a", "c"]),
            (Sorting::default().choose(SortKey::Name), ["a", "B", "c"]),
            (Sorting::default().choose(SortKey::Failures), ["B", "a", "c"]),
            (Sorting::default().choose(SortKey::Deliveries), ["a", "B", "c"]),
        ] {
            let mut rows = [row("a", 2, 0), row("B", 1, 5), row("c", 3, 0)];
            sort_rows(&mut rows, sorting);
            assert_eq!(rows.each_ref().map(|row| row.name.as_str()), expected, "{sorting:?}");
        }
    }

    #[test]
    fn a_file_is_named_after_its_flow() {
        assert_eq!(file_name("Order to ERP"), "order-to-erp.json");
        assert_eq!(file_name("../a:b*"), "a-b.json");
        assert_eq!(file_name("…"), "flow.json");
    }

    #[test]
    fn counts_are_said_in_a_line() {
        let counts = DeliveryCounts { n_all: 9, n_delivered: 4, n_failed: 3, n_needs_review: 0 };
        assert_eq!(counts_line(&counts), "Last 24 h: 4 delivered · 3 skipped · 2 other");
        let late = DeliveryCounts { n_all: 1, n_delivered: 3, n_failed: 0, n_needs_review: 2 };
        assert_eq!(counts_line(&late), "Last 24 h: 3 delivered · 2 to review");
        assert_eq!(counts_line(&DeliveryCounts::default()), "Nothing in the last 24 h.");
    }

    #[test]
    fn a_flow_is_found_by_name_trigger_and_destination() {
        let flow = samples::first_flow();
        for (needle, expected) in
            [("", true), (" order ", true), ("PLACED", true), ("practice.", true), ("nobody", false)]
        {
            assert_eq!(is_found(&flow, needle), expected, "{needle}");
        }
    }
}
