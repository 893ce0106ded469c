//! The navigation: at the left on wide screens, at the bottom on narrow ones.
//!
//! In: the route, the sender's state. Out: links, and the theme.
//! Invariant: the place one is at is marked for the eye and for assistive technology.

use leptos::prelude::*;

use crate::ui::kit::tabs::focus_element;
use crate::ui::kit::{Icon, Later, icon, large_icon};
use crate::ui::page::{Theme, use_page};
use crate::ui::shell::HEADING_ID;
use crate::ui::state::use_app_state;
use crate::ui::words::sender_words;
use crate::view_model::messages;
use crate::view_model::route::Route;

const PLACES: [(&str, &str, Icon); 7] = [
    ("#/flows", "Flows", Icon::Workflow),
    ("#/activity", "Activity", Icon::Activity),
    ("#/events", "Events", Icon::Events),
    ("#/sandbox", "Sandbox", Icon::Braces),
    ("#/members", "Members", Icon::User),
    ("#/settings", "Settings", Icon::Settings),
    ("#/help", "Help", Icon::Help),
];

const fn place_of(route: &Route) -> &'static str {
    match route {
        Route::Flows | Route::Flow { .. } | Route::Payload { .. } | Route::Rehearsal { .. } => "#/flows",
        Route::Sandbox { .. } => "#/sandbox",
        Route::Activity { .. } | Route::Delivery { .. } | Route::Destinations | Route::Destination { .. } => {
            "#/activity"
        }
        Route::Events => "#/events",
        Route::Settings => "#/settings",
        Route::Members => "#/members",
        Route::Help { .. } => "#/help",
        Route::Unknown { .. } => "",
    }
}

/// Links to the main screens, the sender's state, and the theme.
#[component]
pub fn Navigation() -> AnyView {
    let app_state = use_app_state();
    let place = Memo::new(move |_| app_state.route.with(place_of));
    view! {
        <nav class="nav" aria-label="Main">
            <a
                class="skip-link"
                href=move || app_state.route.with(Route::hash)
                on:click=move |event| {
                    event.prevent_default();
                    focus_element(HEADING_ID);
                }
            >
                "Skip to content"
            </a>
            <a class="nav-brand" href="#/flows" tabindex="-1" aria-hidden="true">
                {large_icon(Icon::Webhook)}
                <span>"Hookwright"</span>
            </a>
            // In tasks of their own, as the panes of a flow.
            <ul class="nav-places">
                <Later>{place_links(place)}</Later>
            </ul>
            <div class="nav-foot">
                <Later>
                    <SenderState />
                    <ThemeSwitch />
                </Later>
            </div>
        </nav>
    }
    .into_any()
}

fn place_links(place: Memo<&'static str>) -> AnyView {
    PLACES
        .into_iter()
        .map(|(href, label, glyph)| {
            view! {
                <li>
                    <a class="nav-place" href=href aria-current=move || (place.get() == href).then_some("page")>
                        {large_icon(glyph)}
                        <span>{label}</span>
                    </a>
                </li>
            }
        })
        .collect_view()
        .into_any()
}

/// Which tab sends.
#[component]
pub fn SenderState() -> AnyView {
    let app_state = use_app_state();
    view! {
        <p class="nav-sender" role="status" title=messages::SENDER_MEANING>
            {move || {
                let (glyph, words, is_well) = sender_words(app_state.sender.get());
                let class = if is_well { "nav-sender-state" } else { "nav-sender-state nav-sender-state--troubled" };
                view! { <span class=class>{icon(glyph)}<span>{words}</span></span> }
            }}
        </p>
    }
    .into_any()
}

/// Light, dark, or as the system has it.
#[component]
pub fn ThemeSwitch() -> AnyView {
    let page = use_page();
    let theme = page.theme;
    let choose = move |chosen: Theme| {
        theme.set(chosen);
        page.keep_theme(chosen);
        let Some(root) = document().document_element() else { return };
        let result = match chosen.name() {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
        if result.is_err() {
            leptos::logging::warn!("the theme could not be set");
        }
    };
    let themes = [
        (Theme::System, "As the system", Icon::Monitor),
        (Theme::Light, "Light", Icon::Sun),
        (Theme::Dark, "Dark", Icon::Moon),
    ];
    view! {
        <div class="theme-switch" role="group" aria-label="Theme">
            {themes
                .into_iter()
                .map(|(value, label, glyph)| {
                    view! {
                        <button
                            type="button"
                            class="theme-switch-choice"
                            aria-label=label
                            title=label
                            aria-pressed=move || (theme.get() == value).to_string()
                            on:click=move |_| choose(value)
                        >
                            {icon(glyph)}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}
