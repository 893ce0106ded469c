//! What the page gives to the screens: the time, its zone, chance, and a place to keep the theme.
//!
//! In: functions from the composition root. Out: times in words, ids, a theme.
//! Invariant: the screens read no clock of their own.

use std::rc::Rc;

use leptos::prelude::*;

use crate::domain::flow::delay::ZoneOffsets;
use crate::domain::time::Timestamp;
use crate::ui::builder::canvas::{Act, Desk};
use crate::ui::files::FileServices;
use crate::ui::screens::{OpenScreen, Opened, Screen};
use crate::view_model::time;

/// What the composition root gives in.
#[derive(Clone)]
pub struct PageServices {
    pub now: Rc<dyn Fn() -> Timestamp>,
    /// The zone's offset from UTC at a time, in minutes, east positive.
    pub offset_minutes: Rc<dyn Fn(Timestamp) -> i32>,
    /// How far other zones are ahead of UTC.
    pub zones: Rc<dyn ZoneOffsets>,
    pub random: Rc<dyn Fn() -> u64>,
    /// Opens screens, whose code may have to be downloaded first.
    pub open_screen: OpenScreen,
    /// Does an act on a flow's cards, whose code may have to be downloaded first.
    pub do_act: Rc<dyn Fn(Desk, Act)>,
    pub files: FileServices,
    /// The theme that was kept, if one was.
    pub theme: Theme,
    /// Keeps the theme for the next visit.
    pub keep_theme: Rc<dyn Fn(Theme)>,
    /// The sandbox of the last visit, packed.
    pub kept_sandbox: Option<String>,
    /// Keeps the sandbox for the next visit.
    pub keep_sandbox: Rc<dyn Fn(&str)>,
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The value of `data-theme`; `None` follows the system.
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The page's services, for every screen.
#[derive(Clone, Copy)]
pub struct Page {
    services: StoredValue<PageServices, LocalStorage>,
    /// The time, told anew each second.
    pub now: RwSignal<Timestamp>,
    pub theme: RwSignal<Theme>,
}

impl Page {
    pub fn new(services: PageServices) -> Self {
        let now = RwSignal::new((services.now)());
        let theme = RwSignal::new(services.theme);
        Self { services: StoredValue::new_local(services), now, theme }
    }

    /// Tells the time anew.
    pub fn tick(self) {
        self.now.set(self.read_clock());
    }

    pub fn read_clock(self) -> Timestamp {
        self.services.with_value(|services| (services.now)())
    }

    /// Knows the time zones of the world.
    pub fn zones(self) -> Rc<dyn ZoneOffsets> {
        self.services.with_value(|services| Rc::clone(&services.zones))
    }

    pub fn draw_random(self) -> u64 {
        self.services.with_value(|services| (services.random)())
    }

    /// Opens a screen, if its code is here.
    pub fn open_screen(self, screen: &Screen) -> Opened {
        let open = self.services.with_value(|services| Rc::clone(&services.open_screen));
        open(screen)
    }

    /// Does an act on a flow's cards, at once if its code is here.
    pub fn ask(self, desk: Desk, act: Act) {
        let do_act = self.services.with_value(|services| Rc::clone(&services.do_act));
        do_act(desk, act);
    }

    pub fn keep_theme(self, theme: Theme) {
        self.services.with_value(|services| (services.keep_theme)(theme));
    }

    pub fn keep_sandbox(self, packed: &str) {
        self.services.with_value(|services| (services.keep_sandbox)(packed));
    }

    /// The sandbox of the last visit.
    pub fn kept_sandbox(self) -> Option<String> {
        self.services.with_value(|services| services.kept_sandbox.clone())
    }

    /// The time of day in the reader's zone, with the date when it is not today's.
    pub fn short_time(self, at: Timestamp) -> String {
        time::short_time(at, self.now.get(), self.offset_minutes(at))
    }

    /// Date with its year, and time of day, in the reader's zone.
    pub fn long_date(self, at: Timestamp) -> String {
        time::dated_time(at, self.offset_minutes(at))
    }

    /// `in 8 s`, `4 min ago`; told anew each second.
    pub fn relative(self, at: Timestamp) -> String {
        time::relative(at, self.now.get())
    }

    /// The name of the reader's zone now.
    pub fn zone_name(self) -> String {
        time::zone_name(self.offset_minutes(self.now.get_untracked()))
    }

    /// How far the reader's zone is ahead of UTC then, in minutes.
    pub fn offset_minutes(self, at: Timestamp) -> i32 {
        self.services.with_value(|services| (services.offset_minutes)(at))
    }
}

/// The page's services.
pub fn use_page() -> Page {
    expect_context()
}
