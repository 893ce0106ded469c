//! Pokes between tabs: something on disk has changed, look again.
//!
//! In: short text. Out: the same text, in every other tab and worker.
//! Invariant: carries no state; whoever misses a poke finds everything on disk.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::browser::scope::describe;

/// One end of a channel that all tabs and workers of this origin share.
pub struct Pokes {
    channel: BroadcastChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Pokes {
    /// Joins the channel; `on_poke` hears what the others post, never what this end posts.
    pub fn join(name: &str, on_poke: impl Fn(String) + 'static) -> Result<Self, String> {
        let channel = BroadcastChannel::new(name).map_err(|error| describe(&error))?;
        let on_message = Closure::new(move |event: MessageEvent| {
            if let Some(poke) = event.data().as_string() {
                on_poke(poke);
            }
        });
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self { channel, _on_message: on_message })
    }

    /// Tells all others.
    pub fn post(&self, poke: &str) -> Result<(), String> {
        self.channel.post_message(&poke.into()).map_err(|error| describe(&error))
    }
}

impl Drop for Pokes {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
