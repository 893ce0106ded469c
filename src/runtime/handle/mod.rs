//! The page's line to everything behind it: commands go in, events come out.
//!
//! In: what a person did. Out: what happened.
//! Invariant: plain values both ways; a screen never waits for an answer in a handler.

mod activity;
mod command;
mod event;
mod flows;
mod members;
mod state;
mod work;

use std::rc::Rc;

pub use crate::runtime::command::{BulkAct, BulkScope};
pub use crate::runtime::handle::activity::{
    ActivityFilter, ActivityPage, DeliveryDetail, LogPlace, PagePlace, StatusKind,
};
pub use crate::runtime::handle::command::AppCommand;
pub use crate::runtime::handle::event::{AppEvent, CommandRefusal, Workspace};
pub use crate::runtime::handle::flows::{DeletedFlow, FlowsNews, FlowsOrder};
pub use crate::runtime::handle::members::{
    MemberView, MembersNews, MembersOrder, MembersRefusal, MembersView, SecretView, SessionView, VaultView,
};
pub use crate::runtime::handle::state::{SenderState, StoreTrouble};
pub use crate::runtime::handle::work::{
    KindChange, MAX_BACKUP_BYTES, MembersPlan, RestoreNews, StorageNews, StoreName, WorkNews, WorkOrder,
};

/// Sends commands; cheap to copy about.
#[derive(Clone)]
pub struct Handle {
    dispatch: Rc<dyn Fn(AppCommand)>,
}

impl Handle {
    /// A handle that passes every command to `dispatch`.
    pub fn new(dispatch: impl Fn(AppCommand) + 'static) -> Self {
        Self { dispatch: Rc::new(dispatch) }
    }

    /// Asks for something; the answer comes as an [`AppEvent`].
    pub fn dispatch(&self, command: AppCommand) {
        (self.dispatch)(command);
    }
}
