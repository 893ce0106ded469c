//! *Profile*: for whom previews and tests are.
//!
//! In: the event and the person of now. Out: another person.
//! Invariant: a choice holds for the event beside which it was made; another event brings its own person.

use leptos::prelude::*;

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::ProfileId;
use crate::ui::kit::{Choice, SelectField};
use crate::ui::state::AppState;
use crate::view_model::library::profile_title;
use crate::view_model::sample::ChosenPerson;

/// A choice among all profiles.
pub fn profile_select(
    app_state: AppState,
    id: &'static str,
    event: Memo<Option<TriggerEvent>>,
    profile: Memo<Option<Profile>>,
) -> AnyView {
    let choices = Signal::derive(move || {
        app_state.profiles.with(|profiles| {
            let choice = |profile: &Profile| Choice::new(profile.id.to_string(), profile_title(profile));
            profiles.iter().map(choice).collect::<Vec<_>>()
        })
    });
    let value = Signal::derive(move || profile.with(|p| p.as_ref().map(|p| p.id.to_string()).unwrap_or_default()));
    let choose = move |profile_id: String| {
        let event_id = event.with_untracked(|event| event.as_ref().map(|event| event.id.clone()));
        app_state.chosen_person.set(Some(ChosenPerson { profile_id: ProfileId::new(profile_id), event_id }));
    };
    view! { <SelectField id=id label="Profile" choices=choices value=value on_change=choose /> }.into_any()
}
