//! Roles and what each may do: Klaviyo's table, as data.
//!
//! In: a role, a permission. Out: yes, in part, or no.
//! Invariant: every permission has one row with a place for every role.
//!
//! <https://help.klaviyo.com/hc/en-us/articles/115005231648>

use crate::domain::named::named;

named! {
    /// Klaviyo's roles, in the order of the table's columns.
    pub enum Role {
        Owner = "owner",
        Admin = "admin",
        Manager = "manager",
        Analyst = "analyst",
        CampaignCoordinator = "campaign-coordinator",
        ContentCreator = "content-creator",
        Support = "support",
        SocialMediaManager = "social-media-manager",
    }
}

impl Role {
    /// As Klaviyo spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::Manager => "Manager",
            Self::Analyst => "Analyst",
            Self::CampaignCoordinator => "Campaign Coordinator",
            Self::ContentCreator => "Content Creator",
            Self::Support => "Support",
            Self::SocialMediaManager => "Social Media Manager",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Something that not every member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Create, clone and delete flows; edit triggers, filters and cards; set actions draft, manual or live; webhooks.
    EditFlows,
    /// Edit a flow's name and the notes in it.
    EditWords,
    /// Preview with any event; with *in part*, what is on the screen already.
    Preview,
    /// See counts, charts and the log.
    SeeActivity,
    /// Export the log with its recipients.
    ExportRecipients,
    /// Send a test request to a real host, fire an event, resend, dismiss, approve, pause a destination.
    Send,
    /// Keep and delete sample events, profiles and lists.
    EditSamples,
    /// Change the workspace's settings and the practice receiver; back up and restore.
    ChangeSettings,
    /// *Forget this person*.
    ForgetPerson,
    /// Add and remove members, change their roles.
    ManageMembers,
    /// Hand over the workspace, reset a member's two-step authentication.
    Own,
}

/// How far a role may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    Yes,
    /// In part: what that means stands with the permission.
    Limited,
    No,
}

use Grant::{Limited as L, No as N, Yes as Y};

/// The table. Columns: Owner, Admin, Manager, Analyst, Campaign Coordinator, Content Creator, Support, Social Media Manager.
/// The first five rows are Klaviyo's; the rest is ours, for what Klaviyo has no counterpart of.
pub const PERMISSIONS: [(Permission, [Grant; 8]); 11] = [
    (Permission::EditFlows, [Y, Y, Y, N, N, N, N, N]),
    (Permission::EditWords, [Y, Y, Y, N, Y, Y, N, N]),
    (Permission::Preview, [Y, Y, Y, L, Y, Y, N, Y]),
    (Permission::SeeActivity, [Y, Y, Y, Y, N, N, N, Y]),
    (Permission::ExportRecipients, [Y, Y, N, Y, N, N, N, Y]),
    (Permission::Send, [Y, Y, Y, N, N, N, N, N]),
    (Permission::EditSamples, [Y, Y, Y, N, Y, Y, N, N]),
    (Permission::ChangeSettings, [Y, Y, N, N, N, N, N, N]),
    (Permission::ForgetPerson, [Y, Y, N, N, N, N, N, N]),
    (Permission::ManageMembers, [Y, Y, N, N, N, N, N, N]),
    (Permission::Own, [Y, N, N, N, N, N, N, N]),
];

impl Permission {
    /// How far `role` may.
    pub fn grant(self, role: Role) -> Grant {
        let row = PERMISSIONS.iter().find(|(permission, _)| *permission == self);
        row.and_then(|(_, grants)| grants.get(role as usize).copied()).unwrap_or(Grant::No)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_its_row_and_every_role_its_column() {
        for (idx, (permission, _)) in PERMISSIONS.iter().enumerate() {
            assert_eq!(*permission as usize, idx, "{permission:?} stands where it is declared");
            assert_eq!(permission.grant(Role::Owner), Grant::Yes, "the Owner may {permission:?}");
        }
        for (idx, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, idx);
            assert_eq!(Role::named(role.name()), Some(role));
        }
    }

    #[test]
    fn webhooks_are_for_three_roles() {
        let may: Vec<Role> =
            Role::ALL.into_iter().filter(|role| Permission::EditFlows.grant(*role) == Grant::Yes).collect();
        assert_eq!(may, [Role::Owner, Role::Admin, Role::Manager]);
    }
}
