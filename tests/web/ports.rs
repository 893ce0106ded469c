//! The other ports: time, chance, timers, fetch, the lock, pokes, storage health, the role.

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;

use futures_util::future::{Either, join, select};
use hookwright::browser::broadcast::Pokes;
use hookwright::browser::clock::BrowserClock;
use hookwright::browser::fetch::FetchClient;
use hookwright::browser::leader::WebLockLeader;
use hookwright::browser::random::BrowserRandom;
use hookwright::browser::role::Role;
use hookwright::browser::storage_health::storage_health;
use hookwright::browser::timers::BrowserTimers;
use hookwright::browser::worker_link::{PageLink, WorkerLink, WorkerMessage};
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::state::ResponseRecord;
use hookwright::runtime::ports::{Clock, HttpClient, Leader, Random, SendReport, Timers};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::storage::fresh_name;

fn request(url: &str) -> RenderedRequest {
    RenderedRequest {
        url: url.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: "{}".to_owned(),
    }
}

/// The server that this page came from.
fn own_origin() -> String {
    js_sys::Function::new_no_args("return location.origin").call0(&js_sys::global()).unwrap().as_string().unwrap()
}

/// Whether the future is done within `millis`.
async fn is_done_within(millis: i64, future: impl Future<Output = ()>) -> bool {
    matches!(select(pin!(future), pin!(BrowserTimers.sleep(millis))).await, Either::Left(_))
}

#[wasm_bindgen_test]
async fn a_sleep_takes_at_least_as_long_as_asked() {
    let start = BrowserClock.now();
    assert!(start.as_millis() > 1_700_000_000_000, "{start}");
    BrowserTimers.sleep(60).await;
    // The wall clock counts whole milliseconds.
    assert!(BrowserClock.now().millis_since(start) >= 59);
    BrowserTimers.sleep(0).await;
    BrowserTimers.sleep(-5).await;
    // Longer than the longest timer of a browser: it must not go off at once.
    assert!(!is_done_within(50, BrowserTimers.sleep(i64::MAX)).await);
}

#[wasm_bindgen_test]
fn random_numbers_differ() {
    let numbers: std::collections::BTreeSet<u64> = (0..1_000).map(|_| BrowserRandom.next_u64()).collect();
    assert_eq!(numbers.len(), 1_000);
    let ones = numbers.iter().fold(0, |ones, number| ones | number);
    assert_eq!(ones, u64::MAX);
}

#[wasm_bindgen_test]
async fn a_closed_port_is_a_network_error_and_does_not_answer_a_probe() {
    // Port 9 (discard) is on the browser's list of bad ports, so nothing leaves the browser at all; port 2 is closed.
    for url in ["http://127.0.0.1:2/hook?x=1", "http://127.0.0.1:9/"] {
        let report = FetchClient.send(&request(url), 1, 5_000).await;
        assert!(matches!(&report, SendReport::NetworkError { message } if message.contains("TypeError")), "{report:?}");
        assert!(!FetchClient.probe(url).await);
    }
}

#[wasm_bindgen_test]
async fn a_host_that_answers_is_answered_and_probed() {
    let url = format!("{}/no-such-thing", own_origin());
    let report = FetchClient.send(&request(&url), 1, 5_000).await;
    let SendReport::Answered(response) = report else { panic!("{report:?}") };
    assert!(response.status >= 400, "{response:?}");
    assert!(response.body.is_some() && !response.is_body_cut, "{response:?}");
    assert!(FetchClient.probe(&url).await);
    assert!(FetchClient.is_online());
}

/// A `data:` address answers with any body, without a server.
async fn body_of(text: &str) -> ResponseRecord {
    match FetchClient.send(&request(&format!("data:text/plain,{text}")), 1, 5_000).await {
        SendReport::Answered(response) => response,
        report => panic!("{report:?}"),
    }
}

#[wasm_bindgen_test]
async fn a_body_is_kept_up_to_its_bound_and_cut_between_characters() {
    let bound = 64 * 1024;
    let whole = body_of(&"a".repeat(bound)).await;
    assert_eq!((whole.status, whole.body.as_ref().map(String::len), whole.is_body_cut), (200, Some(bound), false));
    assert!(whole.headers.contains(&("content-type".to_owned(), "text/plain".to_owned())), "{:?}", whole.headers);
    let longer = body_of(&"a".repeat(bound + 1)).await;
    assert_eq!((longer.body.as_ref().map(String::len), longer.is_body_cut), (Some(bound), true));
    // 😀 takes four bytes, of which two lie within the bound.
    let half = body_of(&format!("{}😀", "a".repeat(bound - 2))).await;
    assert_eq!((half.body, half.is_body_cut), (Some("a".repeat(bound - 2)), true));
    let empty = body_of("").await;
    assert_eq!((empty.body, empty.is_body_cut), (Some(String::new()), false));
}

#[wasm_bindgen_test]
async fn a_request_that_cannot_be_built_is_a_network_error() {
    let bad_header = RenderedRequest { headers: vec![("a b".to_owned(), String::new())], ..request(&own_origin()) };
    for request in [request("http://["), bad_header] {
        let report = FetchClient.send(&request, 1, 5_000).await;
        assert!(matches!(report, SendReport::NetworkError { .. }), "{report:?}");
    }
    assert!(!FetchClient.probe("http://[").await);
}

#[wasm_bindgen_test]
async fn a_timeout_ends_a_request() {
    // A server that never answers; the runner's own always does, sometimes before any timeout.
    let restore = js_sys::Function::new_no_args(
        "const real = globalThis.fetch;
         globalThis.fetch = () => new Promise(() => {});
         return () => { globalThis.fetch = real; };",
    )
    .call0(&js_sys::global())
    .unwrap();
    let report = FetchClient.send(&request(&own_origin()), 1, 50).await;
    js_sys::Function::from(restore).call0(&js_sys::global()).unwrap();
    assert_eq!(report, SendReport::TimedOut);
}

#[wasm_bindgen_test]
async fn the_second_leader_waits_for_the_first_to_go() {
    let name = fresh_name();
    let first = WebLockLeader::named(&name);
    first.acquire().await;
    let second = WebLockLeader::named(&name);
    let mut waits = pin!(second.acquire());
    assert!(!is_done_within(100, waits.as_mut()).await);
    // Another lock is nobody's business.
    let other = WebLockLeader::named(&fresh_name());
    assert!(is_done_within(20_000, other.acquire()).await);
    drop(first);
    assert!(is_done_within(20_000, waits).await);
}

#[wasm_bindgen_test]
async fn pokes_reach_the_others_and_not_oneself() {
    let name = fresh_name();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let listen = |who: &'static str| {
        let heard = Rc::clone(&heard);
        Pokes::join(&name, move |poke| heard.borrow_mut().push((who, poke))).unwrap()
    };
    let (one, other) = (listen("one"), listen("other"));
    one.post("deliveries").unwrap();
    other.post("flows").unwrap();
    for _ in 0..500 {
        if heard.borrow().len() >= 2 {
            break;
        }
        BrowserTimers.sleep(20).await;
    }
    // Time for what must not come.
    BrowserTimers.sleep(50).await;
    let mut heard = heard.borrow().clone();
    heard.sort();
    assert_eq!(heard, [("one", "flows".to_owned()), ("other", "deliveries".to_owned())]);
}

#[wasm_bindgen_test]
async fn storage_says_how_much_room_there_is() {
    let health = storage_health().await;
    assert!(health.is_persisted.is_some());
    assert!(health.quota_bytes > Some(0), "{health:?}");
}

#[wasm_bindgen_test]
fn this_scope_is_a_page() {
    assert_eq!(Role::current(), Some(Role::Page));
    assert!(PageLink::take_over(|_| {}).is_none());
}

#[wasm_bindgen_test]
async fn a_worker_and_its_page_exchange_text() {
    // The page's own script is not here: a worker of a few lines takes its place.
    js_sys::Function::new_no_args(
        r#"
        const source = `onmessage = ({ data }) => data === "fail"
            ? postMessage({ kind: "worker-failed", message: "it stopped" })
            : postMessage(name + " heard " + data);`;
        const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
        globalThis.hookwrightBoot = { spawnWorker: (role) => new Worker(url, { name: role }) };"#,
    )
    .call0(&js_sys::global())
    .unwrap();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let link = {
        let heard = Rc::clone(&heard);
        WorkerLink::spawn("sender", move |message| heard.borrow_mut().push(message)).unwrap()
    };
    link.post("hello").unwrap();
    link.post("fail").unwrap();
    for _ in 0..1_000 {
        if heard.borrow().len() == 2 {
            break;
        }
        BrowserTimers.sleep(20).await;
    }
    let failed = WorkerMessage::Failed { message: "it stopped".to_owned() };
    assert_eq!(*heard.borrow(), [WorkerMessage::Text("sender heard hello".to_owned()), failed]);
}

#[wasm_bindgen_test]
async fn a_worker_whose_script_does_not_load_has_failed() {
    // A browser says so by an event that is no more than that.
    js_sys::Function::new_no_args(
        r#"
        const url = URL.createObjectURL(new Blob([""], { type: "text/javascript" }));
        const spawnWorker = (role) => {
            const worker = new Worker(url, { name: role });
            setTimeout(() => worker.dispatchEvent(new Event("error")), 50);
            return worker;
        };
        globalThis.hookwrightBoot = { spawnWorker };"#,
    )
    .call0(&js_sys::global())
    .unwrap();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let _link = {
        let heard = Rc::clone(&heard);
        WorkerLink::spawn("sender", move |message| heard.borrow_mut().push(message)).unwrap()
    };
    for _ in 0..1_000 {
        if !heard.borrow().is_empty() {
            break;
        }
        BrowserTimers.sleep(20).await;
    }
    let failed = WorkerMessage::Failed { message: "its script did not load".to_owned() };
    assert_eq!(*heard.borrow(), [failed]);
}

#[wasm_bindgen_test]
async fn sleeps_run_side_by_side() {
    // Timers go off in the order in which they are due, however late all of them are.
    let both = async {
        let ((), ()) = join(BrowserTimers.sleep(100), BrowserTimers.sleep(100)).await;
    };
    assert!(is_done_within(190, both).await);
}
