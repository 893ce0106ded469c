//! What renders to JSON, and is likely not what the receiver wants.
//!
//! In: source, tree, and what each tag prints. Out: warnings and hints with mends; mends for what was found before.
//! Invariant: needs no output, so it also speaks of branches that were not taken.

use serde_json::Value;

use crate::domain::payload::faults::scan;
use crate::domain::payload::places::printed_within;
use crate::domain::template::catalog::Dialect;
use crate::domain::template::check::Findings;
use crate::domain::template::parse::ast::{Node, Span};
use crate::domain::template::parse::lexer::{TokenKind, tokenize};
use crate::domain::template::problem::{Fix, MAX_FOUND, Severity, TemplateProblem};

/// Keys whose values are names, not amounts: a number there is rightly text.
const NAMING: [&str; 9] = ["id", "sku", "code", "zip", "phone", "number", "ref", "order", "key"];

/// Adds lints, and mends that need to know where JSON texts are.
pub fn add_lints(source: &str, nodes: &[Node], dialect: Dialect, found: &mut Findings<'_>) {
    let mut tags_in_text: Vec<Span> = Vec::new();
    let mut is_in_text = false;
    for token in tokenize(source) {
        if token.kind == TokenKind::Text {
            is_in_text = scan(source.get(token.range).unwrap_or_default(), is_in_text);
        } else if is_in_text {
            let tag = source.get(token.range.clone()).unwrap_or_default();
            let is_lint = dialect == Dialect::Klaviyo && token.kind != TokenKind::Comment;
            if tag.contains('"') && is_lint && found.problems.len() < MAX_FOUND {
                found.problems.push(argument_quotes(source, tag, &token.range));
            }
            tags_in_text.push(token.range);
        }
    }
    let is_in_text = |span: &Span| tags_in_text.binary_search_by_key(&span.start, |tag| tag.start).is_ok();
    for (span, values) in &found.printed {
        if found.problems.len() < MAX_FOUND && is_in_text(span) && values.iter().all(|value| value.is_number()) {
            found.problems.extend(number_in_text(source, nodes, span, values));
        }
    }
    for problem in &mut found.problems {
        if problem.code == "event-in-profile-flow" && problem.fix.is_none() {
            let tag = tag_around(nodes, &problem.range);
            problem.fix = tag.map(|tag| {
                let instead = if is_in_text(&tag) { "" } else { "null" };
                Fix { label: "Leave it out".to_owned(), edits: vec![(tag, instead.to_owned())] }
            });
        }
    }
}

/// The printing tag around a place of it.
fn tag_around(nodes: &[Node], place: &Span) -> Option<Span> {
    nodes.iter().find_map(|node| {
        if node.span.start <= place.start && place.end <= node.span.end {
            return printed_within(std::slice::from_ref(node), &node.span).map(|(_, span)| span);
        }
        crate::domain::template::lower::nodes::children(node).into_iter().find_map(|body| tag_around(body, place))
    })
}

fn argument_quotes(source: &str, tag: &str, span: &Span) -> TemplateProblem {
    let quotes: Vec<usize> = tag.match_indices('"').map(|(at, _)| span.start + at).collect();
    let range = quotes.first().copied().unwrap_or(span.start)..quotes.last().map_or(span.end, |last| last + 1);
    let message = "these double quotes stand inside a JSON text, which ends there for whoever reads the JSON before the tags; write single quotes";
    let edits = quotes.iter().map(|at| (*at..*at + 1, "'".to_owned())).collect();
    let fix = (!tag.contains('\'')).then(|| Fix { label: "Use single quotes".to_owned(), edits });
    TemplateProblem::new(Severity::Warning, "double-quotes-in-tag", message.to_owned(), source, range).with_fix(fix)
}

/// A number inside a JSON text: alone in its quotes it may be wanted without; among words it should not end with `.0`.
fn number_in_text(source: &str, nodes: &[Node], span: &Span, values: &[&Value]) -> Option<TemplateProblem> {
    let before = source.get(..span.start)?;
    let after = source.get(span.end..)?;
    let (expr, _) = printed_within(nodes, span)?;
    let name = source.get(expr.span.clone()).unwrap_or_default();
    if before.ends_with('"') && after.starts_with('"') {
        if after.get(1..)?.trim_start().starts_with(':') || is_naming(before) {
            return None;
        }
        let message = format!("`{name}` is a number, and the quotes make it text; without them it is sent as a number");
        let edits = vec![(span.start - 1..span.start, String::new()), (span.end..span.end + 1, String::new())];
        let fix = Fix { label: "Send it as a number".to_owned(), edits };
        let range = span.start - 1..span.end + 1;
        return Some(
            TemplateProblem::new(Severity::Hint, "number-in-quotes", message, source, range).with_fix(Some(fix)),
        );
    }
    let is_whole = |value: &&Value| value.is_f64() && value.as_f64().is_some_and(|float| float.fract() == 0.0);
    values.iter().any(is_whole).then(|| whole_float(source, name, expr.span.end, span.clone()))
}

/// Whether the JSON key before the quote at the end names a thing.
fn is_naming(before: &str) -> bool {
    let key = before.trim_end_matches('"').trim_end().trim_end_matches(':').trim_end();
    let key = key.strip_suffix('"').and_then(|key| key.rsplit('"').next()).unwrap_or_default().to_ascii_lowercase();
    NAMING.iter().any(|naming| key.ends_with(naming))
}

/// A whole number that prints with `.0`.
pub fn whole_float(source: &str, name: &str, at: usize, span: Span) -> TemplateProblem {
    let message = format!("`{name}` prints with `.0` at its end; `floatformat:-2` leaves it out");
    let fix = Fix { label: "Add floatformat:-2".to_owned(), edits: vec![(at..at, "|floatformat:-2".to_owned())] };
    TemplateProblem::new(Severity::Hint, "whole-float", message, source, span).with_fix(Some(fix))
}
