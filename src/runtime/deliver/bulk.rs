//! Acts on many deliveries, slice by slice.
//!
//! In: an act, a filter or a list of ids, how far it has come. Out: one transaction a slice, which also keeps the place.
//! Invariant: a sender that ends in the middle loses no part of it and does no part twice.

use crate::domain::delivery::lifecycle;
use crate::domain::delivery::state::Delivery;
use crate::domain::time::Timestamp;
use crate::runtime::command::{BulkAct, BulkScope, SenderCommand};
use crate::runtime::deliver::turn::Turn;
use crate::runtime::deliver::{SLICE, Sender};
use crate::runtime::log::{LogPlace, LogScan};
use crate::runtime::ports::World;
use crate::storage::record::load::Revised;
use crate::storage::{Direction, Store, StoreError};

/// Deliveries looked at in one slice.
const LOOK_BUDGET: usize = 5_000;

impl<S: Store + 'static, W: World + 'static> Sender<S, W> {
    /// Does one slice; answers the command that is left to do, if any.
    pub(super) async fn do_slice(
        &mut self,
        act: BulkAct,
        scope: BulkScope,
        after: Option<LogPlace>,
        turn: &mut Turn,
    ) -> Result<Option<SenderCommand>, StoreError> {
        let (deliveries, rest) = match scope {
            BulkScope::Some { mut delivery_ids } => {
                let rest = delivery_ids.split_off(delivery_ids.len().min(SLICE));
                let deliveries = self.load_deliveries(&delivery_ids).await?;
                let rest = (!rest.is_empty()).then_some((BulkScope::Some { delivery_ids: rest }, None));
                (deliveries, rest)
            }
            BulkScope::Found { filter } => {
                let mut scan = LogScan::new(filter.clone(), Direction::Ascending, after);
                let found = scan.next(&*self.store, SLICE, LOOK_BUDGET).await?;
                let ids: Vec<_> = found.into_iter().map(|delivery| delivery.id).collect();
                let rest = (!scan.is_done()).then(|| (BulkScope::Found { filter }, scan.place().cloned()));
                (self.load_deliveries(&ids).await?, rest)
            }
        };
        for delivery in &deliveries {
            self.act(act, delivery, turn);
        }
        Ok(rest.map(|(scope, after)| SenderCommand::Bulk { act, scope, after }))
    }

    fn act(&mut self, act: BulkAct, delivery: &Revised<Delivery>, turn: &mut Turn) {
        let change: fn(&Delivery, Timestamp) -> Option<Delivery> = match act {
            BulkAct::Resend => lifecycle::resend_in_turn,
            BulkAct::Dismiss => lifecycle::dismiss,
            BulkAct::Approve => lifecycle::approve,
        };
        self.change_delivery(delivery, change, turn);
    }

    pub(super) fn change_delivery(
        &mut self,
        delivery: &Revised<Delivery>,
        change: fn(&Delivery, Timestamp) -> Option<Delivery>,
        turn: &mut Turn,
    ) {
        if let Some(changed) = change(&delivery.value, self.world.now()) {
            self.log_status(&changed, &mut turn.batch);
            turn.change(delivery, changed);
        }
    }
}
