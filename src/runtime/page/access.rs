//! Who may do what: every command of a screen passes here before anything happens.
//!
//! In: a command, the session. Out: nothing, or why it is refused.
//! Invariant: a new command does not build until its permission is decided here.

use crate::domain::delivery::practice::is_practice_url;
use crate::domain::flow::model::{ActionStatus, Flow, NodeKind};
use crate::domain::member::{Permission, Refusal, RosterChange, Session};
use crate::runtime::handle::{AppCommand, FlowsOrder, MembersOrder, WorkOrder};
use crate::runtime::library::LibraryCommand;
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::Store;

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// Why who acts may not have this done.
    pub(super) fn refusal(&self, command: &AppCommand) -> Option<Refusal> {
        self.refusal_of(self.needed(command))
    }

    /// Why who acts may not have this done with members, passphrase or secrets.
    pub(super) fn order_refusal(&self, order: &MembersOrder) -> Option<Refusal> {
        self.refusal_of(self.order_needed(order))
    }

    fn refusal_of(&self, needed: Needed) -> Option<Refusal> {
        let session = self.session();
        match needed {
            Needed::Nothing => None,
            // Looking needs no sign-in: what is looked at is not encrypted. Who is signed in looks as far as their role does.
            Needed::Look(permission) => session.member().and_then(|_| session.may(permission).err()),
            Needed::Permission(_) | Needed::LiveWebhook if self.staff.is_tampered => Some(Refusal::Tampered),
            Needed::Permission(permission) | Needed::Acceptance(permission) => session.may(permission).err(),
            Needed::LiveWebhook => session.may_save_live().err(),
        }
    }

    /// Whether who acts may see counts and the log.
    pub(super) fn may_look(&self) -> bool {
        self.refusal_of(Needed::Look(Permission::SeeActivity)).is_none()
    }

    /// Why who acts may not see previews. They are rendered elsewhere, before the page's queue.
    pub fn preview_refusal(&self) -> Option<Refusal> {
        self.refusal_of(Needed::Look(Permission::Preview))
    }

    fn needed(&self, command: &AppCommand) -> Needed {
        use Needed::{Look, Permission as P};
        match command {
            AppCommand::RenderPreview { .. } => Look(Permission::Preview),
            AppCommand::ReadActivity { .. }
            | AppCommand::SearchActivity { .. }
            | AppCommand::WatchTotals { since: Some(_) } => Look(Permission::SeeActivity),
            // Screens that every role has watch these; who may not look is shown nothing of them.
            AppCommand::WatchActivity { .. } | AppCommand::WatchDelivery { .. } => Needed::Nothing,
            AppCommand::StopSearch | AppCommand::WatchTotals { since: None } | AppCommand::ReadSteps { .. } => {
                Needed::Nothing
            }
            // Decided order by order, by `order_needed`.
            AppCommand::Members { .. } => Needed::Nothing,
            AppCommand::Library { command } => match command {
                LibraryCommand::Change { .. } | LibraryCommand::KeepSets { .. } => P(Permission::EditSamples),
                // The samples come with the app.
                LibraryCommand::TakeSamples { .. }
                | LibraryCommand::FetchSamples
                | LibraryCommand::Read { .. }
                | LibraryCommand::StopReading => Needed::Nothing,
            },
            AppCommand::KeepFlow { flow, .. } => {
                let known = self.documents.get(&flow.id).map(|known| &known.value.working);
                P(permission_to_edit(known, flow))
            }
            AppCommand::SaveFlow { flow_id } => match self.documents.get(flow_id) {
                Some(known) if has_live_destination(&known.value.working) => Needed::LiveWebhook,
                Some(_) | None => P(Permission::EditFlows),
            },
            AppCommand::DeleteFlow { .. } => P(Permission::EditFlows),
            AppCommand::Flows { order } => match order {
                FlowsOrder::ListVersions { .. } | FlowsOrder::FetchGallery => Needed::Nothing,
                // As the activity: every role has the list of flows.
                FlowsOrder::WatchCounts => Needed::Nothing,
                FlowsOrder::Restore { deleted } => match &deleted.document.saved {
                    Some(saved) if has_live_destination(&saved.flow) => Needed::LiveWebhook,
                    Some(_) | None => P(Permission::EditFlows),
                },
            },
            AppCommand::KeepEvent { .. } | AppCommand::DeleteEvent { .. } | AppCommand::KeepProfile { .. } => {
                P(Permission::EditSamples)
            }
            AppCommand::KeepSettings { .. } => P(Permission::ChangeSettings),
            // The practice receiver sends nothing anywhere: whoever tries things out sets it.
            AppCommand::KeepPracticeScript { .. } => P(Permission::Preview),
            AppCommand::SendTest { flow, node_id, .. } => match flow.nodes.get(node_id).map(|node| &node.kind) {
                Some(NodeKind::Webhook { action, .. }) if is_practice_url(action.url.trim()) => P(Permission::Preview),
                _ => P(Permission::Send),
            },
            AppCommand::FireEvent { .. }
            | AppCommand::Resend { .. }
            | AppCommand::Dismiss { .. }
            | AppCommand::Approve { .. }
            | AppCommand::ActOnMany { .. }
            | AppCommand::EditAndResend { .. }
            | AppCommand::LimitDestination { .. }
            | AppCommand::PauseDestination { .. }
            | AppCommand::ResumeDestination { .. } => P(Permission::Send),
            AppCommand::ForgetPerson { .. } => P(Permission::ForgetPerson),
            AppCommand::Work { order } => match order {
                WorkOrder::Export { .. } => P(Permission::ExportRecipients),
                WorkOrder::ReadTrack { .. } => Look(Permission::SeeActivity),
                WorkOrder::FireMany { .. } | WorkOrder::PauseFiring { is_paused: false } => P(Permission::Send),
                WorkOrder::MakeBackup { .. } | WorkOrder::ReadBackup { .. } | WorkOrder::Restore { .. } => {
                    P(Permission::ChangeSettings)
                }
                // Stopping is always allowed.
                WorkOrder::StopExport | WorkOrder::PauseFiring { is_paused: true } | WorkOrder::StopFiring => {
                    Needed::Nothing
                }
                WorkOrder::LookAtStorage { .. } | WorkOrder::LookAtLocalNetwork => Needed::Nothing,
            },
        }
    }

    fn order_needed(&self, order: &MembersOrder) -> Needed {
        use Needed::Permission as P;
        let session = self.session();
        let acting = session.member().map(|member| &member.id);
        match order {
            // Open to all: they prove who acts, concern whoever acts alone, or take something away from everybody.
            MembersOrder::BeginTwoStep
            | MembersOrder::ConfirmTwoStep { .. }
            | MembersOrder::SignIn { .. }
            | MembersOrder::SignOut
            | MembersOrder::Unlock { .. }
            | MembersOrder::Lock
            | MembersOrder::RenewRecoveryCodes { .. }
            | MembersOrder::Touch
            | MembersOrder::ReadAudit => Needed::Nothing,
            MembersOrder::ChangePassphrase { .. } | MembersOrder::Invite { .. } => P(Permission::ManageMembers),
            MembersOrder::KeepOnDevice { .. }
            | MembersOrder::KeepSecret { .. }
            | MembersOrder::MakeSigningKey { .. } => P(Permission::EditFlows),
            MembersOrder::Change { change } => match change {
                RosterChange::Rename { member_id, .. } if acting == Some(member_id) && !self.staff.is_tampered => {
                    Needed::Nothing
                }
                RosterChange::HandOver { .. } | RosterChange::ResetTwoStep { .. } => P(Permission::Own),
                RosterChange::Add { .. }
                | RosterChange::SetRole { .. }
                | RosterChange::Remove { .. }
                | RosterChange::Rename { .. }
                | RosterChange::EndSessionsAfter { .. } => P(Permission::ManageMembers),
            },
            MembersOrder::AcceptRoster => Needed::Acceptance(Permission::Own),
            MembersOrder::StartOver => match session {
                Session::Member(_) => P(Permission::Own),
                // The passphrase is lost, or there never was one.
                Session::Nobody | Session::Unprotected(_) => Needed::Nothing,
            },
        }
    }

    /// Who acts now.
    pub(super) fn session(&self) -> Session<'_> {
        let signed_in = self.staff.session.as_ref().and_then(|member_id| self.staff.roster.value.member(member_id));
        match (signed_in, &self.staff.vault) {
            (Some(member), Some(_)) => Session::Member(member),
            (None, Some(_)) => Session::Nobody,
            (_, None) => self.staff.roster.value.owner().map_or(Session::Nobody, Session::Unprotected),
        }
    }
}

/// What a command asks for.
enum Needed {
    Nothing,
    /// This permission, of who is signed in; nobody has to be.
    Look(Permission),
    Permission(Permission),
    /// This permission, also while the list of members is not trusted.
    Acceptance(Permission),
    /// A flow that would send to a real destination by itself.
    LiveWebhook,
}

/// Whether a saved flow would send to a real destination by itself.
pub fn has_live_destination(flow: &Flow) -> bool {
    flow.webhooks().any(|(_, action)| {
        action.status != ActionStatus::Draft && !action.url.trim().is_empty() && !is_practice_url(action.url.trim())
    })
}

/// What it takes to make one state of a flow out of another.
pub fn permission_to_edit(before: Option<&Flow>, after: &Flow) -> Permission {
    match before {
        Some(before) if is_same_but_words(before, after) => Permission::EditWords,
        Some(_) | None => Permission::EditFlows,
    }
}

/// Whether two states of a flow differ in its name and notes at most.
fn is_same_but_words(before: &Flow, after: &Flow) -> bool {
    let mut named = before.clone();
    named.name.clone_from(&after.name);
    for (node_id, node) in &mut named.nodes {
        let other = after.nodes.get(node_id).and_then(|node| node.kind.note_text());
        if let (NodeKind::Note { text, .. }, Some(other)) = (&mut node.kind, other) {
            other.clone_into(text);
        }
    }
    named == *after
}
