//! Properties of the queue and the schedule, over random outcomes, jitters and lateness.

use hookwright::domain::delivery::lifecycle;
use hookwright::domain::delivery::outcome::AttemptOutcome;
use hookwright::domain::delivery::queue::{Limits, Queue};
use hookwright::domain::delivery::request::RenderedRequest;
use hookwright::domain::delivery::retry::{MAX_RETRIES, RETRY_WINDOW_MILLIS};
use hookwright::domain::delivery::state::{
    AttemptKind, Delivery, DeliveryOrigin, DeliveryStatus, SkipReason, StatusKind, WaitReason,
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

/// Splitmix: small, and the same everywhere. <https://prng.di.unimi.it/splitmix64.c>
fn roll(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn random_outcome(state: &mut u64) -> AttemptOutcome {
    let codes = [200, 204, 302, 400, 404, 410, 429, 500, 501, 502, 503, 504];
    match roll(state) % 16 {
        n @ 0..12 => AttemptOutcome::Answered {
            // Mostly failures that are retried, or most histories would be short.
            status: if !roll(state).is_multiple_of(8) { 503 } else { codes[n as usize] },
            retry_after_millis: roll(state)
                .is_multiple_of(3)
                .then(|| (roll(state) % (4 * DAY_MILLIS as u64 / 24)) as i64),
        },
        12 => AttemptOutcome::TimedOut { timeout_millis: 30_000 },
        13 => AttemptOutcome::Unreachable,
        14 => AttemptOutcome::Interrupted,
        _ => AttemptOutcome::CutOff,
    }
}

/// One delivery's whole life, with a browser that closes, a network that goes away, a clock that is set, a person who resends.
fn live(seed: u64) {
    let mut state = seed;
    let mut delivery = delivery();
    if roll(&mut state).is_multiple_of(5) {
        delivery.repeat_policy = RepeatPolicy::AtMostOnce;
    }
    let mut now = START;
    let mut marked = false;
    for turn in 0..400 {
        let starts = match roll(&mut state) % 20 {
            0 => lifecycle::start_manual(&delivery, now),
            1 => {
                let reason = if roll(&mut state).is_multiple_of(2) {
                    WaitReason::Network
                } else {
                    WaitReason::PausedDestination
                };
                delivery = lifecycle::hold(&delivery, reason, now).unwrap_or(delivery);
                None
            }
            2 => {
                // Somebody sets the clock, by up to two hours either way.
                now = now.plus_millis((roll(&mut state) % 14_400_000) as i64 - 7_200_000);
                None
            }
            _ => {
                let Some(due_at) = lifecycle::due_at(&delivery) else { break };
                let lateness = if roll(&mut state).is_multiple_of(12) {
                    roll(&mut state) % (DAY_MILLIS as u64)
                } else {
                    roll(&mut state) % 900
                };
                now = now.max(due_at).plus_millis(lateness as i64);
                if let Some(expired) = lifecycle::expire(&delivery, now) {
                    delivery = expired;
                    break;
                }
                lifecycle::start_due(&delivery, now)
            }
        };
        let Some((started, attempt)) = starts else { continue };
        assert_eq!(attempt.number, delivery.n_attempts + 1, "seed {seed}, turn {turn}");
        if attempt.kind == AttemptKind::Scheduled {
            let span = now.millis_since(started.first_attempt_at.unwrap());
            assert!(span <= RETRY_WINDOW_MILLIS, "seed {seed}: {span} ms after the first");
        }
        now = now.plus_millis((roll(&mut state) % 30_000) as i64);
        let outcome = random_outcome(&mut state);
        let jitter = roll(&mut state);
        let is_of_network = matches!(outcome, AttemptOutcome::Unreachable | AttemptOutcome::Interrupted);
        let is_unspent = is_of_network && roll(&mut state).is_multiple_of(2);
        let unspent = if is_unspent { lifecycle::finish_unspent(&started, &attempt, &outcome, now) } else { None };
        let (finished, ended) = unspent
            .or_else(|| lifecycle::finish(&started, &attempt, outcome.clone(), None, now, jitter))
            .unwrap_or_else(|| panic!("seed {seed}: an attempt that cannot end"));
        marked |= outcome.may_have_arrived();
        assert_eq!(finished.may_have_arrived, marked, "seed {seed}: the mark is kept");
        assert!(finished.n_scheduled_attempts <= MAX_RETRIES + 1, "seed {seed}");
        assert!(lifecycle::finish(&finished, &ended, AttemptOutcome::CutOff, None, now, 0).is_none());
        if outcome.may_have_arrived() && finished.repeat_policy == RepeatPolicy::AtMostOnce {
            let is_retried = lifecycle::due_at(&finished).is_some();
            assert!(!is_retried, "seed {seed}: what may have arrived is planned again");
        }
        if let DeliveryStatus::WaitingToRetry { due_at } = finished.status {
            assert!(due_at.millis_since(finished.first_attempt_at.unwrap()) <= RETRY_WINDOW_MILLIS, "seed {seed}");
        }
        delivery = finished;
    }
    let is_waiting_by_right = matches!(delivery.status, DeliveryStatus::Waiting { .. });
    assert!(StatusKind::of(&delivery.status).is_final() || is_waiting_by_right, "seed {seed}: {:?}", delivery.status);
}

#[test]
fn a_hundred_thousand_random_histories_keep_every_bound() {
    std::thread::scope(|scope| {
        for half in 0..2_u64 {
            scope.spawn(move || (half * 50_000..(half + 1) * 50_000).for_each(live));
        }
    });
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
            for delivery_id in queue.due(Timestamp::from_millis(millis), &|_| Limits::concurrency(concurrency), 1_000) {
                prop_assert!(tickets[delivery_id.as_str().parse::<usize>().unwrap()].0 <= millis, "never early");
                queue.mark_started(&delivery_id, destination_of(&delivery_id), Timestamp::from_millis(millis));
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
        prop_assert_eq!(queue.next_start(&|_| Limits::concurrency(1)), None);
        prop_assert_eq!(queue.n_on_their_way(), 0);
    }
}
