//! Short words to all tabs and workers, by a BroadcastChannel.
//!
//! In: words. Out: the words of others.
//! Invariant: a word carries no data; who hears it looks at the store.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::JsValue;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::browser::describe;

/// A channel that is open for as long as this lives.
pub struct Broadcast {
    channel: Option<BroadcastChannel>,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Broadcast {
    /// Joins the channel and hears what others say on it; not what this scope says itself.
    pub fn join(name: &str, mut hear: impl FnMut(String) + 'static) -> Self {
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(word) = event.data().as_string() {
                hear(word);
            }
        });
        let channel = match BroadcastChannel::new(name) {
            Ok(channel) => {
                channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
                Some(channel)
            }
            Err(error) => {
                web_sys::console::warn_1(&JsValue::from_str(&describe(&error)));
                None
            }
        };
        Self { channel, _listener: listener }
    }

    /// Says a word to all others.
    pub fn say(&self, word: &str) {
        if let Some(channel) = &self.channel
            && let Err(error) = channel.post_message(&JsValue::from_str(word))
        {
            web_sys::console::warn_1(&JsValue::from_str(&describe(&error)));
        }
    }
}
