//! `setTimeout`, on pages and in workers.
//!
//! In: milliseconds. Out: a future that is done after them.
//! Invariant: a timer whose future is dropped is cleared.

use js_sys::{Function, Reflect};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::runtime::ports::Timers;

/// The most that `setTimeout` can wait; longer is taken for 0.
const MAX_MILLIS: i64 = i32::MAX as i64;

/// The scope's timers.
#[derive(Debug, Clone, Copy, Default)]
pub struct BrowserTimers;

impl Timers for BrowserTimers {
    async fn sleep(&self, millis: i64) {
        Sleep::new(millis).await;
    }
}

#[derive(Default)]
struct Bell {
    has_rung: bool,
    waker: Option<Waker>,
}

struct Sleep {
    bell: Rc<RefCell<Bell>>,
    timer: Option<JsValue>,
    // Kept until the timer rings or is cleared.
    _ring: Closure<dyn FnMut()>,
}

impl Sleep {
    fn new(millis: i64) -> Self {
        let bell = Rc::new(RefCell::new(Bell::default()));
        let rung = Rc::clone(&bell);
        let ring = Closure::<dyn FnMut()>::new(move || {
            let mut bell = rung.borrow_mut();
            bell.has_rung = true;
            if let Some(waker) = bell.waker.take() {
                waker.wake();
            }
        });
        let millis = JsValue::from_f64(millis.clamp(0, MAX_MILLIS) as f64);
        let timer = global_function("setTimeout")
            .and_then(|set_timeout| set_timeout.call2(&JsValue::UNDEFINED, ring.as_ref(), &millis).ok());
        Self { bell, timer, _ring: ring }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut bell = self.bell.borrow_mut();
        // A scope without timers does not wait.
        if bell.has_rung || self.timer.is_none() {
            return Poll::Ready(());
        }
        bell.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let clear = global_function("clearTimeout");
        if let (Some(clear), Some(timer)) = (clear, &self.timer)
            && let Err(error) = clear.call1(&JsValue::UNDEFINED, timer)
        {
            web_sys::console::warn_1(&error);
        }
    }
}

fn global_function(name: &str) -> Option<Function> {
    Reflect::get(&js_sys::global(), &JsValue::from_str(name)).ok()?.dyn_into().ok()
}
