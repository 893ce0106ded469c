//! What of the flow's screen is not the flow itself. The forms beside it come right after it; what opens with an act of a
//! person comes in an idle moment, or with that act.
//!
//! In: which panel. Out: its view.
//! Invariant: nothing else names their contents, so that the flow waits for none of this.

use leptos::prelude::*;

use crate::domain::flow::condition::Subject;
use crate::domain::id::NodeId;
use crate::ui::builder::canvas::{Finder, ShortcutSheet};
use crate::ui::builder::cards::{ForeignPanel, NoteForm, SplitForm};
use crate::ui::builder::clash::ClashBanner;
use crate::ui::builder::curl::CurlDialog;
use crate::ui::builder::delay::DelayForm;
use crate::ui::builder::evidence::ProblemList;
use crate::ui::builder::fire::FireDialog;
use crate::ui::builder::journey::JourneyPanel;
use crate::ui::builder::practice::PracticeScriptForm;
use crate::ui::builder::test_result::TestResult;
use crate::ui::builder::trigger::TriggerPanel;
use crate::ui::builder::webhook::WebhookForm;
use crate::ui::flows::VersionsDialog;
use crate::ui::members::{SecretField, SecretPlace, Signing, SigningPlace};
use crate::ui::payload::Evidence;

/// What stands beside a flow from the first look on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SidePanel {
    Webhook { node_id: NodeId },
    Preview,
}

/// Its view.
pub fn side_panel(panel: SidePanel) -> AnyView {
    match panel {
        SidePanel::Webhook { node_id } => view! { <WebhookForm node_id=node_id /> }.into_any(),
        SidePanel::Preview => view! { <Evidence /> }.into_any(),
    }
}

/// What opens with an act. Dialogs are told by a signal whether they show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlowPanel {
    Trigger,
    Delay { node_id: Memo<NodeId> },
    Split { node_id: NodeId, subject: Subject },
    Note { node_id: NodeId },
    Foreign { node_id: NodeId },
    Journey,
    Problems,
    Practice,
    Clash,
    TestResult { node_id: StoredValue<NodeId> },
    Secret { place: StoredValue<SecretPlace> },
    Signing { place: StoredValue<SigningPlace>, is_made_now: bool },
    Finder,
    Shortcuts,
    Curl { node_id: NodeId, is_open: RwSignal<bool> },
    Versions { is_open: RwSignal<bool> },
    Fire { is_open: RwSignal<bool>, is_saved_now: Memo<bool> },
}

/// Its view.
pub fn flow_panel(panel: FlowPanel) -> AnyView {
    match panel {
        FlowPanel::Trigger => view! { <TriggerPanel /> }.into_any(),
        FlowPanel::Delay { node_id } => view! { <DelayForm node_id=node_id /> }.into_any(),
        FlowPanel::Split { node_id, subject } => view! { <SplitForm node_id=node_id subject=subject /> }.into_any(),
        FlowPanel::Note { node_id } => view! { <NoteForm node_id=node_id /> }.into_any(),
        FlowPanel::Foreign { node_id } => view! { <ForeignPanel node_id=node_id /> }.into_any(),
        FlowPanel::Journey => view! { <JourneyPanel /> }.into_any(),
        FlowPanel::Problems => view! { <ProblemList /> }.into_any(),
        FlowPanel::Practice => view! { <PracticeScriptForm /> }.into_any(),
        FlowPanel::Clash => view! { <ClashBanner /> }.into_any(),
        FlowPanel::TestResult { node_id } => view! { <TestResult node_id=node_id /> }.into_any(),
        FlowPanel::Secret { place } => view! { <SecretField place=place.get_value() /> }.into_any(),
        FlowPanel::Signing { place, is_made_now } => {
            view! { <Signing place=place.get_value() is_made_now=is_made_now /> }.into_any()
        }
        FlowPanel::Finder => view! { <Finder /> }.into_any(),
        FlowPanel::Shortcuts => view! { <ShortcutSheet /> }.into_any(),
        FlowPanel::Curl { node_id, is_open } => view! { <CurlDialog node_id=node_id is_open=is_open /> }.into_any(),
        FlowPanel::Versions { is_open } => view! { <VersionsDialog is_open=is_open /> }.into_any(),
        FlowPanel::Fire { is_open, is_saved_now } => {
            view! { <FireDialog is_open=is_open is_saved_now=is_saved_now /> }.into_any()
        }
    }
}
