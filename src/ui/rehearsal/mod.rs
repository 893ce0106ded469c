//! The rehearsal: a flow played forward with a hand-moved clock and the practice receiver's script.
//!
//! In: the flow as it stands on the screen, who arrives. Out: a time line with the requests; nothing leaves the page.
//! Invariant: never mixes with real activity; playing gives way to the browser after each slice.

mod bulk;
mod requests;
mod who;

use std::time::Duration;

use leptos::prelude::*;

use crate::domain::flow::model::{ActionStatus, Flow, NodeKind, SavedFlow};
use crate::domain::id::{DeliveryId, FlowId};
use crate::domain::member::Permission;
use crate::domain::time::{DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS, Timestamp};
use crate::runtime::rehearse::{Arrival, Rehearsal};
use crate::ui::builder::practice::PracticePanel;
use crate::ui::kit::{Button, ButtonKind, Choice, EmptyState, Here, Icon, SelectField, icon, status_icon, tone_class};
use crate::ui::members::{Gate, RefusalNote, use_why_not_look};
use crate::ui::page::{Page, use_page};
use crate::ui::rehearsal::bulk::BulkRun;
use crate::ui::rehearsal::requests::Requests;
use crate::ui::rehearsal::who::WhoArrives;
use crate::ui::shell::PageHeader;
use crate::ui::state::{AppState, use_app_state};
use crate::view_model::delivery::{STATUSES, status_label, status_tone};
use crate::view_model::library::profile_title;
use crate::view_model::messages;
use crate::view_model::rehearsal::{LineView, clock, line_view};
use crate::view_model::route::Route;

/// Lines of the time line that are shown, the newest first.
const MAX_LINES: usize = 200;
/// Moments played in a second.
const MOMENTS_A_SECOND: u64 = 8;
/// A goal that is never reached: playing ends when nothing happens any more.
const THE_END: Timestamp = Timestamp::from_millis(i64::MAX);
/// The longest that playing holds the page up.
const SLICE_MILLIS: i64 = 8;

/// What the screen's parts share.
#[derive(Clone, Copy)]
pub struct Stage {
    flow_id: StoredValue<FlowId>,
    played: StoredValue<Option<Rehearsal>, LocalStorage>,
    /// Counts what was played, so that the screen looks again.
    n_moves: RwSignal<u32>,
    begin: RwSignal<Timestamp>,
    pub arrivals: RwSignal<Vec<Arrival>>,
    pub is_all_live: RwSignal<bool>,
    is_playing: RwSignal<bool>,
    /// Playing goes on until this moment of the rehearsal, as fast as it can.
    goal: RwSignal<Option<Timestamp>>,
    pub opened: RwSignal<Option<DeliveryId>>,
}

impl Stage {
    /// Reads from the rehearsal; again whenever it has moved.
    pub fn read<T>(self, read: impl FnOnce(&Rehearsal) -> T) -> Option<T> {
        self.n_moves.track();
        self.played.with_value(|played| played.as_ref().map(read))
    }

    fn moved(self) {
        self.n_moves.update(|n| *n = n.wrapping_add(1));
    }

    pub fn flow_id(self) -> FlowId {
        self.flow_id.get_value()
    }

    fn stop(self) {
        self.is_playing.set(false);
        self.goal.set(None);
    }

    /// From the beginning, with the flow as it stands now.
    fn start(self, app_state: AppState, page: Page) {
        self.stop();
        self.opened.set(None);
        let arrivals = self.arrivals.get_untracked();
        let Some(flow) = app_state.flow(&self.flow_id()).filter(|_| !arrivals.is_empty()) else {
            self.played.set_value(None);
            return self.moved();
        };
        let begin = arrivals.iter().map(|arrival| arrival.at).min().unwrap_or_else(|| page.read_clock());
        self.begin.set(begin);
        let flow = if self.is_all_live.get_untracked() { all_live(&flow) } else { Flow::clone(&flow) };
        let saved = SavedFlow { version: 0, flow, saved_at: begin };
        let script = app_state.practice_script.get_untracked();
        let settings = app_state.settings.get_untracked();
        // The seed is fixed: the same choices play the same way.
        self.played.set_value(Some(Rehearsal::new(saved, script, settings, page.zones(), arrivals, 7)));
        self.moved();
    }

    /// The next thing that happens; `false` at the end.
    fn step(self) -> bool {
        let has_stepped = self.played.try_update_value(|played| played.as_mut().is_some_and(Rehearsal::step));
        self.moved();
        has_stepped == Some(true)
    }

    /// Plays toward the goal for a little while; `false` when there is no more to play.
    fn play_on(self, page: Page, goal: Timestamp) -> bool {
        let since = page.read_clock();
        let is_there = self.played.try_update_value(|played| {
            let Some(played) = played else { return true };
            loop {
                let is_there =
                    if goal == THE_END { !(0..5).all(|_| played.step()) } else { played.play_until(goal, 5) };
                if is_there {
                    return true;
                }
                if page.read_clock().millis_since(since) >= SLICE_MILLIS {
                    return false;
                }
            }
        });
        self.moved();
        is_there == Some(false)
    }
}

/// Every webhook as if it were live: a draft would be passed over.
fn all_live(flow: &Flow) -> Flow {
    let mut flow = flow.clone();
    for node in flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            action.status = ActionStatus::Live;
        }
    }
    flow
}

/// The screen.
#[component]
pub fn RehearsalScreen(
    /// Which flow.
    flow_id: FlowId,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let id = StoredValue::new(flow_id);
    let name = Signal::derive(move || {
        app_state.flow(&id.get_value()).map_or("Rehearsal".to_owned(), |flow| ["Rehearse ", &flow.name].concat())
    });
    let stage = Stage {
        flow_id: id,
        played: StoredValue::new_local(None),
        n_moves: RwSignal::new(0),
        begin: RwSignal::new(page.read_clock()),
        arrivals: RwSignal::default(),
        is_all_live: RwSignal::new(true),
        is_playing: RwSignal::new(false),
        goal: RwSignal::new(None),
        opened: RwSignal::new(None),
    };
    let flow = Memo::new(move |_| app_state.working.with(|working| working.get(&id.get_value()).cloned()));
    // Other arrivals or another flow: from the beginning.
    Effect::new(move |_| {
        stage.arrivals.track();
        stage.is_all_live.track();
        flow.track();
        stage.start(app_state, page);
    });
    // Another script holds from the next request on.
    Effect::new(move |_| {
        let script = app_state.practice_script.get();
        stage.played.update_value(|played| {
            if let Some(played) = played {
                played.set_script(script);
            }
        });
    });
    let player = set_interval_with_handle(
        move || {
            if let Some(goal) = stage.goal.get_untracked() {
                if !stage.play_on(page, goal) {
                    stage.goal.set(None);
                }
            } else if stage.is_playing.get_untracked() && !stage.step() {
                stage.is_playing.set(false);
            }
        },
        Duration::from_millis(1_000 / MOMENTS_A_SECOND / 8),
    );
    match player {
        Ok(player) => on_cleanup(move || player.clear()),
        Err(_) => leptos::logging::warn!("no timer: the rehearsal can only be stepped"),
    }
    let is_there = Memo::new(move |_| app_state.working.with(|working| working.contains_key(&id.get_value())));
    let back = Route::Flow { flow_id: id.get_value() }.hash();
    let may_look = use_why_not_look(Permission::Preview);
    let show = move || {
        if !is_there.get() {
            return view! {
                <EmptyState glyph=Icon::Warning title="This flow is not here" text=messages::FLOW_NOT_HERE>
                    <a class="button" href="#/flows">"Go to flows"</a>
                </EmptyState>
            }
            .into_any();
        }
        // What is played are previews.
        if may_look.with(Option::is_some) {
            return view! { <div class="page-body"><RefusalNote why_not=may_look /></div> }.into_any();
        }
        view! {
            <div class="rehearsal">
                <div class="rehearsal-setup">
                    <WhoArrives stage=stage />
                    <Gate needs=Permission::Preview><PracticePanel /></Gate>
                    <p class="muted">{messages::REHEARSAL_MEANING}</p>
                    <BulkRun stage=stage />
                </div>
                <div class="rehearsal-stage">
                    <Clock stage=stage />
                    <Counts stage=stage />
                    <Lines stage=stage />
                </div>
                <Requests stage=stage />
            </div>
        }
        .into_any()
    };
    view! {
        <PageHeader title=name>
            <a class="button" href=back>{icon(Icon::ArrowLeft)}<span>"Back to the flow"</span></a>
        </PageHeader>
        {show}
    }
    .into_any()
}

/// The hand-moved clock.
#[component]
fn Clock(
    /// What is played.
    stage: Stage,
) -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    let now = Memo::new(move |_| stage.read(Rehearsal::now));
    let next = Memo::new(move |_| stage.read(Rehearsal::next_at).flatten());
    let time = move || now.get().map_or("–".to_owned(), |now| clock(now.millis_since(stage.begin.get())));
    let date = move || now.get().map(|now| page.long_date(now));
    let coming = move || match (now.get(), next.get()) {
        (None, _) => "Choose who arrives.".to_owned(),
        (Some(_), None) => "Nothing more happens.".to_owned(),
        (Some(now), Some(next)) => messages::next_happens(next.millis_since(now)),
    };
    let is_at_end = Signal::derive(move || next.get().is_none());
    let is_busy = Memo::new(move |_| stage.is_playing.get() || stage.goal.with(Option::is_some));
    let jump = RwSignal::new(String::new());
    let jumps = [
        ("", "Jump…", 0),
        ("minute", "1 minute on", MINUTE_MILLIS),
        ("hour", "1 hour on", HOUR_MILLIS),
        ("six", "6 hours on", 6 * HOUR_MILLIS),
        ("day", "1 day on", DAY_MILLIS),
        ("end", "To the end", i64::MAX),
        ("close", "Close the browser for 8 hours", -1),
    ];
    let choices: Vec<_> = jumps.iter().map(|(value, label, _)| Choice::new(*value, *label)).collect();
    let here = Here::now();
    let go = move |chosen: String| {
        // The field goes back to its first words by itself.
        jump.set(chosen.clone());
        here.on_frame(move || jump.set(String::new()));
        let millis = jumps.iter().find(|(value, _, _)| *value == chosen).map_or(0, |(_, _, millis)| *millis);
        let Some(now) = now.get_untracked() else { return };
        match millis {
            0 => {}
            -1 => {
                stage.stop();
                stage.played.update_value(|played| {
                    if let Some(played) = played {
                        played.close_until(now.plus_millis(8 * HOUR_MILLIS));
                    }
                });
                stage.moved();
            }
            i64::MAX => stage.goal.set(Some(THE_END)),
            millis => stage.goal.set(Some(now.plus_millis(millis))),
        }
    };
    view! {
        <div class="rehearsal-clock">
            <p class="rehearsal-time"><span class="visually-hidden">"The rehearsal’s clock: "</span>{time}</p>
            <p class="muted">{date}" · "{coming}</p>
            <div class="rehearsal-acts">
                <Button
                    label="Next event"
                    glyph=Icon::ChevronRight
                    is_disabled=is_at_end
                    on_press=move |()| {
                        stage.stop();
                        stage.step();
                    }
                />
                {move || {
                    if is_busy.get() {
                        view! { <Button label="Pause" glyph=Icon::Pause on_press=move |()| stage.stop() /> }.into_any()
                    } else {
                        view! {
                            <Button
                                label="Play"
                                kind=ButtonKind::Primary
                                glyph=Icon::Play
                                is_disabled=is_at_end
                                on_press=move |()| stage.is_playing.set(true)
                            />
                        }
                        .into_any()
                    }
                }}
                <SelectField id="rehearsal-jump" label="Jump" is_label_hidden=true choices=choices value=jump on_change=go />
                <Button label="Start over" kind=ButtonKind::Quiet glyph=Icon::Undo on_press=move |()| stage.start(app_state, page) />
            </div>
        </div>
    }
    .into_any()
}

/// How many deliveries are where.
#[component]
fn Counts(
    /// What is played.
    stage: Stage,
) -> AnyView {
    let show = move || {
        let summary = stage.read(Rehearsal::summary)?;
        let counts = STATUSES.map(|status| {
            let n = summary.by_status.get(&status).copied().unwrap_or(0);
            view! {
                <li class=["rehearsal-count ", tone_class(status_tone(status))].concat()>
                    {icon(status_icon(status))}
                    <strong>{n}</strong>
                    <span>{status_label(status)}</span>
                </li>
            }
        });
        Some(view! {
            <ul class="rehearsal-counts">{counts.into_iter().collect_view()}</ul>
            <p class="muted">
                {messages::rehearsed(summary.n_arrived, summary.n_refused, summary.n_attempts, summary.n_may_have_arrived)}
            </p>
        })
    };
    view! { <div>{show}</div> }.into_any()
}

/// What happened, the newest first.
#[component]
fn Lines(
    /// What is played.
    stage: Stage,
) -> AnyView {
    let show = move || {
        let begin = stage.begin.get();
        let lines = stage.read(|played| {
            let entries = played.entries();
            let newest = entries.iter().enumerate().rev().take(MAX_LINES);
            newest
                .map(|(idx, entry)| {
                    let at_millis = entry.at.millis_since(begin);
                    let who =
                        played.person(&entry.profile_id).map_or_else(|| entry.profile_id.to_string(), profile_title);
                    (idx, clock(at_millis), who, line_view(&entry.event, at_millis, begin.as_millis()))
                })
                .collect::<Vec<_>>()
        });
        let lines = lines.unwrap_or_default();
        if lines.is_empty() {
            return view! { <p class="muted">{messages::REHEARSAL_EMPTY}</p> }.into_any();
        }
        let rows = lines.into_iter().map(|(_, time, who, line)| {
            let LineView { tone, words, delivery_id } = line;
            let class = ["rehearsal-line ", tone_class(tone)].concat();
            let what = match delivery_id {
                None => view! { <span class="rehearsal-words">{words}</span> }.into_any(),
                Some(delivery_id) => view! {
                    <button type="button" class="link-button rehearsal-words" on:click=move |_| stage.opened.set(Some(delivery_id.clone()))>
                        {words}
                    </button>
                }
                .into_any(),
            };
            view! { <li class=class><code>{time}</code>{what}<span class="muted rehearsal-who-it-was">{who}</span></li> }
        });
        view! { <ol class="rehearsal-lines" aria-label="Time line, the newest first" tabindex="0">{rows.collect_view()}</ol> }
            .into_any()
    };
    view! { <section class="rehearsal-log"><h2>"Time line"</h2>{show}</section> }.into_any()
}
