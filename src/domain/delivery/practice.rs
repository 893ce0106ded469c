//! The practice receiver: a built-in destination that answers by a script.
//!
//! In: a script, the path, a request and the attempt's number. Out: what such a receiver would have answered.
//! Invariant: a pure function; the same arguments give the same answer, random failures included (they are seeded).

use serde::{Deserialize, Serialize};

use crate::domain::delivery::request::RenderedRequest;
use crate::domain::delivery::state::ResponseRecord;

/// The host that is answered inside the app and never reached over a network (RFC 2606 reserves `.invalid`).
pub const PRACTICE_HOST: &str = "practice.hookwright.invalid";

/// How the practice receiver behaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeScript {
    /// What the first attempts of each delivery get, in order.
    pub first: Vec<PracticeAnswer>,
    /// What every later attempt gets.
    pub then: PracticeAnswer,
    /// Of a hundred attempts, about this many get a 503 instead; 0 for none.
    pub failure_percent: u8,
    /// Makes the random failures repeatable.
    pub seed: u64,
}

impl Default for PracticeScript {
    fn default() -> Self {
        Self { first: Vec::new(), then: PracticeAnswer::ok(), failure_percent: 0, seed: 1 }
    }
}

impl PracticeScript {
    /// Fails `n_failures` times with a 503, then answers 200.
    pub fn failing_first(n_failures: usize) -> Self {
        Self { first: vec![PracticeAnswer::status(503); n_failures], ..Self::default() }
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PracticeAnswer {
    /// How long the receiver takes, in milliseconds.
    pub delay_millis: u32,
    pub behaviour: PracticeBehaviour,
}

/// What the receiver does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PracticeBehaviour {
    Answer {
        status: u16,
        retry_after: Option<String>,
        body: String,
    },
    /// Never answers: the attempt runs into its timeout.
    Timeout,
    /// No such host, a closed port or a bad certificate.
    Unreachable,
    Redirect,
    /// Takes the request, but its answer lacks the CORS headers a browser needs.
    NoCors,
}

impl PracticeAnswer {
    /// A 200 with a small JSON body.
    pub fn ok() -> Self {
        Self::status(200)
    }

    /// An answer with this status code.
    pub fn status(status: u16) -> Self {
        let body = if (200..300).contains(&status) { r#"{"received":true}"# } else { r#"{"received":false}"# };
        Self {
            delay_millis: 120,
            behaviour: PracticeBehaviour::Answer { status, retry_after: None, body: body.to_owned() },
        }
    }
}

/// What a sender would see of the practice receiver, and after how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeReply {
    pub delay_millis: u32,
    pub sight: PracticeSight,
}

/// What a browser would see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PracticeSight {
    Answered(ResponseRecord),
    OpaqueRedirect,
    /// Nothing, ever.
    Silence,
    NetworkError,
}

/// Whether this address is answered by the practice receiver.
pub fn is_practice_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let host = host.rsplit('@').next().unwrap_or(host);
    let name = host.split(':').next().unwrap_or(host);
    scheme.eq_ignore_ascii_case("https") && name.eq_ignore_ascii_case(PRACTICE_HOST)
}

/// Whether a bare probe of the practice host would be answered while it behaves like this.
pub const fn answers_probe(behaviour: &PracticeBehaviour) -> bool {
    match behaviour {
        PracticeBehaviour::Unreachable => false,
        PracticeBehaviour::Answer { .. }
        | PracticeBehaviour::Timeout
        | PracticeBehaviour::Redirect
        | PracticeBehaviour::NoCors => true,
    }
}

/// Which answer the script has for this attempt (from 1).
pub fn scripted_answer(script: &PracticeScript, request: &RenderedRequest, attempt_number: u32) -> PracticeAnswer {
    let idx = usize::try_from(attempt_number.saturating_sub(1)).unwrap_or(usize::MAX);
    if let Some(answer) = script.first.get(idx) {
        return answer.clone();
    }
    if is_unlucky(script, request, attempt_number) {
        return PracticeAnswer::status(503);
    }
    script.then.clone()
}

/// Plays the script for one attempt (from 1).
pub fn reply(script: &PracticeScript, request: &RenderedRequest, attempt_number: u32) -> PracticeReply {
    let PracticeAnswer { delay_millis, behaviour } = scripted_answer(script, request, attempt_number);
    let sight = match behaviour {
        PracticeBehaviour::Answer { status, retry_after, body } => {
            let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            headers.extend(retry_after.map(|value| ("retry-after".to_owned(), value)));
            PracticeSight::Answered(ResponseRecord { status, headers, body: Some(body), is_body_cut: false })
        }
        PracticeBehaviour::Timeout => PracticeSight::Silence,
        PracticeBehaviour::Redirect => PracticeSight::OpaqueRedirect,
        PracticeBehaviour::Unreachable | PracticeBehaviour::NoCors => PracticeSight::NetworkError,
    };
    PracticeReply { delay_millis, sight }
}

/// FNV-1a over the request, stirred with seed and attempt: spread well enough for "about one in ten".
/// <http://www.isthe.com/chongo/tech/comp/fnv/>
fn is_unlucky(script: &PracticeScript, request: &RenderedRequest, attempt_number: u32) -> bool {
    if script.failure_percent == 0 {
        return false;
    }
    let stir = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let start = 0xcbf2_9ce4_8422_2325 ^ script.seed;
    let hash = request.url.bytes().chain(request.body.bytes()).fold(start, stir);
    let hash = attempt_number.to_le_bytes().into_iter().fold(hash, stir);
    (hash >> 16) % 100 < u64::from(script.failure_percent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &str) -> RenderedRequest {
        RenderedRequest {
            url: "https://practice.hookwright.invalid/orders".to_owned(),
            headers: Vec::new(),
            body: body.to_owned(),
        }
    }

    fn status_of(reply: &PracticeReply) -> Option<u16> {
        match &reply.sight {
            PracticeSight::Answered(response) => Some(response.status),
            PracticeSight::OpaqueRedirect | PracticeSight::Silence | PracticeSight::NetworkError => None,
        }
    }

    #[test]
    fn fails_as_often_as_the_script_says_then_succeeds() {
        let script = PracticeScript::failing_first(2);
        let codes: Vec<_> = (1..=4).map(|n| status_of(&reply(&script, &request("{}"), n))).collect();
        assert_eq!(codes, [Some(503), Some(503), Some(200), Some(200)]);
    }

    #[test]
    fn random_failures_are_repeatable_and_about_as_many_as_asked() {
        let script = PracticeScript { failure_percent: 30, ..PracticeScript::default() };
        let n_failed =
            (0..1_000).filter(|n| status_of(&reply(&script, &request(&n.to_string()), 1)) == Some(503)).count();
        assert!((200..400).contains(&n_failed), "{n_failed}");
        let again: Vec<_> = (0..50).map(|n| reply(&script, &request(&n.to_string()), 1)).collect();
        assert_eq!(again, (0..50).map(|n| reply(&script, &request(&n.to_string()), 1)).collect::<Vec<_>>());
    }

    #[test]
    fn only_the_practice_host_is_practice() {
        for (url, expected) in [
            ("https://practice.hookwright.invalid/orders", true),
            ("https://PRACTICE.hookwright.invalid", true),
            ("https://practice.hookwright.invalid:443/x?y", true),
            ("http://practice.hookwright.invalid/", false),
            ("https://practice.hookwright.invalid.example.com/", false),
            ("https://example.com/practice.hookwright.invalid", false),
            ("practice.hookwright.invalid", false),
        ] {
            assert_eq!(is_practice_url(url), expected, "{url}");
        }
    }
}
