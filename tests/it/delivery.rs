//! Properties of the queue and the schedule, over random outcomes, jitters and lateness.

use hookwright::domain::delivery::lifecycle;
use hookwright::domain::delivery::outcome::AttemptOutcome;
use hookwright::domain::delivery::queue::Queue;
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::retry::{MAX_RETRIES, RETRY_WINDOW_MILLIS};
use hookwright::domain::delivery::state::{
    AttemptKind, Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, WaitReason,
};
use hookwright::domain::flow::model::RepeatPolicy;
use hookwright::domain::id::{DeliveryId, FlowId, NodeId, ProfileId};
use hookwright::domain::time::{DAY_MILLIS, Timestamp};
use proptest::prelude::*;

const START: Timestamp = Timestamp::from_millis(1_772_366_400_000);

fn delivery() -> Delivery {
    Delivery {
        id: DeliveryId::new("d1"),
        flow_id: FlowId::new("Xy12Ab"),
        flow_name: "Order to ERP".to_owned(),
        node_id: NodeId::new("n1"),
        webhook_name: "Order to ERP".to_owned(),
        run_id: None,
        event_id: None,
        profile_id: ProfileId::new("p1"),
        recipient_email: "ann@example.com".to_owned(),
        origin: DeliveryOrigin::Flow,
        repeat_policy: RepeatPolicy::AtLeastOnce,
        created_at: START,
        request: Some(RenderedRequest {
            url: "https://erp.example.com/orders".to_owned(),
            headers: Vec::new(),
            body: "{}".to_owned(),
        }),
        status: DeliveryStatus::Waiting { reason: WaitReason::Turn, due_at: START },
        n_attempts: 0,
        n_scheduled_attempts: 0,
        first_attempt_at: None,
        last_outcome: None,
        may_have_arrived: false,
        updated_at: START,
    }
}

fn outcomes() -> impl Strategy<Value = AttemptOutcome> {
    prop_oneof![
        4 => (
            prop_oneof![Just(429_u16), Just(500), Just(502), Just(503), Just(504)],
            proptest::option::of(0..2 * DAY_MILLIS)
        )
            .prop_map(|(status, retry_after_millis)| AttemptOutcome::Answered { status, retry_after_millis }),
        1 => Just(AttemptOutcome::TimedOut { timeout_millis: 30_000 }),
        1 => Just(AttemptOutcome::Unreachable),
        1 => Just(AttemptOutcome::Interrupted),
        1 => Just(AttemptOutcome::CutOff),
    ]
}

/// Something that happens between two looks at the queue.
#[derive(Debug, Clone)]
struct Turn {
    outcome: AttemptOutcome,
    jitter: u64,
    /// How much later than due the sender looks, in milliseconds: browsers close.
    lateness_millis: i64,
    duration_millis: i64,
    is_resent_by_hand: bool,
}

fn turns() -> impl Strategy<Value = Turn> {
    let lateness = prop_oneof![8 => 0..1_000_i64, 1 => 0..DAY_MILLIS];
    (outcomes(), any::<u64>(), lateness, 0..30_000_i64, prop::bool::weighted(0.1)).prop_map(
        |(outcome, jitter, lateness_millis, duration_millis, is_resent_by_hand)| Turn {
            outcome,
            jitter,
            lateness_millis,
            duration_millis,
            is_resent_by_hand,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_delivery_ends_within_its_bounds(turns in prop::collection::vec(turns(), 40)) {
        let mut delivery = delivery();
        let mut now = START;
        let mut last_number = 0;
        for turn in turns {
            let Some(due_at) = lifecycle::due_at(&delivery) else { break };
            if turn.is_resent_by_hand
                && let Some((started, attempt)) = lifecycle::start_manual(&delivery, now)
                && attempt.kind == AttemptKind::Manual
            {
                prop_assert_eq!(attempt.number, last_number + 1);
                last_number = attempt.number;
                let planned = lifecycle::due_at(&delivery);
                now = now.plus_millis(turn.duration_millis);
                let finished = lifecycle::finish(&started, &attempt, turn.outcome.clone(), None, now, turn.jitter);
                delivery = finished.unwrap().0;
                prop_assert_eq!(lifecycle::due_at(&delivery), planned, "a resend disturbs no schedule");
            }
            now = now.max(due_at).plus_millis(turn.lateness_millis);
            if let Some(expired) = lifecycle::expire(&delivery, now) {
                delivery = expired;
                break;
            }
            let (started, attempt) = lifecycle::start_due(&delivery, now).unwrap();
            prop_assert_eq!(attempt.number, last_number + 1, "attempts are strictly ordered");
            last_number = attempt.number;
            let first = started.first_attempt_at.unwrap();
            prop_assert!(now.millis_since(first) <= RETRY_WINDOW_MILLIS, "no attempt starts past the 24 hours");
            now = now.plus_millis(turn.duration_millis);
            let (finished, ended) =
                lifecycle::finish(&started, &attempt, turn.outcome, None, now, turn.jitter).unwrap();
            prop_assert!(
                lifecycle::finish(&finished, &ended, AttemptOutcome::CutOff, None, now, 0).is_none(),
                "an attempt ends once"
            );
            prop_assert!(finished.n_scheduled_attempts <= MAX_RETRIES + 1);
            if let DeliveryStatus::WaitingToRetry { due_at } = finished.status {
                prop_assert!(due_at > now, "never due in the past of its own record");
                prop_assert!(due_at.millis_since(first) <= RETRY_WINDOW_MILLIS, "never past 24 h");
            }
            delivery = finished;
        }
        let has_ended = matches!(
            delivery.status,
            DeliveryStatus::Skipped {
                reason: SkipReason::RetriesUsedUp { .. }
                    | SkipReason::DeadlinePassed { .. }
                    | SkipReason::PassedWhileClosed,
                ..
            }
        );
        prop_assert!(has_ended, "forty failures end every delivery: {:?}", delivery.status);
    }

    #[test]
    fn the_queue_never_exceeds_a_destination_and_loses_nothing(
        tickets in prop::collection::vec((0..100_i64, 0..4_u8), 1..60),
        concurrency in 1..5_u32,
    ) {
        let mut queue = Queue::default();
        for (n, (due, destination)) in tickets.iter().enumerate() {
            queue.push(DeliveryId::new(format!("{n:03}")), destination.to_string(), Timestamp::from_millis(*due));
        }
        let destination_of = |delivery_id: &DeliveryId| {
            let idx: usize = delivery_id.as_str().parse().unwrap();
            tickets[idx].1.to_string()
        };
        let mut n_sent = 0;
        let mut on_their_way: Vec<DeliveryId> = Vec::new();
        for millis in 0..2_000 {
            for delivery_id in queue.due(Timestamp::from_millis(millis), concurrency, 1_000) {
                prop_assert!(tickets[delivery_id.as_str().parse::<usize>().unwrap()].0 <= millis, "never early");
                queue.mark_started(&delivery_id, destination_of(&delivery_id));
                on_their_way.push(delivery_id);
            }
            for destination in 0..4_u8 {
                let n = on_their_way.iter().filter(|id| destination_of(id) == destination.to_string()).count();
                prop_assert!(n <= concurrency as usize);
            }
            if let Some(delivery_id) = on_their_way.pop() {
                queue.remove(&delivery_id);
                n_sent += 1;
            }
        }
        prop_assert_eq!(n_sent, tickets.len());
        prop_assert_eq!(queue.next_start(), None);
        prop_assert_eq!(queue.n_on_their_way(), 0);
    }
}
