//! Plain text between a page and its workers.
//!
//! In: text to say. Out: text heard.
//! Invariant: what is sent to a worker before it is ready is not lost: its script keeps it in a queue.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker};

use crate::browser::describe;

/// What a page hears of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkerWord {
    Text(String),
    /// It could not start, or it stopped: why.
    Failed(String),
}

/// A worker of this page; ended when dropped.
pub struct WorkerLink {
    worker: Worker,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl WorkerLink {
    /// Starts a worker in a role; `None` where the browser starts none.
    pub fn spawn(role: &str, mut hear: impl FnMut(WorkerWord) + 'static) -> Option<Self> {
        let boot = Reflect::get(&js_sys::global(), &JsValue::from_str("hookwrightBoot")).ok()?;
        let spawn: Function = Reflect::get(&boot, &JsValue::from_str("spawnWorker")).ok()?.dyn_into().ok()?;
        let worker: Worker = spawn.call1(&boot, &JsValue::from_str(role)).ok()?.dyn_into().ok()?;
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let data = event.data();
            if let Some(text) = data.as_string() {
                hear(WorkerWord::Text(text));
            } else if text_field(&data, "kind").is_some_and(|kind| kind == "worker-failed") {
                hear(WorkerWord::Failed(text_field(&data, "message").unwrap_or_default()));
            }
        });
        let added = worker.add_event_listener_with_callback("message", listener.as_ref().unchecked_ref());
        added.ok().map(|()| Self { worker, _listener: listener })
    }

    /// Says something to the worker.
    pub fn say(&self, text: &str) {
        if let Err(error) = self.worker.post_message(&JsValue::from_str(text)) {
            web_sys::console::error_1(&JsValue::from_str(&describe(&error)));
        }
    }
}

impl Drop for WorkerLink {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// In a worker: hears what the page says, from the first word on.
pub fn hear_page(mut hear: impl FnMut(String) + 'static) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let queue_name = JsValue::from_str("hookwrightQueue");
    let queued: Vec<JsValue> = Reflect::get(&scope, &queue_name)
        .ok()
        .and_then(|queue| queue.dyn_into::<Array>().ok())
        .map(|queue| queue.iter().collect())
        .unwrap_or_default();
    for event in queued {
        if let Some(text) = event.dyn_into::<MessageEvent>().ok().and_then(|event| event.data().as_string()) {
            hear(text);
        }
    }
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(text) = event.data().as_string() {
            hear(text);
        }
    });
    scope.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    // The worker listens for as long as it lives.
    listener.forget();
}

/// In a worker: says something to the page.
pub fn say_to_page(text: &str) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    if let Err(error) = scope.post_message(&JsValue::from_str(text)) {
        web_sys::console::error_1(&JsValue::from_str(&describe(&error)));
    }
}

fn text_field(value: &JsValue, name: &str) -> Option<String> {
    Reflect::get(value, &JsValue::from_str(name)).ok()?.as_string()
}
