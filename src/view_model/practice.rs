//! The practice receiver's script as a form: how often it fails, how, and what it does then.
//!
//! In: a script, or a filled form. Out: the other.
//! Invariant: a form that is not touched gives back an equal script, but for first answers that differ among themselves.

use crate::domain::delivery::practice::{PracticeAnswer, PracticeBehaviour, PracticeScript};

/// What an answer does, as a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    Status,
    Timeout,
    Unreachable,
    Redirect,
    NoCors,
}

impl AnswerKind {
    pub const ALL: [Self; 5] = [Self::Status, Self::Timeout, Self::Unreachable, Self::Redirect, Self::NoCors];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Timeout => "timeout",
            Self::Unreachable => "unreachable",
            Self::Redirect => "redirect",
            Self::NoCors => "no-cors",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Status => "Answers with a status",
            Self::Timeout => "Never answers",
            Self::Unreachable => "Cannot be reached",
            Self::Redirect => "Redirects",
            Self::NoCors => "Answers without CORS",
        }
    }

    pub fn from_slug(slug: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.slug() == slug).unwrap_or(Self::Status)
    }

    const fn of(behaviour: &PracticeBehaviour) -> Self {
        match behaviour {
            PracticeBehaviour::Answer { .. } => Self::Status,
            PracticeBehaviour::Timeout => Self::Timeout,
            PracticeBehaviour::Unreachable => Self::Unreachable,
            PracticeBehaviour::Redirect => Self::Redirect,
            PracticeBehaviour::NoCors => Self::NoCors,
        }
    }
}

/// One answer in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerForm {
    pub kind: AnswerKind,
    pub status: u16,
    pub retry_after: String,
    pub delay_millis: u32,
    pub body: String,
}

/// The whole script in the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeForm {
    pub n_failures: usize,
    pub failure: AnswerForm,
    pub then: AnswerForm,
    pub failure_percent: u8,
    pub seed: u64,
}

/// At most this many first answers.
pub const MAX_FAILURES: usize = 18;

/// The form that shows `script`.
pub fn practice_form(script: &PracticeScript) -> PracticeForm {
    let unavailable = PracticeAnswer::status(503);
    PracticeForm {
        n_failures: script.first.len(),
        failure: answer_form(script.first.first().unwrap_or(&unavailable)),
        then: answer_form(&script.then),
        failure_percent: script.failure_percent,
        seed: script.seed,
    }
}

/// The script that `form` describes.
pub fn practice_script(form: &PracticeForm) -> PracticeScript {
    PracticeScript {
        first: vec![answer(&form.failure); form.n_failures.min(MAX_FAILURES)],
        then: answer(&form.then),
        failure_percent: form.failure_percent.min(100),
        seed: form.seed,
    }
}

/// What the script does, in one line.
pub fn practice_summary(form: &PracticeForm) -> String {
    let then = answer_words(&form.then);
    match form.n_failures {
        0 => format!("Every request: {then}"),
        1 => format!("First request: {}. Then: {then}", answer_words(&form.failure)),
        n => format!("First {n} requests: {}. Then: {then}", answer_words(&form.failure)),
    }
}

fn answer_words(form: &AnswerForm) -> String {
    match form.kind {
        AnswerKind::Status => form.status.to_string(),
        AnswerKind::Timeout => "no answer".to_owned(),
        AnswerKind::Unreachable => "unreachable".to_owned(),
        AnswerKind::Redirect => "a redirect".to_owned(),
        AnswerKind::NoCors => "an answer without CORS".to_owned(),
    }
}

fn answer_form(answer: &PracticeAnswer) -> AnswerForm {
    let (status, retry_after, body) = match &answer.behaviour {
        PracticeBehaviour::Answer { status, retry_after, body } => {
            (*status, retry_after.clone().unwrap_or_default(), body.clone())
        }
        PracticeBehaviour::Timeout
        | PracticeBehaviour::Unreachable
        | PracticeBehaviour::Redirect
        | PracticeBehaviour::NoCors => (200, String::new(), r#"{"received":true}"#.to_owned()),
    };
    AnswerForm { kind: AnswerKind::of(&answer.behaviour), status, retry_after, delay_millis: answer.delay_millis, body }
}

fn answer(form: &AnswerForm) -> PracticeAnswer {
    let retry_after = form.retry_after.trim();
    let behaviour = match form.kind {
        AnswerKind::Status => PracticeBehaviour::Answer {
            status: form.status.clamp(200, 599),
            retry_after: (!retry_after.is_empty()).then(|| retry_after.to_owned()),
            body: form.body.clone(),
        },
        AnswerKind::Timeout => PracticeBehaviour::Timeout,
        AnswerKind::Unreachable => PracticeBehaviour::Unreachable,
        AnswerKind::Redirect => PracticeBehaviour::Redirect,
        AnswerKind::NoCors => PracticeBehaviour::NoCors,
    };
    PracticeAnswer { delay_millis: form.delay_millis, behaviour }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_is_not_touched_gives_back_the_script() {
        for script in [PracticeScript::default(), PracticeScript::failing_first(3)] {
            assert_eq!(practice_script(&practice_form(&script)), script);
        }
    }

    #[test]
    fn the_summary_says_what_happens() {
        let form = practice_form(&PracticeScript::failing_first(2));
        assert_eq!(practice_summary(&form), "First 2 requests: 503. Then: 200");
    }

    #[test]
    fn kinds_are_found_by_their_slug() {
        for kind in AnswerKind::ALL {
            assert_eq!(AnswerKind::from_slug(kind.slug()), kind);
        }
    }
}
