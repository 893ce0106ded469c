//! Snippets: what a payload may include and extend in Django's dialect.
//!
//! In: their text, which the sandbox and every payload editor share. Out: each a name and a source; the area to type in.
//! Invariant: Klaviyo's dialect has none.

use leptos::prelude::*;

use crate::ui::kit::{Tab, Tabs};
use crate::ui::payload::data_area::{DataArea, data_area};
use crate::ui::payload::variables::VariablesPane;
use crate::view_model::json_text::JsonProblem;
use crate::view_model::messages;
use crate::view_model::sandbox::Snippets;

const TABS: [Tab; 2] = [Tab { value: "variables", label: "Variables" }, Tab { value: "snippets", label: "Snippets" }];

/// What was typed, read.
pub type Typed = Memo<Result<Snippets, JsonProblem>>;

/// The newest snippets whose text was right; none where the dialect has no `include`.
pub fn last_good_snippets(typed: Typed, is_django: Signal<bool>) -> Signal<Snippets> {
    let good =
        Memo::new(move |before: Option<&Snippets>| typed.get().ok().or_else(|| before.cloned()).unwrap_or_default());
    Memo::new(move |_| if is_django.get() { good.get() } else { Snippets::new() }).into()
}

/// Where they are typed.
pub fn snippets_area(id: &'static str, text: RwSignal<String>, typed: Typed) -> AnyView {
    let problem = Signal::derive(move || typed.get().err());
    data_area(DataArea { id, label: "Snippets", hint: messages::SNIPPETS_HINT }, text, problem)
}

/// The variables of a webhook's payload, and, where the dialect has them, snippets beside.
pub fn variables_or_snippets(text: RwSignal<String>, typed: Typed, is_django: Signal<bool>) -> AnyView {
    let tab = RwSignal::new("variables");
    let is_django = Memo::new(move |_| is_django.get());
    let show = move || match tab.get() {
        "snippets" => snippets_area("payload-snippets", text, typed),
        _ => view! { <VariablesPane /> }.into_any(),
    };
    let panes = move || {
        if !is_django.get() {
            return view! { <VariablesPane /> }.into_any();
        }
        view! {
            <div class="sandbox-data">
                <Tabs id="payload-data" label="What the template reads" tabs=&TABS chosen=tab />
                <div class="sandbox-data-panel" id="payload-data-panel" role="tabpanel" aria-labelledby=move || format!("payload-data-{}", tab.get())>
                    {show}
                </div>
            </div>
        }
        .into_any()
    };
    panes.into_any()
}
