//! Storage: how well it is kept, how long, and the whole of it as one file and back.
//!
//! In: the browser's word, totals, a backup's file. Out: a download, a restore that was agreed to.
//! Invariant: a restore says what it changes before it changes anything.

use leptos::prelude::*;

use crate::domain::secret::Hidden;
use crate::runtime::handle::{
    AppCommand, KindChange, MAX_BACKUP_BYTES, MembersPlan, RestoreNews, StoreName, VaultView, WorkOrder,
};
use crate::ui::files::use_files;
use crate::ui::kit::{Button, ButtonKind, Icon, TextField, icon};
use crate::ui::page::use_page;
use crate::ui::settings::setting;
use crate::ui::state::{AppState, use_app_state};
use crate::ui::words::trouble_words;
use crate::view_model::delivery::Tone;
use crate::view_model::messages;

/// *Storage health*, retention, backup and restore.
#[component]
pub fn Storage() -> AnyView {
    let app_state = use_app_state();
    let look = move |is_persistence_wanted: bool| {
        let order = WorkOrder::LookAtStorage { is_persistence_wanted };
        app_state.dispatch(AppCommand::Work { order });
    };
    look(false);
    let words = move || match app_state.storage_trouble.get() {
        Some(trouble) => {
            view! { <p class="note tone-wait">{icon(Icon::Warning)}<span>{trouble_words(&trouble)}</span></p> }
                .into_any()
        }
        None => {
            view! { <p class="note tone-ok">{icon(Icon::Database)}<span>{messages::STORAGE_WELL}</span></p> }.into_any()
        }
    };
    let health = move || {
        let health = app_state.work.storage.get()?;
        let room = health.used_bytes.zip(health.quota_bytes).map(|(used, quota)| messages::room(used, quota));
        let can_ask = health.is_kept && health.is_persisted == Some(false);
        Some(view! {
            <dl class="facts">
                <dt>"Durability"</dt>
                <dd>{messages::DURABLE}</dd>
                <dt>"Persistence"</dt>
                <dd>{messages::persistence(health.is_kept, health.is_persisted)}</dd>
                <dt>"Room"</dt>
                <dd>{room.unwrap_or_else(|| messages::ROOM_UNKNOWN.to_owned())}</dd>
                <dt>"Rows"</dt>
                <dd>{move || row_words(app_state)}</dd>
                <dt>"Healed connections"</dt>
                <dd>{health.n_healed}</dd>
                <dt>"Set aside"</dt>
                <dd>{move || messages::counted(app_state.n_set_aside.get(), "unreadable record", "unreadable records")}</dd>
            </dl>
            {can_ask.then(|| view! { <Button label="Keep everything for good" glyph=Icon::Database on_press=move |()| look(true) /> })}
        })
    };
    view! {
        <section class="settings-part">
            <h2>"Storage health"</h2>
            {words}
            {health}
            {setting(
                ("retention", "Keep finished deliveries, in days"),
                messages::RETENTION_HINT,
                |settings| settings.retention_days.map_or(String::new(), |days| days.to_string()),
                |settings, text| match (text, text.parse()) {
                    ("", _) => {
                        settings.retention_days = None;
                        Ok(())
                    }
                    (_, Ok(days @ 1..=3_650)) => {
                        settings.retention_days = Some(days);
                        Ok(())
                    }
                    _ => Err(messages::RETENTION_BOUNDS),
                },
            )}
        </section>
        <Backup />
    }
    .into_any()
}

fn row_words(app_state: AppState) -> String {
    let n_flows = app_state.working.with(|working| working.len());
    let n_events = app_state.events.with(Vec::len);
    let n_profiles = app_state.profiles.with(Vec::len);
    let n_deliveries = app_state.activity.with(|activity| {
        activity.as_ref().map_or(0, |activity| activity.n_deliveries.iter().map(|(_, n)| n).sum::<usize>())
    });
    [
        messages::counted(n_flows, "flow", "flows"),
        messages::counted(n_events, "event", "events"),
        messages::counted(n_profiles, "profile", "profiles"),
        messages::counted(n_deliveries, "delivery", "deliveries"),
    ]
    .join(", ")
}

#[component]
fn Backup() -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let files = use_files();
    let work = app_state.work;
    let problem = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let holds_members = RwSignal::new(false);
    // Only under an open key can it be sealed what a restore is to trust.
    let is_open = Memo::new(move |_| app_state.members.view.with(|view| matches!(view.vault, VaultView::Open { .. })));
    // A backup was made: hand it out.
    Effect::new(move |_| {
        let Some(text) = work.backup.get() else { return };
        work.backup.set(None);
        is_busy.set(false);
        let date = page.read_clock().to_string();
        let name = ["hookwright-", date.get(..10).unwrap_or_default(), ".backup"].concat();
        if let Err(reason) = files.save(&name, "application/x-ndjson", &text) {
            app_state.notify(Tone::Fail, messages::export_failed(&reason));
        }
    });
    Effect::new(move |_| {
        if work.refusal.with(Option::is_some) {
            is_busy.set(false);
        }
    });
    let order = move |order: WorkOrder| app_state.dispatch(AppCommand::Work { order });
    let take_file = move |event: leptos::ev::Event| {
        let input: leptos::web_sys::HtmlInputElement = event_target(&event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        input.set_value("");
        problem.set(None);
        work.refusal.set(None);
        work.plan.set(None);
        if let Err(problem_words) = check_size(file.size()) {
            return problem.set(Some(problem_words));
        }
        files.read(
            file,
            Box::new(move |bytes| match bytes.map(String::from_utf8) {
                Ok(Ok(text)) => order(WorkOrder::ReadBackup { text }),
                Ok(Err(_)) => problem.set(Some(messages::BACKUP_NO_TEXT.to_owned())),
                Err(reason) => problem.set(Some(messages::sentence(&reason))),
            }),
        );
    };
    let refusal = move || problem.get().or_else(|| work.refusal.get());
    let plan = move || work.plan.get().map(|plan| show_plan(app_state, plan));
    view! {
        <section class="settings-part">
            <h2>"Backup and restore"</h2>
            <p class="muted">{messages::BACKUP_MEANING}</p>
            <Button
                label="Make a backup"
                glyph=Icon::Download
                is_disabled=is_busy
                on_press=move |()| {
                    is_busy.set(true);
                    let holds_members = holds_members.get_untracked() && is_open.get_untracked();
                    order(WorkOrder::MakeBackup { holds_members });
                }
            />
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || holds_members.get() && is_open.get()
                    prop:disabled=move || !is_open.get()
                    on:change=move |event| holds_members.set(event_target_checked(&event))
                    aria-describedby="backup-members-note"
                />
                <span>
                    "With members and secrets"
                    <span class="field-hint" id="backup-members-note">
                        {move || if is_open.get() { messages::BACKUP_MEMBERS_MEANING } else { messages::BACKUP_MEMBERS_LOCKED }}
                    </span>
                </span>
            </label>
            <div class="field">
                <label class="field-label" for="restore-file">"Restore from a backup"</label>
                <input class="input" id="restore-file" type="file" accept=".backup" aria-describedby="restore-note" on:change=take_file />
                <p class="field-hint" id="restore-note">{messages::RESTORE_MEANING}</p>
                {move || refusal().map(|problem| view! { <p class="field-problem" role="alert">{icon(Icon::Warning)}<span>{problem}</span></p> })}
            </div>
            {plan}
        </section>
    }
    .into_any()
}

fn show_plan(app_state: AppState, plan: RestoreNews) -> AnyView {
    let page = use_page();
    let made_at = plan.made_at.map(|at| page.long_date(at)).unwrap_or_default();
    let changes = StoredValue::new(plan.changes);
    let takes_members = RwSignal::new(false);
    let is_shown = move |kind: StoreName| {
        takes_members.get()
            || plan.members == MembersPlan::Add
            || !matches!(kind, StoreName::Members | StoreName::Secrets | StoreName::Audit)
    };
    let shown = Memo::new(move |_| {
        let mut shown = changes.get_value();
        shown.retain(|kind, _| is_shown(*kind));
        shown
    });
    let is_empty =
        Memo::new(move |_| shown.with(|shown| shown.values().all(|change| change.n_added + change.n_overwritten == 0)));
    let rows = move || {
        let rows = shown.get().into_iter().map(|(kind, change)| {
            let KindChange { n_added, n_overwritten, n_left } = change;
            view! { <li>{messages::kind_change(kind_words(kind), n_added, n_overwritten, n_left)}</li> }
        });
        rows.collect_view()
    };
    let drop_plan = move || {
        app_state.work.plan.set(None);
        app_state.work.refusal.set(None);
    };
    let passphrase = RwSignal::new(String::new());
    let restore = move |()| {
        let words = passphrase.get_untracked();
        let passphrase = takes_members.get_untracked().then(|| Hidden::new(words));
        app_state.work.refusal.set(None);
        app_state.dispatch(AppCommand::Work { order: WorkOrder::Restore { passphrase } });
    };
    let members = plan.members;
    let restoring = app_state.work.restoring;
    let progress = move || {
        let (n_done, n_all) = restoring.get()?;
        Some(view! {
            <progress aria-label="Restoring" max=n_all.to_string() prop:value=n_done.to_string()></progress>
        })
    };
    let has_no_words = Signal::derive(move || takes_members.get() && passphrase.with(String::is_empty));
    view! {
        <div class="restore-plan" role="status">
            <h3>{["The backup of ", &made_at].concat()}</h3>
            <ul>{rows}</ul>
            {(plan.n_for_review + plan.n_runs_ended > 0)
                .then(|| view! { <p>{messages::restore_rest(plan.n_for_review, plan.n_runs_ended)}</p> })}
            {move || is_empty.get().then(|| view! { <p class="muted">{messages::RESTORE_NOTHING_NEW}</p> })}
            {members_words(members).map(|words| view! { <p>{words}</p> })}
            {matches!(members, MembersPlan::Replace { .. }).then(|| ask_passphrase(takes_members, passphrase))}
            {progress}
            <div class="dialog-acts">
                <Button
                    label="Leave everything as it is"
                    is_disabled=Signal::derive(move || restoring.with(Option::is_some))
                    on_press=move |()| drop_plan()
                />
                <Button
                    label="Restore"
                    kind=ButtonKind::Primary
                    is_disabled=Signal::derive(move || is_empty.get() || has_no_words.get() || restoring.with(Option::is_some))
                    on_press=restore
                />
            </div>
        </div>
    }
    .into_any()
}

/// What a restore does with members and secrets, in words.
fn members_words(members: MembersPlan) -> Option<String> {
    match members {
        MembersPlan::None => None,
        MembersPlan::Add => Some(messages::RESTORE_MEMBERS_ADD.to_owned()),
        MembersPlan::Replace { n_secrets_lost } => Some(messages::restore_members_replace(n_secrets_lost)),
        MembersPlan::OwnerOnly => Some(messages::RESTORE_MEMBERS_OWNER.to_owned()),
    }
}

fn ask_passphrase(takes_members: RwSignal<bool>, passphrase: RwSignal<String>) -> AnyView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=takes_members on:change=move |event| takes_members.set(event_target_checked(&event)) />
            <span>"Also its members and secrets, in place of those here"</span>
        </label>
        {move || {
            takes_members
                .get()
                .then(|| {
                    view! {
                        <TextField
                            id="backup-passphrase"
                            label="Passphrase of the backup"
                            input_type="password"
                            hint=messages::RESTORE_PASSPHRASE_HINT
                            value=passphrase
                            on_input=move |text: String| passphrase.set(text)
                        />
                    }
                })
        }}
    }
    .into_any()
}

/// Why a file of this size is not even read.
fn check_size(n_bytes: f64) -> Result<(), String> {
    if n_bytes > MAX_BACKUP_BYTES as f64 {
        return Err(messages::backup_too_large(n_bytes, MAX_BACKUP_BYTES));
    }
    Ok(())
}

const fn kind_words(kind: StoreName) -> &'static str {
    match kind {
        StoreName::Flows => "Flows",
        StoreName::Versions => "Saved versions",
        StoreName::Steps => "Steps to undo",
        StoreName::Events => "Events",
        StoreName::Profiles => "Profiles",
        StoreName::Settings => "Settings",
        StoreName::Inbox => "Orders to the sender",
        StoreName::Runs => "Runs through flows",
        StoreName::Deliveries => "Deliveries",
        StoreName::Attempts => "Attempts",
        StoreName::Activity => "Log entries",
        StoreName::Totals => "Totals",
        StoreName::Destinations => "Destinations",
        StoreName::Meta => "Single values",
        StoreName::Members => "Members",
        StoreName::Secrets => "Secrets",
        StoreName::Audit => "Audit list",
        StoreName::SetAside => "Unreadable records",
    }
}
