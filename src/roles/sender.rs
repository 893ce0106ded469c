//! The sender's worker.
//!
//! In: the database, pokes. Out: a sender at work, and word of it to the page and all tabs.
//! Invariant: where there is no database there is no sender here; the page runs one over its memory.

use std::rc::Rc;

use futures_channel::mpsc::unbounded;
use hookwright::browser::broadcast::Broadcast;
use hookwright::browser::fetch::FetchClient;
use hookwright::browser::indexed_db::IndexedDbStore;
use hookwright::browser::leader::LockLeader;
use hookwright::browser::timers::BrowserTimers;
use hookwright::browser::worker_link::{hear_page, say_to_page};
use hookwright::runtime::practice_client::PracticeClient;
use hookwright::runtime::schedule::{SenderNotice, run_sender};
use hookwright::storage::schema::DATABASE_NAME;

use crate::roles::world::BrowserWorld;
use crate::roles::{CHANGED, CHANNEL, LEADING, POKE, SENDER_LOCK, STANDING_BY, TROUBLED};

/// Waits for its turn, then sends.
pub fn start() {
    wasm_bindgen_futures::spawn_local(async {
        let (poke, pokes) = unbounded();
        let broadcast = Rc::new(Broadcast::join(CHANNEL, move |word| {
            // The receiver lives as long as the worker, so a failed poke means that both end.
            if word == POKE && poke.unbounded_send(()).is_err() {
                say_to_page(TROUBLED);
            }
        }));
        hear_page(|_| {});
        say_to_page(STANDING_BY);
        let store = match IndexedDbStore::open(DATABASE_NAME).await {
            Ok(store) => Rc::new(store),
            Err(error) => {
                say_to_page(&format!("{TROUBLED}{error}"));
                return;
            }
        };
        let http = PracticeClient { client: FetchClient, timers: BrowserTimers, store: Rc::clone(&store) };
        let leader = LockLeader { lock_name: SENDER_LOCK };
        let notify = move |notice| match notice {
            SenderNotice::Leading => say_to_page(LEADING),
            SenderNotice::Changed => broadcast.say(CHANGED),
            SenderNotice::Troubled(error) => say_to_page(&format!("{TROUBLED}{error}")),
        };
        run_sender(store, Rc::new(BrowserWorld { http }), (BrowserTimers, leader), pokes, notify).await;
    });
}
