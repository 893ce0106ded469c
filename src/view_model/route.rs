//! Reads and writes the address: what stands behind the `#`.
//!
//! In: a hash. Out: a route, and back again.
//! Invariant: every text gives a route; one nobody knows gives `Unknown`, never an error.

use crate::domain::delivery::state::StatusKind;
use crate::domain::id::{DeliveryId, FlowId, NodeId};
use crate::domain::time::Timestamp;

/// A place in the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    Flows,
    Flow {
        flow_id: FlowId,
    },
    Activity {
        query: ActivityQuery,
    },
    Delivery {
        delivery_id: DeliveryId,
        /// The list it was opened from.
        query: ActivityQuery,
    },
    Events,
    Settings,
    /// A webhook's payload on a screen of its own.
    Payload {
        flow_id: FlowId,
        node_id: NodeId,
    },
    Sandbox {
        /// What a shared link carries.
        link: Option<String>,
    },
    Members,
    Destinations,
    /// One destination: its scheme, host and port.
    Destination {
        origin: String,
    },
    /// A flow played forward with a hand-moved clock.
    Rehearsal {
        flow_id: FlowId,
    },
    Help {
        /// Which topic; the list without one.
        topic: Option<String>,
        /// A tag or filter of the reference.
        find: Option<String>,
    },
    Unknown {
        path: String,
    },
}

/// Which deliveries the activity list shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActivityQuery {
    pub status: Option<StatusKind>,
    pub flow_id: Option<FlowId>,
    pub node_id: Option<NodeId>,
    pub is_maybe_only: bool,
    /// The recipient's email, in full.
    pub recipient: Option<String>,
    /// The status code of the last answer.
    pub code: Option<u16>,
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// Searched for in requests and answers.
    pub text: Option<String>,
}

impl Route {
    /// The page's name, as in the title and the navigation.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Flows => "Flows",
            Self::Flow { .. } => "Flow",
            Self::Activity { .. } => "Activity",
            Self::Delivery { .. } => "Delivery",
            Self::Events => "Events",
            Self::Settings => "Settings",
            Self::Payload { .. } => "Payload",
            Self::Sandbox { .. } => "Sandbox",
            Self::Members => "Members",
            Self::Destinations => "Destinations",
            Self::Destination { .. } => "Destination",
            Self::Rehearsal { .. } => "Rehearsal",
            Self::Help { .. } => "Help",
            Self::Unknown { .. } => "Page not found",
        }
    }

    /// Reads a hash such as `#/activity?status=skipped`.
    pub fn parse(hash: &str) -> Self {
        let path_and_query = hash.trim_start_matches('#');
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        let (first, second, third, fourth) = (parts.next(), parts.next(), parts.next(), parts.next());
        if let (Some("flows"), Some(flow_id), Some("payload"), Some(node_id)) = (first, second, third, fourth) {
            return Self::Payload { flow_id: FlowId::new(decode(flow_id)), node_id: NodeId::new(decode(node_id)) };
        }
        if let (Some("flows"), Some(flow_id), Some("rehearsal"), None) = (first, second, third, fourth) {
            return Self::Rehearsal { flow_id: FlowId::new(decode(flow_id)) };
        }
        match (first, second, third) {
            (None | Some("flows"), None, None) => Self::Flows,
            (Some("flows"), Some(flow_id), None) => Self::Flow { flow_id: FlowId::new(decode(flow_id)) },
            (Some("activity"), None, None) => Self::Activity { query: ActivityQuery::parse(query) },
            (Some("activity"), Some(delivery_id), None) => {
                Self::Delivery { delivery_id: DeliveryId::new(decode(delivery_id)), query: ActivityQuery::parse(query) }
            }
            (Some("events"), None, None) => Self::Events,
            (Some("settings"), None, None) => Self::Settings,
            (Some("sandbox"), None, None) => {
                Self::Sandbox { link: query.strip_prefix("s=").filter(|link| !link.is_empty()).map(str::to_owned) }
            }
            (Some("members"), None, None) => Self::Members,
            (Some("destinations"), None, None) => Self::Destinations,
            (Some("destinations"), Some(origin), None) => Self::Destination { origin: decode(origin) },
            (Some("help"), topic, None) => Self::Help {
                topic: topic.map(decode),
                find: query.strip_prefix("find=").map(decode).filter(|find| !find.is_empty()),
            },
            _ => Self::Unknown { path: path.to_owned() },
        }
    }

    /// The hash that leads here.
    pub fn hash(&self) -> String {
        match self {
            Self::Flows => "#/flows".to_owned(),
            Self::Flow { flow_id } => format!("#/flows/{}", encode(flow_id.as_str())),
            Self::Activity { query } => format!("#/activity{}", query.text()),
            Self::Delivery { delivery_id, query } => {
                format!("#/activity/{}{}", encode(delivery_id.as_str()), query.text())
            }
            Self::Events => "#/events".to_owned(),
            Self::Settings => "#/settings".to_owned(),
            Self::Payload { flow_id, node_id } => {
                format!("#/flows/{}/payload/{}", encode(flow_id.as_str()), encode(node_id.as_str()))
            }
            Self::Sandbox { link: None } => "#/sandbox".to_owned(),
            Self::Sandbox { link: Some(link) } => format!("#/sandbox?s={link}"),
            Self::Members => "#/members".to_owned(),
            Self::Destinations => "#/destinations".to_owned(),
            Self::Destination { origin } => ["#/destinations/", &encode(origin)].concat(),
            Self::Rehearsal { flow_id } => ["#/flows/", &encode(flow_id.as_str()), "/rehearsal"].concat(),
            Self::Help { topic, find } => {
                let topic = topic.as_deref().map(|topic| ["/", &encode(topic)].concat()).unwrap_or_default();
                let find = find.as_deref().map(|find| ["?find=", &encode(find)].concat()).unwrap_or_default();
                ["#/help", &topic, &find].concat()
            }
            Self::Unknown { path } => format!("#{path}"),
        }
    }
}

impl ActivityQuery {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            let time = || value.parse().ok().map(Timestamp::from_millis);
            let words = || Some(decode(value)).filter(|words| !words.is_empty());
            match name {
                "status" => query.status = StatusKind::from_name(value),
                "flow" => query.flow_id = words().map(FlowId::new),
                "webhook" => query.node_id = words().map(NodeId::new),
                "maybe" => query.is_maybe_only = value == "1",
                "recipient" => query.recipient = words(),
                "code" => query.code = value.parse().ok(),
                "from" => query.from = time(),
                "until" => query.until = time(),
                "text" => query.text = words(),
                _ => {}
            }
        }
        query
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut push = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                text.push(if text.is_empty() { '?' } else { '&' });
                text.push_str(name);
                text.push('=');
                text.push_str(&value);
            }
        };
        let millis = |at: Option<Timestamp>| at.map(|at| at.as_millis().to_string());
        push("status", self.status.map(|status| status.name().to_owned()));
        push("flow", self.flow_id.as_ref().map(|id| encode(id.as_str())));
        push("webhook", self.node_id.as_ref().map(|id| encode(id.as_str())));
        push("maybe", self.is_maybe_only.then(|| "1".to_owned()));
        push("recipient", self.recipient.as_deref().map(encode));
        push("code", self.code.map(|code| code.to_string()));
        push("from", millis(self.from));
        push("until", millis(self.until));
        push("text", self.text.as_deref().map(encode));
        text
    }
}

/// Percent-encodes all but letters, digits, `-`, `_`, `.` and `~`.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Undoes `encode`; a stray `%` stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = (byte == b'%').then(|| tail.get(..2)).flatten();
        let value = hex
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_survives_the_address() {
        let query = ActivityQuery {
            status: Some(StatusKind::WaitingToRetry),
            flow_id: Some(FlowId::new("a/b ü")),
            node_id: Some(NodeId::new("n1")),
            is_maybe_only: true,
            recipient: Some("ann+1@example.com".to_owned()),
            code: Some(503),
            from: Some(Timestamp::from_millis(-5)),
            until: Some(Timestamp::from_millis(1_700_000_000_000)),
            text: Some("50 % off & more=".to_owned()),
        };
        for route in [
            Route::Flows,
            Route::Flow { flow_id: FlowId::new("Xy12Ab") },
            Route::Activity { query: ActivityQuery::default() },
            Route::Activity { query: query.clone() },
            Route::Delivery { delivery_id: DeliveryId::new("01J"), query },
            Route::Events,
            Route::Settings,
            Route::Payload { flow_id: FlowId::new("Xy/1"), node_id: NodeId::new("n 1") },
            Route::Sandbox { link: None },
            Route::Sandbox { link: Some("1AbC-_".to_owned()) },
            Route::Members,
            Route::Destinations,
            Route::Destination { origin: "https://erp.example.com:8443".to_owned() },
            Route::Rehearsal { flow_id: FlowId::new("Xy 1") },
            Route::Help { topic: None, find: None },
            Route::Help { topic: Some("language".to_owned()), find: Some("a&b=c".to_owned()) },
        ] {
            assert_eq!(Route::parse(&route.hash()), route, "{}", route.hash());
        }
    }

    #[test]
    fn odd_addresses_give_a_page() {
        assert_eq!(Route::parse(""), Route::Flows);
        assert_eq!(Route::parse("#/"), Route::Flows);
        assert_eq!(Route::parse("#/nowhere"), Route::Unknown { path: "/nowhere".to_owned() });
        assert_eq!(Route::parse("#/flows/100%"), Route::Flow { flow_id: FlowId::new("100%") });
        assert_eq!(
            Route::parse("#/activity?status=lost&x"),
            Route::Activity { query: ActivityQuery::default() },
            "a status nobody knows is no filter"
        );
    }
}
