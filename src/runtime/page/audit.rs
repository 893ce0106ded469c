//! Writes down who did what.
//!
//! In: a command that was done, an act. Out: lines of the audit list.
//! Invariant: a new command does not build until it is decided here whether it is written down. No line names a
//! recipient, since lines outlive *Forget this person*.

use crate::domain::delivery::practice::is_practice_url;
use crate::domain::delivery::request::destination_of;
use crate::domain::delivery::state::Delivery;
use crate::domain::flow::model::NodeKind;
use crate::domain::id::{DeliveryId, FlowId};
use crate::domain::member::{AuditEntry, Audited, Member};
use crate::domain::settings::WorkspaceSettings;
use crate::domain::time::MINUTE_MILLIS;
use crate::runtime::handle::{AppCommand, BulkAct, BulkScope, FlowsOrder, MembersNews, WorkOrder};
use crate::runtime::page::Page;
use crate::runtime::page::members::Failure;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::load;
use crate::storage::{Direction, Order, Query, Store, StoreError, StoreName};

/// Lines of the audit list that are shown.
const MAX_AUDIT_LINES: usize = 200;
/// Changes of settings by one member within this time are one line: each keystroke of a name is a change.
const ONE_CHANGE_MILLIS: i64 = 10 * MINUTE_MILLIS;

/// The act, what it concerned, and more about it.
type Line = (Audited, String, String);

impl<S: Store, W: Clock + Random> Page<S, W> {
    /// What the audit list is to say once `command` is done; `None` for what nobody has to answer for.
    pub(super) async fn line_of(&self, command: &AppCommand) -> Result<Option<Line>, StoreError> {
        let flow_name = |flow_id: &FlowId| {
            self.documents.get(flow_id).map(|known| known.value.working.name.clone()).unwrap_or_default()
        };
        let is_saved = |flow_id: &FlowId| self.documents.get(flow_id).is_some_and(|known| known.value.saved.is_some());
        let plain = |act: Audited, subject: &str| Some((act, subject.to_owned(), String::new()));
        Ok(match command {
            // Looking, drafts, trying things out, the library.
            AppCommand::RenderPreview { .. }
            | AppCommand::ReadActivity { .. }
            | AppCommand::SearchActivity { .. }
            | AppCommand::StopSearch
            | AppCommand::WatchTotals { .. }
            | AppCommand::WatchActivity { .. }
            | AppCommand::WatchDelivery { .. }
            | AppCommand::ReadSteps { .. }
            | AppCommand::KeepFlow { .. }
            | AppCommand::KeepPracticeScript { .. }
            | AppCommand::KeepEvent { .. }
            | AppCommand::DeleteEvent { .. }
            | AppCommand::KeepProfile { .. }
            | AppCommand::Library { .. } => None,
            // Written down where they are done, with what comes of them.
            AppCommand::Members { .. }
            | AppCommand::SaveFlow { .. }
            | AppCommand::DeleteFlow { .. }
            | AppCommand::KeepSettings { .. } => None,
            AppCommand::Flows { order } => match order {
                FlowsOrder::Restore { deleted } => plain(Audited::FlowPutBack, &deleted.document.working.name),
                FlowsOrder::ListVersions { .. } | FlowsOrder::WatchCounts | FlowsOrder::FetchGallery => None,
            },
            AppCommand::SendTest { flow, node_id, .. } => match flow.nodes.get(node_id).map(|node| &node.kind) {
                Some(NodeKind::Webhook { action, .. }) if !is_practice_url(action.url.trim()) => {
                    plain(Audited::TestSent, &destination_of(&action.url))
                }
                _ => None,
            },
            AppCommand::FireEvent { flow_id, .. } if is_saved(flow_id) => {
                plain(Audited::EventFired, &flow_name(flow_id))
            }
            // Refused: nothing runs but what was saved.
            AppCommand::FireEvent { .. } => None,
            AppCommand::Resend { delivery_id } => Some(self.delivery_line(BulkAct::Resend, delivery_id).await?),
            AppCommand::Dismiss { delivery_id } => Some(self.delivery_line(BulkAct::Dismiss, delivery_id).await?),
            AppCommand::Approve { delivery_id } => Some(self.delivery_line(BulkAct::Approve, delivery_id).await?),
            AppCommand::EditAndResend { delivery_id, .. } => {
                let (act, subject, _) = self.delivery_line(BulkAct::Resend, delivery_id).await?;
                Some((act, subject, "edited".to_owned()))
            }
            AppCommand::ActOnMany { act, scope } => {
                let subject = match scope {
                    BulkScope::Some { delivery_ids } => [&delivery_ids.len().to_string(), " deliveries"].concat(),
                    BulkScope::Found { .. } => "all deliveries of a list".to_owned(),
                };
                Some((audited_act(*act), subject, String::new()))
            }
            AppCommand::LimitDestination { origin, .. } => plain(Audited::DestinationLimited, origin),
            AppCommand::PauseDestination { origin } => plain(Audited::DestinationPaused, origin),
            AppCommand::ResumeDestination { origin } => plain(Audited::DestinationResumed, origin),
            AppCommand::ForgetPerson { .. } => plain(Audited::PersonForgotten, ""),
            AppCommand::Work { order } => match order {
                WorkOrder::Export { .. } => plain(Audited::LogExported, ""),
                WorkOrder::FireMany { flow_id, arrivals } if is_saved(flow_id) => {
                    let many = [&arrivals.len().to_string(), " profiles"].concat();
                    Some((Audited::BulkRunStarted, flow_name(flow_id), many))
                }
                WorkOrder::MakeBackup { holds_members } => {
                    let detail = if *holds_members { "with members and secrets" } else { "" };
                    Some((Audited::BackupMade, String::new(), detail.to_owned()))
                }
                // Written down once it is done.
                WorkOrder::Restore { .. } => None,
                WorkOrder::FireMany { .. }
                | WorkOrder::StopExport
                | WorkOrder::ReadTrack { .. }
                | WorkOrder::PauseFiring { .. }
                | WorkOrder::StopFiring
                | WorkOrder::ReadBackup { .. }
                | WorkOrder::LookAtStorage { .. }
                | WorkOrder::LookAtLocalNetwork => None,
            },
        })
    }

    async fn delivery_line(&self, act: BulkAct, delivery_id: &DeliveryId) -> Result<Line, StoreError> {
        let delivery = self.fetch::<Delivery>(delivery_id.as_str()).await?;
        let subject = delivery.map_or_else(String::new, |delivery| ["a delivery of ", &delivery.webhook_name].concat());
        Ok((audited_act(act), subject, String::new()))
    }

    /// Writes a line about settings that were changed; more changes of the same by the same member are the same line.
    pub(super) async fn note_settings(
        &mut self,
        before: &WorkspaceSettings,
        after: &WorkspaceSettings,
    ) -> Result<(), StoreError> {
        let changed = before.changed_names(after).join(", ");
        if changed.is_empty() {
            return Ok(());
        }
        let now = self.world.now();
        let member_id = self.session().member().map(|member| member.id.clone());
        let noted = self.noted_settings.as_ref().filter(|noted| {
            noted.member_id == member_id && noted.detail == changed && now.millis_since(noted.at) < ONE_CHANGE_MILLIS
        });
        if noted.is_some() {
            return Ok(());
        }
        let by = self.session().member().cloned();
        let entry = self.audit_entry(Audited::WorkspaceSettingsChanged, by.as_ref(), "", &changed);
        self.put(&entry).await?;
        self.noted_settings = Some(entry);
        Ok(())
    }

    /// Writes a line of the audit list, by who acts.
    pub(super) async fn audit(&self, act: Audited, subject: &str, detail: &str) -> Result<(), Failure> {
        Ok(self.note(act, subject, detail).await?)
    }

    /// Writes a line about something that is not of the members' page.
    pub(super) async fn note(&self, act: Audited, subject: &str, detail: &str) -> Result<(), StoreError> {
        self.put(&self.audit_entry(act, self.session().member(), subject, detail)).await
    }

    /// Writes a line by somebody who may not be among the members any more.
    pub(super) async fn note_by(&self, act: Audited, by: Option<&Member>, detail: &str) -> Result<(), StoreError> {
        self.put(&self.audit_entry(act, by, "", detail)).await
    }

    /// Writes a line of the audit list about somebody who tried.
    pub(super) async fn audit_of(&self, act: Audited, member: &Member) -> Result<(), Failure> {
        Ok(self.put(&self.audit_entry(act, None, &member.name, "")).await?)
    }

    fn audit_entry(&self, act: Audited, by: Option<&Member>, subject: &str, detail: &str) -> AuditEntry {
        AuditEntry {
            id: self.fresh_id(),
            at: self.world.now(),
            member_id: by.map(|member| member.id.clone()),
            by: by.map(|member| member.name.clone()).unwrap_or_default(),
            act,
            subject: subject.to_owned(),
            detail: detail.to_owned(),
        }
    }

    pub(super) async fn show_audit(&self) -> Result<(), Failure> {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store: StoreName::Audit, by, direction: Direction::Descending, limit: MAX_AUDIT_LINES };
        let entries = load::read_rows::<AuditEntry>(self.store.query(query).await?).values;
        let entries = entries.into_iter().map(|found| found.value).collect();
        self.tell_members(MembersNews::Audit { entries });
        Ok(())
    }
}

const fn audited_act(act: BulkAct) -> Audited {
    match act {
        BulkAct::Resend => Audited::DeliveriesResent,
        BulkAct::Dismiss => Audited::DeliveriesDismissed,
        BulkAct::Approve => Audited::DeliveriesApproved,
    }
}
