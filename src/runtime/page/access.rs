//! Who may do what: every command of a screen passes here before anything happens.
//!
//! In: a command, the session. Out: nothing, or why it is refused.
//! Invariant: a new command does not build until its permission is decided here.

use crate::domain::delivery::practice::is_practice_url;
use crate::domain::flow::model::ActionStatus;
use crate::domain::flow::model::{Flow, NodeKind};
use crate::domain::member::{Permission, Refusal, Session};
use crate::runtime::handle::{AppCommand, FlowsOrder, WorkOrder};
use crate::runtime::library::LibraryCommand;
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::Store;

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// Why who acts may not have this done.
    pub(super) fn refusal(&self, command: &AppCommand) -> Option<Refusal> {
        let session = self.session();
        match self.needed(command) {
            Needed::Nothing => None,
            Needed::Permission(_) | Needed::LiveWebhook if self.staff.is_tampered => Some(Refusal::Tampered),
            Needed::Permission(permission) => session.may(permission).err(),
            Needed::LiveWebhook => session.may_save_live().err(),
        }
    }

    fn needed(&self, command: &AppCommand) -> Needed {
        use Needed::Permission as P;
        match command {
            // Reading, and what only this page remembers.
            AppCommand::RenderPreview { .. }
            | AppCommand::ReadActivity { .. }
            | AppCommand::SearchActivity { .. }
            | AppCommand::StopSearch
            | AppCommand::WatchTotals { .. }
            | AppCommand::WatchActivity { .. }
            | AppCommand::ReadSteps { .. }
            | AppCommand::WatchDelivery { .. } => Needed::Nothing,
            // These decide for themselves: some are open to all, as signing in is.
            AppCommand::Members { .. } => Needed::Nothing,
            AppCommand::Library { command } => match command {
                LibraryCommand::Change { .. } | LibraryCommand::KeepSets { .. } => P(Permission::EditSamples),
                // The samples come with the app.
                LibraryCommand::TakeSamples { .. }
                | LibraryCommand::FetchSamples
                | LibraryCommand::Read { .. }
                | LibraryCommand::StopReading => Needed::Nothing,
            },
            AppCommand::KeepFlow { flow, .. } => match self.documents.get(&flow.id) {
                Some(known) if is_same_but_words(&known.value.working, flow) => P(Permission::EditWords),
                Some(_) | None => P(Permission::EditFlows),
            },
            AppCommand::SaveFlow { flow_id } => match self.documents.get(flow_id) {
                Some(known) if has_live_destination(&known.value.working) => Needed::LiveWebhook,
                Some(_) | None => P(Permission::EditFlows),
            },
            AppCommand::DeleteFlow { .. } => P(Permission::EditFlows),
            AppCommand::Flows { order } => match order {
                FlowsOrder::ListVersions { .. } | FlowsOrder::WatchCounts | FlowsOrder::FetchGallery => Needed::Nothing,
                FlowsOrder::Restore { .. } => P(Permission::EditFlows),
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
                WorkOrder::FireMany { .. } => P(Permission::Send),
                WorkOrder::MakeBackup | WorkOrder::Restore => P(Permission::ChangeSettings),
                WorkOrder::StopExport
                | WorkOrder::ReadTrack { .. }
                | WorkOrder::PauseFiring { .. }
                | WorkOrder::StopFiring
                | WorkOrder::ReadBackup { .. }
                | WorkOrder::LookAtStorage { .. }
                | WorkOrder::LookAtLocalNetwork => Needed::Nothing,
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
    Permission(Permission),
    /// A flow that would send to a real destination by itself.
    LiveWebhook,
}

/// Whether a saved flow would send to a real destination by itself.
pub fn has_live_destination(flow: &Flow) -> bool {
    flow.webhooks().any(|(_, action)| {
        action.status != ActionStatus::Draft && !action.url.trim().is_empty() && !is_practice_url(action.url.trim())
    })
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
