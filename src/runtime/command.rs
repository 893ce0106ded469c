//! What pages ask of the sender, kept on disk until it is done.
//!
//! In: what a person asked for. Out: a row of the inbox.
//! Invariant: the sender deletes a command in the same transaction that does it, so it is done once or not at all.

use serde::{Deserialize, Serialize};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::flow::model::WebhookAction;
use crate::domain::id::{DeliveryId, FlowId, NodeId};

/// What the sender can be asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
