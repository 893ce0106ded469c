//! The database's stores and indexes, as data.
//!
//! In: nothing. Out: names and lists that every store is built from.
//! Invariant: an index is never added to an existing store; a new index is a new store, copied in slices.

/// The database's name in the browser.
pub const DATABASE_NAME: &str = "hookwright";

/// How often stores were added since the first version; a database grows its missing stores when this grows.
pub const N_STORE_CHANGES: u32 = 3;

/// A kind of stored thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreName {
    /// Flows: working copy and what runs, written by pages.
    Flows,
    /// Every saved version of every flow, written by pages with the save.
    Versions,
    /// The steps of each flow's history, written by pages with the working copy.
    Steps,
    /// Trigger events, written by pages.
    Events,
    /// Profiles, written by pages.
    Profiles,
    /// One row a kind of setting, written by pages.
    Settings,
    /// What pages asked the sender to do; deleted by the sender in the transaction that does it.
    Inbox,
    /// Profiles on their way through a flow, written by the sender.
    Runs,
    /// Written by the sender.
    Deliveries,
    /// Written by the sender.
    Attempts,
    /// Written by the sender.
    Activity,
    /// Running totals over deliveries, written by the sender with each change it makes.
    Totals,
    /// What the sender knows of each destination: its limits, its health, whether it ever answered readably.
    Destinations,
    /// The sender's generation, and other single values.
    Meta,
    /// Who works here: the members, the vault that holds their key, and what is remembered of wrong tries.
    Members,
    /// Header values and signing keys, encrypted.
    Secrets,
    /// Who did what.
    Audit,
    /// Rows that could not be read, kept as they were.
    SetAside,
}

impl StoreName {
    pub const ALL: [Self; 18] = [
        Self::Flows,
        Self::Versions,
        Self::Steps,
        Self::Events,
        Self::Profiles,
        Self::Settings,
        Self::Inbox,
        Self::Runs,
        Self::Deliveries,
        Self::Attempts,
        Self::Activity,
        Self::Totals,
        Self::Destinations,
        Self::Meta,
        Self::Members,
        Self::Secrets,
        Self::Audit,
        Self::SetAside,
    ];

    /// The name on disk.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flows => "flows",
            Self::Versions => "versions",
            Self::Steps => "steps",
            Self::Events => "events",
            Self::Profiles => "profiles",
            Self::Settings => "settings",
            Self::Inbox => "inbox",
            Self::Runs => "runs",
            Self::Deliveries => "deliveries",
            Self::Attempts => "attempts",
            Self::Activity => "activity",
            Self::Totals => "totals",
            Self::Destinations => "destinations",
            Self::Meta => "meta",
            Self::Members => "members",
            Self::Secrets => "secrets",
            Self::Audit => "audit",
            Self::SetAside => "set-aside",
        }
    }

    /// The store's indexes; each is a compound key that a row may or may not have.
    pub const fn indexes(self) -> &'static [&'static str] {
        match self {
            // Keys sort by the time they were made, so all deliveries need no index; `created` is of the first version, and empty.
            // `due`: [due time], only while something is pending. `status`: [status, created]. `flow`: [flow, created].
            // `webhook`: [node, created]. `recipient`: [email, created]. `code`: [status code, created].
            // `maybe`: [created], only for deliveries that may have arrived. Those of earlier versions end in the id besides.
            Self::Deliveries => &["due", "status", "created", "flow", "webhook", "recipient", "code", "maybe"],
            // `due`: [due time], only while waiting. `flow-profile`: [flow, profile, entry time].
            Self::Runs => &["due", "flow-profile"],
            // `metric`: [metric, time]. `profile`: [profile, time].
            Self::Events => &["metric", "profile"],
            // `email`: [email].
            Self::Profiles => &["email"],
            // `delivery`: [delivery, time].
            Self::Activity => &["delivery"],
            Self::Flows
            | Self::Versions
            | Self::Steps
            | Self::Settings
            | Self::Inbox
            | Self::Attempts
            | Self::Totals
            | Self::Destinations
            | Self::Meta
            | Self::Members
            | Self::Secrets
            | Self::Audit
            | Self::SetAside => &[],
        }
    }
}
