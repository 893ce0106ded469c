//! Lists and segments: small sets of profiles; coming into one starts its flows.
//!
//! In: the sets. Out: the sets as changed.
//! Invariant: says which flows an addition starts, before it does.

use leptos::prelude::*;

use crate::domain::id::ProfileId;
use crate::domain::lists::{ProfileSet, ProfileSets, SetKind};
use crate::runtime::handle::AppCommand;
use crate::runtime::library::LibraryCommand;
use crate::ui::kit::{
    Button, ButtonKind, Chip, Choice, Dialog, EmptyState, Icon, IconButton, SelectField, TextField, icon,
};
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::Tone;
use crate::view_model::library::{profile_title, some};
use crate::view_model::messages;

/// People offered while typing.
const MAX_PEOPLE: usize = 200;

const fn kind_name(kind: SetKind) -> &'static str {
    match kind {
        SetKind::List => "List",
        SetKind::Segment => "Segment",
    }
}

fn keep(app_state: AppState, sets: ProfileSets) {
    app_state.library.sets.set(sets.clone());
    app_state.dispatch(AppCommand::Library { command: LibraryCommand::KeepSets { sets } });
}

/// All lists and segments.
#[component]
pub fn SetsPanel() -> AnyView {
    let app_state = use_app_state();
    let sets = app_state.library.sets;
    let doomed = RwSignal::new(None::<(SetKind, String)>);
    let keys = Memo::new(move |_| {
        sets.with(|sets| sets.sets.iter().map(|set| (set.kind, set.name.clone())).collect::<Vec<_>>())
    });
    let list = move || {
        if keys.with(Vec::is_empty) {
            return view! {
                <EmptyState
                    glyph=Icon::User
                    title="No lists or segments yet"
                    text=messages::SETS_EMPTY
                />
            }
            .into_any();
        }
        view! {
            <ul class="sets">
                <For each=move || keys.get() key=Clone::clone let:key>{show_set(app_state, key, doomed)}</For>
            </ul>
        }
        .into_any()
    };
    view! {
        <div class="page-body sets-panel">
            <NewSet />
            {list}
        </div>
        <DeleteSet doomed=doomed />
    }
    .into_any()
}

/// A form for one more.
#[component]
fn NewSet() -> AnyView {
    let app_state = use_app_state();
    let name = RwSignal::new(String::new());
    let kind = RwSignal::new("list".to_owned());
    let chosen_kind = move || if kind.get() == "segment" { SetKind::Segment } else { SetKind::List };
    let problem = Signal::derive(move || {
        let is_taken = app_state.library.sets.with(|sets| sets.find(chosen_kind(), &name.get()).is_some());
        is_taken.then(|| messages::set_name_taken(kind_name(chosen_kind())))
    });
    let add = move |()| {
        let set = ProfileSet {
            kind: untrack(chosen_kind),
            name: name.get_untracked().trim().to_owned(),
            members: std::collections::BTreeSet::new(),
        };
        keep(app_state, app_state.library.sets.with_untracked(|sets| sets.with(set, None)));
        name.set(String::new());
    };
    view! {
        <form class="new-set" on:submit=move |event| event.prevent_default()>
            <SelectField
                id="set-kind"
                label="Kind"
                choices=Signal::stored(vec![Choice::new("list", "List"), Choice::new("segment", "Segment")])
                value=kind
                on_change=move |chosen: String| kind.set(chosen)
            />
            <TextField id="set-name" label="Name" placeholder="Newsletter" value=name problem=problem on_input=move |typed: String| name.set(typed) />
            <Button
                label=Signal::derive(move || ["Add ", &kind_name(chosen_kind()).to_lowercase()].concat())
                kind=ButtonKind::Primary
                glyph=Icon::Plus
                is_disabled=Signal::derive(move || name.with(|name| name.trim().is_empty()) || problem.with(Option::is_some))
                on_press=add
            />
        </form>
    }
    .into_any()
}

fn show_set(app_state: AppState, key: (SetKind, String), doomed: RwSignal<Option<(SetKind, String)>>) -> AnyView {
    let (kind, name) = key;
    let key = StoredValue::new((kind, name.clone()));
    let set = Memo::new(move |_| {
        app_state.library.sets.with(|sets| key.with_value(|(kind, name)| sets.find(*kind, name).cloned()))
    });
    let starts = Memo::new(move |_| {
        let Some(set) = set.get() else { return Vec::new() };
        app_state.documents.with(|documents| {
            let saved = documents.values().filter_map(|document| document.saved.as_ref());
            saved.filter(|saved| set.starts(&saved.flow)).map(|saved| saved.flow.name.clone()).collect::<Vec<_>>()
        })
    });
    let change = move |members: std::collections::BTreeSet<ProfileId>| {
        let Some(before) = set.get_untracked() else { return };
        let after = ProfileSet { members, ..before.clone() };
        let sets = app_state.library.sets.with_untracked(|sets| sets.with(after, Some((before.kind, &before.name))));
        keep(app_state, sets);
    };
    let members = Memo::new(move |_| set.with(|set| set.as_ref().map(|set| set.members.clone()).unwrap_or_default()));
    let count = move || some(members.with(std::collections::BTreeSet::len), "profile", "profiles");
    let remove = move |member: ProfileId| {
        let mut left = members.get_untracked();
        left.remove(&member);
        change(left);
    };
    let chips = move || {
        let members = members.get();
        app_state.profiles.with(|profiles| {
            let chip = |member: ProfileId| {
                let person = profiles.iter().find(|profile| profile.id == member);
                let title = person.map_or_else(|| format!("{member} (deleted)"), profile_title);
                let label = format!("Remove {title}");
                view! {
                    <li class="set-member">
                        <span>{title}</span>
                        <IconButton label=label glyph=Icon::Close on_press=move |()| remove(member.clone()) />
                    </li>
                }
            };
            members.into_iter().map(chip).collect_view()
        })
    };
    let meaning = move || messages::set_starts(&starts.get());
    let heading = format!("set-{}-{}", kind_name(kind), name).replace(' ', "-");
    let labelled_by = heading.clone();
    let delete_label = format!("Delete {name}…");
    let adder = add_member(app_state, key, members, Callback::new(change));
    view! {
        <li class="set" aria-labelledby=labelled_by>
            <header class="set-head">
                <h2 id=heading>{name}</h2>
                <Chip tone=Tone::Neutral glyph=if kind == SetKind::List { Icon::Events } else { Icon::Split } label=kind_name(kind) />
                <span class="muted">{count}</span>
                <IconButton label=delete_label glyph=Icon::Delete on_press=move |()| doomed.set(Some(key.get_value())) />
            </header>
            <p class="muted">{meaning}</p>
            <ul class="set-members">{chips}</ul>
            {adder}
        </li>
    }
    .into_any()
}

fn add_member(
    app_state: AppState,
    key: StoredValue<(SetKind, String)>,
    members: Memo<std::collections::BTreeSet<ProfileId>>,
    change: Callback<std::collections::BTreeSet<ProfileId>>,
) -> AnyView {
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<&'static str>);
    let id = key.with_value(|(kind, name)| format!("add-to-{}-{name}", kind_name(*kind)).replace(' ', "-"));
    let (input_id, list_id, note_id) = (id.clone(), format!("{id}-people"), format!("{id}-note"));
    let (listed, described) = (list_id.clone(), note_id.clone());
    let add = move || {
        let address = typed.get_untracked().trim().to_lowercase();
        let found = app_state.profiles.with_untracked(|profiles| {
            profiles
                .iter()
                .find(|profile| profile_title(profile).to_lowercase() == address)
                .map(|profile| profile.id.clone())
        });
        match found {
            None => problem.set(Some(messages::NO_SUCH_PROFILE)),
            Some(member) if members.with_untracked(|members| members.contains(&member)) => {
                problem.set(Some(messages::SET_HAS_PROFILE));
            }
            Some(member) => {
                let mut more = members.get_untracked();
                more.insert(member);
                change.run(more);
                typed.set(String::new());
                problem.set(None);
            }
        }
    };
    let label = key.with_value(|(_, name)| format!("Add a profile to {name}"));
    let offered = move || {
        let members = members.get();
        app_state.profiles.with(|profiles| {
            let others = profiles.iter().filter(|profile| !members.contains(&profile.id)).take(MAX_PEOPLE);
            others.map(|profile| view! { <option value=profile_title(profile)></option> }).collect_view()
        })
    };
    view! {
        <form
            class="set-add"
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            <input
                class="input"
                id=input_id
                list=listed
                autocomplete="off"
                placeholder="ann@example.com"
                aria-label=label
                aria-describedby=described
                prop:value=typed
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    problem.set(None);
                }
            />
            <datalist id=list_id>{offered}</datalist>
            <button type="submit" class="button">{icon(Icon::Plus)}<span>"Add profile"</span></button>
            <div class="set-add-note" id=note_id role="alert">
                {move || problem.get().map(|problem| view! { <p class="field-problem">{icon(Icon::Warning)}<span>{problem}</span></p> })}
            </div>
        </form>
    }
    .into_any()
}

/// Deleting cannot be undone: bringing a set back would start its flows for everybody in it.
#[component]
fn DeleteSet(
    /// The set to delete, once it was asked for.
    doomed: RwSignal<Option<(SetKind, String)>>,
) -> AnyView {
    let app_state = use_app_state();
    let is_open = Signal::derive(move || doomed.with(Option::is_some));
    let name = move || doomed.get().map(|(_, name)| name).unwrap_or_default();
    let delete = move |()| {
        if let Some((kind, name)) = doomed.get_untracked() {
            keep(app_state, app_state.library.sets.with_untracked(|sets| sets.without(kind, &name)));
        }
        doomed.set(None);
    };
    view! {
        <Dialog id="delete-set" title="Delete this set" is_open=is_open on_close=move |()| doomed.set(None)>
            <p>{move || messages::set_doomed(&name())}</p>
            <div class="dialog-acts">
                <Button label="Cancel" on_press=move |()| doomed.set(None) />
                <Button label="Delete" kind=ButtonKind::Danger glyph=Icon::Delete on_press=delete />
            </div>
        </Dialog>
    }
    .into_any()
}
