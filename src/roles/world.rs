//! The outside world as the runtime wants it: one value with every port.
//!
//! In: adapters. Out: a `World`.
//! Invariant: passes on, and does nothing else.

use std::rc::Rc;

use hookwright::browser::clock::BrowserClock;
use hookwright::browser::crypto::BrowserKeys;
use hookwright::browser::fetch::FetchClient;
use hookwright::browser::random::BrowserRandom;
use hookwright::browser::timers::BrowserTimers;
use hookwright::browser::zones::BrowserZones;
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::flow::delay::ZoneOffsets;
use hookwright::domain::time::Timestamp;
use hookwright::runtime::keys::Keys;
use hookwright::runtime::ports::{Clock, HttpClient, Random, SendReport, Zones};
use hookwright::runtime::practice_client::PracticeClient;
use hookwright::storage::Store;

/// Clock, chance, zones and the network, with the practice receiver in front of it.
pub struct BrowserWorld<S> {
    pub http: PracticeClient<FetchClient, BrowserTimers, S>,
    pub keys: Option<Rc<BrowserKeys>>,
}

impl<S> Clock for BrowserWorld<S> {
    fn now(&self) -> Timestamp {
        BrowserClock.now()
    }
}

impl<S> Random for BrowserWorld<S> {
    fn next_u64(&self) -> u64 {
        BrowserRandom.next_u64()
    }
}

impl<S> Zones for BrowserWorld<S> {
    fn zones(&self) -> &dyn ZoneOffsets {
        &BrowserZones
    }
}

impl<S: Store> HttpClient for BrowserWorld<S> {
    async fn send(&self, request: &RenderedRequest, attempt_number: u32, timeout_millis: i64) -> SendReport {
        self.http.send(request, attempt_number, timeout_millis).await
    }

    async fn probe(&self, url: &str) -> bool {
        self.http.probe(url).await
    }

    fn is_online(&self) -> bool {
        self.http.is_online()
    }

    fn keys(&self) -> Option<Rc<dyn Keys>> {
        self.keys.clone().map(|keys| keys as Rc<dyn Keys>)
    }
}
