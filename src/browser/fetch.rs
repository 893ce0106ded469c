//! Sends webhooks with `fetch`.
//!
//! In: a frozen request and a timeout. Out: what could be seen of the answer.
//! Invariant: POST only, no credentials, no cache, no referrer, no redirect followed; the status line alone decides.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::{Either, select};
use futures_util::pin_mut;
use gloo_net::http::{Method, RequestBuilder, Response};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, RequestMode,
    RequestRedirect, ResponseType,
};

use crate::browser::describe;
use crate::browser::timers::BrowserTimers;
use crate::domain::delivery::request::{RenderedRequest, destination_of};
use crate::domain::delivery::state::ResponseRecord;
use crate::runtime::ports::{HttpClient, SendReport, Timers};

/// How much of a body is kept, in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// How long a body may take once its status line has come, in milliseconds.
const BODY_PATIENCE_MILLIS: i64 = 10_000;
/// How long a probe may take, in milliseconds.
const PROBE_PATIENCE_MILLIS: i64 = 5_000;

/// The browser's `fetch`.
#[derive(Debug, Clone, Copy, Default)]
pub struct FetchClient;

impl HttpClient for FetchClient {
    async fn send(&self, request: &RenderedRequest, _attempt_number: u32, timeout_millis: i64) -> SendReport {
        let abort = AbortController::new().ok();
        let signal = abort.as_ref().map(AbortController::signal);
        let mut builder = RequestBuilder::new(&request.url)
            .method(Method::POST)
            .credentials(RequestCredentials::Omit)
            .cache(RequestCache::NoStore)
            .referrer_policy(ReferrerPolicy::NoReferrer)
            .redirect(RequestRedirect::Manual)
            .abort_signal(signal.as_ref());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        let ready = match builder.body(request.body.as_str()) {
            Ok(ready) => ready,
            Err(error) => return SendReport::NetworkError { message: error.to_string() },
        };
        let answer = ready.send();
        let timeout = BrowserTimers.sleep(timeout_millis);
        pin_mut!(answer, timeout);
        match select(answer, timeout).await {
            Either::Left((Ok(response), _)) if response.type_() == ResponseType::Opaqueredirect => {
                SendReport::OpaqueRedirect
            }
            Either::Left((Ok(response), _)) => SendReport::Answered(read(&response, abort.as_ref()).await),
            Either::Left((Err(error), _)) => SendReport::NetworkError { message: error.to_string() },
            Either::Right(_) => {
                if let Some(abort) = abort {
                    abort.abort();
                }
                SendReport::TimedOut
            }
        }
    }

    async fn probe(&self, url: &str) -> bool {
        let abort = AbortController::new().ok();
        let signal = abort.as_ref().map(AbortController::signal);
        let root = format!("{}/", destination_of(url));
        let request = RequestBuilder::new(&root)
            .method(Method::HEAD)
            .mode(RequestMode::NoCors)
            .credentials(RequestCredentials::Omit)
            .cache(RequestCache::NoStore)
            .referrer_policy(ReferrerPolicy::NoReferrer)
            .abort_signal(signal.as_ref())
            .build();
        let Ok(request) = request else { return false };
        let answer = request.send();
        let timeout = BrowserTimers.sleep(PROBE_PATIENCE_MILLIS);
        pin_mut!(answer, timeout);
        match select(answer, timeout).await {
            Either::Left((answer, _)) => answer.is_ok(),
            Either::Right(_) => {
                if let Some(abort) = abort {
                    abort.abort();
                }
                false
            }
        }
    }

    fn is_online(&self) -> bool {
        let navigator = Reflect::get(&js_sys::global(), &JsValue::from_str("navigator"));
        let on_line = navigator.and_then(|navigator| Reflect::get(&navigator, &JsValue::from_str("onLine")));
        // A browser that does not say is taken to be online.
        on_line.ok().and_then(|value| value.as_bool()).unwrap_or(true)
    }
}

async fn read(response: &Response, abort: Option<&AbortController>) -> ResponseRecord {
    let headers = response.headers().entries().collect();
    let is_cut = Rc::new(Cell::new(false));
    let body = read_body(response, Rc::clone(&is_cut));
    let patience = BrowserTimers.sleep(BODY_PATIENCE_MILLIS);
    pin_mut!(body, patience);
    let body = match select(body, patience).await {
        Either::Left((body, _)) => body,
        Either::Right(_) => None,
    };
    if (body.is_none() || is_cut.get())
        && let Some(abort) = abort
    {
        abort.abort();
    }
    ResponseRecord { status: response.status(), headers, body, is_body_cut: is_cut.get() }
}

/// The first bytes of a body as text; `None` when it failed to arrive, which changes no outcome.
async fn read_body(response: &Response, is_cut: Rc<Cell<bool>>) -> Option<String> {
    let Some(stream) = response.body() else { return Some(String::new()) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().ok()?;
    let mut bytes = Vec::new();
    loop {
        let chunk = match JsFuture::from(reader.read()).await {
            Ok(chunk) => chunk,
            Err(error) => {
                web_sys::console::warn_1(&JsValue::from_str(&describe(&error)));
                return None;
            }
        };
        let is_done = Reflect::get(&chunk, &JsValue::from_str("done")).ok()?.is_truthy();
        if is_done {
            break;
        }
        let chunk: Uint8Array = Reflect::get(&chunk, &JsValue::from_str("value")).ok()?.dyn_into().ok()?;
        bytes.extend(chunk.to_vec());
        if bytes.len() > MAX_BODY_BYTES {
            bytes.truncate(MAX_BODY_BYTES);
            is_cut.set(true);
            break;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
