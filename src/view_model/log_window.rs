//! The part of the log that is loaded, and where it stands in a list too long to be drawn.
//!
//! In: pages of rows, where the reader has scrolled to. Out: which rows to draw where, and which page is wanted next.
//! Invariant: the drawn height stays far below what browsers allow; what is on the screen moves only when the reader moves it.

use std::ops::Range;

use crate::domain::id::DeliveryId;
use crate::domain::time::Timestamp;
use crate::view_model::activity::ActivityRow;

/// The tallest list that is drawn, in pixels: half of what the strictest browser allows.
pub const MAX_HEIGHT_PX: f64 = 8_000_000.0;
/// Rows read at a time.
pub const PAGE_ROWS: usize = 60;
/// Rows kept; those far from the screen go first.
const MAX_ROWS: usize = 600;
/// Rows drawn above and below the screen.
const MARGIN_ROWS: f64 = 8.0;
/// So close to the end of what is loaded, more is read.
const NEAR_ROWS: f64 = 25.0;

/// A row's place: when it was made, and its id.
pub type Place = (Timestamp, DeliveryId);

/// A page that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    Newest,
    /// The last of the whole list.
    Oldest,
    OlderThan(Place),
    NewerThan(Place),
    /// A jump to what was made then.
    At(Timestamp),
    /// The same rows again, from beyond a place on: so many.
    Again(Option<Place>, usize),
}

/// What part of the list the reader sees, in pixels from its top.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct View {
    pub top_px: f64,
    pub height_px: f64,
}

/// How deliveries spread over time: turns a place of the scroll bar into a time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Track {
    /// When a stretch begins and ends, and how many were made in it; the newest first.
    stretches: Vec<(Timestamp, Timestamp, u64)>,
}

impl Track {
    /// A track of so many deliveries an hour, the oldest hour first.
    pub fn of_hours(hours: &[(Timestamp, u64)]) -> Self {
        let hour = crate::domain::time::HOUR_MILLIS;
        let stretches = hours.iter().rev().map(|(start, n)| (*start, start.plus_millis(hour), *n));
        Self { stretches: stretches.filter(|(_, _, n)| *n > 0).collect() }
    }

    /// The time at a part of the list, 0 for the newest and 1 for the oldest; `None` where nothing is known.
    pub fn time_at(&self, part: f64) -> Option<Timestamp> {
        let n_all: u64 = self.stretches.iter().map(|(_, _, n)| n).sum();
        let mut left = part.clamp(0.0, 1.0) * n_all as f64;
        for (start, end, n) in &self.stretches {
            if left <= *n as f64 {
                let back = left / *n as f64 * end.millis_since(*start) as f64;
                return Some(end.plus_millis(-(back as i64)));
            }
            left -= *n as f64;
        }
        self.stretches.last().map(|(start, _, _)| *start)
    }

    /// The part of the list at a time.
    fn part_at(&self, at: Timestamp) -> f64 {
        let n_all: u64 = self.stretches.iter().map(|(_, _, n)| n).sum();
        let mut newer = 0.0;
        for (start, end, n) in &self.stretches {
            if at >= *end {
                break;
            }
            let span = end.millis_since(*start).max(1) as f64;
            newer += *n as f64 * (end.millis_since(at.max(*start)) as f64 / span);
        }
        if n_all == 0 { 0.0 } else { newer / n_all as f64 }
    }
}

/// Rows that follow each other in the list, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct LogWindow {
    rows: Vec<ActivityRow>,
    /// Where the first of them stands.
    first_px: f64,
    row_px: f64,
    height_px: f64,
    /// Whether the first row is the newest of all.
    is_newest: bool,
    /// Whether the last row is the oldest of all.
    is_oldest: bool,
    is_loaded: bool,
}

impl LogWindow {
    /// Nothing loaded yet; every row is this tall.
    pub const fn new(row_px: f64) -> Self {
        Self {
            rows: Vec::new(),
            first_px: 0.0,
            row_px,
            height_px: 0.0,
            is_newest: false,
            is_oldest: false,
            is_loaded: false,
        }
    }

    pub fn rows(&self) -> &[ActivityRow] {
        &self.rows
    }

    /// The whole list's height.
    pub const fn height_px(&self) -> f64 {
        self.height_px
    }

    pub const fn row_px(&self) -> f64 {
        self.row_px
    }

    /// Whether any page has come.
    pub const fn is_loaded(&self) -> bool {
        self.is_loaded
    }

    /// Whether all there is is loaded.
    pub const fn is_whole(&self) -> bool {
        self.is_newest && self.is_oldest
    }

    /// The row of a delivery, where it is loaded.
    pub fn row(&self, id: &DeliveryId) -> Option<&ActivityRow> {
        self.rows.iter().find(|row| row.delivery_id == *id)
    }

    /// Where a delivery stands among the loaded ones.
    pub fn idx_of(&self, id: &DeliveryId) -> Option<usize> {
        self.rows.iter().position(|row| row.delivery_id == *id)
    }

    /// The rows to draw.
    pub fn drawn(&self, view: View) -> Range<usize> {
        let idx = |px: f64| (px / self.row_px).max(0.0) as usize;
        let start = idx(view.top_px - self.first_px - MARGIN_ROWS * self.row_px).min(self.rows.len());
        let end = idx(view.top_px + view.height_px - self.first_px + (MARGIN_ROWS + 1.0) * self.row_px);
        start..end.clamp(start, self.rows.len())
    }

    /// Where a loaded row stands.
    pub fn row_top_px(&self, idx: usize) -> f64 {
        self.first_px + idx as f64 * self.row_px
    }

    fn end_px(&self) -> f64 {
        self.row_top_px(self.rows.len())
    }

    /// About how many rows the whole list has: its height follows, as long as its ends are not both loaded.
    pub fn expect(&mut self, n_rows: usize) {
        if !self.is_whole() {
            let wanted = (n_rows as f64 * self.row_px).min(MAX_HEIGHT_PX);
            self.height_px = wanted.max(self.end_px() + if self.is_oldest { 0.0 } else { self.row_px });
        }
    }

    /// Which page is wanted for what the reader sees; `None` while all of it is there.
    pub fn want(&self, view: View, track: &Track) -> Option<Want> {
        if !self.is_loaded {
            return Some(Want::Newest);
        }
        let bottom_px = view.top_px + view.height_px;
        let (Some(first), Some(last)) = (self.rows.first(), self.rows.last()) else { return None };
        let is_apart = bottom_px < self.first_px || view.top_px > self.end_px();
        if is_apart {
            let way_px = (self.height_px - view.height_px).max(1.0);
            let step =
                if bottom_px < self.first_px { Want::NewerThan(place(first)) } else { Want::OlderThan(place(last)) };
            return Some(if view.top_px < self.row_px {
                Want::Newest
            } else if view.top_px >= way_px - 1.0 {
                Want::Oldest
            } else {
                // While it is not known what was made when, the way there is read page by page.
                track.time_at(view.top_px / way_px).map_or(step, Want::At)
            });
        }
        let near_px = NEAR_ROWS * self.row_px;
        if !self.is_oldest && self.end_px() - bottom_px < near_px {
            return Some(Want::OlderThan(place(last)));
        }
        (!self.is_newest && view.top_px - self.first_px < near_px).then(|| Want::NewerThan(place(first)))
    }

    /// The rows on the screen once more, since something changed.
    pub fn want_again(&self, view: View) -> Option<Want> {
        if !self.is_loaded {
            return None;
        }
        let drawn = self.drawn(view);
        let n_rows = drawn.len().max(PAGE_ROWS / 2);
        match drawn.start.checked_sub(1).and_then(|idx| self.rows.get(idx)) {
            Some(before) => Some(Want::Again(Some(place(before)), n_rows)),
            None if self.is_newest => Some(Want::Again(None, n_rows)),
            None => self.rows.first().map(|first| Want::Again(Some(place(first)), n_rows)),
        }
    }

    /// Takes a page in; answers by how much the reader's place moves with it, so that what is seen stands still.
    pub fn take(&mut self, want: &Want, rows: Vec<ActivityRow>, is_end: bool, view: View, track: &Track) -> f64 {
        self.is_loaded = true;
        match want {
            Want::Newest => {
                (self.rows, self.first_px) = (rows, 0.0);
                (self.is_newest, self.is_oldest) = (true, is_end);
                self.settle_height(view);
                0.0
            }
            Want::Oldest => {
                self.rows = rows;
                (self.is_newest, self.is_oldest) = (is_end, true);
                self.first_px = (self.height_px - self.rows.len() as f64 * self.row_px).max(0.0);
                self.settle_height(view);
                0.0
            }
            Want::At(_) => {
                if rows.is_empty() {
                    // Nothing so old: the end is what was meant.
                    self.is_oldest |= self.rows.is_empty();
                    return 0.0;
                }
                (self.rows, self.first_px) = (rows, view.top_px);
                (self.is_newest, self.is_oldest) = (false, is_end);
                self.settle_height(view);
                0.0
            }
            Want::OlderThan(from) => {
                if self.rows.last().is_some_and(|last| place(last) == *from) {
                    self.rows.extend(rows);
                    self.is_oldest = is_end;
                    let n_far = self.n_far(self.drawn(view).start);
                    if n_far > 0 {
                        self.rows.drain(..n_far);
                        self.first_px += n_far as f64 * self.row_px;
                        self.is_newest = false;
                    }
                    self.settle_height(view);
                }
                0.0
            }
            Want::NewerThan(from) => {
                if self.rows.first().is_none_or(|first| place(first) != *from) {
                    return 0.0;
                }
                let n_new = rows.len();
                let drawn_end = self.drawn(view).end + n_new;
                self.rows.splice(0..0, rows);
                self.is_newest = is_end;
                self.first_px -= n_new as f64 * self.row_px;
                let n_far = self.n_far(self.rows.len().saturating_sub(drawn_end));
                if n_far > 0 {
                    self.rows.truncate(self.rows.len() - n_far);
                    self.is_oldest = false;
                }
                let home_px = if self.is_newest {
                    0.0
                } else if self.first_px < self.row_px {
                    // No room above: what is loaded moves to where its time stands.
                    let part = self.rows.first().map_or(0.0, |first| track.part_at(first.created_at));
                    (self.height_px * part).max(NEAR_ROWS * self.row_px)
                } else {
                    self.first_px
                };
                let shift_px = home_px - self.first_px;
                self.first_px = home_px;
                self.settle_height(view);
                shift_px
            }
            Want::Again(from, _) => self.take_again(from.as_ref(), rows, is_end, view),
        }
    }

    /// Puts rows that were read again in the place of what stood there.
    fn take_again(&mut self, from: Option<&Place>, rows: Vec<ActivityRow>, is_end: bool, view: View) -> f64 {
        let start = match from {
            None if self.is_newest => 0,
            None => return 0.0,
            Some(from) => match self.rows.iter().position(|row| place(row) == *from) {
                Some(idx) => idx + 1,
                // It has gone from the list in between; the next look reads further up.
                None => return 0.0,
            },
        };
        let end = match rows.last() {
            Some(last) if !is_end => {
                let same = self.rows.iter().position(|row| row.delivery_id == last.delivery_id);
                let last = place(last);
                let below = || self.rows.iter().position(|row| place(row) < last).unwrap_or(self.rows.len());
                same.map_or_else(below, |idx| idx + 1).max(start)
            }
            None if !is_end => return 0.0,
            Some(_) | None => self.rows.len(),
        };
        let newest = self.rows.first().map(place);
        let n_new = match (from, newest) {
            (None, Some(newest)) => rows.iter().filter(|row| place(row) > newest).count(),
            _ => 0,
        };
        self.is_oldest = is_end || (self.is_oldest && end < self.rows.len());
        self.rows.splice(start..end, rows);
        self.settle_height(view);
        // At the very top new rows come in view; further down nothing moves.
        if view.top_px > self.row_px / 2.0 { n_new as f64 * self.row_px } else { 0.0 }
    }

    /// Adds found rows at the end: for a search that goes on.
    pub fn append_found(&mut self, rows: Vec<ActivityRow>, is_done: bool) {
        self.rows.extend(rows);
        (self.is_loaded, self.is_newest) = (true, true);
        self.is_oldest = is_done;
        self.height_px = (self.rows.len() as f64 * self.row_px).min(MAX_HEIGHT_PX);
    }

    /// How many rows at an end are too many, when so many there are off the screen.
    fn n_far(&self, n_off: usize) -> usize {
        self.rows.len().saturating_sub(MAX_ROWS).min(n_off)
    }

    fn settle_height(&mut self, view: View) {
        if self.is_oldest {
            self.height_px = self.end_px();
        } else {
            let beyond_px = if self.rows.is_empty() { 0.0 } else { view.height_px };
            self.height_px = self.height_px.max(self.end_px() + beyond_px);
        }
    }
}

/// Where a row stands in the list.
pub fn place(row: &ActivityRow) -> Place {
    (row.created_at, row.delivery_id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::state::StatusKind;
    use crate::domain::time::HOUR_MILLIS;

    const ROW_PX: f64 = 44.0;
    const SCREEN_PX: f64 = 800.0;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_millis(minute * 60_000)
    }

    fn row(n: i64) -> ActivityRow {
        ActivityRow {
            delivery_id: DeliveryId::new(format!("{n:09}")),
            status: StatusKind::Delivered,
            may_have_arrived: false,
            recipient: String::new(),
            webhook: String::new(),
            flow: String::new(),
            is_test: false,
            n_attempts: 1,
            last_error: None,
            next_attempt_at: None,
            created_at: at(n),
            updated_at: at(n),
        }
    }

    /// A log with a delivery a minute, and a reader of it.
    struct Reader {
        log: Vec<ActivityRow>,
        track: Track,
        window: LogWindow,
        view: View,
        n_reads: usize,
    }

    impl Reader {
        fn new(n_rows: i64) -> Self {
            let log: Vec<_> = (0..n_rows).rev().map(row).collect();
            let mut window = LogWindow::new(ROW_PX);
            window.expect(log.len());
            let hours: Vec<_> = (0..=n_rows / 60)
                .map(|hour| {
                    (Timestamp::from_millis(hour * HOUR_MILLIS), (n_rows - hour * 60).clamp(0, 60).unsigned_abs())
                })
                .collect();
            let view = View { top_px: 0.0, height_px: SCREEN_PX };
            Self { log, track: Track::of_hours(&hours), window, view, n_reads: 0 }
        }

        fn answer(&mut self, want: &Want) {
            self.n_reads += 1;
            let n_all = self.log.len();
            let idx = |from: &Place| self.log.partition_point(|row| place(row) > *from);
            let older = |start: usize, n: usize| (self.log[start..(start + n).min(n_all)].to_vec(), start + n >= n_all);
            let (rows, is_end) = match want {
                Want::Newest => older(0, PAGE_ROWS),
                Want::Oldest => (self.log[n_all.saturating_sub(PAGE_ROWS)..].to_vec(), PAGE_ROWS >= n_all),
                Want::OlderThan(from) => older((idx(from) + 1).min(n_all), PAGE_ROWS),
                Want::NewerThan(from) => {
                    let end = idx(from);
                    (self.log[end.saturating_sub(PAGE_ROWS)..end].to_vec(), end <= PAGE_ROWS)
                }
                Want::At(at) => older(self.log.partition_point(|row| row.created_at > *at), PAGE_ROWS),
                Want::Again(None, n) => older(0, *n),
                Want::Again(Some(from), n) => {
                    let start = self.log.partition_point(|row| place(row) >= *from);
                    older(start, *n)
                }
            };
            let shift_px = self.window.take(want, rows, is_end, self.view, &self.track);
            self.view.top_px += shift_px;
        }

        /// Reads until nothing is wanted any more.
        fn settle(&mut self) {
            for _ in 0..20 {
                self.view.top_px = self.view.top_px.clamp(0.0, (self.window.height_px() - SCREEN_PX).max(0.0));
                let Some(want) = self.window.want(self.view, &self.track) else { return };
                self.answer(&want);
            }
            panic!("it never settles: {:?} {:?}", self.view, self.window.want(self.view, &self.track));
        }

        fn scroll_to(&mut self, top_px: f64) {
            self.view.top_px = top_px;
            self.settle();
        }

        /// The first row that is wholly on the screen, and its distance from the screen's top.
        fn seen(&self) -> (DeliveryId, f64) {
            let drawn = self.window.drawn(self.view);
            let idx = drawn.into_iter().find(|idx| self.window.row_top_px(*idx) >= self.view.top_px).unwrap();
            (self.window.rows()[idx].delivery_id.clone(), self.window.row_top_px(idx) - self.view.top_px)
        }

        /// What is loaded is a part of the log, without a gap.
        fn check(&self) {
            let rows = self.window.rows();
            let start = self.log.iter().position(|row| Some(row) == rows.first()).unwrap();
            assert_eq!(rows, &self.log[start..start + rows.len()]);
            assert!(self.window.height_px() <= MAX_HEIGHT_PX + 20.0 * SCREEN_PX, "{}", self.window.height_px());
        }
    }

    #[test]
    fn a_short_list_is_as_tall_as_its_rows() {
        let mut reader = Reader::new(7);
        reader.settle();
        assert_eq!(reader.window.height_px(), 7.0 * ROW_PX);
        assert!(reader.window.is_whole());
        assert_eq!(reader.window.drawn(reader.view), 0..7);
    }

    #[test]
    fn where_no_times_are_known_the_way_back_is_read_page_by_page() {
        let mut reader = Reader::new(600);
        reader.settle();
        reader.scroll_to(f64::MAX);
        reader.track = Track::default();
        let end_px = reader.window.height_px();
        reader.scroll_to(end_px / 2.0);
        reader.check();
        assert!(!reader.window.drawn(reader.view).is_empty());
    }

    #[test]
    fn a_million_rows_are_jumped_through_and_scrolled() {
        let mut reader = Reader::new(1_000_000);
        reader.settle();
        assert_eq!(reader.window.height_px(), MAX_HEIGHT_PX);
        // The middle of the bar is the middle of the log, found with few reads.
        reader.n_reads = 0;
        reader.scroll_to(MAX_HEIGHT_PX / 2.0);
        let middle: i64 = reader.seen().0.as_str().parse().unwrap();
        assert!((499_000..501_000).contains(&middle), "{middle}");
        assert!(reader.n_reads <= 3, "{}", reader.n_reads);
        reader.check();
        // Up and down from there, row by row.
        for _ in 0..400 {
            let before: i64 = reader.seen().0.as_str().parse().unwrap();
            reader.scroll_to(reader.view.top_px - 3.0 * ROW_PX);
            let after: i64 = reader.seen().0.as_str().parse().unwrap();
            assert_eq!(after, before + 3);
            reader.check();
        }
        reader.scroll_to(f64::MAX);
        assert_eq!(reader.window.rows().last().unwrap().delivery_id.as_str(), "000000000");
        reader.scroll_to(0.0);
        assert_eq!(reader.seen(), (DeliveryId::new("000999999"), 0.0));
    }

    #[test]
    fn what_is_seen_stands_still_while_pages_come() {
        let mut chance = 7_u64;
        let mut reader = Reader::new(20_000);
        reader.settle();
        for _ in 0..2_000 {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let by = ((chance >> 33) % 2_000) as f64 - 1_000.0;
            reader.view.top_px = (reader.view.top_px + by).clamp(0.0, reader.window.height_px() - SCREEN_PX);
            let is_there = {
                let (top, end) = (reader.window.row_top_px(0), reader.window.row_top_px(reader.window.rows().len()));
                reader.view.top_px >= top && reader.view.top_px + SCREEN_PX <= end
            };
            let seen = is_there.then(|| reader.seen());
            reader.settle();
            if let Some(seen) = seen {
                assert_eq!(reader.seen(), seen);
            }
            reader.check();
        }
    }

    #[test]
    fn new_rows_come_in_view_at_the_top_and_move_nothing_below() {
        let mut reader = Reader::new(1_000);
        reader.settle();
        reader.log.insert(0, row(1_000));
        let again = reader.window.want_again(reader.view).unwrap();
        reader.answer(&again);
        assert_eq!(reader.seen().0.as_str(), "000001000");
        reader.check();
        reader.scroll_to(10.0 * ROW_PX);
        let seen = reader.seen();
        reader.log.insert(0, row(1_001));
        // Read again from the top, as when the reader is near it.
        reader.answer(&Want::Again(None, 60));
        assert_eq!(reader.seen(), seen);
        reader.check();
    }

    #[test]
    fn rows_that_no_longer_fit_the_filter_go() {
        let mut reader = Reader::new(300);
        reader.settle();
        reader.log.remove(3);
        let again = reader.window.want_again(reader.view).unwrap();
        reader.answer(&again);
        reader.check();
        reader.log.truncate(2);
        let again = reader.window.want_again(reader.view).unwrap();
        reader.answer(&again);
        assert_eq!(reader.window.rows().len(), 2);
        assert!(reader.window.is_whole());
    }

    #[test]
    fn a_track_knows_where_the_crowd_is() {
        let hour = |n: i64| Timestamp::from_millis(n * HOUR_MILLIS);
        // One long ago, a thousand in the last hour.
        let track = Track::of_hours(&[(hour(0), 1), (hour(1_000), 1_000)]);
        let half = track.time_at(0.5).unwrap();
        assert!(half > hour(1_000) && half < hour(1_001), "{half}");
        assert_eq!(track.time_at(1.0).unwrap(), hour(0));
        assert!((track.part_at(half) - 0.5).abs() < 0.01);
        assert_eq!(Track::default().time_at(0.5), None);
    }
}
