//! What pages ask of the sender, kept on disk until it is done.
//!
//! In: what a person asked for. Out: a row of the inbox.
//! Invariant: the sender deletes a command in the same transaction that does it, so it is done once or not at all.

use crate::domain::activity::ActivityFilter;
use crate::domain::delivery::state::StatusKind;
use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::WebhookAction;
use crate::domain::id::{DeliveryId, FlowId, NodeId, ProfileId};
use crate::runtime::log::LogPlace;
use crate::storage::record::event::{ProfileRecord, TriggerEventRecord};
use crate::storage::record::flow::WebhookActionRecord;
use crate::storage::record::mirror::{JsonText, Misfit, read_text, stored};

/// What the sender can be asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum SenderCommand {
    /// Takes a profile into the saved flow, if its filters let it.
    FireEvent {
        flow_id: FlowId,
        event: Option<TriggerEvent>,
        profile: Profile,
    },
    /// Renders the webhook as it stands in the editor and makes one attempt.
    SendTest {
        /// Made by the page, so that it can watch the delivery from the start.
        delivery_id: DeliveryId,
        flow_id: FlowId,
        flow_name: String,
        node_id: NodeId,
        action: WebhookAction,
        event: Option<TriggerEvent>,
        profile: Profile,
        is_profile_only: bool,
    },
    Resend {
        delivery_id: DeliveryId,
    },
    Dismiss {
        delivery_id: DeliveryId,
    },
    Approve {
        delivery_id: DeliveryId,
    },
    /// The same act on many, slice by slice: `after` is how far it has come.
    Bulk {
        act: BulkAct,
        scope: BulkScope,
        after: Option<LogPlace>,
    },
    /// *Edit and resend*: a new delivery, linked to the old.
    EditAndResend {
        /// Made by the page, so that it can watch the new delivery from the start.
        delivery_id: DeliveryId,
        original_id: DeliveryId,
        url: String,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// What a destination may have at a time and a minute; `None` for the workspace's number and for no limit.
    LimitDestination {
        origin: String,
        concurrency: Option<u32>,
        rate_per_minute: Option<u32>,
    },
    PauseDestination {
        origin: String,
    },
    ResumeDestination {
        origin: String,
    },
    /// *Forget this person*: their deliveries, attempts, runs and log entries, slice by slice.
    ForgetPerson {
        profile_id: ProfileId,
        email: String,
    },
}

/// What is done to many deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkAct {
    /// One more attempt of each finished delivery, in turn.
    Resend,
    Dismiss,
    /// Sends what waits in *Needs review*.
    Approve,
}

/// Which deliveries an act is for.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkScope {
    Some {
        delivery_ids: Vec<DeliveryId>,
    },
    /// All that the filter finds; those made after its `until` are left alone.
    Found {
        filter: ActivityFilter,
    },
}

impl SenderCommand {
    /// What lies in the inbox.
    pub fn to_text(&self) -> String {
        JsonText::of::<Self, SenderCommandRecord>(self)
    }

    /// What was asked, or why it cannot be read.
    pub fn from_text(text: &str) -> Result<Self, Misfit> {
        read_text::<Self, SenderCommandRecord>(text)
    }
}

stored! {
    /// A command as it lies in the inbox.
    enum SenderCommandRecord for SenderCommand {
        FireEvent { flow_id: String, event: Option<TriggerEventRecord>, profile: ProfileRecord },
        SendTest {
            delivery_id: String,
            flow_id: String,
            flow_name: String,
            node_id: String,
            action: WebhookActionRecord,
            event: Option<TriggerEventRecord>,
            profile: ProfileRecord,
            is_profile_only: bool,
        },
        Resend { delivery_id: String },
        Dismiss { delivery_id: String },
        Approve { delivery_id: String },
        Bulk { act: BulkActRecord, scope: BulkScopeRecord, after: Option<LogPlaceRecord> },
        EditAndResend {
            delivery_id: String,
            original_id: String,
            url: String,
            headers: Vec<(String, String)>,
            body: String,
        },
        LimitDestination { origin: String, concurrency: Option<u32>, rate_per_minute: Option<u32> },
        PauseDestination { origin: String },
        ResumeDestination { origin: String },
        ForgetPerson { profile_id: String, email: String },
    }
}
stored! {
    names BulkActRecord for BulkAct { Resend, Dismiss, Approve }
}
stored! {
    enum BulkScopeRecord for BulkScope { Some { delivery_ids: Vec<String> }, Found { filter: ActivityFilterRecord } }
}
stored! {
    struct LogPlaceRecord for LogPlace { created_at: i64, delivery_id: String }
}
stored! {
    names StatusKindRecord for StatusKind { Waiting, NeedsReview, Sending, WaitingToRetry, Delivered, Skipped }
}
stored! {
    struct ActivityFilterRecord for ActivityFilter {
        status: Option<StatusKindRecord>,
        flow_id: Option<String>,
        node_id: Option<String>,
        is_maybe_only: bool,
        recipient: Option<String>,
        code: Option<u16>,
        from: Option<i64>,
        until: Option<i64>,
        text: Option<String>,
        limit: u64,
    }
}
