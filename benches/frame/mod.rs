//! Measures figures of one suite, prints them, and writes them to `target/bench/<suite>.json`.
//!
//! In: closures to time, ours and a peer's. Out: a line per figure, and the file: a list of
//! `{name, unit, ours, peer, peer_name, ratio, must}`, where a larger `ratio` is better, whatever the unit.
//! The least that a ratio may be stands in `benches/must.json`; a figure below it fails the run.

#![allow(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a bench has nobody to report to but its terminal")]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::Serialize;

/// How long one sample runs: long enough that the clock's own cost vanishes.
const SAMPLE: Duration = Duration::from_millis(20);
const N_SAMPLES: usize = 25;

/// One measured figure, as the file has it.
#[derive(Debug, Serialize)]
pub struct Figure {
    pub name: String,
    pub unit: String,
    pub ours: f64,
    pub peer: Option<f64>,
    pub peer_name: Option<String>,
    /// How many times better ours is than the peer's.
    pub ratio: Option<f64>,
    /// The least the ratio may be.
    pub must: Option<f64>,
}

/// Which way a unit improves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "each suite uses the ones it needs")]
pub enum Better {
    Smaller,
    Larger,
}

/// A value measured on a peer, by name.
#[derive(Debug, Clone)]
pub struct Peer {
    pub name: &'static str,
    pub value: f64,
}

/// The figures of one suite.
pub struct Suite {
    name: &'static str,
    musts: BTreeMap<String, f64>,
    figures: Vec<Figure>,
}

impl Suite {
    pub fn new(name: &'static str) -> Self {
        let musts: BTreeMap<String, BTreeMap<String, f64>> =
            serde_json::from_str(include_str!("../must.json")).expect("benches/must.json maps suites to figures");
        println!("suite {name}");
        Self { name, musts: musts.get(name).cloned().unwrap_or_default(), figures: Vec::new() }
    }

    /// Times both sides and notes the median of each, in microseconds.
    pub fn compare<T, U>(
        &mut self,
        name: &str,
        ours: impl FnMut() -> T,
        peer_name: &'static str,
        peer: impl FnMut() -> U,
    ) {
        let ours = median_micros(ours);
        let peer = Peer { name: peer_name, value: median_micros(peer) };
        self.note(name, "µs", Better::Smaller, ours, Some(peer));
    }

    /// Notes a figure that was measured elsewhere.
    pub fn note(&mut self, name: &str, unit: &str, better: Better, ours: f64, peer: Option<Peer>) {
        let ratio = peer.as_ref().map(|peer| ratio(better, ours, peer.value));
        let figure = Figure {
            name: name.to_owned(),
            unit: unit.to_owned(),
            ours,
            peer: peer.as_ref().map(|peer| peer.value),
            peer_name: peer.map(|peer| peer.name.to_owned()),
            ratio,
            must: self.musts.get(name).copied(),
        };
        println!("{}", line(&figure));
        self.figures.push(figure);
    }

    /// Writes `target/bench/<suite>.json`; fails when a figure is below what it must be, or a figure that must be was not measured.
    pub fn finish(self) -> ExitCode {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
        std::fs::create_dir_all(&folder).expect("target/ can be written");
        let text = serde_json::to_string_pretty(&self.figures).expect("figures are plain data");
        std::fs::write(folder.join(format!("{}.json", self.name)), text + "\n").expect("target/bench/ can be written");
        let n_below = self.figures.iter().filter(|figure| is_below(figure)).count();
        let n_missing =
            self.musts.keys().filter(|name| !self.figures.iter().any(|figure| &&figure.name == name)).count();
        if n_below + n_missing == 0 {
            return ExitCode::SUCCESS;
        }
        println!("suite {}: {n_below} below what they must be, {n_missing} not measured", self.name);
        ExitCode::FAILURE
    }
}

fn ratio(better: Better, ours: f64, peer: f64) -> f64 {
    match better {
        Better::Smaller => peer / ours,
        Better::Larger => ours / peer,
    }
}

fn is_below(figure: &Figure) -> bool {
    match (figure.must, figure.ratio) {
        (Some(must), Some(ratio)) => ratio < must,
        // A bound without a peer to hold it against is a mistake in must.json.
        (Some(_), None) => true,
        (None, _) => false,
    }
}

fn line(figure: &Figure) -> String {
    let mut text = format!("  {:<24}{:>12.2} {}", figure.name, figure.ours, figure.unit);
    if let (Some(peer), Some(peer_name), Some(ratio)) = (figure.peer, &figure.peer_name, figure.ratio) {
        text += &format!("   {peer_name} {peer:.2} {}   ×{ratio:.2}", figure.unit);
    }
    if let Some(must) = figure.must {
        text += &format!("   must ×{must:.2}{}", if is_below(figure) { "   BELOW" } else { "" });
    }
    text
}

/// The median time of one call, over samples of many calls each.
fn median_micros<T>(mut call: impl FnMut() -> T) -> f64 {
    // The first sample warms caches and says how many calls fill a sample.
    let start = Instant::now();
    let mut n_calls = 0_u32;
    while start.elapsed() < SAMPLE {
        black_box(call());
        n_calls += 1;
    }
    let mut samples: Vec<f64> = (0..N_SAMPLES)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..n_calls {
                black_box(call());
            }
            start.elapsed().as_secs_f64() * 1e6 / f64::from(n_calls)
        })
        .collect();
    samples.sort_by(f64::total_cmp);
    samples.get(N_SAMPLES / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
#[allow(dead_code, reason = "benches are compiled for tests too, and run none; tests/it runs them")]
mod tests {
    use super::*;

    fn figure(ratio: Option<f64>, must: Option<f64>) -> Figure {
        Figure { name: "f".into(), unit: "µs".into(), ours: 1.0, peer: ratio, peer_name: None, ratio, must }
    }

    #[test]
    fn a_ratio_above_one_means_ours_is_better_in_either_direction() {
        assert_eq!(ratio(Better::Smaller, 2.0, 6.0), 3.0);
        assert_eq!(ratio(Better::Larger, 6.0, 2.0), 3.0);
    }

    #[test]
    fn a_figure_fails_below_its_bound_and_with_a_bound_but_no_peer() {
        assert!(is_below(&figure(Some(0.9), Some(1.0))));
        assert!(!is_below(&figure(Some(1.0), Some(1.0))));
        assert!(is_below(&figure(None, Some(1.0))));
        assert!(!is_below(&figure(Some(0.1), None)));
    }

    #[test]
    fn a_noted_figure_has_its_ratio_and_its_bound() {
        let mut suite = Suite { name: "t", musts: BTreeMap::from([("rate".to_owned(), 2.0)]), figures: Vec::new() };
        suite.note("rate", "1/s", Better::Larger, 300.0, Some(Peer { name: "peer", value: 100.0 }));
        suite.note("size", "kB", Better::Smaller, 5.0, None);
        let json = serde_json::to_value(&suite.figures).unwrap();
        assert_eq!(json[0]["ratio"], 3.0);
        assert_eq!(json[0]["must"], 2.0);
        assert_eq!(json[1]["peer"], serde_json::Value::Null);
    }

    #[test]
    fn the_bounds_of_the_project_can_be_read() {
        let _ = Suite::new("template");
    }
}
