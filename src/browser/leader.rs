//! Elects one sender among all tabs, by a Web Lock.
//!
//! In: a lock's name. Out: a future that comes back once the lock is ours.
//! Invariant: the lock is held until the leader is dropped or its worker ends; it proves nothing about the past, which is
//! why the store fences writes by generation.

use std::cell::RefCell;

use futures_channel::oneshot;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::browser::scope::scope;
use crate::runtime::ports::Leader;

#[wasm_bindgen]
extern "C" {
    /// <https://w3c.github.io/web-locks/#lockmanager>; web-sys keeps its own behind an unstable flag.
    type LockManager;

    #[wasm_bindgen(method, structural)]
    fn request(this: &LockManager, name: &str, on_granted: &Function) -> Promise;
}

/// The lock that the one sender holds.
const SENDER_LOCK: &str = "hookwright-sender";

/// Leads while it holds a Web Lock.
pub struct WebLockLeader {
    name: String,
    /// Lets the lock go.
    release: RefCell<Option<Function>>,
}

impl WebLockLeader {
    /// The leader among all senders.
    pub fn of_senders() -> Self {
        Self::named(SENDER_LOCK)
    }

    /// The leader among all that ask for this lock.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), release: RefCell::new(None) }
    }
}

impl Leader for WebLockLeader {
    async fn acquire(&self) {
        // Without Web Locks (a page that is not served securely) every tab leads, and the generation alone fences.
        let Some(locks) = lock_manager() else { return };
        let (sender, receiver) = oneshot::channel::<()>();
        let mut release = None;
        let held = Promise::new(&mut |resolve, _reject| release = Some(resolve));
        let on_granted = Closure::once(move |_lock: JsValue| {
            drop(sender);
            held
        });
        let request = locks.request(&self.name, on_granted.as_ref().unchecked_ref());
        self.release.replace(release);
        // The callback has to outlive this call.
        spawn_local(async move {
            drop(JsFuture::from(request).await);
            drop(on_granted);
        });
        match receiver.await {
            // The sender goes away when the lock is granted, or with the callback when the request is refused.
            Ok(()) | Err(oneshot::Canceled) => {}
        }
    }
}

impl Drop for WebLockLeader {
    fn drop(&mut self) {
        if let Some(release) = self.release.take() {
            // Resolving a promise cannot fail.
            drop(release.call0(&JsValue::UNDEFINED));
        }
    }
}

fn lock_manager() -> Option<LockManager> {
    let locks = Reflect::get(&scope().navigator(), &"locks".into()).ok()?;
    if locks.is_undefined() { None } else { Some(locks.unchecked_into()) }
}
