//! Sends requests by `fetch`.
//!
//! In: a rendered request and a timeout. Out: what the browser let us see of the answer.
//! Invariant: the status line decides; a body that fails to arrive changes nothing.

use std::cell::Cell;
use std::pin::{Pin, pin};

use futures_util::future::{Either, select};
use gloo_net::http::{Request, Response};
use js_sys::{JsString, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials,
    RequestInit, RequestMode, RequestRedirect, ResponseType,
};

use crate::browser::scope::{describe, scope};
use crate::browser::timers::sleep;
use crate::domain::delivery::request::{RenderedRequest, destination_of};
use crate::domain::delivery::state::ResponseRecord;
use crate::runtime::ports::{HttpClient, SendReport};

/// How much of a body is kept.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// How long a probe waits for an answer.
const PROBE_TIMEOUT_MILLIS: i64 = 5_000;

/// Sends by the browser's `fetch`.
#[derive(Debug, Clone, Copy, Default)]
pub struct FetchClient;

impl HttpClient for FetchClient {
    async fn send(&self, request: &RenderedRequest, _attempt_number: u32, timeout_millis: i64) -> SendReport {
        let fetching = match begin_send(request) {
            Ok(fetching) => fetching,
            Err(error) => return SendReport::NetworkError { message: describe(&error) },
        };
        // One timer for the whole of it.
        let mut timeout = pin!(sleep(timeout_millis));
        match within(timeout.as_mut(), fetching.response()).await {
            None => SendReport::TimedOut,
            Some(Err(error)) => SendReport::NetworkError { message: error.to_string() },
            Some(Ok(response)) if response.type_() == ResponseType::Opaqueredirect => SendReport::OpaqueRedirect,
            Some(Ok(response)) => {
                let (record, is_over) = read_response(&response, timeout).await;
                fetching.is_over.set(is_over);
                SendReport::Answered(record)
            }
        }
    }

    async fn probe(&self, url: &str) -> bool {
        let root = format!("{}/", destination_of(url));
        let init = bare_init("HEAD");
        init.set_mode(RequestMode::NoCors);
        match Fetching::begin(&root, &init) {
            Ok(fetching) => {
                let timeout = pin!(sleep(PROBE_TIMEOUT_MILLIS));
                matches!(within(timeout, fetching.response()).await, Some(Ok(_)))
            }
            Err(_) => false,
        }
    }

    fn is_online(&self) -> bool {
        scope().navigator().on_line()
    }
}

fn begin_send(request: &RenderedRequest) -> Result<Fetching, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in &request.headers {
        headers.append(name, value)?;
    }
    let init = bare_init("POST");
    init.set_redirect(RequestRedirect::Manual);
    init.set_headers(&headers);
    init.set_body(&JsValue::from_str(&request.body));
    Fetching::begin(&request.url, &init)
}

/// What every request of ours has in common: nothing of the person's goes along, and nothing comes from a cache.
fn bare_init(method: &str) -> RequestInit {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init
}

/// A request on its way. Dropped, it is given up.
struct Fetching {
    request: web_sys::Request,
    controller: AbortController,
    /// Whether nothing of it is on its way any more.
    is_over: Cell<bool>,
}

impl Fetching {
    /// Checks address and headers here: gloo's own builder panics on a header name that is not one.
    fn begin(url: &str, init: &RequestInit) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        init.set_signal(Some(&controller.signal()));
        let request = web_sys::Request::new_with_str_and_init(url, init)?;
        Ok(Self { request, controller, is_over: Cell::new(false) })
    }

    /// Sends it; the answer's status line and headers.
    async fn response(&self) -> Result<Response, gloo_net::Error> {
        // The handle's own `clone` would copy the request, and fail once its body was read.
        Request::from(Clone::clone(&self.request)).send().await
    }
}

impl Drop for Fetching {
    fn drop(&mut self) {
        if !self.is_over.get() {
            self.controller.abort();
        }
    }
}

/// What `future` gives before `timeout` is over; `None` when it takes longer.
async fn within<T>(timeout: Pin<&mut impl Future<Output = ()>>, future: impl Future<Output = T>) -> Option<T> {
    match select(pin!(future), timeout).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(((), _)) => None,
    }
}

/// What is kept of an answer, and whether all of it has come.
async fn read_response(response: &Response, timeout: Pin<&mut impl Future<Output = ()>>) -> (ResponseRecord, bool) {
    let mut body = Body::default();
    let is_read = within(timeout, body.read(response)).await;
    // A body that stalls is kept as far as it came; one that breaks off is not known.
    let (has_failed, is_stalled) = (matches!(is_read, Some(Err(_))), is_read.is_none());
    let record = ResponseRecord {
        status: response.status(),
        // Those that the receiver lets us read.
        headers: response.headers().entries().collect(),
        is_body_cut: !has_failed && (is_stalled || body.is_cut),
        body: (!has_failed).then(|| body.into_text()),
    };
    (record, !has_failed && !is_stalled)
}

/// As much of a body as is kept.
#[derive(Default)]
struct Body {
    bytes: Vec<u8>,
    is_cut: bool,
}

impl Body {
    async fn read(&mut self, response: &Response) -> Result<(), JsValue> {
        let Some(stream) = response.body() else { return Ok(()) };
        let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into()?;
        loop {
            let step = JsFuture::from(reader.read()).await?;
            if Reflect::get(&step, &JsString::from("done"))?.is_truthy() {
                return Ok(());
            }
            let chunk: Uint8Array = Reflect::get(&step, &JsString::from("value"))?.dyn_into()?;
            self.bytes.extend(chunk.to_vec());
            if self.bytes.len() > MAX_BODY_BYTES {
                self.bytes.truncate(MAX_BODY_BYTES);
                self.is_cut = true;
                // What a cancelled stream answers is of no interest.
                drop(JsFuture::from(reader.cancel()).await);
                return Ok(());
            }
        }
    }

    /// The text, without half a character at its end.
    fn into_text(self) -> String {
        match std::str::from_utf8(&self.bytes) {
            Err(error) if error.error_len().is_none() => {
                String::from_utf8_lossy(self.bytes.get(..error.valid_up_to()).unwrap_or_default()).into_owned()
            }
            Ok(_) | Err(_) => String::from_utf8_lossy(&self.bytes).into_owned(),
        }
    }
}
