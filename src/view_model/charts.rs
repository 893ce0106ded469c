//! Three charts of the last day: what became of deliveries, how long answers took, why attempts failed.
//!
//! In: hours of running totals, the time. Out: bars and lines in parts of a whole, and the same in words.
//! Invariant: says nothing that the totals do not; an hour without a count is an empty place, not a zero answer time.

use std::collections::BTreeMap;

use crate::domain::delivery::totals::{FailureCause, HourTotals};
use crate::domain::time::{HOUR_MILLIS, Timestamp};
use crate::view_model::messages::counted;
use crate::view_model::time::duration;

/// Hours shown.
pub const N_HOURS: usize = 24;

/// One hour of deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HourBar {
    pub n_delivered: u64,
    pub n_skipped: u64,
}

/// All three.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DayCharts {
    /// The oldest hour first; the last is the one that runs.
    pub bars: Vec<HourBar>,
    /// What the tallest bar stands for.
    pub n_tallest: u64,
    /// Half, 95 and 99 of a hundred answers came within; `None` without an answer.
    pub percentiles: Option<[i64; 3]>,
    /// The same by hour, half and 95 of a hundred.
    pub latencies: Vec<Option<[i64; 2]>>,
    /// The commonest cause first.
    pub causes: Vec<(&'static str, u64)>,
    pub n_attempts: u64,
}

type Latencies = BTreeMap<i64, u64>;

/// The charts of the hours up to `now`.
pub fn day_charts(hours: &[HourTotals], now: Timestamp) -> DayCharts {
    let this_hour = now.as_millis().div_euclid(HOUR_MILLIS);
    let mut charts = DayCharts { bars: vec![HourBar::default(); N_HOURS], ..DayCharts::default() };
    let mut all = Latencies::new();
    let mut by_hour = vec![Latencies::new(); N_HOURS];
    let mut causes = [0_u64; FailureCause::ALL.len()];
    for hour in hours {
        let age = this_hour - hour.starts_at.as_millis().div_euclid(HOUR_MILLIS);
        let idx = usize::try_from(age).ok().and_then(|age| (N_HOURS - 1).checked_sub(age));
        let Some(idx) = idx else { continue };
        if let Some(bar) = charts.bars.get_mut(idx) {
            bar.n_delivered += hour.n_delivered;
            bar.n_skipped += hour.n_skipped;
        }
        charts.n_attempts += hour.n_attempts;
        for (below_millis, n) in &hour.latencies {
            *all.entry(*below_millis).or_default() += n;
            if let Some(own) = by_hour.get_mut(idx) {
                *own.entry(*below_millis).or_default() += n;
            }
        }
        for (cause, n) in &hour.failures {
            if let Some(sum) = causes.get_mut(*cause as usize) {
                *sum += n;
            }
        }
    }
    charts.n_tallest = charts.bars.iter().map(|bar| bar.n_delivered + bar.n_skipped).max().unwrap_or(0);
    let three = [percentile(&all, 50), percentile(&all, 95), percentile(&all, 99)];
    charts.percentiles = match three {
        [Some(half), Some(most), Some(nearly)] => Some([half, most, nearly]),
        _ => None,
    };
    charts.latencies = by_hour.iter().map(|own| Some([percentile(own, 50)?, percentile(own, 95)?])).collect();
    let named = FailureCause::ALL.into_iter().zip(causes).filter(|(_, n)| *n > 0);
    charts.causes = named.map(|(cause, n)| (cause_words(cause), n)).collect();
    charts.causes.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    charts
}

/// The time within which so many of a hundred answers came, to the power of two above it.
fn percentile(latencies: &Latencies, percent: u64) -> Option<i64> {
    let n_all: u64 = latencies.values().sum();
    let wanted = (n_all * percent).div_ceil(100).max(1);
    let mut n_seen = 0;
    for (below_millis, n) in latencies {
        n_seen += n;
        if n_all > 0 && n_seen >= wanted {
            return Some(*below_millis);
        }
    }
    None
}

/// A cause of failure in a few words.
pub const fn cause_words(cause: FailureCause) -> &'static str {
    match cause {
        FailureCause::TooManyRequests => "429 Too Many Requests",
        FailureCause::ServerError => "Server error (5xx)",
        FailureCause::OtherStatus => "Other status",
        FailureCause::TimedOut => "No answer in time",
        FailureCause::Unreachable => "Unreachable",
        FailureCause::Interrupted => "Interrupted",
        FailureCause::Unreadable => "Answer not readable",
        FailureCause::CutOff => "Cut off",
        FailureCause::Redirected => "Redirected",
    }
}

impl DayCharts {
    /// What became of deliveries, for those who do not see the bars.
    pub fn bars_words(&self) -> String {
        let sum = |of: fn(&HourBar) -> u64| self.bars.iter().map(of).sum::<u64>();
        let delivered = counted(to_usize(sum(|bar| bar.n_delivered)), "delivery delivered", "deliveries delivered");
        [
            &delivered,
            ", ",
            &sum(|bar| bar.n_skipped).to_string(),
            " skipped in the last 24 hours, test requests not counted",
        ]
        .concat()
    }

    /// How long answers took.
    pub fn latency_words(&self) -> String {
        match self.percentiles {
            None => "No answer in the last 24 hours".to_owned(),
            Some([half, most, nearly]) => [
                "Half of the answers came within ",
                &duration(half),
                ", 95 % within ",
                &duration(most),
                ", 99 % within ",
                &duration(nearly),
            ]
            .concat(),
        }
    }
}

fn to_usize(n: u64) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{FlowId, NodeId};

    fn hour(n: i64, n_delivered: u64, latencies: &[(i64, u64)]) -> HourTotals {
        HourTotals {
            starts_at: Timestamp::from_millis(n * HOUR_MILLIS),
            flow_id: FlowId::new("f"),
            node_id: NodeId::new("n"),
            n_created: n_delivered,
            n_delivered,
            n_skipped: 1,
            n_attempts: n_delivered + 1,
            failures: vec![(FailureCause::TimedOut, 1), (FailureCause::ServerError, 3)],
            latencies: latencies.to_vec(),
        }
    }

    #[test]
    fn hours_stand_in_their_places_and_older_ones_are_left_out() {
        let now = Timestamp::from_millis(100 * HOUR_MILLIS + 5);
        let hours = [hour(100, 4, &[]), hour(77, 2, &[]), hour(76, 9, &[]), hour(101, 9, &[])];
        let charts = day_charts(&hours, now);
        assert_eq!(charts.bars.last(), Some(&HourBar { n_delivered: 4, n_skipped: 1 }));
        assert_eq!(charts.bars.first(), Some(&HourBar { n_delivered: 2, n_skipped: 1 }));
        assert_eq!(charts.bars.iter().map(|bar| bar.n_delivered).sum::<u64>(), 6);
        assert_eq!(charts.n_tallest, 5);
        assert_eq!(charts.causes, [("Server error (5xx)", 6), ("No answer in time", 2)]);
        assert_eq!(charts.percentiles, None);
        assert_eq!(
            charts.bars_words(),
            "6 deliveries delivered, 2 skipped in the last 24 hours, test requests not counted"
        );
    }

    #[test]
    fn percentiles_are_of_all_answers() {
        let now = Timestamp::from_millis(0);
        let charts = day_charts(&[hour(0, 1, &[(16, 90), (512, 8), (4_096, 2)]), hour(0, 1, &[])], now);
        assert_eq!(charts.percentiles, Some([16, 512, 4_096]));
        assert_eq!(charts.latencies.last(), Some(&Some([16, 512])));
        assert_eq!(charts.latencies.first(), Some(&None));
        assert!(charts.latency_words().contains("95 % within 512 ms"), "{}", charts.latency_words());
    }
}
