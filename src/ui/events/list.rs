//! A long list of which only the rows in sight are drawn.
//!
//! In: ids in order, a row's words, the chosen id. Out: another choice, by pointer or keyboard.
//! Invariant: one tab stop; the active row is always in sight, and rows never change height.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;

use crate::ui::kit::Here;

/// A row's height in pixels; the stylesheet's `.library-row` has the same.
const ROW: f64 = 56.0;
/// Rows drawn beyond each edge.
const SPARE: usize = 8;

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowWords {
    pub title: String,
    pub detail: String,
    /// Whether there is text that is not kept.
    pub is_edited: bool,
}

/// The list.
#[component]
pub fn VirtualList(
    /// Ties rows to the list; unique on the page.
    id: &'static str,
    /// What it lists.
    label: &'static str,
    /// In the order they are shown.
    ids: Memo<Vec<String>>,
    /// What a row says.
    words: Callback<String, RowWords>,
    /// The chosen one.
    chosen: Signal<Option<String>>,
    /// Runs when another is chosen.
    on_choose: Callback<String>,
) -> AnyView {
    let frame = NodeRef::<html::Div>::new();
    let scrolled = RwSignal::new(0.0_f64);
    let height = RwSignal::new(800.0_f64);
    let active = RwSignal::new(0_usize);
    let n_rows = Memo::new(move |_| ids.with(Vec::len));
    let here = Here::now();
    let measure = move || {
        if let Some(frame) = frame.get_untracked() {
            scrolled.set(f64::from(frame.scroll_top()));
            height.set(f64::from(frame.client_height()).max(ROW));
        }
    };
    Effect::new(move |_| {
        // A list that was replaced or came into sight is measured anew.
        n_rows.with(|_| ());
        if frame.get().is_some() {
            here.on_frame(measure);
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    // The chosen row is the active one, wherever the choice came from.
    Effect::new(move |_| {
        let chosen = chosen.get();
        let place = ids.with(|ids| chosen.as_ref().and_then(|chosen| ids.iter().position(|id| id == chosen)));
        active.set(place.unwrap_or_else(|| active.get_untracked().min(n_rows.get().saturating_sub(1))));
    });
    let show = move |row_idx: usize| {
        let Some(frame) = frame.get_untracked() else { return };
        let (top, seen) = (row_idx as f64 * ROW, f64::from(frame.client_height()));
        let above = f64::from(frame.scroll_top());
        if top < above {
            frame.set_scroll_top(top as i32);
        } else if top + ROW > above + seen {
            frame.set_scroll_top((top + ROW - seen) as i32);
        }
        measure();
    };
    Effect::new(move |_| {
        let row_idx = active.get();
        here.on_frame(move || show(row_idx));
    });
    let seen = Memo::new(move |_| {
        let first = ((scrolled.get() / ROW) as usize).saturating_sub(SPARE);
        let n_seen = (height.get() / ROW) as usize + 2 * SPARE + 2;
        (first, (first + n_seen).min(n_rows.get()))
    });
    let choose = move |row_idx: usize| {
        if let Some(chosen) = ids.with_untracked(|ids| ids.get(row_idx).cloned()) {
            active.set(row_idx);
            on_choose.run(chosen);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let last = n_rows.get_untracked().saturating_sub(1);
        let page = (height.get_untracked() / ROW) as usize;
        let now = active.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" => now.saturating_add(1),
            "ArrowUp" => now.saturating_sub(1),
            "PageDown" => now.saturating_add(page),
            "PageUp" => now.saturating_sub(page),
            "Home" => 0,
            "End" => last,
            "Enter" | " " => {
                event.prevent_default();
                return choose(now);
            }
            _ => return,
        };
        event.prevent_default();
        active.set(next.min(last));
    };
    let row = move |row_idx: usize, row_id: String| {
        let own = row_id.clone();
        let is_chosen = Memo::new(move |_| chosen.with(|chosen| chosen.as_ref() == Some(&own)));
        let words = Memo::new(move |_| words.run(row_id.clone()));
        view! {
            <div
                class="library-row"
                class:library-row--active=move || active.get() == row_idx
                role="option"
                id=format!("{id}-{row_idx}")
                aria-selected=move || is_chosen.get().to_string()
                aria-setsize=move || n_rows.get().to_string()
                aria-posinset=(row_idx + 1).to_string()
                style:top=format!("{}px", row_idx as f64 * ROW)
                on:click=move |_| choose(row_idx)
            >
                <span class="library-row-title">
                    {move || words.get().title}
                    {move || words.get().is_edited.then(|| view! { <span class="library-row-mark">"not kept"</span> })}
                </span>
                <span class="muted">{move || words.get().detail}</span>
            </div>
        }
        .into_any()
    };
    view! {
        <div
            node_ref=frame
            class="library-list"
            id=id
            role="listbox"
            tabindex="0"
            aria-label=label
            aria-activedescendant=move || (n_rows.get() > 0).then(|| format!("{id}-{}", active.get()))
            on:scroll=move |_| measure()
            on:keydown=on_keydown
        >
            <div class="library-rows" role="presentation" style:height=move || format!("{}px", n_rows.get() as f64 * ROW)>
                <For
                    each=move || {
                        let (first, end) = seen.get();
                        ids.with(|ids| {
                            (first..end).filter_map(|idx| ids.get(idx).map(|id| (idx, id.clone()))).collect::<Vec<_>>()
                        })
                    }
                    key=Clone::clone
                    let:shown
                >
                    {row(shown.0, shown.1)}
                </For>
            </div>
        </div>
    }
    .into_any()
}
