//! Passes to the sender what a person asked for.
//!
//! In: an act on the screen. Out: a command in the inbox, and a poke; or a refusal in words.
//! Invariant: the page itself sends nothing.

use crate::domain::event::TriggerEvent;
use crate::domain::flow::model::Flow;
use crate::domain::id::{CommandId, DeliveryId, EventId, FlowId, NodeId, ProfileId};
use crate::runtime::command::{BulkAct, BulkScope, SenderCommand};
use crate::runtime::handle::{ActivityFilter, AppEvent, CommandRefusal};
use crate::runtime::page::Page;
use crate::runtime::ports::{Clock, Random};
use crate::storage::record::inbox::InboxText;
use crate::storage::{Store, StoreError, StoreName};

impl<S: Store, W: Clock + Random> Page<S, W> {
    pub(super) async fn send_test(
        &mut self,
        flow: &Flow,
        node_id: &NodeId,
        event_id: Option<&EventId>,
        profile_id: &ProfileId,
    ) -> Result<(), StoreError> {
        let action = flow.nodes.get(node_id).and_then(|node| node.kind.webhook().cloned());
        let (Some(action), Some(profile)) = (action, self.profiles.get(profile_id).cloned()) else {
            (self.emit)(AppEvent::CommandRefused { refusal: CommandRefusal::NothingToSend });
            return Ok(());
        };
        let delivery_id = DeliveryId::new(self.fresh_id());
        let is_profile_only = !flow.trigger.has_event();
        let event = event_id.filter(|_| !is_profile_only).and_then(|event_id| self.events.get(event_id).cloned());
        self.ask_sender(&SenderCommand::SendTest {
            delivery_id: delivery_id.clone(),
            flow_id: flow.id.clone(),
            flow_name: flow.name.clone(),
            node_id: node_id.clone(),
            action,
            event,
            profile,
            is_profile_only,
        })
        .await?;
        self.own_tests.insert(delivery_id.clone());
        (self.emit)(AppEvent::TestStarted { delivery_id });
        Ok(())
    }

    pub(super) async fn fire_event(
        &mut self,
        flow_id: FlowId,
        event_id: Option<&EventId>,
        profile_id: &ProfileId,
    ) -> Result<(), StoreError> {
        let is_saved = self.documents.get(&flow_id).is_some_and(|document| document.value.saved.is_some());
        if !is_saved {
            (self.emit)(AppEvent::CommandRefused { refusal: CommandRefusal::NotSaved });
            return Ok(());
        }
        let Some(profile) = self.profiles.get(profile_id).cloned() else {
            (self.emit)(AppEvent::CommandRefused { refusal: CommandRefusal::NothingToSend });
            return Ok(());
        };
        // It happens now, whatever day the sample is from.
        let event = event_id.and_then(|event_id| self.events.get(event_id)).map(|event| TriggerEvent {
            occurred_at: self.world.now(),
            profile_id: profile.id.clone(),
            ..event.clone()
        });
        self.ask_sender(&SenderCommand::FireEvent { flow_id, event, profile }).await
    }

    pub(super) async fn ask_sender(&self, command: &SenderCommand) -> Result<(), StoreError> {
        let text = command.to_text();
        self.put(&InboxText { command_id: CommandId::new(self.fresh_id()), text }).await?;
        (self.poke_sender)();
        Ok(())
    }

    pub(super) async fn act_on_many(&mut self, act: BulkAct, scope: BulkScope) -> Result<(), StoreError> {
        let scope = match scope {
            // Those that come after this moment were not seen by the person who asked.
            BulkScope::Found { filter } => {
                let now = self.world.now();
                let until = Some(filter.until.map_or(now, |until| until.min(now)));
                BulkScope::Found { filter: ActivityFilter { until, ..filter } }
            }
            some @ BulkScope::Some { .. } => some,
        };
        self.ask_sender(&SenderCommand::Bulk { act, scope, after: None }).await
    }

    pub(super) async fn edit_and_resend(
        &mut self,
        original_id: DeliveryId,
        url: String,
        headers: Vec<(String, String)>,
        body: String,
    ) -> Result<(), StoreError> {
        let delivery_id = DeliveryId::new(self.fresh_id());
        let command =
            SenderCommand::EditAndResend { delivery_id: delivery_id.clone(), original_id, url, headers, body };
        self.ask_sender(&command).await?;
        (self.emit)(AppEvent::TestStarted { delivery_id });
        Ok(())
    }

    pub(super) async fn forget_person(&mut self, profile_id: ProfileId, email: String) -> Result<(), StoreError> {
        // The library may have lost them already; the log has not.
        let email = self.profiles.remove(&profile_id).map_or(email, |profile| profile.email);
        let own: Vec<EventId> =
            self.events.values().filter(|event| event.profile_id == profile_id).map(|event| event.id.clone()).collect();
        for event_id in own {
            self.delete(StoreName::Events, event_id.as_str()).await?;
            self.events.remove(&event_id);
        }
        self.delete(StoreName::Profiles, profile_id.as_str()).await?;
        self.tell_events();
        (self.emit)(AppEvent::ProfilesChanged { profiles: self.profiles.values().cloned().collect() });
        self.ask_sender(&SenderCommand::ForgetPerson { profile_id, email }).await
    }
}
