//! A rehearsal's time line in words.
//!
//! In: what happened, when the rehearsal began. Out: one line each.
//! Invariant: says the same as the real log would.

use crate::domain::activity::ActivityEvent;
use crate::domain::id::DeliveryId;
use crate::domain::time::{DAY_MILLIS, HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS};
use crate::view_model::delivery::Tone;
use crate::view_model::messages;
use crate::view_model::time::duration;

/// One line of the time line.
#[derive(Debug, Clone, PartialEq)]
pub struct LineView {
    pub tone: Tone,
    pub words: String,
    /// The delivery it is about.
    pub delivery_id: Option<DeliveryId>,
}

/// What happened, `at_millis` after the beginning.
pub fn line_view(event: &ActivityEvent, at_millis: i64, begin_millis: i64) -> LineView {
    let line = |tone, words: String, delivery_id: Option<&DeliveryId>| LineView {
        tone,
        words,
        delivery_id: delivery_id.cloned(),
    };
    match event {
        ActivityEvent::RunStarted => line(Tone::Neutral, "Comes into the flow".to_owned(), None),
        ActivityEvent::EntryRefused { reason } => line(Tone::Fail, ["Is not let in: ", reason].concat(), None),
        ActivityEvent::NodePassedOver { reason, .. } => {
            line(Tone::Neutral, ["A card is passed over: ", reason].concat(), None)
        }
        ActivityEvent::DelayStarted { until, .. } => {
            line(Tone::Wait, ["Waits until ", &clock(until.as_millis() - begin_millis)].concat(), None)
        }
        ActivityEvent::BranchTaken { is_yes, reason, .. } => {
            line(Tone::Neutral, [if *is_yes { "Takes Yes: " } else { "Takes No: " }, reason].concat(), None)
        }
        ActivityEvent::DeliveryQueued { delivery_id, .. } => {
            line(Tone::Neutral, "Reaches the webhook; the request is rendered".to_owned(), Some(delivery_id))
        }
        ActivityEvent::AttemptStarted { delivery_id, attempt_number, due_at } => {
            let late_millis = begin_millis + at_millis - due_at.as_millis();
            let mut words = ["Attempt ", &attempt_number.to_string()].concat();
            if late_millis >= 2 * SECOND_MILLIS {
                words.push_str(", ");
                words.push_str(&duration(late_millis));
                words.push_str(" after it was due");
            }
            line(Tone::Accent, words, Some(delivery_id))
        }
        ActivityEvent::AttemptFinished { delivery_id, outcome, .. } => {
            line(messages::outcome_tone(outcome), messages::outcome_headline(outcome), Some(delivery_id))
        }
        ActivityEvent::RetryScheduled { delivery_id, due_at } => {
            let in_millis = due_at.as_millis() - begin_millis - at_millis;
            line(Tone::Wait, ["Is tried again in ", &duration(in_millis)].concat(), Some(delivery_id))
        }
        ActivityEvent::Delivered { delivery_id } => line(Tone::Ok, "Delivered".to_owned(), Some(delivery_id)),
        ActivityEvent::Skipped { delivery_id, reason } => {
            line(Tone::Fail, ["Skipped: ", &messages::skip_headline(reason)].concat(), Some(delivery_id))
        }
        ActivityEvent::RunEnded => line(Tone::Neutral, "Comes to the end of the flow".to_owned(), None),
        ActivityEvent::EditedInto { delivery_id, .. } => {
            line(Tone::Neutral, "Was edited and sent again".to_owned(), Some(delivery_id))
        }
    }
}

/// The rehearsal's own clock: `0:00:00.120`, `1 d 02:10:04.000`.
pub fn clock(millis: i64) -> String {
    let millis = millis.max(0);
    let (days, rest) = (millis / DAY_MILLIS, millis % DAY_MILLIS);
    let (hours, rest) = (rest / HOUR_MILLIS, rest % HOUR_MILLIS);
    let (minutes, rest) = (rest / MINUTE_MILLIS, rest % MINUTE_MILLIS);
    let (seconds, part) = (rest / SECOND_MILLIS, rest % SECOND_MILLIS);
    let time = format!("{hours:02}:{minutes:02}:{seconds:02}.{part:03}");
    if days == 0 { time } else { format!("{days} d {time}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn the_clock_counts_from_the_beginning() {
        for (millis, expected) in [
            (0, "00:00:00.000"),
            (120, "00:00:00.120"),
            (DAY_MILLIS + 2 * HOUR_MILLIS + 10 * MINUTE_MILLIS + 4_000, "1 d 02:10:04.000"),
            (-5, "00:00:00.000"),
        ] {
            assert_eq!(clock(millis), expected);
        }
    }

    #[test]
    fn a_late_attempt_says_so() {
        let delivery_id = DeliveryId::new("d");
        let due_at = Timestamp::from_millis(1_000);
        let event = ActivityEvent::AttemptStarted { delivery_id, attempt_number: 3, due_at };
        assert_eq!(line_view(&event, 0, 1_000).words, "Attempt 3");
        assert_eq!(line_view(&event, 125_000, 1_000).words, "Attempt 3, 2 min 5 s after it was due");
    }
}
