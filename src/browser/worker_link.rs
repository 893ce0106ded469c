//! The line between the page and its workers: plain text both ways.
//!
//! In: text to pass on. Out: text from the other side, or that the other side has failed.
//! Invariant: what was sent before the other side was ready is not lost.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageEvent, Worker};

use crate::browser::scope::describe;

/// What the page hears of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerMessage {
    Text(String),
    /// It could not start, or it panicked. It answers nothing any more and may still hold its Web Lock: end it.
    Failed {
        message: String,
    },
}

/// The page's end of the line. Dropped, the worker is ended.
pub struct WorkerLink {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

impl WorkerLink {
    /// Starts a worker in this role, through the page's `hookwrightBoot`.
    pub fn spawn(role: &str, on_message: impl Fn(WorkerMessage) + Clone + 'static) -> Result<Self, String> {
        let worker = spawn_worker(role).map_err(|error| describe(&error))?;
        let on_error = {
            let on_message = on_message.clone();
            Closure::new(move |event: Event| on_message(WorkerMessage::Failed { message: error_message(&event) }))
        };
        let on_message = Closure::new(move |event: MessageEvent| {
            if let Some(message) = worker_message(&event.data()) {
                on_message(message);
            }
        });
        // Listeners, not `onmessage`: the page's own script listens too, and holds back what only concerns the start.
        worker
            .add_event_listener_with_callback("message", on_message.as_ref().unchecked_ref())
            .and_then(|()| worker.add_event_listener_with_callback("error", on_error.as_ref().unchecked_ref()))
            .map_err(|error| describe(&error))?;
        Ok(Self { worker, _on_message: on_message, _on_error: on_error })
    }

    /// Sends text to the worker.
    pub fn post(&self, text: &str) -> Result<(), String> {
        self.worker.post_message(&text.into()).map_err(|error| describe(&error))
    }
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

fn spawn_worker(role: &str) -> Result<Worker, JsValue> {
    let boot = Reflect::get(&js_sys::global(), &"hookwrightBoot".into())?;
    let spawn: Function = Reflect::get(&boot, &"spawnWorker".into())?.dyn_into()?;
    spawn.call1(&boot, &role.into())?.dyn_into()
}

/// What an error event says. That of a script which did not load is no more than an event.
fn error_message(event: &Event) -> String {
    let message = Reflect::get(event, &"message".into()).ok().and_then(|message| message.as_string());
    message.unwrap_or_else(|| "its script did not load".to_owned())
}

fn worker_message(data: &JsValue) -> Option<WorkerMessage> {
    if let Some(text) = data.as_string() {
        return Some(WorkerMessage::Text(text));
    }
    let field = |name: &str| Reflect::get(data, &name.into()).ok()?.as_string();
    match field("kind").as_deref() {
        Some("worker-failed" | "worker-panicked") => {
            Some(WorkerMessage::Failed { message: field("message").unwrap_or_default() })
        }
        _ => None,
    }
}

/// A worker's end of the line.
pub struct PageLink {
    scope: DedicatedWorkerGlobalScope,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl PageLink {
    /// Takes over from the script that started this worker; hears first what has been waiting. `None` outside of workers.
    pub fn take_over(on_text: impl Fn(String) + 'static) -> Option<Self> {
        let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().ok()?;
        let hear = move |event: &MessageEvent| {
            if let Some(text) = event.data().as_string() {
                on_text(text);
            }
        };
        for event in waiting_messages() {
            hear(&event);
        }
        let on_message = Closure::new(move |event: MessageEvent| hear(&event));
        scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self { scope, _on_message: on_message })
    }

    /// Sends text to the page.
    pub fn post(&self, text: &str) -> Result<(), String> {
        self.scope.post_message(&text.into()).map_err(|error| describe(&error))
    }
}

/// What arrived before the app was ready. Nothing else can arrive until this turn of the event loop ends.
fn waiting_messages() -> Vec<MessageEvent> {
    let queue = Reflect::get(&js_sys::global(), &"hookwrightQueue".into()).ok();
    let Some(queue) = queue.and_then(|queue| queue.dyn_into::<Array>().ok()) else { return Vec::new() };
    let waiting = queue.iter().filter_map(|event| event.dyn_into().ok()).collect();
    queue.set_length(0);
    waiting
}
