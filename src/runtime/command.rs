//! What pages ask of the sender, kept on disk until it is done.
//!
//! In: what a person asked for. Out: a row of the inbox.
//! Invariant: the sender deletes a command in the same transaction that does it, so it is done once or not at all.

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::WebhookAction;
use crate::domain::id::{DeliveryId, FlowId, NodeId};
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
    }
}
