//! Answers the practice receiver's address inside the app, and passes every other request on.
//!
//! In: a request. Out: what the script says, after its delay, or what the real client saw.
//! Invariant: a request to the practice host never reaches a network.

use std::rc::Rc;

use crate::domain::delivery::practice::{self, PracticeScript, PracticeSight, is_practice_url};
use crate::domain::delivery::request::RenderedRequest;
use crate::runtime::ports::{HttpClient, SendReport, Timers};
use crate::storage::Store;
use crate::storage::record::load::load;
use crate::storage::record::settings::PRACTICE_KEY;

/// A client with the practice receiver in front of it.
pub struct PracticeClient<H, T, S> {
    pub client: H,
    pub timers: T,
    /// Where the script lies.
    pub store: Rc<S>,
}

impl<H, T, S: Store> PracticeClient<H, T, S> {
    async fn script(&self) -> PracticeScript {
        match load::<PracticeScript>(&*self.store, PRACTICE_KEY).await {
            Ok(Some(script)) => script.value,
            // Without a readable script the receiver is kind; the page reports the store's trouble.
            Ok(None) | Err(_) => PracticeScript::default(),
        }
    }
}

impl<H: HttpClient, T: Timers, S: Store> HttpClient for PracticeClient<H, T, S> {
    async fn send(&self, request: &RenderedRequest, attempt_number: u32, timeout_millis: i64) -> SendReport {
        if !is_practice_url(&request.url) {
            return self.client.send(request, attempt_number, timeout_millis).await;
        }
        let reply = practice::reply(&self.script().await, request, attempt_number);
        let delay_millis = i64::from(reply.delay_millis);
        if reply.sight == PracticeSight::Silence || delay_millis >= timeout_millis {
            self.timers.sleep(timeout_millis).await;
            return SendReport::TimedOut;
        }
        self.timers.sleep(delay_millis).await;
        match reply.sight {
            PracticeSight::Answered(response) => SendReport::Answered(response),
            PracticeSight::OpaqueRedirect => SendReport::OpaqueRedirect,
            PracticeSight::Silence => SendReport::TimedOut,
            PracticeSight::NetworkError => SendReport::NetworkError { message: "Failed to fetch".to_owned() },
        }
    }

    async fn probe(&self, url: &str) -> bool {
        if is_practice_url(url) {
            practice::answers_probe(&self.script().await.then.behaviour)
        } else {
            self.client.probe(url).await
        }
    }

    fn is_online(&self) -> bool {
        self.client.is_online()
    }
}
