//! Does what pages ask of the sender.
//!
//! In: commands of the inbox. Out: what they lead to, in the batch that deletes them.
//! Invariant: a command is done once or not at all.

use crate::domain::activity::ActivityEvent;
use crate::domain::delivery::destination::Destination;
use crate::domain::delivery::lifecycle;
use crate::domain::delivery::request::{RenderedRequest, check_url};
use crate::domain::delivery::state::{Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, WaitReason};
use crate::domain::event::Profile;
use crate::domain::flow::model::FlowDocument;
use crate::domain::flow::run::RunDocument;
use crate::domain::id::{DeliveryId, FlowId};
use crate::domain::time::Timestamp;
use crate::runtime::command::SenderCommand;
use crate::runtime::deliver::turn::Turn;
use crate::runtime::deliver::{SLICE, Sender};
use crate::runtime::plan::TestOrder;
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::inbox::InboxText;
use crate::storage::record::load::{self, Revised};
use crate::storage::{Check, Direction, IndexPart, Order, Query, Store, StoreError, StoreName, Write};

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    pub(super) async fn take_commands(&mut self) -> Result<bool, StoreError> {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store: StoreName::Inbox, by, direction: Direction::Ascending, limit: SLICE };
        let rows = self.store.query(query).await?;
        let inbox = load::read_rows::<InboxText>(rows);
        let mut has_changed = false;
        for entry in inbox.values {
            has_changed |= self.take_command(entry).await?;
        }
        for broken in &inbox.broken {
            if let Some(batch) = load::set_aside(broken) {
                self.store.commit(batch).await?;
            }
        }
        Ok(has_changed)
    }

    async fn take_command(&mut self, entry: Revised<InboxText>) -> Result<bool, StoreError> {
        let mut turn = Turn::fenced(self.generation);
        let key = entry.value.command_id.as_str().to_owned();
        turn.batch.checks.push(Check::Revision { store: StoreName::Inbox, key: key.clone(), revision: entry.revision });
        // A command that cannot be read any more is dropped: the page that wrote it is gone.
        let rest = match SenderCommand::from_text(&entry.value.text) {
            Ok(command) => self.plan_command(command, &mut turn).await?,
            Err(_) => None,
        };
        match rest.map(|rest| rest.to_text()) {
            // It waits for something that is on its way.
            Some(text) if turn.is_empty() && text == entry.value.text => return Ok(false),
            Some(text) => turn.batch.writes.push(Write::Put(InboxText { text, ..entry.value }.to_row())),
            None => turn.batch.writes.push(Write::Delete { store: StoreName::Inbox, key }),
        }
        self.commit(turn).await?;
        Ok(true)
    }

    /// Adds what a command leads to; answers what is left of it to do in a later turn.
    async fn plan_command(
        &mut self,
        command: SenderCommand,
        turn: &mut Turn,
    ) -> Result<Option<SenderCommand>, StoreError> {
        match command {
            SenderCommand::FireEvent { flow_id, event, profile } => {
                let document = self.fetch::<FlowDocument>(flow_id.as_str()).await?;
                let Some(document) = document else { return Ok(None) };
                let Some(saved) = document.value.saved else { return Ok(None) };
                let entered_before = self.entries_of(&saved.flow.id, &profile).await?;
                let plan = self.with_planner(|planner| planner.fire(&saved, event.as_ref(), &profile, &entered_before));
                self.add_plan(plan, turn);
            }
            SenderCommand::SendTest {
                delivery_id,
                flow_id,
                flow_name,
                node_id,
                action,
                event,
                profile,
                is_profile_only,
            } => {
                let plan = self.with_planner(|planner| {
                    planner.test(TestOrder {
                        delivery_id,
                        flow_id: &flow_id,
                        flow_name: &flow_name,
                        node_id: &node_id,
                        action: &action,
                        event: event.as_ref(),
                        profile: &profile,
                        is_profile_only,
                    })
                });
                self.add_plan(plan, turn);
            }
            SenderCommand::Resend { delivery_id } => {
                if let Some(delivery) = self.load_delivery(&delivery_id).await?
                    && self.is_ready_by_hand(&delivery, turn).await?
                {
                    self.start_attempt(&delivery, lifecycle::start_manual, turn);
                }
            }
            SenderCommand::Dismiss { delivery_id } => self.change_one(&delivery_id, lifecycle::dismiss, turn).await?,
            SenderCommand::Approve { delivery_id } => self.change_one(&delivery_id, lifecycle::approve, turn).await?,
            SenderCommand::Bulk { act, scope, after } => return self.do_slice(act, scope, after, turn).await,
            SenderCommand::EditAndResend { delivery_id, original_id, url, headers, body } => {
                let request = RenderedRequest { url, headers, body };
                self.edit(delivery_id, &original_id, request, turn).await?;
            }
            SenderCommand::LimitDestination { origin, concurrency, rate_per_minute } => {
                let change = |known: &Destination| Destination { concurrency, rate_per_minute, ..known.clone() };
                self.change_destination(&origin, &change, turn);
            }
            SenderCommand::PauseDestination { origin } => {
                let now = self.world.now();
                self.change_destination(&origin, &|known| known.paused(now), turn);
            }
            SenderCommand::ResumeDestination { origin } => {
                self.change_destination(&origin, &Destination::resumed, turn);
            }
            SenderCommand::ForgetPerson { profile_id, email } => {
                return self.forget_slice(profile_id, email, turn).await;
            }
        }
        Ok(None)
    }

    async fn change_one(
        &mut self,
        delivery_id: &DeliveryId,
        change: fn(&Delivery, Timestamp) -> Option<Delivery>,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        if let Some(delivery) = self.load_delivery(delivery_id).await? {
            self.change_delivery(&delivery, change, turn);
        }
        Ok(())
    }

    /// A new delivery of the same event to the same person, with another request.
    async fn edit(
        &mut self,
        delivery_id: DeliveryId,
        original_id: &DeliveryId,
        request: RenderedRequest,
        turn: &mut Turn,
    ) -> Result<(), StoreError> {
        let Some(original) = self.load_delivery(original_id).await? else { return Ok(()) };
        let now = self.world.now();
        let status = match check_url(&request.url) {
            Ok(_) => DeliveryStatus::Waiting { reason: WaitReason::Turn, due_at: now },
            Err(problem) => {
                let reason = SkipReason::RequestProblem { message: problem.to_string() };
                DeliveryStatus::Skipped { reason, at: now }
            }
        };
        let edited = Delivery {
            id: delivery_id.clone(),
            origin: DeliveryOrigin::EditOf { delivery_id: original_id.clone() },
            created_at: now,
            request: Some(request),
            status,
            n_attempts: 0,
            n_scheduled_attempts: 0,
            first_attempt_at: None,
            last_outcome: None,
            may_have_arrived: false,
            updated_at: now,
            ..original.value.clone()
        };
        let event = ActivityEvent::EditedInto { delivery_id: original_id.clone(), into: delivery_id.clone() };
        self.log(&original.value, event, &mut turn.batch);
        let event = ActivityEvent::DeliveryQueued { delivery_id, node_id: edited.node_id.clone() };
        self.log(&edited, event, &mut turn.batch);
        self.log_status(&edited, &mut turn.batch);
        turn.add(edited);
        Ok(())
    }

    async fn entries_of(&self, flow_id: &FlowId, profile: &Profile) -> Result<Vec<Timestamp>, StoreError> {
        let prefix =
            || vec![IndexPart::Text(flow_id.as_str().to_owned()), IndexPart::Text(profile.id.as_str().to_owned())];
        let mut from = prefix();
        from.push(IndexPart::Number(0));
        let mut to = prefix();
        to.push(IndexPart::Number(self.world.now().as_millis()));
        let by = Order::Index { name: "flow-profile", from: Some(from), to: Some(to), after: None };
        let query = Query { store: StoreName::Runs, by, direction: Direction::Descending, limit: SLICE };
        let runs = load::read_rows::<RunDocument>(self.store.query(query).await?);
        Ok(runs.values.into_iter().map(|run| run.value.run.entered_at).collect())
    }
}
