//! *Order to ERP*: the flow that is there on the first visit.
//!
//! In: nothing. Out: a live flow that sends a placed order to the practice receiver.
//! Invariant: its payload is JSON for every sample *Placed Order*.

use crate::domain::flow::model::{ActionStatus, Flow, HeaderRow, Node, NodeKind, RepeatPolicy, Trigger, WebhookAction};
use crate::domain::id::{FlowId, NodeId};

/// The address under which the practice receiver takes orders.
pub const PRACTICE_ORDERS_URL: &str = "https://practice.hookwright.invalid/orders";

/// The payload of *Order to ERP*.
pub fn order_to_erp_payload() -> &'static str {
    include_str!("order_to_erp.json.dj").trim_end()
}

/// *Placed Order* → *Order to ERP*, live.
pub fn first_flow() -> Flow {
    let node_id = NodeId::new("hK7pQd");
    let action = WebhookAction {
        name: "Order to ERP".to_owned(),
        status: ActionStatus::Live,
        url: PRACTICE_ORDERS_URL.to_owned(),
        headers: vec![HeaderRow { name: "X-Api-Version".to_owned(), value: "2".to_owned() }],
        payload: order_to_erp_payload().to_owned(),
        repeat_policy: RepeatPolicy::AtLeastOnce,
    };
    let node = Node { id: node_id.clone(), kind: NodeKind::Webhook { action, next: None } };
    let mut flow = Flow::blank(FlowId::new("Xy12Ab"), "Order to ERP");
    flow.trigger = Trigger::Metric { metric: "Placed Order".to_owned() };
    flow.entry = Some(node_id.clone());
    flow.nodes.insert(node_id, node);
    flow
}
