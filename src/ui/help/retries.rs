//! The drawing of the 18 attempts of a delivery whose receiver never answers well.
//!
//! In: the retry schedule. Out: a line of a day on which each doubling takes the same room, and the same as a table.
//! Invariant: both are reckoned from the schedule that the sender uses.

use leptos::prelude::*;

use crate::view_model::help::{place_on_line, retry_points};
use crate::view_model::messages;

const WIDTH: f64 = 640.0;
const MARGIN: f64 = 14.0;
const LINE_Y: f64 = 46.0;

/// Moments that are named under the line: seconds after the first attempt.
const MARKS: [(i64, &str); 6] =
    [(10, "10 s"), (60, "1 min"), (600, "10 min"), (3_600, "1 h"), (21_600, "6 h"), (86_400, "24 h")];

/// The drawing, and the table behind a fold.
pub fn drawing() -> AnyView {
    let x = |after_millis: i64| place_on_line(after_millis).mul_add(WIDTH - 2.0 * MARGIN, MARGIN);
    let points = retry_points();
    let dots = points
        .iter()
        .map(|point| {
            let is_first = point.attempt == 1;
            // Numbers stand above and below in turn, since the last ones are close.
            let y = if point.attempt % 2 == 1 { LINE_Y - 12.0 } else { LINE_Y - 24.0 };
            let x = x(point.after_millis);
            view! {
                <line class="help-retry-stem" x1=x x2=x y1=y + 2.0 y2=LINE_Y />
                <circle class=if is_first { "help-retry help-retry--first" } else { "help-retry" } cx=x cy=LINE_Y r="4.5" />
                <text class="help-retry-number" x=x y=y>{point.attempt}</text>
            }
        })
        .collect_view();
    let marks = MARKS
        .into_iter()
        .map(|(secs, label)| {
            let x = x(secs * 1_000);
            view! {
                <line class="help-retry-mark" x1=x x2=x y1=LINE_Y + 8.0 y2=LINE_Y + 13.0 />
                <text class="help-retry-label" x=x y=LINE_Y + 25.0>{label}</text>
            }
        })
        .collect_view();
    let rows = points
        .iter()
        .map(|point| {
            view! {
                <tr>
                    <th scope="row">{point.attempt}</th>
                    <td>{point.wait.clone()}</td>
                    <td>{point.after.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <figure class="help-figure">
            <svg viewBox=format!("0 0 {WIDTH} 76") aria-hidden="true">
                <line class="help-retry-line" x1=MARGIN x2=WIDTH - MARGIN y1=LINE_Y y2=LINE_Y />
                {marks}
                {dots}
            </svg>
            <figcaption class="muted">{messages::RETRIES_DRAWING}</figcaption>
            <details>
                <summary>"As a table"</summary>
                <table class="help-table">
                    <thead>
                        <tr>
                            <th scope="col">"Attempt"</th>
                            <th scope="col">"Wait before it, at most"</th>
                            <th scope="col">"After the first"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </figure>
    }
    .into_any()
}
