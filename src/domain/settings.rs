//! What holds for the whole workspace: the organization, its time zone and its currency.
//!
//! In: what a person set. Out: plain values for templates and delays.
//! Invariant: nothing secret lives here.

use serde::{Deserialize, Serialize};

/// The organization that templates read as `organization.*`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Read as `organization.name`.
    pub name: String,
    /// Read as `organization.url`.
    pub url: String,
    /// Read as `organization.full_address`.
    pub full_address: String,
}

/// What a person set for the whole workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceSettings {
    pub organization: Organization,
    /// An IANA name, such as `Europe/Berlin`; `UTC` by default.
    pub time_zone: String,
    /// ISO 4217, such as `EUR`.
    pub currency: String,
    /// How long an attempt may wait for an answer, in seconds.
    pub timeout_secs: u32,
    /// How many attempts may be on their way to one destination at a time.
    pub concurrency_per_destination: u32,
    /// Whether an unexplained network error is followed by one bare `HEAD` of the host's root.
    pub is_host_probe_enabled: bool,
    /// Finished deliveries older than this are deleted; `None` keeps all.
    pub retention_days: Option<u32>,
}

impl WorkspaceSettings {
    /// What differs in `other`, by name.
    pub fn changed_names(&self, other: &Self) -> Vec<&'static str> {
        let Self {
            organization,
            time_zone,
            currency,
            timeout_secs,
            concurrency_per_destination,
            is_host_probe_enabled,
            retention_days,
        } = self;
        [
            (*organization != other.organization, "organization"),
            (*time_zone != other.time_zone, "time zone"),
            (*currency != other.currency, "currency"),
            (*timeout_secs != other.timeout_secs, "timeout"),
            (*concurrency_per_destination != other.concurrency_per_destination, "requests at a time"),
            (*is_host_probe_enabled != other.is_host_probe_enabled, "host probe"),
            (*retention_days != other.retention_days, "retention"),
        ]
        .into_iter()
        .filter_map(|(is_changed, name)| is_changed.then_some(name))
        .collect()
    }
}

impl Default for WorkspaceSettings {
    fn default() -> Self {
        Self {
            organization: Organization {
                name: "Northwind Goods".to_owned(),
                url: "https://shop.example.com".to_owned(),
                full_address: "1 Harbour Street, Boston, MA 02110, United States".to_owned(),
            },
            time_zone: "UTC".to_owned(),
            currency: "USD".to_owned(),
            timeout_secs: 30,
            concurrency_per_destination: 6,
            is_host_probe_enabled: true,
            retention_days: None,
        }
    }
}
