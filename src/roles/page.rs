//! The page: the screens in front, and the workspace opened behind them.
//!
//! In: commands of the screens. Out: the workspace, and everything else that happens once the desk is here.
//! Invariant: holds what it takes to show the first screen, and no more; a command waits for the desk and is not lost.

use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use hookwright::browser::asset::fetch_text;
use hookwright::browser::clock::BrowserClock;
use hookwright::browser::console::log_failure;
use hookwright::browser::indexed_db::IndexedDbStore;
use hookwright::browser::random::BrowserRandom;
use hookwright::browser::sandbox::{keep_sandbox, kept_sandbox};
use hookwright::browser::timers::BrowserTimers;
use hookwright::browser::{download, files, theme, zones};
use hookwright::domain::time::Timestamp;
use hookwright::runtime::handle::{AppCommand, AppEvent, Handle, StoreTrouble};
use hookwright::runtime::page::{self, Page};
use hookwright::runtime::ports::{Clock, Random, Timers};
use hookwright::storage::fallback::KeptOrMemory;
use hookwright::ui;
use hookwright::ui::files::FileServices;
use hookwright::ui::page::{PageServices, Theme};
use hookwright::ui::state::AppState;
use wasm_bindgen_futures::spawn_local;

use crate::roles::parts::{do_act, load_forms, memory_store, open_screen, run_desk};
use crate::roles::sender::BrowserStore;

/// Where the sender runs.
#[derive(Clone, Copy)]
pub enum SenderPlace {
    Worker,
    /// The database is refused, so that only this page has the store.
    Page,
}

/// What the desk takes over once the workspace is on the screen.
pub struct Opened {
    pub page: Page<KeptOrMemory<IndexedDbStore>, PageWorld>,
    pub store: BrowserStore,
    pub sender: SenderPlace,
    pub app_state: AppState,
    /// What the screens ask for, from the first moment on.
    pub commands: UnboundedReceiver<AppCommand>,
}

/// Starts the page in short tasks, so that no press waits for all of it; what came before was the Wasm's own start.
pub fn start() {
    spawn_local(async {
        BrowserTimers.sleep(0).await;
        let prepared = ui::prepare(connect);
        BrowserTimers.sleep(0).await;
        ui::mount(prepared, services());
        BrowserTimers.sleep(0).await;
        load_forms().await;
    });
}

/// What the screens have of the browser.
fn services() -> PageServices {
    PageServices {
        now: Rc::new(|| BrowserClock.now()),
        offset_minutes: Rc::new(|at| zones::local_offset_secs(at) / 60),
        zones: Rc::new(zones::BrowserZones),
        random: Rc::new(|| BrowserRandom.next_u64()),
        open_screen: Rc::new(open_screen),
        do_act: Rc::new(do_act),
        files: FileServices {
            read: Rc::new(files::read_bytes),
            fetch: Rc::new(|name, take| spawn_local(async move { take(fetch_text(name).await) })),
            save: Rc::new(download::save_text),
            save_pieces: Rc::new(|| Rc::new(download::Pieces::default())),
            known_names: Rc::new(zones::known_names),
        },
        theme: match theme::kept_theme().as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            Some(_) | None => Theme::System,
        },
        keep_theme: Rc::new(|theme| theme::keep_theme(theme.name())),
        kept_sandbox: kept_sandbox(),
        keep_sandbox: Rc::new(keep_sandbox),
    }
}

/// Joins the screens to what is behind them.
fn connect(app_state: AppState) -> Handle {
    let (queue, commands) = unbounded();
    spawn_local(open(app_state, commands));
    Handle::new(move |command| {
        // It is read for as long as the page lives.
        if queue.unbounded_send(command).is_err() {
            log_failure("the page’s queue is closed");
        }
    })
}

/// Shows the workspace, then has the desk do what is asked.
async fn open(app_state: AppState, commands: UnboundedReceiver<AppCommand>) {
    // The frame of the screens is drawn first.
    BrowserTimers.sleep(0).await;
    let sink = Rc::new(move |event| app_state.apply_first(event));
    let (store, sender) = match IndexedDbStore::open().await {
        Ok(store) => (Rc::new(KeptOrMemory::Kept(store)), SenderPlace::Worker),
        Err(error) => {
            let trouble = match page::trouble(&error) {
                trouble @ (StoreTrouble::UpgradeBlocked | StoreTrouble::TooNew) => trouble,
                StoreTrouble::MemoryOnly { reason }
                | StoreTrouble::Full { reason }
                | StoreTrouble::Failed { reason } => StoreTrouble::MemoryOnly { reason },
                trouble @ (StoreTrouble::ChangedElsewhere | StoreTrouble::NotAllowed { .. }) => trouble,
            };
            sink(AppEvent::StorageTroubled { trouble });
            (Rc::new(KeptOrMemory::Memory(memory_store(app_state).await)), SenderPlace::Page)
        }
    };
    let mut page = Page::new(Rc::clone(&store), Rc::new(PageWorld), sink, Rc::new(|| {}));
    page.load_workspace().await;
    run_desk(Opened { page, store, sender, app_state, commands }).await;
}

/// The page's own clock and chance.
pub struct PageWorld;

impl Clock for PageWorld {
    fn now(&self) -> Timestamp {
        BrowserClock.now()
    }
}

impl Random for PageWorld {
    fn next_u64(&self) -> u64 {
        BrowserRandom.next_u64()
    }
}
