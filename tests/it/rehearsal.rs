//! The rehearsal: a day of retries in milliseconds, exactly as the real schedule has it.

use hookwright::domain::activity::ActivityEvent;
use hookwright::domain::delivery::practice::{PracticeAnswer, PracticeScript};
use hookwright::domain::delivery::state::{DeliveryStatus, SkipReason, StatusKind};
use hookwright::domain::event::Profile;
use hookwright::domain::flow::delay::{DelayUnit, TimeDelay, UtcOnly};
use hookwright::domain::flow::model::{ActionStatus, Flow, Node, NodeKind, SavedFlow};
use hookwright::domain::id::{NodeId, ProfileId};
use hookwright::domain::samples;
use hookwright::domain::settings::WorkspaceSettings;
use hookwright::domain::time::{DAY_MILLIS, HOUR_MILLIS, SECOND_MILLIS, Timestamp};
use hookwright::runtime::rehearse::{Arrival, DryRun, DryRunner, Rehearsal};

const START: Timestamp = Timestamp::from_millis(1_772_366_400_000);

fn saved(flow: Flow) -> SavedFlow {
    SavedFlow { version: 1, flow, saved_at: START }
}

fn arrival(n: usize, at: Timestamp) -> Arrival {
    let samples = samples::first();
    let mut event = samples.default_event().unwrap().clone();
    let buyer = samples.profiles.into_iter().find(|profile| profile.id == event.profile_id).unwrap();
    event.occurred_at = at;
    let id = ProfileId::new(format!("p{n:05}"));
    event.profile_id = id.clone();
    Arrival { at, event: Some(event), profile: Profile { id, email: format!("p{n}@example.com"), ..buyer } }
}

fn rehearsal(flow: Flow, script: PracticeScript, arrivals: Vec<Arrival>) -> Rehearsal {
    Rehearsal::new(saved(flow), script, WorkspaceSettings::default(), std::rc::Rc::new(UtcOnly), arrivals, 7)
}

fn dry_run(saved: SavedFlow, settings: &WorkspaceSettings, arrivals: &[Arrival]) -> DryRun {
    let mut runner = DryRunner::new(saved, settings.clone(), std::rc::Rc::new(UtcOnly), START);
    arrivals.iter().for_each(|arrival| runner.take(arrival));
    assert_eq!(runner.n_done(), arrivals.len());
    runner.result().clone()
}

fn always(status: u16) -> PracticeScript {
    PracticeScript { then: PracticeAnswer::status(status), ..PracticeScript::default() }
}

fn with_webhooks(mut flow: Flow, change: impl Fn(&mut hookwright::domain::flow::model::WebhookAction)) -> Flow {
    for node in flow.nodes.values_mut() {
        if let NodeKind::Webhook { action, .. } = &mut node.kind {
            change(action);
        }
    }
    flow
}

#[test]
fn a_day_of_retries_is_played_to_its_end() {
    let mut rehearsal = rehearsal(samples::first_flow(), always(503), vec![arrival(0, START)]);
    while rehearsal.step() {}
    assert_eq!(rehearsal.attempts().len(), 18);
    let span = rehearsal.now().millis_since(START);
    assert!((20 * HOUR_MILLIS..=DAY_MILLIS).contains(&span), "{span}");
    let delivery = rehearsal.deliveries().next().unwrap();
    assert!(matches!(delivery.status, DeliveryStatus::Skipped { reason: SkipReason::RetriesUsedUp { .. }, .. }));
    assert!(delivery.request.as_ref().unwrap().body.starts_with('{'), "the body is there to look at");
    let planned =
        rehearsal.entries().iter().filter(|entry| matches!(entry.event, ActivityEvent::RetryScheduled { .. }));
    assert_eq!(planned.count(), 17);
    assert!(rehearsal.entries().windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn the_next_moment_is_known_before_it_is_played() {
    let mut rehearsal = rehearsal(samples::first_flow(), PracticeScript::failing_first(1), vec![arrival(0, START)]);
    let mut moments = Vec::new();
    while let Some(at) = rehearsal.next_at() {
        moments.push(at.millis_since(START));
        rehearsal.step();
        assert_eq!(rehearsal.now(), at);
    }
    // It arrives and is sent, the 503 comes, the retry within a tenth of ten seconds, the 200.
    assert_eq!(moments.len(), 4, "{moments:?}");
    assert_eq!(moments[..2], [0, 120]);
    assert!((9_000..=10_000).contains(&(moments[2] - moments[1])), "{moments:?}");
    assert_eq!(moments[3] - moments[2], 120);
}

#[test]
fn a_delay_is_waited_for_on_the_hand_moved_clock() {
    let mut flow = samples::first_flow();
    let delay_id = NodeId::new("delay1");
    let kind = NodeKind::TimeDelay { delay: TimeDelay::of(3, DelayUnit::Days), next: flow.entry.clone() };
    flow.nodes.insert(delay_id.clone(), Node { id: delay_id.clone(), kind });
    flow.entry = Some(delay_id);
    let mut rehearsal = rehearsal(flow, PracticeScript::default(), vec![arrival(0, START)]);
    assert!(rehearsal.play_until(START.plus_millis(2 * DAY_MILLIS), 1_000));
    assert_eq!(rehearsal.deliveries().count(), 0);
    assert_eq!(rehearsal.next_at(), Some(START.plus_millis(3 * DAY_MILLIS)));
    assert!(rehearsal.play_until(START.plus_millis(4 * DAY_MILLIS), 1_000));
    assert_eq!(rehearsal.summary().by_status[&StatusKind::Delivered], 1);
}

#[test]
fn hundreds_arrive_within_the_limits_of_the_destination_and_play_the_same_again() {
    let play = || {
        let arrivals = (0..300).map(|n| arrival(n, START.plus_millis(i64::try_from(n).unwrap() * 10))).collect();
        let script = PracticeScript { failure_percent: 30, ..PracticeScript::default() };
        let mut rehearsal = rehearsal(samples::first_flow(), script, arrivals);
        while rehearsal.step() {}
        (rehearsal.summary(), rehearsal.entries().to_vec())
    };
    let (summary, entries) = play();
    assert_eq!((summary.n_arrived, summary.by_status[&StatusKind::Delivered]), (300, 300));
    assert!(summary.n_attempts > 350, "{summary:?}");
    let mut n_at_once = 0_i32;
    for entry in &entries {
        match entry.event {
            ActivityEvent::AttemptStarted { .. } => n_at_once += 1,
            ActivityEvent::AttemptFinished { .. } => n_at_once -= 1,
            _ => {}
        }
        assert!(n_at_once <= 6);
    }
    assert_eq!(play(), (summary, entries));
}

#[test]
fn what_came_due_while_closed_is_late_and_spread_out() {
    // Fewer than would pause the destination.
    let arrivals = (0..15).map(|n| arrival(n, START)).collect();
    let mut rehearsal = rehearsal(samples::first_flow(), PracticeScript::failing_first(1), arrivals);
    assert!(rehearsal.play_until(START.plus_millis(5 * SECOND_MILLIS), 10_000));
    rehearsal.close_until(START.plus_millis(5 * HOUR_MILLIS));
    while rehearsal.step() {}
    let late = rehearsal.attempts().iter().filter(|attempt| attempt.number == 2);
    let mut starts: Vec<i64> = late.map(|attempt| attempt.started_at.millis_since(START)).collect();
    starts.sort_unstable();
    assert!(starts[0] >= 5 * HOUR_MILLIS);
    assert!(starts.last().unwrap() - starts[0] >= 3 * SECOND_MILLIS, "{starts:?}");
    assert_eq!(rehearsal.summary().by_status[&StatusKind::Delivered], 15);
}

#[test]
fn a_dry_run_counts_without_sending() {
    let settings = WorkspaceSettings::default();
    let arrivals: Vec<Arrival> = (0..5).map(|n| arrival(n, START)).collect();
    let run = |flow: Flow| dry_run(saved(flow), &settings, &arrivals);
    assert_eq!(run(samples::first_flow()).n_sent, 5);
    let broken = run(with_webhooks(samples::first_flow(), |action| action.payload = "{\"a\": }".to_owned()));
    assert_eq!((broken.n_sent, broken.n_invalid, broken.problems.len()), (0, 5, 5));
    let manual = run(with_webhooks(samples::first_flow(), |action| action.status = ActionStatus::Manual));
    assert_eq!((manual.n_sent, manual.n_for_review), (0, 5));
    let mut others = arrivals.clone();
    others.iter_mut().for_each(|arrival| arrival.event.as_mut().unwrap().metric = "Viewed Product".to_owned());
    let refused = dry_run(saved(samples::first_flow()), &settings, &others);
    assert_eq!((refused.n_refused, refused.problems.len()), (5, 5));
}
