//! The sender's worker.
//!
//! In: the database, pokes. Out: a sender at work, and word of it to the page and all tabs.
//! Invariant: where there is no database there is no sender here; the page runs one over its memory.

use std::pin::Pin;
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use hookwright::browser::broadcast::Pokes;
use hookwright::browser::console::log_failure;
use hookwright::browser::crypto::{BrowserKeys, KeysWord};
use hookwright::browser::fetch::FetchClient;
use hookwright::browser::indexed_db::IndexedDbStore;
use hookwright::browser::leader::WebLockLeader;
use hookwright::browser::timers::BrowserTimers;
use hookwright::browser::worker_link::PageLink;
use hookwright::runtime::ports::Leader;
use hookwright::runtime::practice_client::PracticeClient;
use hookwright::runtime::schedule::{SenderNotice, SenderWord, run_sender};
use hookwright::storage::fallback::KeptOrMemory;

use crate::roles::world::BrowserWorld;
use crate::roles::{CHANGED, CHANNEL, LEADING, STANDING_BY, TROUBLED, heartbeat_text, said, sender_word};

/// Waits for its turn, then sends.
pub fn start() {
    wasm_bindgen_futures::spawn_local(async {
        // Nothing is asked of the sender by its own page: what it has to do lies in the inbox.
        let Some(page) = PageLink::take_over(|_| {}) else { return };
        let (poke, pokes) = unbounded();
        let unlocked = poke.clone();
        let keys = BrowserKeys::join(move |word| {
            // What waited for the secrets goes on at once.
            if word == KeysWord::KeyChanged && unlocked.unbounded_send(SenderWord::Poke).is_err() {
                log_failure("the sender has ended");
            }
        });
        let joined = Pokes::join(CHANNEL, move |word| {
            if let Some(word) = sender_word(&word)
                && poke.unbounded_send(word).is_err()
            {
                log_failure("the sender has ended");
            }
        });
        let broadcast = joined.map_err(|message| log_failure(&message)).ok();
        said(page.post(STANDING_BY));
        let store = match IndexedDbStore::open().await {
            Ok(store) => Rc::new(KeptOrMemory::Kept(store)),
            Err(error) => {
                said(page.post(&format!("{TROUBLED}{error}")));
                return;
            }
        };
        let notify = move |notice| match notice {
            SenderNotice::Leading => said(page.post(LEADING)),
            SenderNotice::StandingBy => said(page.post(STANDING_BY)),
            SenderNotice::Heartbeat(heartbeat) => {
                let text = heartbeat_text(heartbeat);
                said(page.post(&text));
                said(broadcast.as_ref().map_or(Ok(()), |broadcast| broadcast.post(&text)));
            }
            SenderNotice::Changed => said(broadcast.as_ref().map_or(Ok(()), |broadcast| broadcast.post(CHANGED))),
            SenderNotice::Troubled(error) => said(page.post(&format!("{TROUBLED}{error}"))),
        };
        run((store, keys), Lead::WhenElected(WebLockLeader::of_senders()), pokes, Box::new(notify)).await;
    });
}

/// Runs a sender over a store, for as long as its scope lives.
///
/// The one place that names the sender's types: each other combination of them would be the whole sender once more.
pub fn run(
    (store, keys): (BrowserStore, Option<Rc<BrowserKeys>>),
    lead: Lead,
    pokes: UnboundedReceiver<SenderWord>,
    notify: Box<dyn Fn(SenderNotice)>,
) -> Pin<Box<dyn Future<Output = ()>>> {
    let http = PracticeClient { client: FetchClient, timers: BrowserTimers, store: Rc::clone(&store) };
    Box::pin(run_sender(store, Rc::new(BrowserWorld { http, keys }), (BrowserTimers, lead), pokes, notify))
}

/// Where a sender's rows lie.
pub type BrowserStore = Rc<KeptOrMemory<IndexedDbStore>>;

/// How a sender comes to lead.
pub enum Lead {
    WhenElected(WebLockLeader),
    /// Nobody else has this page's memory.
    AtOnce,
}

impl Leader for Lead {
    async fn acquire(&self) {
        match self {
            Self::WhenElected(leader) => leader.acquire().await,
            Self::AtOnce => {}
        }
    }
}
