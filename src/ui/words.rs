//! The runtime's troubles and states in the words of `view_model::messages`, and its filters from the address.
//!
//! In: values of the handle. Out: words and back.
//! Invariant: no sentence of its own.

use crate::domain::time::MINUTE_MILLIS;
use crate::runtime::handle::{ActivityFilter, CommandRefusal, SenderState, StoreTrouble};
use crate::ui::kit::Icon;
use crate::view_model::route::ActivityQuery;
use crate::view_model::{members, messages};

pub fn trouble_words(trouble: &StoreTrouble) -> String {
    match trouble {
        StoreTrouble::MemoryOnly { reason } => messages::storage_memory_only(reason),
        StoreTrouble::Full { reason } => messages::storage_full(reason),
        StoreTrouble::UpgradeBlocked => messages::STORAGE_UPGRADE_BLOCKED.to_owned(),
        StoreTrouble::TooNew => messages::STORAGE_TOO_NEW.to_owned(),
        StoreTrouble::ChangedElsewhere => messages::STORAGE_CHANGED_ELSEWHERE.to_owned(),
        StoreTrouble::NotAllowed { refusal } => members::refusal_words(*refusal),
        StoreTrouble::Failed { reason } => messages::storage_failed(reason),
    }
}

/// Why a command was not done.
pub const fn command_refusal_words(refusal: CommandRefusal) -> &'static str {
    match refusal {
        CommandRefusal::NothingToSend => messages::NOTHING_TO_SEND,
        CommandRefusal::NotSaved => messages::ONLY_SAVED_RUNS,
    }
}

/// The sender's state: icon, words, and whether it is as it should be.
pub const fn sender_words(state: SenderState) -> (Icon, &'static str, bool) {
    match state {
        SenderState::Starting => (Icon::Clock, messages::SENDER_STARTING, true),
        SenderState::ThisTab => (Icon::Sender, messages::SENDER_THIS_TAB, true),
        SenderState::OtherTab => (Icon::Sender, messages::SENDER_OTHER_TAB, true),
        SenderState::Offline => (Icon::Offline, messages::SENDER_OFFLINE, false),
        SenderState::Failed => (Icon::Warning, messages::SENDER_FAILED, false),
    }
}

pub fn activity_filter(query: &ActivityQuery) -> ActivityFilter {
    ActivityFilter {
        status: query.status,
        flow_id: query.flow_id.clone(),
        node_id: query.node_id.clone(),
        is_maybe_only: query.is_maybe_only,
        recipient: query.recipient.clone(),
        code: query.code,
        from: query.from,
        // The whole minute that the field names.
        until: query.until.map(|until| until.plus_millis(MINUTE_MILLIS - 1)),
        text: query.text.clone(),
        limit: 0,
    }
}
