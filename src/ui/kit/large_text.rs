//! Text too long to be checked, numbered and coloured at every keystroke.
//!
//! In: what is typed. Out: the same after a pause; a plain field.
//! Invariant: what is typed is on the screen at once; only what is made of it waits.

use std::time::Duration;

use leptos::prelude::*;

/// Longer text is checked after a pause in typing, and has no line numbers.
pub const LARGE_BYTES: usize = 200_000;
const PAUSE: Duration = Duration::from_millis(400);

/// The text as it is checked: at once, or after a pause where it is large.
pub fn settled(text: Signal<String>) -> RwSignal<String> {
    let checked = RwSignal::new(text.get_untracked());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let clear = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    Effect::new(move |_| {
        let now = text.get();
        clear();
        if now.len() > LARGE_BYTES {
            timer.set_value(set_timeout_with_handle(move || checked.set(now.clone()), PAUSE).ok());
        } else if checked.with_untracked(|checked| *checked != now) {
            checked.set(now);
        }
    });
    on_cleanup(clear);
    checked
}

/// A field for text too long for line numbers.
pub fn plain_area(id: &'static str, label: &'static str, text: Signal<String>, on_input: Callback<String>) -> AnyView {
    view! {
        <textarea
            class="input input--code plain-area"
            id=id
            aria-label=label
            aria-describedby=format!("{id}-note")
            spellcheck="false"
            wrap="off"
            prop:value=text
            on:input=move |event| on_input.run(event_target_value(&event))
        ></textarea>
    }
    .into_any()
}
