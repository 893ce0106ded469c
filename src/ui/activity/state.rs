//! The log as its screen holds it: what is loaded, what is asked for, what is selected, how far long work has come.
//!
//! In: answers of the runtime, scrolling. Out: signals, and the next question.
//! Invariant: one question at a time; an answer to an older one is dropped.

use std::collections::BTreeSet;
use std::rc::Rc;

use leptos::prelude::*;

use crate::domain::delivery::state::Delivery;
use crate::domain::id::DeliveryId;
use crate::domain::import::Layout;
use crate::domain::import::export::{extension, media_type};
use crate::domain::time::Timestamp;
use crate::runtime::handle::{
    ActivityFilter, AppCommand, AppEvent, BulkScope, LogPlace, PagePlace, WorkNews, WorkOrder,
};
use crate::runtime::ports::FilePieces;
use crate::ui::state::AppState;
use crate::ui::words::activity_filter;
use crate::view_model::activity::{ActivityRow, activity_row};
use crate::view_model::delivery::Tone;
use crate::view_model::log_window::{LogWindow, PAGE_ROWS, Place, Track, View, Want};
use crate::view_model::messages;
use crate::view_model::route::ActivityQuery;

/// A row's height, as in `activity.css`.
const ROW_PX: f64 = 44.0;
/// The same where there is room for one column only.
const NARROW_ROW_PX: f64 = 104.0;
/// Found deliveries that are shown of one search.
const MAX_FOUND: usize = 5_000;

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchProgress {
    pub n_looked_at: usize,
    pub n_found: usize,
    pub is_done: bool,
}

/// A file that is being written.
struct Writing {
    ticket: u64,
    pieces: Rc<dyn FilePieces>,
    layout: Layout,
}

/// The question that is out.
struct Asked {
    ticket: u64,
    want: Want,
    filter: ActivityFilter,
    /// Rows that came so far; a rare filter needs several answers for one page.
    rows: Vec<ActivityRow>,
    n_rows: usize,
    /// What was looked at when it was asked.
    view: View,
}

/// The log's signals.
#[derive(Clone, Copy)]
pub struct LogState {
    pub window: RwSignal<LogWindow>,
    pub view: RwSignal<View>,
    /// Where the reader has to be put, since rows came in above.
    pub scroll_by: RwSignal<f64>,
    pub track: RwSignal<Track>,
    pub selected: RwSignal<BTreeSet<DeliveryId>>,
    /// The row that the arrow keys have come to.
    pub current: RwSignal<Option<DeliveryId>>,
    pub search: RwSignal<Option<SearchProgress>>,
    /// Deliveries written so far, while a file is being written.
    pub n_written: RwSignal<Option<usize>>,
    query: StoredValue<Option<ActivityQuery>>,
    asked: StoredValue<Option<Asked>, LocalStorage>,
    writing: StoredValue<Option<Writing>, LocalStorage>,
    search_ticket: StoredValue<u64>,
}

impl LogState {
    pub fn new() -> Self {
        Self {
            window: RwSignal::new(LogWindow::new(ROW_PX)),
            view: RwSignal::default(),
            scroll_by: RwSignal::new(0.0),
            track: RwSignal::default(),
            selected: RwSignal::default(),
            current: RwSignal::default(),
            search: RwSignal::default(),
            n_written: RwSignal::default(),
            query: StoredValue::new(None),
            asked: StoredValue::new_local(None),
            writing: StoredValue::new_local(None),
            search_ticket: StoredValue::new(0),
        }
    }

    /// Shows what this filter finds, from the newest on.
    pub fn open(self, app_state: AppState, query: &ActivityQuery, is_narrow: bool) {
        self.query.set_value(Some(query.clone()));
        self.asked.set_value(None);
        self.selected.set(BTreeSet::new());
        self.current.set(None);
        self.window.set(LogWindow::new(if is_narrow { NARROW_ROW_PX } else { ROW_PX }));
        if self.search.with_untracked(Option::is_some) {
            self.search.set(None);
            app_state.dispatch(AppCommand::StopSearch);
        }
        self.read_track(app_state);
        if query.text.is_some() {
            let ticket = app_state.next_number();
            self.search_ticket.set_value(ticket);
            self.search.set(Some(SearchProgress { n_looked_at: 0, n_found: 0, is_done: false }));
            app_state.dispatch(AppCommand::SearchActivity { ticket, filter: activity_filter(query) });
        } else {
            self.look(app_state);
        }
    }

    /// The screen is gone: nothing more is asked.
    pub fn close(self, app_state: AppState) {
        self.query.set_value(None);
        self.asked.set_value(None);
        if self.search.with_untracked(Option::is_some) {
            self.search.set(None);
            app_state.dispatch(AppCommand::StopSearch);
        }
    }

    /// Asks what was made when, by which the list is jumped through.
    fn read_track(self, app_state: AppState) {
        let Some(query) = self.query.get_value() else { return };
        let (flow_id, node_id) = (query.flow_id, query.node_id);
        app_state.dispatch(AppCommand::Work { order: WorkOrder::ReadTrack { flow_id, node_id } });
    }

    /// Asks for what is missing on the screen, if anything is.
    pub fn look(self, app_state: AppState) {
        let view = self.view.get_untracked();
        let want = self.track.with_untracked(|track| self.window.with_untracked(|window| window.want(view, track)));
        if let Some(want) = want {
            self.ask(app_state, want);
        }
    }

    /// Something changed: looks at what is on the screen again.
    pub fn look_again(self, app_state: AppState, n_expected: Option<usize>) {
        if self.query.with_value(Option::is_none) || self.search.with_untracked(Option::is_some) {
            return;
        }
        if let Some(n_rows) = n_expected
            && self.expect(n_rows)
        {
            self.read_track(app_state);
        }
        let view = self.view.get_untracked();
        let want = self.window.with_untracked(|window| window.want_again(view));
        match want {
            Some(want) => self.ask(app_state, want),
            None => self.look(app_state),
        }
    }

    /// Says whether the list is another height now.
    fn expect(self, n_rows: usize) -> bool {
        let before = self.window.with_untracked(LogWindow::height_px);
        self.window.update_untracked(|window| window.expect(n_rows));
        let is_other = self.window.with_untracked(LogWindow::height_px).total_cmp(&before).is_ne();
        if is_other {
            self.window.notify();
        }
        is_other
    }

    fn ask(self, app_state: AppState, want: Want) {
        let is_out = self.asked.with_value(Option::is_some);
        let Some(query) = self.query.get_value().filter(|query| query.text.is_none() && !is_out) else { return };
        let filter = activity_filter(&query);
        let n_rows = if let Want::Again(_, n_rows) = want { n_rows } else { PAGE_ROWS };
        let place = match &want {
            Want::Newest | Want::Again(None, _) => PagePlace::Newest,
            Want::Oldest => {
                let from = filter.from.map_or(0, Timestamp::as_millis).max(1);
                PagePlace::NewerThan { place: LogPlace::after(Timestamp::from_millis(from - 1)) }
            }
            Want::OlderThan(place) | Want::Again(Some(place), _) => PagePlace::OlderThan { place: log_place(place) },
            Want::NewerThan(place) => PagePlace::NewerThan { place: log_place(place) },
            Want::At(at) => {
                let at = filter.until.map_or(*at, |until| until.min(*at));
                PagePlace::At { at }
            }
        };
        let ticket = app_state.next_number();
        let view = self.view.get_untracked();
        self.asked.set_value(Some(Asked { ticket, want, filter: filter.clone(), rows: Vec::new(), n_rows, view }));
        let filter = ActivityFilter { limit: n_rows, ..filter };
        app_state.dispatch(AppCommand::ReadActivity { ticket, filter, place });
    }

    fn take_page(self, app_state: AppState, ticket: u64, found: &[Delivery], next: Option<LogPlace>, is_end: bool) {
        let Some(mut asked) = self.asked.try_update_value(Option::take).flatten() else { return };
        let is_upward = matches!(asked.want, Want::NewerThan(_) | Want::Oldest);
        let rows: Vec<ActivityRow> = found.iter().map(activity_row).collect();
        if is_upward {
            asked.rows.splice(0..0, rows);
        } else {
            asked.rows.extend(rows);
        }
        if let Some(place) = next.filter(|_| !is_end && asked.rows.len() < asked.n_rows) {
            // Only part of the way was looked at: go on from there.
            let filter = ActivityFilter { limit: asked.n_rows - asked.rows.len(), ..asked.filter.clone() };
            let place = if is_upward { PagePlace::NewerThan { place } } else { PagePlace::OlderThan { place } };
            self.asked.set_value(Some(asked));
            app_state.dispatch(AppCommand::ReadActivity { ticket, filter, place });
            return;
        }
        let view = self.view.get_untracked();
        let has_moved = (asked.view.top_px - view.top_px).abs() > view.height_px;
        if has_moved && matches!(asked.want, Want::At(_)) {
            // Somebody is elsewhere by now: these are not the rows of that place.
            return self.look(app_state);
        }
        let mut shift_px = 0.0;
        let Asked { want, rows, .. } = asked;
        let is_changed = !matches!(want, Want::Again(_, _)) || {
            // Most looks find what was there: then nothing is drawn again.
            self.window.with_untracked(|window| !is_same(window, &want, &rows, is_end))
        };
        if is_changed {
            self.track.with_untracked(|track| {
                self.window.update(|window| shift_px = window.take(&want, rows, is_end, view, track));
            });
        }
        if shift_px != 0.0 {
            self.view.update(|view| view.top_px += shift_px);
            self.scroll_by.set(shift_px);
        }
        self.look(app_state);
    }

    /// Ends the search; what was found stays.
    pub fn stop_search(self, app_state: AppState) {
        app_state.dispatch(AppCommand::StopSearch);
        self.search.update(|search| {
            if let Some(search) = search {
                search.is_done = true;
            }
        });
    }

    /// Writes deliveries into a file.
    pub fn export(self, app_state: AppState, pieces: Rc<dyn FilePieces>, scope: BulkScope, layout: Layout) {
        let ticket = app_state.next_number();
        self.writing.set_value(Some(Writing { ticket, pieces, layout }));
        self.n_written.set(Some(0));
        app_state.dispatch(AppCommand::Work { order: WorkOrder::Export { ticket, scope, layout } });
    }

    pub fn stop_export(self, app_state: AppState) {
        self.writing.set_value(None);
        self.n_written.set(None);
        app_state.dispatch(AppCommand::Work { order: WorkOrder::StopExport });
    }

    fn take_piece(self, app_state: AppState, (ticket, text): (u64, &str), n_deliveries: usize, is_done: bool) {
        let pushed = self.writing.with_value(|writing| {
            let Writing { pieces, layout, .. } = writing.as_ref().filter(|writing| writing.ticket == ticket)?;
            let pushed = pieces.push(text);
            let name = ["hookwright-deliveries.", extension(*layout)].concat();
            Some(if is_done { pushed.and_then(|()| pieces.save(&name, media_type(*layout))) } else { pushed })
        });
        let Some(result) = pushed else { return };
        if is_done || result.is_err() {
            self.stop_export(app_state);
        } else {
            self.n_written.set(Some(n_deliveries));
        }
        match result {
            Err(reason) => app_state.notify(Tone::Fail, messages::export_failed(&reason)),
            Ok(()) if is_done => app_state.notify(Tone::Ok, messages::exported(n_deliveries)),
            Ok(()) => {}
        }
    }

    /// Takes what the runtime answered; gives back what is not for the log.
    #[inline(never)]
    pub fn take(self, app_state: AppState, event: AppEvent) -> Option<AppEvent> {
        match event {
            AppEvent::ActivityRead { ticket, deliveries, next, is_end } => {
                if self.asked.with_value(|asked| asked.as_ref().is_none_or(|asked| asked.ticket != ticket)) {
                    // Another screen asked for it, or nobody wants it any more.
                    app_state.work.found.set(Some((ticket, deliveries)));
                    return None;
                }
                self.take_page(app_state, ticket, &deliveries, next, is_end);
            }
            AppEvent::ActivityFound { ticket, deliveries, n_looked_at, is_done } => {
                if self.search_ticket.get_value() != ticket || self.search.with_untracked(Option::is_none) {
                    return None;
                }
                let rows: Vec<ActivityRow> = deliveries.iter().map(activity_row).collect();
                let mut n_found = 0;
                self.window.update(|window| {
                    window.append_found(rows, is_done);
                    n_found = window.rows().len();
                });
                self.search.set(Some(SearchProgress { n_looked_at, n_found, is_done }));
                if n_found >= MAX_FOUND && !is_done {
                    self.stop_search(app_state);
                }
            }
            AppEvent::Work { news: WorkNews::Exported { ticket, text, n_deliveries, is_done } } => {
                self.take_piece(app_state, (ticket, &text), n_deliveries, is_done);
            }
            AppEvent::Work { news: WorkNews::Track { hours } } => {
                self.track.set(Track::of_hours(&hours));
                self.look(app_state);
            }
            event => return Some(event),
        }
        None
    }
}

impl Default for LogState {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a look found just what is loaded.
fn is_same(window: &LogWindow, want: &Want, rows: &[ActivityRow], is_end: bool) -> bool {
    let Want::Again(from, _) = want else { return false };
    let start = match from {
        None => 0,
        Some((_, id)) => match window.idx_of(id) {
            Some(idx) => idx + 1,
            None => return false,
        },
    };
    let loaded = window.rows().get(start..).unwrap_or_default();
    loaded.starts_with(rows) && (!is_end || loaded.len() == rows.len())
}

fn log_place((created_at, delivery_id): &Place) -> LogPlace {
    LogPlace { created_at: *created_at, delivery_id: delivery_id.clone() }
}
