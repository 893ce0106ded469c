//! The last 24 hours in three small charts.
//!
//! In: running totals by the hour. Out: plain SVG, each with its words.
//! Invariant: never colour alone; the same figures stand in the words.

use leptos::prelude::*;

use crate::ui::activity::is_window_narrow;
use crate::ui::page::use_page;
use crate::ui::state::use_app_state;
use crate::view_model::charts::{DayCharts, N_HOURS, day_charts};
use crate::view_model::messages;
use crate::view_model::time::duration;

/// The drawing's own units: eight an hour across, and so many up.
const HEIGHT: f64 = 56.0;
const STEP: f64 = 8.0;
/// Answers slower than this touch the top.
const SLOWEST_MILLIS: f64 = 65_536.0;

/// All three; nothing while nothing was attempted in the last day.
#[component]
pub fn Charts() -> AnyView {
    let app_state = use_app_state();
    let page = use_page();
    // On a narrow screen they would stand before the whole log.
    let is_open = !is_window_narrow();
    let charts = Memo::new(move |_| {
        app_state.totals.with(|totals| {
            let (_, hours) = totals.as_ref()?;
            let charts = day_charts(hours, page.read_clock());
            (charts.n_attempts > 0 || charts.n_tallest > 0).then_some(charts)
        })
    });
    view! {
        {move || {
            charts.get().map(|charts| {
                view! {
                    <details class="charts" open=is_open>
                        <summary>"Last 24 hours"</summary>
                        <div class="charts-row">
                            {figure("Deliveries", &charts.bars_words(), "0 0 192 56", bars(&charts), &[("ok", "Delivered"), ("fail", "Skipped")])}
                            {figure("Answer times", &charts.latency_words(), "0 0 192 56", lines(&charts), &[("accent", "Half"), ("wait", "95 %")])}
                            {causes(&charts)}
                        </div>
                    </details>
                }
            })
        }}
    }
    .into_any()
}

fn figure(
    title: &'static str,
    words: &str,
    view_box: &'static str,
    paths: Vec<(&'static str, String)>,
    legend: &[(&'static str, &'static str)],
) -> AnyView {
    let marks = legend.iter().map(|(tone, word)| view! { <li class=["chart-key chart--", tone].concat()>{*word}</li> });
    view! {
        <figure class="chart">
            <figcaption><strong>{title}</strong><ul>{marks.collect_view()}</ul></figcaption>
            <svg viewBox=view_box preserveAspectRatio="none" role="img" aria-label=words.to_owned()>
                <path class="chart-ground" d="M0 55.5H192" />
                {paths.into_iter().map(|(class, d)| view! { <path class=class d=d /> }).collect_view()}
            </svg>
            <p class="muted">{words.to_owned()}</p>
        </figure>
    }
    .into_any()
}

fn bars(charts: &DayCharts) -> Vec<(&'static str, String)> {
    let (mut delivered, mut skipped) = (String::new(), String::new());
    let unit = (HEIGHT - 4.0) / charts.n_tallest.max(1) as f64;
    for (idx, bar) in charts.bars.iter().enumerate() {
        let x = idx as f64 * STEP + 1.0;
        let (low, high) = (bar.n_delivered as f64 * unit, bar.n_skipped as f64 * unit);
        push_bar(&mut delivered, x, HEIGHT - low, low);
        push_bar(&mut skipped, x, HEIGHT - low - high, high);
    }
    vec![("chart-bar chart--ok", delivered), ("chart-bar chart--fail", skipped)]
}

fn push_bar(path: &mut String, x: f64, y: f64, height: f64) {
    if height > 0.0 {
        // At least so tall that it is seen.
        let height = height.max(1.0);
        path.push_str(&format!("M{x} {}v{height}h6v{}z", y.min(HEIGHT - height), -height));
    }
}

fn lines(charts: &DayCharts) -> Vec<(&'static str, String)> {
    let mut paths = [String::new(), String::new()];
    for (which, path) in paths.iter_mut().enumerate() {
        let mut is_down = false;
        for (idx, hour) in charts.latencies.iter().take(N_HOURS).enumerate() {
            let Some(millis) = hour.as_ref().and_then(|hour| hour.get(which)) else {
                is_down = false;
                continue;
            };
            // Powers of two, as they are counted.
            let part = ((*millis as f64).log2() / SLOWEST_MILLIS.log2()).clamp(0.0, 1.0);
            let (x, y) = (idx as f64 * STEP + 1.0, HEIGHT - 2.0 - part * (HEIGHT - 6.0));
            path.push_str(&format!("{}{x} {y:.1}h6", if is_down { 'L' } else { 'M' }));
            is_down = true;
        }
    }
    let [half, most] = paths;
    vec![("chart-line chart--accent", half), ("chart-line chart--wait", most)]
}

fn causes(charts: &DayCharts) -> AnyView {
    let n_most = charts.causes.first().map_or(1, |(_, n)| *n).max(1);
    let rows = charts.causes.iter().take(4).map(|(words, n)| {
        let part = *n as f64 * 100.0 / n_most as f64;
        view! {
            <li>
                <span>{*words}</span>
                <span class="chart-share" style=("--share", format!("{part:.0}%"))></span>
                <span class="chart-count">{*n}</span>
            </li>
        }
    });
    let rows = rows.collect_view();
    let is_well = charts.causes.is_empty();
    let slowest = charts.percentiles.map(|[_, _, nearly]| duration(nearly));
    view! {
        <figure class="chart">
            <figcaption><strong>"Failures by cause"</strong></figcaption>
            <ul class="chart-causes">{rows}</ul>
            {is_well.then(|| view! { <p class="muted">{match slowest {
                Some(_) => messages::NO_FAILURES,
                None => messages::NO_ANSWERS,
            }}</p> })}
        </figure>
    }
    .into_any()
}
