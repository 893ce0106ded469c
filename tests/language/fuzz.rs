//! Anything at all as template and context: no panic, no hang, bounded memory, places that lie in the source.
//!
//! `HOOKWRIGHT_FUZZ_SECONDS` and `HOOKWRIGHT_SEED` say how long and from where; a finding prints the case that made it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use hookwright::domain::payload::{RenderOptions, render_payload};
use hookwright::domain::template::catalog::Dialect;
use serde_json::{Map, Value};

use crate::grammar::{Case, Chance, mutate, values};
use crate::ours;

/// One case may keep the processor this long, hardly optimised.
const MAX_CASE: Duration = Duration::from_secs(10);
const MAX_MEGABYTES: u64 = 1_500;

/// A case of the wilder kind: text of any sort as template.
fn wild(seed: u64, number: u64) -> Case {
    let mut chance = Chance::new(seed.wrapping_mul(7_919).wrapping_add(number));
    let mut case = Case::generate(seed, number);
    if chance.is(30) {
        case.context = values::any(&mut chance, 4);
    }
    for source in case.templates.values_mut() {
        match chance.below(10) {
            0 => *source = (0..chance.below(200)).map(|_| any_char(&mut chance)).collect(),
            1 => *source = source.repeat(1 + chance.below(20)),
            2 => *source = format!("{}{source}", mutate::put(&mut chance).repeat(1 + chance.below(300))),
            3..=6 => {
                for _ in 0..1 + chance.below(6) {
                    *source = mutate::broken(source, &mut chance);
                }
            }
            7 => *source = format!("{{\"a\": \"{source}\", \"b\": [{source}]}}"),
            _ => {}
        }
    }
    case
}

fn any_char(chance: &mut Chance) -> char {
    match chance.below(6) {
        0 => char::from_u32(chance.below(0x11_0000) as u32).unwrap_or('\u{fffd}'),
        1 | 2 => chance.pick_char("{%}#|:'\".,()[]<>=!&-+_ \n\t\\"),
        _ => char::from(32 + chance.below(95) as u8),
    }
}

fn run(case: &Case) {
    let _either_is_fine = ours::render(case);
    let none = Map::new();
    let context = case.context.as_object().unwrap_or(&none);
    for (dialect, is_profile_only) in [(Dialect::Klaviyo, false), (Dialect::Django, true)] {
        for source in case.templates.values() {
            let options = RenderOptions {
                dialect,
                is_profile_only,
                is_autoescape_on: case.autoescape,
                ..RenderOptions::default()
            };
            let rendered = render_payload(source, context, options);
            for problem in rendered.problems {
                assert!(source.get(problem.range.clone()).is_some(), "a place outside the source: {problem:?}");
                let mut before = 0;
                for (range, _) in problem.fix.into_iter().flat_map(|fix| fix.edits) {
                    assert!(source.get(range.clone()).is_some(), "an edit outside the source: {range:?}");
                    assert!(before <= range.start, "edits out of order: {range:?}");
                    before = range.end;
                }
            }
            let output = rendered.output.unwrap_or_default();
            let mut told = 0;
            for origin in rendered.origins {
                assert!(source.get(origin.source).is_some(), "an origin outside the source");
                assert_eq!(origin.output.start, told, "a gap in the origins");
                assert!(output.get(origin.output.clone()).is_some(), "an origin outside the output");
                told = origin.output.end;
            }
            assert_eq!(told, output.len(), "output without an origin");
        }
    }
}

/// How long something keeps the processor; where the system does not say it, how long it takes.
fn busy_with(act: impl FnOnce()) -> Duration {
    let (start, busy) = (Instant::now(), busy());
    act();
    match (busy, self::busy()) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => start.elapsed(),
    }
}

/// For how long this thread has had a processor.
fn busy() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Resident memory, where the system says it.
pub fn kilobytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

fn megabytes() -> Option<u64> {
    kilobytes().map(|kilobytes| kilobytes / 1024)
}

#[test]
fn nothing_makes_it_fall_over() {
    let seconds = std::env::var("HOOKWRIGHT_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed: u64 = std::env::var("HOOKWRIGHT_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    // As much stack as the browser gives.
    let worker = move || {
        let mut number = 0;
        let mut slowest = Duration::ZERO;
        while Instant::now() < end {
            let case = wild(seed, number);
            let mut ended = Ok(());
            let took = busy_with(|| ended = catch_unwind(AssertUnwindSafe(|| run(&case))));
            let shown = || format!("seed {seed}, case {number}: {}", case.request());
            assert!(ended.is_ok(), "a panic: {}", shown());
            assert!(took < MAX_CASE, "{took:?} for {}", shown());
            slowest = slowest.max(took);
            if number % 256 == 0 {
                let used = megabytes().unwrap_or(0);
                assert!(used < MAX_MEGABYTES, "{used} MB after {}", shown());
            }
            number += 1;
        }
        eprintln!("{number} cases in {seconds} s, the slowest {slowest:?}, memory {:?} MB", megabytes());
    };
    let stack = 1 << 20;
    std::thread::Builder::new().stack_size(stack).spawn(worker).expect("a thread").join().expect("no finding");
}

#[test]
fn findings_stay_mended() {
    let findings: Vec<Value> =
        include_str!("findings.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for finding in findings {
        let took = busy_with(|| run(&Case::read(&finding)));
        assert!(took < MAX_CASE, "{took:?} for {finding}");
    }
}
