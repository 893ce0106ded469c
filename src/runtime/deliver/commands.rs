//! Does what pages ask of the sender.
//!
//! In: commands of the inbox. Out: what they lead to, in the batch that deletes them.
//! Invariant: a command is done once or not at all.

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::state::Delivery;
use crate::domain::event::Profile;
use crate::domain::flow::model::FlowDocument;
use crate::domain::flow::run::RunDocument;
use crate::domain::id::{DeliveryId, FlowId};
use crate::domain::time::Timestamp;
use crate::runtime::command::SenderCommand;
use crate::runtime::deliver::{SLICE, Sender, delivery_check};
use crate::runtime::plan::TestOrder;
use crate::runtime::ports::World;
use crate::storage::record::Stored;
use crate::storage::record::inbox::InboxText;
use crate::storage::record::load;
use crate::storage::{Batch, Check, Direction, IndexPart, Order, Query, Store, StoreError, StoreName, Write};

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    pub(super) async fn take_commands(&mut self) -> Result<bool, StoreError> {
        let by = Order::Key { prefix: String::new(), after: None };
        let query = Query { store: StoreName::Inbox, by, direction: Direction::Ascending, limit: SLICE };
        let rows = self.store.query(query).await?;
        let inbox = load::read_rows::<InboxText>(rows);
        let has_any = !inbox.values.is_empty();
        for entry in inbox.values {
            let mut batch = self.fenced_batch();
            let key = entry.value.command_id.as_str().to_owned();
            batch.checks.push(Check::Revision { store: StoreName::Inbox, key: key.clone(), revision: entry.revision });
            batch.writes.push(Write::Delete { store: StoreName::Inbox, key });
            // A command that cannot be read any more is dropped: the page that wrote it is gone.
            if let Ok(command) = SenderCommand::from_text(&entry.value.text) {
                self.plan_command(command, &mut batch).await?;
            }
            self.commit_and_queue(batch).await?;
        }
        for broken in &inbox.broken {
            if let Some(batch) = load::set_aside(broken) {
                self.store.commit(batch).await?;
            }
        }
        Ok(has_any)
    }

    async fn plan_command(&mut self, command: SenderCommand, batch: &mut Batch) -> Result<(), StoreError> {
        match command {
            SenderCommand::FireEvent { flow_id, event, profile } => {
                let document = self.fetch::<FlowDocument>(flow_id.as_str()).await?;
                let Some(document) = document else { return Ok(()) };
                let Some(saved) = document.value.saved else { return Ok(()) };
                let entered_before = self.entries_of(&saved.flow.id, &profile).await?;
                let plan = self.with_planner(|planner| planner.fire(&saved, event.as_ref(), &profile, &entered_before));
                self.add_plan(plan, batch);
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
                self.add_plan(plan, batch);
            }
            SenderCommand::Resend { delivery_id } => {
                if let Some(delivery) = self.load_delivery(&delivery_id).await? {
                    self.start_attempts(vec![delivery], lifecycle::start_manual, batch);
                }
            }
            SenderCommand::Dismiss { delivery_id } => {
                self.change_delivery(&delivery_id, lifecycle::dismiss, batch).await?
            }
            SenderCommand::Approve { delivery_id } => {
                self.change_delivery(&delivery_id, lifecycle::approve, batch).await?
            }
        }
        Ok(())
    }

    async fn change_delivery(
        &mut self,
        delivery_id: &DeliveryId,
        change: fn(&Delivery, Timestamp) -> Option<Delivery>,
        batch: &mut Batch,
    ) -> Result<(), StoreError> {
        let Some(delivery) = self.load_delivery(delivery_id).await? else { return Ok(()) };
        if let Some(changed) = change(&delivery.value, self.world.now()) {
            batch.checks.push(delivery_check(&delivery));
            self.log_status(&changed, batch);
            batch.writes.push(Write::Put(changed.to_row()));
        }
        Ok(())
    }

    async fn entries_of(&self, flow_id: &FlowId, profile: &Profile) -> Result<Vec<Timestamp>, StoreError> {
        let prefix =
            || vec![IndexPart::Text(flow_id.as_str().to_owned()), IndexPart::Text(profile.id.as_str().to_owned())];
        let mut from = prefix();
        from.push(IndexPart::Number(0));
        let mut to = prefix();
        to.push(IndexPart::Number(self.world.now().as_millis()));
        let by = Order::Index { name: "flow-profile", from: Some(from), to: Some(to) };
        let query = Query { store: StoreName::Runs, by, direction: Direction::Descending, limit: SLICE };
        let runs = load::read_rows::<RunDocument>(self.store.query(query).await?);
        Ok(runs.values.into_iter().map(|run| run.value.run.entered_at).collect())
    }
}
