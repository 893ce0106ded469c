//! The right panel: what would be sent, which way somebody would go, and what is wrong.
//!
//! In: the working copy. Out: three tabs.
//! Invariant: the journey is lit on the canvas only while its tab shows.

use leptos::prelude::*;

use crate::domain::flow::check::FlowSeverity;
use crate::domain::member::Permission;
use crate::ui::builder::panels::{FlowPanel, SidePanel};
use crate::ui::builder::{Builder, Selection, use_builder};
use crate::ui::kit::tabs::focus_soon;
use crate::ui::kit::{EmptyState, Icon, Tab, Tabs, icon};
use crate::ui::members::{RefusalNote, use_why_not_look};
use crate::ui::screens::{ShownPanel, ShownSide};
use crate::view_model::flow::node_title;
use crate::view_model::messages::{self, sentence};

const TABS: [Tab; 3] = [
    Tab { value: "preview", label: "Preview" },
    Tab { value: "journey", label: "Journey" },
    Tab { value: "problems", label: "Problems" },
];

/// Preview, journey, problems.
#[component]
pub fn EvidencePanel() -> AnyView {
    let builder = use_builder();
    let tab = builder.evidence_tab;
    let n_problems = Memo::new(move |_| builder.problems.with(Vec::len));
    Effect::new(move |_| {
        if tab.get() != "journey" {
            builder.lit.set(None);
        }
    });
    let may_look = use_why_not_look(Permission::Preview);
    let show = move || match tab.get() {
        // A journey tells as much of an event as a preview does.
        "journey" if may_look.with(Option::is_some) => view! { <RefusalNote why_not=may_look /> }.into_any(),
        "journey" => view! { <ShownPanel panel=FlowPanel::Journey /> }.into_any(),
        "problems" => view! { <ShownPanel panel=FlowPanel::Problems /> }.into_any(),
        _ => view! { <ShownSide panel=SidePanel::Preview /> }.into_any(),
    };
    view! {
        <div class="evidence-tabs">
            <Tabs id="evidence" label="Evidence" tabs=&TABS chosen=tab counted=("problems", n_problems) />
        </div>
        <div id="evidence-panel" role="tabpanel" aria-labelledby=move || format!("evidence-{}", tab.get())>{show}</div>
    }
    .into_any()
}

/// Everything wrong with the flow; each leads to its place.
#[component]
pub fn ProblemList() -> AnyView {
    let builder = use_builder();
    let show = move || {
        let problems = builder.problems.get();
        if problems.is_empty() {
            return view! {
                <EmptyState glyph=Icon::Delivered title="Nothing is wrong" text=messages::NO_PROBLEMS />
            }
            .into_any();
        }
        let rows = problems.into_iter().map(|problem| {
            let (tone, glyph, word) = match problem.severity {
                FlowSeverity::CannotWork => ("ink-fail", Icon::Skipped, "Cannot work"),
                FlowSeverity::PassedOver => ("ink-wait", Icon::Warning, "Passed over until set up"),
            };
            let place = builder.of_flow_untracked(|flow| {
                problem.node_id.as_ref().map_or_else(|| "Flow".to_owned(), |node_id| node_title(flow, node_id))
            });
            let target = match problem.node_id {
                Some(node_id) => Selection::Node { node_id },
                None => Selection::Trigger,
            };
            view! {
                <li>
                    <button type="button" class="problem-row" on:click=move |_| go_to_problem(builder, target.clone())>
                        <span class=tone>{icon(glyph)}</span>
                        <span>
                            <span class="problem-place">{place}<span class="muted">" · "{word}</span></span>
                            <span>{sentence(&problem.message)}</span>
                        </span>
                    </button>
                </li>
            }
        });
        view! { <ul class="problem-list" aria-label="Problems of the flow">{rows.collect_view()}</ul> }.into_any()
    };
    view! { {show} }.into_any()
}

/// Selects the card; its settings get the focus, since that is where the problem is mended.
fn go_to_problem(builder: Builder, target: Selection) {
    builder.select(target);
    focus_soon("inspector".to_owned());
}
