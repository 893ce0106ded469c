//! The page's desk: does what the screens ask once the workspace is shown, and runs the workers.
//!
//! In: commands of the screens, word of other tabs. Out: events for the screens.
//! Invariant: previews go to the calculation worker, everything else through one queue in the order it was asked.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{FutureExt, StreamExt};
use hookwright::browser::asset::fetch_text;
use hookwright::browser::broadcast::Pokes;
use hookwright::browser::clock::BrowserClock;
use hookwright::browser::console::log_failure;
use hookwright::browser::crypto::{BrowserKeys, KeysWord};
use hookwright::browser::fetch::FetchClient;
use hookwright::browser::idle::{idle, saves_data};
use hookwright::browser::indexed_db::IndexedDbStore;
use hookwright::browser::permission;
use hookwright::browser::role::Role;
use hookwright::browser::storage_health::{self, StorageHealth};
use hookwright::browser::timers::BrowserTimers;
use hookwright::browser::worker_link::{WorkerLink, WorkerMessage};
use hookwright::domain::member::Refusal;
use hookwright::runtime::flow_file::{GALLERY_FILE, read_gallery};
use hookwright::runtime::handle::{AppCommand, AppEvent, FlowsNews, FlowsOrder, SenderState, StoreTrouble};
use hookwright::runtime::handle::{StorageNews, WorkNews, WorkOrder};
use hookwright::runtime::page;
use hookwright::runtime::ports::{Clock, HttpClient, Timers};
use hookwright::runtime::preview::{
    Lane, N_KEPT_CONTEXTS, PreviewContextRecord, PreviewJobRecord, PreviewQueue, PreviewReply, PreviewReplyRecord,
    PreviewRequest,
};
use hookwright::runtime::schedule::{SenderNotice, SenderWord};
use hookwright::storage::fallback::KeptOrMemory;
use hookwright::storage::record::mirror::{JsonText, read_text};
use hookwright::ui::EventSink;
use hookwright::view_model::members::refusal_words;
use hookwright::view_model::messages;
use wasm_bindgen_futures::spawn_local;

use crate::roles::library::LibraryDesk;
use crate::roles::page::{Opened, SenderPlace};
use crate::roles::parts::{load_rest, run_page_sender};
use crate::roles::sender::BrowserStore;
use crate::roles::{
    BEGUN, CHANGED, CHANNEL, CONTEXT_MARK, FLOWS_CHANGED, HEARTBEAT, JOB_MARK, LEADING, POKE, STANDING_BY, TROUBLED,
    said,
};

/// How often the page looks whether a preview ran away or the network came or went, in milliseconds.
const WATCH_MILLIS: i64 = 500;

/// Looks between two words to the page that time has passed.
const LOOKS_PER_TICK: u32 = 20;

/// What comes to the page's queue.
enum PageInput {
    Command(AppCommand),
    Changed,
    /// Another tab wrote a flow.
    FlowsChanged,
    Keys(KeysWord),
    /// Time has passed.
    Tick,
}

fn put(queue: &UnboundedSender<PageInput>, input: PageInput) {
    // The queue is read for as long as the page lives.
    if queue.unbounded_send(input).is_err() {
        log_failure("the page’s queue is closed");
    }
}

/// Hands each command to whoever does it.
async fn sort(
    mut commands: UnboundedReceiver<AppCommand>,
    queue: UnboundedSender<PageInput>,
    sink: EventSink,
    previews: Rc<Previews>,
    library: Rc<LibraryDesk>,
) {
    while let Some(command) = commands.next().await {
        match library.take(command) {
            Some(AppCommand::RenderPreview { request }) => previews.push(request),
            Some(AppCommand::Flows { order: FlowsOrder::FetchGallery }) => fetch_gallery(Rc::clone(&sink)),
            Some(command) => put(&queue, PageInput::Command(command)),
            None => {}
        }
    }
}

/// Fetches the ready flows, which lie beside the page.
fn fetch_gallery(sink: EventSink) {
    spawn_local(async move {
        let text = fetch_text(GALLERY_FILE).await;
        let flows = text.and_then(|text| read_gallery(&text).map_err(|problem| problem.to_string()));
        sink(AppEvent::Flows { news: FlowsNews::Gallery { flows } });
    });
}

/// Works for as long as the page lives.
pub async fn run(opened: Opened) {
    let Opened { page, store, sender, app_state, commands } = opened;
    let sink: EventSink = Rc::new(move |event| app_state.apply_event(event));
    let (queue, mut inputs) = unbounded();
    let previews = Rc::new(Previews::new(Rc::clone(&sink)));
    let library = LibraryDesk::new(Rc::clone(&sink), {
        let queue = queue.clone();
        move |command| put(&queue, PageInput::Command(command))
    });
    let (poke, pokes) = unbounded();
    let changed = queue.clone();
    let joined = Pokes::join(CHANNEL, move |word| {
        if word == CHANGED {
            put(&changed, PageInput::Changed);
        } else if word == FLOWS_CHANGED {
            put(&changed, PageInput::FlowsChanged);
        }
    });
    let broadcast = Rc::new(joined.map_err(|message| log_failure(&message)).ok());
    let told = Rc::clone(&broadcast);
    let keys = BrowserKeys::join({
        let queue = queue.clone();
        move |word| put(&queue, PageInput::Keys(word))
    });
    if let Some(keys) = &keys {
        keys.ready().await;
    }
    let behind =
        Behind { store: Rc::clone(&store), keys: keys.clone(), sink: Rc::clone(&sink), queue: queue.clone(), pokes };
    let poke_sender: Rc<dyn Fn()> = Rc::new(move || match sender {
        SenderPlace::Worker => said(broadcast.as_ref().as_ref().map_or(Ok(()), |broadcast| broadcast.post(POKE))),
        SenderPlace::Page => said(poke.unbounded_send(SenderWord::Poke).map_err(|error| error.to_string())),
    });
    let poke_pages = Rc::new(move || said(told.as_ref().as_ref().map_or(Ok(()), |told| told.post(FLOWS_CHANGED))));
    let mut page = page.joined(Rc::clone(&sink), poke_sender, poke_pages);
    if let Some(keys) = keys {
        page.set_keys(keys);
    }
    page.load_members_and_sets().await;
    spawn_local(sort(commands, queue, Rc::clone(&sink), Rc::clone(&previews), Rc::clone(&library)));
    spawn_local(behind.start(sender, Rc::clone(&previews)));
    if page.wants_samples().await {
        library.fetch_samples();
    }
    let mut is_working = false;
    loop {
        previews.refused.set(page.preview_refusal());
        // Long work goes on while nothing else is asked, and the browser may draw in between.
        let input = if is_working { inputs.next().now_or_never() } else { Some(inputs.next().await) };
        match input {
            None => {
                is_working = page.work_on().await;
                BrowserTimers.sleep(0).await;
            }
            Some(None) => break,
            Some(Some(PageInput::Command(AppCommand::Work {
                order: WorkOrder::LookAtStorage { is_persistence_wanted },
            }))) => look_at_storage(&store, &sink, is_persistence_wanted).await,
            Some(Some(PageInput::Command(AppCommand::Work { order: WorkOrder::LookAtLocalNetwork }))) => {
                let state = permission::local_network().await;
                sink(AppEvent::Work { news: WorkNews::LocalNetworkSeen { state } });
            }
            Some(Some(PageInput::Command(command))) => {
                page.take(command).await;
                is_working = page.has_work();
            }
            Some(Some(PageInput::Changed)) => {
                page.refresh().await;
                is_working = page.has_work();
            }
            Some(Some(PageInput::FlowsChanged)) => page.look_at_flows().await,
            Some(Some(PageInput::Keys(KeysWord::KeyChanged))) => page.hear_of_members(None).await,
            Some(Some(PageInput::Keys(KeysWord::Session(session)))) => page.hear_of_members(Some(session)).await,
            Some(Some(PageInput::Tick)) => page.end_idle_session().await,
        }
    }
}

/// What is started once the first screen has been drawn: until then it would only take the screen's time.
struct Behind {
    store: BrowserStore,
    keys: Option<Rc<BrowserKeys>>,
    sink: EventSink,
    queue: UnboundedSender<PageInput>,
    pokes: UnboundedReceiver<SenderWord>,
}

impl Behind {
    async fn start(self, sender: SenderPlace, previews: Rc<Previews>) {
        let Self { store, keys, sink, queue, pokes } = self;
        idle().await;
        let ticks = queue.clone();
        let own_sender = match sender {
            SenderPlace::Worker => Some(OwnSender::start(sink, queue)),
            SenderPlace::Page => {
                start_page_sender(store, keys, sink, queue, pokes);
                None
            }
        };
        spawn_local(watch(previews, own_sender, ticks));
        if !saves_data() {
            load_rest().await;
        }
    }
}

/// Asks the browser how it keeps what we store.
async fn look_at_storage(store: &KeptOrMemory<IndexedDbStore>, sink: &EventSink, is_persistence_wanted: bool) {
    if is_persistence_wanted {
        storage_health::ask_to_persist().await;
    }
    let StorageHealth { is_persisted, used_bytes, quota_bytes } = storage_health::storage_health().await;
    let n_healed = match store {
        KeptOrMemory::Kept(store) => Some(store.n_healed()),
        KeptOrMemory::Memory(_) => None,
    };
    let is_kept = n_healed.is_some();
    let health = StorageNews { is_kept, is_persisted, used_bytes, quota_bytes, n_healed: n_healed.unwrap_or(0) };
    sink(AppEvent::Work { news: WorkNews::StorageSeen { health } });
}

/// How often a sender that failed is started again before the tab gives up until it is reloaded.
const MAX_RESTARTS: u32 = 5;
/// Looks of the page without a heartbeat of its own leading sender, each half a second or longer, after which it is ended.
const MAX_SILENT_LOOKS: u32 = 16;

/// This tab's sender: the worker, and whether it is well.
struct OwnSender {
    link: RefCell<Option<WorkerLink>>,
    is_leading: Cell<bool>,
    n_silent_looks: Cell<u32>,
    n_restarts: Cell<u32>,
    sink: EventSink,
    queue: UnboundedSender<PageInput>,
}

impl OwnSender {
    fn start(sink: EventSink, queue: UnboundedSender<PageInput>) -> Rc<Self> {
        let own = Rc::new(Self {
            link: RefCell::new(None),
            is_leading: Cell::new(false),
            n_silent_looks: Cell::new(0),
            n_restarts: Cell::new(0),
            sink,
            queue,
        });
        own.spawn();
        own
    }

    fn spawn(self: &Rc<Self>) {
        self.is_leading.set(false);
        self.n_silent_looks.set(0);
        let heard = Rc::clone(self);
        let name = Role::Sender.worker_name().unwrap_or_default();
        match WorkerLink::spawn(name, move |message| heard.hear(message)) {
            Ok(link) => *self.link.borrow_mut() = Some(link),
            Err(message) => {
                log_failure(&message);
                self.tell(SenderState::Failed);
            }
        }
    }

    fn hear(self: &Rc<Self>, message: WorkerMessage) {
        match message {
            WorkerMessage::Text(text) if text == STANDING_BY => {
                self.is_leading.set(false);
                self.tell(SenderState::OtherTab);
            }
            WorkerMessage::Text(text) if text == LEADING => {
                self.is_leading.set(true);
                self.n_silent_looks.set(0);
                put(&self.queue, PageInput::Changed);
                self.tell(if FetchClient.is_online() { SenderState::ThisTab } else { SenderState::Offline });
            }
            WorkerMessage::Text(text) if text.starts_with(HEARTBEAT) => {
                self.n_silent_looks.set(0);
                // It is well: what went wrong long ago is forgotten.
                self.n_restarts.set(0);
            }
            WorkerMessage::Text(text) => {
                if let Some(reason) = text.strip_prefix(TROUBLED) {
                    let trouble = StoreTrouble::Failed { reason: reason.to_owned() };
                    (self.sink)(AppEvent::StorageTroubled { trouble });
                }
            }
            WorkerMessage::Failed { message } => {
                log_failure(&message);
                let own = Rc::clone(self);
                // Not at once: this is the worker's own callback.
                spawn_local(async move { own.restart().await });
            }
        }
    }

    /// Ends the worker, which lets its lock go, and starts another after a while.
    async fn restart(self: &Rc<Self>) {
        drop(self.link.borrow_mut().take());
        self.is_leading.set(false);
        self.tell(SenderState::Failed);
        let n_restarts = self.n_restarts.get();
        if n_restarts >= MAX_RESTARTS {
            return;
        }
        self.n_restarts.set(n_restarts + 1);
        BrowserTimers.sleep(1_000 << n_restarts).await;
        if self.link.borrow().is_none() {
            self.tell(SenderState::Starting);
            self.spawn();
        }
    }

    /// Looks whether the worker that leads is still at work.
    async fn look(self: &Rc<Self>) {
        if !self.is_leading.get() {
            return;
        }
        let n_silent_looks = self.n_silent_looks.get() + 1;
        self.n_silent_looks.set(n_silent_looks);
        if n_silent_looks > MAX_SILENT_LOOKS {
            log_failure("the sender fell silent and is started again");
            self.restart().await;
        }
    }

    fn tell(&self, state: SenderState) {
        (self.sink)(AppEvent::SenderChanged { state });
    }
}

fn start_page_sender(
    store: BrowserStore,
    keys: Option<Rc<BrowserKeys>>,
    sink: EventSink,
    queue: UnboundedSender<PageInput>,
    pokes: UnboundedReceiver<SenderWord>,
) {
    let notify = move |notice| match notice {
        SenderNotice::Leading => sink(AppEvent::SenderChanged { state: SenderState::ThisTab }),
        // Nobody else has this page's memory.
        SenderNotice::StandingBy | SenderNotice::Heartbeat(_) => {}
        SenderNotice::Changed => put(&queue, PageInput::Changed),
        SenderNotice::Troubled(error) => sink(AppEvent::StorageTroubled { trouble: page::trouble(&error) }),
    };
    spawn_local(async move { said(run_page_sender(store, keys, pokes, Box::new(notify)).await) });
}

/// Ends a preview that ran away, and a sender that fell silent. The sender's worker lives as long as this does.
async fn watch(previews: Rc<Previews>, own_sender: Option<Rc<OwnSender>>, ticks: UnboundedSender<PageInput>) {
    let mut n_looks = 0_u32;
    loop {
        n_looks = n_looks.wrapping_add(1);
        if n_looks.is_multiple_of(LOOKS_PER_TICK) {
            put(&ticks, PageInput::Tick);
        }
        BrowserTimers.sleep(WATCH_MILLIS).await;
        previews.end_stuck();
        if let Some(own_sender) = &own_sender {
            own_sender.look().await;
        }
    }
}

/// The calculation worker and what it is asked.
struct Previews {
    queue: RefCell<PreviewQueue>,
    link: RefCell<Option<WorkerLink>>,
    /// Which contexts the worker has.
    sent_contexts: RefCell<Vec<u64>>,
    sink: EventSink,
    /// Why who acts may see none.
    refused: Cell<Option<Refusal>>,
}

impl Previews {
    fn new(sink: EventSink) -> Self {
        let (queue, link, sent_contexts) = Default::default();
        Self { queue, link, sent_contexts, sink, refused: Cell::new(None) }
    }

    fn push(self: &Rc<Self>, request: PreviewRequest) {
        if let Some(refusal) = self.refused.get() {
            return self.fail(request.job.lane, request.job.ticket, &refusal_words(refusal));
        }
        let next = self.queue.borrow_mut().push(request, BrowserClock.now());
        self.say(next);
    }

    fn say(self: &Rc<Self>, request: Option<PreviewRequest>) {
        let Some(PreviewRequest { context, job }) = request else { return };
        if self.link.borrow().is_none() {
            let previews = Rc::clone(self);
            let name = Role::Calculation.worker_name().unwrap_or_default();
            let link = WorkerLink::spawn(name, move |message| previews.hear(message));
            *self.link.borrow_mut() = link.map_err(|message| log_failure(&message)).ok();
            self.sent_contexts.borrow_mut().clear();
        }
        let link = self.link.borrow();
        let Some(link) = &*link else { return self.fail(job.lane, job.ticket, messages::PREVIEW_FAILED) };
        let mut sent_contexts = self.sent_contexts.borrow_mut();
        let result = (|| {
            if sent_contexts.contains(&context.id) {
                // It has all that it needs.
                self.queue.borrow_mut().begin(BrowserClock.now());
            } else {
                link.post(&format!("{CONTEXT_MARK}{}", JsonText::of::<_, PreviewContextRecord>(&*context)))?;
                sent_contexts.push(context.id);
                if sent_contexts.len() > N_KEPT_CONTEXTS {
                    sent_contexts.remove(0);
                }
            }
            link.post(&format!("{JOB_MARK}{}", JsonText::of::<_, PreviewJobRecord>(&job)))
        })();
        said(result);
    }

    fn hear(self: &Rc<Self>, message: WorkerMessage) {
        match message {
            WorkerMessage::Text(text) if text == BEGUN => self.queue.borrow_mut().begin(BrowserClock.now()),
            WorkerMessage::Text(text) => {
                let Ok(reply) = read_text::<PreviewReply, PreviewReplyRecord>(&text) else { return };
                let next = self.queue.borrow_mut().finish(reply.lane, reply.ticket, BrowserClock.now());
                // First the next job to the worker, then the screen: both work at the same time.
                self.say(next);
                (self.sink)(AppEvent::PreviewRendered { reply: Box::new(reply) });
            }
            WorkerMessage::Failed { message } => {
                log_failure(&message);
                let previews = Rc::clone(self);
                // Not at once: this is the worker's own callback. The next preview starts another.
                spawn_local(async move {
                    let lost = previews.queue.borrow_mut().take_lost();
                    previews.give_up(lost, messages::PREVIEW_FAILED);
                });
            }
        }
    }

    fn end_stuck(self: &Rc<Self>) {
        let stuck = self.queue.borrow_mut().take_stuck(BrowserClock.now());
        if stuck.is_some() {
            self.give_up(stuck, messages::PREVIEW_TOO_SLOW);
        }
    }

    /// Ends the worker, and goes on with what waits.
    fn give_up(self: &Rc<Self>, job: Option<(Lane, u64)>, message: &str) {
        // Dropping the link ends the worker.
        drop(self.link.borrow_mut().take());
        if let Some((lane, ticket)) = job {
            self.fail(lane, ticket, message);
        }
        let next = self.queue.borrow_mut().pull(BrowserClock.now());
        self.say(next);
    }

    fn fail(&self, lane: Lane, ticket: u64, message: &str) {
        (self.sink)(AppEvent::PreviewFailed { lane, ticket, message: message.to_owned() });
    }
}
