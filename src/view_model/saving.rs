//! What a save came to, in words.
//!
//! In: the saved version and what is wrong with it. Out: a sentence and its tone.
//! Invariant: says *live* only of a flow that can work.

use crate::domain::flow::check::{FlowProblem, FlowSeverity};
use crate::domain::flow::model::{ActionStatus, Flow};
use crate::view_model::delivery::Tone;
use crate::view_model::messages::counted;

/// What to say after a save, and whether the problems should be shown.
pub fn save_words(version: u32, flow: &Flow, problems: &[FlowProblem]) -> (Tone, String, bool) {
    let n_red = problems.iter().filter(|problem| problem.severity == FlowSeverity::CannotWork).count();
    if n_red > 0 {
        let n_red = counted(n_red, "problem keeps", "problems keep");
        return (Tone::Wait, format!("Version {version} is saved, but {n_red} it from working."), true);
    }
    let (tone, what) = match flow.status() {
        ActionStatus::Draft => (Tone::Neutral, "saved. Every action is a draft, so nothing is sent"),
        ActionStatus::Manual => (Tone::Ok, "saved. Its requests wait in Needs review"),
        ActionStatus::Live => (Tone::Ok, "live"),
    };
    (tone, format!("Version {version} is {what}."), !problems.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::flow::check::check;
    use crate::domain::flow::model::Trigger;
    use crate::domain::samples;

    #[test]
    fn a_save_says_what_runs_now() {
        let live = samples::first_flow();
        let mut draft = live.clone();
        draft.set_all_draft();
        let broken = Flow { trigger: Trigger::Unset, ..live.clone() };
        for (flow, expected) in [
            (live, "Version 3 is live."),
            (draft, "Version 3 is saved. Every action is a draft, so nothing is sent."),
            (broken, "Version 3 is saved, but 1 problem keeps it from working."),
        ] {
            assert_eq!(save_words(3, &flow, &check(&flow)).1, expected);
        }
    }
}
