//! Generated cases, rendered by Django and by this engine: both must print the same, or both refuse.
//!
//! `HOOKWRIGHT_CASES` and `HOOKWRIGHT_SEED` say how many and which; `HOOKWRIGHT_FAILURES` how many differences to show.
//! Django lives in `target/django`, where `scripts/setup-django.sh` puts it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::grammar::Case;
use crate::ours;

const N_CASES: u64 = 20_000;

/// What either side makes of a case.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Output(String),
    Refused(String),
    /// Too large or too slow to compare.
    Skipped,
}

impl Outcome {
    fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Output(a), Self::Output(b)) => a == b,
            (Self::Refused(_), Self::Refused(_)) | (Self::Skipped, _) | (_, Self::Skipped) => true,
            _ => false,
        }
    }
}

struct Oracle {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    fn start(python: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/oracle.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, requests, answers }
    }

    fn read(&mut self) -> Outcome {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("an answer");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        match (answer["output"].as_str(), answer["error"].as_str()) {
            (Some(output), _) => Outcome::Output(output.to_owned()),
            (None, Some(error)) => {
                Outcome::Refused(format!("{error}: {}", answer["message"].as_str().unwrap_or_default()))
            }
            (None, None) => Outcome::Skipped,
        }
    }

    fn ask(&mut self, case: &Case) -> Outcome {
        let requests = self.requests.as_mut().expect("an oracle to ask");
        writeln!(requests, "{}", case.request()).expect("it listens");
        self.read()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.requests.take());
        // It may wait for a reader of its answers, which nobody is after the last difference that is shown.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// This engine's answer; limits of ours that Django does not have are skipped.
fn our_outcome(case: &Case) -> Outcome {
    match ours::render(case) {
        Ok(output) => Outcome::Output(output),
        Err(message) if ["more than", "too deep", "too complicated"].iter().any(|limit| message.contains(limit)) => {
            Outcome::Skipped
        }
        Err(message) => Outcome::Refused(message),
    }
}

fn differs(case: &Case, oracle: &mut Oracle) -> bool {
    !oracle.ask(case).is_like(&our_outcome(case))
}

/// A smaller case that still differs.
fn shrunk(case: &Case, oracle: &mut Oracle) -> Case {
    let mut best = case.clone();
    let mut n_asked = 0;
    loop {
        let before = best.clone();
        for candidate in smaller(&best) {
            n_asked += 1;
            if differs(&candidate, oracle) {
                best = candidate;
                break;
            }
        }
        if best == before || n_asked > 4_000 {
            return best;
        }
    }
}

/// Cases one step smaller, the largest steps first.
fn smaller(case: &Case) -> Vec<Case> {
    let mut cases = Vec::new();
    for name in case.templates.keys().filter(|name| *name != "main") {
        let mut less = case.clone();
        less.templates.remove(name);
        cases.push(less);
    }
    if let Value::Object(object) = &case.context {
        for name in object.keys() {
            let mut less = case.clone();
            less.context.as_object_mut().expect("an object").shift_remove(name);
            cases.push(less);
        }
    }
    for (name, source) in &case.templates {
        let letters: Vec<char> = source.chars().collect();
        let mut len = letters.len() / 2;
        while len > 0 {
            for start in (0..letters.len()).step_by(len) {
                let mut less = case.clone();
                let kept = letters.iter().take(start).chain(letters.iter().skip(start + len)).collect();
                less.templates.insert(name.clone(), kept);
                cases.push(less);
            }
            len /= 2;
        }
    }
    if !case.string_if_invalid.is_empty() {
        cases.push(Case { string_if_invalid: String::new(), ..case.clone() });
    }
    if case.autoescape {
        cases.push(Case { autoescape: false, ..case.clone() });
    }
    if let Value::Object(object) = &case.context {
        for (name, value) in object {
            for less in smaller_values(value) {
                let mut with_less = case.clone();
                with_less.context[name] = less;
                cases.push(with_less);
            }
        }
    }
    cases
}

fn smaller_values(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => {
            let without = (0..items.len()).map(|at| {
                Value::Array(
                    items.iter().enumerate().filter(|(idx, _)| *idx != at).map(|(_, item)| item.clone()).collect(),
                )
            });
            let within = items.iter().enumerate().flat_map(|(at, item)| {
                smaller_values(item).into_iter().map(move |less| {
                    let mut items = items.clone();
                    items[at] = less;
                    Value::Array(items)
                })
            });
            without.chain(within).collect()
        }
        Value::Object(object) if !object.keys().any(|key| key.starts_with('$')) => {
            let without = object.keys().map(|name| {
                let mut less = object.clone();
                less.shift_remove(name);
                Value::Object(less)
            });
            let within = object.iter().flat_map(|(name, inner)| {
                smaller_values(inner).into_iter().map(move |less| {
                    let mut object = object.clone();
                    object.insert(name.clone(), less);
                    Value::Object(object)
                })
            });
            without.chain(within).collect()
        }
        Value::String(text) if !text.is_empty() => {
            let letters: Vec<char> = text.chars().collect();
            (0..letters.len())
                .map(|at| letters.iter().enumerate().filter(|(idx, _)| *idx != at).map(|(_, letter)| *letter).collect())
                .map(Value::String)
                .collect()
        }
        _ => Vec::new(),
    }
}

fn number_from(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn django() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Some(root.join("target/django/bin/python")).filter(|python| python.exists())
}

#[test]
fn django_prints_the_same() {
    let Some(python) = django() else {
        eprintln!("skipped: Django is not installed; scripts/setup-django.sh does it");
        return;
    };
    let (n_cases, seed) = (number_from("HOOKWRIGHT_CASES", N_CASES), number_from("HOOKWRIGHT_SEED", 1));
    let max_failures = number_from("HOOKWRIGHT_FAILURES", 1) as usize;
    let mut oracle = Oracle::start(&python);
    let mut helper = Oracle::start(&python);
    let mut requests = oracle.requests.take().expect("an oracle to ask");
    let writer = std::thread::spawn(move || {
        for number in 0..n_cases {
            // The reader stops listening after the last failure that is shown.
            if writeln!(requests, "{}", Case::generate(seed, number).request()).is_err() {
                break;
            }
        }
    });
    let mut failures: BTreeSet<String> = BTreeSet::new();
    let (mut n_compared, mut n_differing) = (0, 0);
    for number in 0..n_cases {
        let case = Case::generate(seed, number);
        let (theirs, mine) = (oracle.read(), our_outcome(&case));
        n_compared += u64::from(theirs != Outcome::Skipped && mine != Outcome::Skipped);
        if theirs.is_like(&mine) {
            continue;
        }
        n_differing += 1;
        if failures.len() < max_failures {
            let least = shrunk(&case, &mut helper);
            let (theirs, mine) = (helper.ask(&least), our_outcome(&least));
            failures.insert(format!(
                "{:?} {}{}{}\n  Django {theirs:?}\n  ours   {mine:?}\n",
                least.templates,
                least.context,
                if least.autoescape { " autoescape" } else { "" },
                if least.string_if_invalid.is_empty() { "" } else { " string_if_invalid" },
            ));
        }
        if failures.len() >= max_failures && std::env::var("HOOKWRIGHT_COUNT").is_err() {
            break;
        }
    }
    drop(oracle);
    writer.join().expect("all asked");
    let shown: String = failures.into_iter().collect();
    assert!(n_differing == 0, "{n_differing} of {n_compared} differ (seed {seed})\n{shown}");
    assert!(n_compared > n_cases * 95 / 100, "only {n_compared} of {n_cases} cases could be compared");
}

/// Templates that were once rendered otherwise, one case a line.
#[test]
fn what_once_differed_does_not_any_more() {
    let Some(python) = django() else {
        eprintln!("skipped: Django is not installed; scripts/setup-django.sh does it");
        return;
    };
    let mut oracle = Oracle::start(&python);
    for line in include_str!("mended.jsonl").lines() {
        let case = Case::read(&serde_json::from_str(line).expect("JSON"));
        let (theirs, mine) = (oracle.ask(&case), our_outcome(&case));
        assert!(theirs.is_like(&mine) && theirs != Outcome::Skipped, "{line}\n  Django {theirs:?}\n  ours   {mine:?}");
    }
}
