//! JSON faults of the output, told at the place of the template that caused them.
//!
//! In: source, tree, and output with its origins. Out: problems with mends.
//! Invariant: values that do not fit are told each; of faults between values the first.

use std::ops::Range;

use serde_json::Value;

use crate::domain::payload::json::{Fault, JsonFault, find_fault};
use crate::domain::payload::places::{
    block_within, innermost_loop, loop_around, loop_names, optional_after, printed_within, prints,
};
use crate::domain::payload::values::{Printed, fits_as_value, fits_in_text};
use crate::domain::template::engine::{OutputPiece, Rendered};
use crate::domain::template::parse::ast::{Head, Node, NodeKind};
use crate::domain::template::problem::{Fix, MAX_FOUND, Severity, TemplateProblem};

/// Tags and the values of the context that they print, in the order of the source.
type Known<'a> = [(Range<usize>, Vec<&'a Value>)];

/// All that is wrong with the output as JSON.
pub fn json_problems(source: &str, nodes: &[Node], rendered: &Rendered, known: &Known<'_>) -> Vec<TemplateProblem> {
    let mut problems = Vec::new();
    let mended = check_values(source, nodes, rendered, known, &mut problems);
    if let Some(fault) = find_fault(&mended) {
        let place = Place { source, nodes, rendered, known, fault };
        problems.push(place.problem());
    }
    problems
}

/// Checks each printed value; gives the output with faulty values replaced by others of the same length.
fn check_values(
    source: &str,
    nodes: &[Node],
    rendered: &Rendered,
    known: &Known<'_>,
    problems: &mut Vec<TemplateProblem>,
) -> String {
    let mut mended = String::with_capacity(rendered.text.len());
    let mut is_in_text = false;
    let prints = prints(nodes);
    // Of a tag that prints more than once, the first fault is told, and the first warning.
    let mut told: Vec<Option<Severity>> = vec![None; prints.len()];
    for (idx, piece) in rendered.pieces.iter().enumerate() {
        let text = rendered.text.get(piece.output.clone()).unwrap_or_default();
        let place = if piece.is_raw { None } else { at_span(&prints, &piece.source) };
        let Some((print_idx, expr)) = place.and_then(|idx| prints.get(idx).map(|(_, expr)| (idx, *expr))) else {
            is_in_text = scan(text, is_in_text);
            mended.push_str(text);
            continue;
        };
        let is_alone = !is_in_text && stands_alone(rendered, idx);
        let before = told.get(print_idx).copied().flatten();
        let was_told = before == Some(Severity::Error) || problems.len() >= MAX_FOUND;
        let is_broken = if was_told {
            is_in_text && !fits_in_text(text) || is_alone && !fits_as_value(text)
        } else {
            let value = at_span(known, &piece.source).and_then(|idx| known.get(idx)?.1.first().copied());
            let printed = Printed { source, expr, span: piece.source.clone(), text, value };
            let problem = match (is_in_text, is_alone) {
                (true, _) => printed.check_in_text(),
                (false, true) => printed.check_as_value(),
                (false, false) => None,
            };
            let severity = problem.as_ref().map(|problem| problem.severity);
            let is_broken = severity == Some(Severity::Error);
            if is_broken || before.is_none() {
                problems.extend(problem);
                if let Some(told) = told.get_mut(print_idx) {
                    *told = severity;
                }
            }
            is_broken
        };
        if is_broken {
            mended.extend(std::iter::repeat_n('1', text.len()));
        } else {
            if !is_in_text {
                is_in_text = scan(text, is_in_text);
            }
            mended.push_str(text);
        }
    }
    mended
}

/// The place of the tag at exactly this range, in a list in the order of the source.
fn at_span<T>(tags: &[(Range<usize>, T)], span: &Range<usize>) -> Option<usize> {
    let idx = tags.partition_point(|(tag, _)| tag.start < span.start);
    tags.get(idx).filter(|(tag, _)| tag == span).map(|_| idx)
}

/// Whether a JSON text is open after these characters.
pub fn scan(text: &str, was_in_text: bool) -> bool {
    let mut is_in_text = was_in_text;
    let mut is_escaped = false;
    for byte in text.bytes() {
        if is_escaped {
            is_escaped = false;
        } else if byte == b'\\' && is_in_text {
            is_escaped = true;
        } else if byte == b'"' {
            is_in_text = !is_in_text;
        } else if byte == b'\n' && is_in_text {
            // A text that is not closed on its line is a fault of its own; do not take all the rest for text.
            is_in_text = false;
        }
    }
    is_in_text
}

/// Whether a printed value is a whole JSON value: only signs and spaces around it.
fn stands_alone(rendered: &Rendered, idx: usize) -> bool {
    let text = |piece: Option<&OutputPiece>| {
        piece.map_or("", |piece| rendered.text.get(piece.output.clone()).unwrap_or_default())
    };
    let before = idx.checked_sub(1).and_then(|before| rendered.pieces.get(before));
    let after = rendered.pieces.get(idx + 1);
    let is_sign =
        |letter: Option<char>| letter.is_none_or(|letter| letter.is_whitespace() || ":,[]{}".contains(letter));
    is_sign(text(before).chars().last()) && is_sign(text(after).chars().next())
}

struct Place<'a> {
    source: &'a str,
    nodes: &'a [Node],
    rendered: &'a Rendered,
    known: &'a Known<'a>,
    fault: JsonFault,
}

impl Place<'_> {
    /// The place in the source of a byte of the output.
    fn source_at(&self, at: usize, len: usize) -> Range<usize> {
        let pieces = &self.rendered.pieces;
        let idx = pieces.partition_point(|piece| piece.output.end <= at);
        match pieces.get(idx) {
            Some(piece) if piece.is_raw => {
                let start = piece.source.start + (at.saturating_sub(piece.output.start));
                start..(start + len).min(piece.source.end).max(start)
            }
            Some(piece) => piece.source.clone(),
            None => {
                let end = pieces.last().map_or(0, |piece| piece.source.end);
                end..end
            }
        }
    }

    /// The source between the last printed byte before `at` and the next after it.
    fn gap_before(&self, at: usize) -> Range<usize> {
        let mut start = at;
        while start > 0 && self.rendered.text.as_bytes().get(start - 1).is_some_and(u8::is_ascii_whitespace) {
            start -= 1;
        }
        let from = if start == 0 { 0 } else { self.source_at(start - 1, 1).end };
        from..self.source_at(at, 1).start
    }

    fn problem(&self) -> TemplateProblem {
        let JsonFault { fault, at, len } = self.fault;
        let place = self.source_at(at, len);
        let (code, message, fix) = match fault {
            Fault::Empty => ("empty-output", "the payload renders to nothing; JSON needs a value".to_owned(), None),
            Fault::TrailingComma => self.trailing_comma(&place),
            Fault::MissingValue => return self.missing_value(place),
            Fault::MissingComma => self.missing_comma(&place),
            Fault::MissingColon => ("missing-colon", "a colon is missing between key and value".to_owned(), None),
            Fault::MissingKey if self.shown() == "," => {
                let gap = self.gap_before(at);
                if let Some(problem) = self.empty_block(&gap, "missing-key") {
                    return problem;
                }
                ("missing-key", "JSON needs a key in double quotes before this comma".to_owned(), None)
            }
            Fault::MissingKey => ("missing-key", "JSON needs a key in double quotes here".to_owned(), None),
            Fault::SingleQuotes => self.single_quotes(&place),
            Fault::CurlyQuotes => self.curly_quotes(&place),
            Fault::Comment => {
                let fix = self.line_end_fix(&place);
                ("comment-in-json", "JSON has no comments; use `{# … #}`".to_owned(), fix)
            }
            Fault::ControlInText => {
                let message = "a line break or tab stands inside a JSON text; write `\\n` or `\\t`".to_owned();
                let written = match self.rendered.text.as_bytes().get(at) {
                    Some(b'\n') => "\\n",
                    Some(b'\r') => "\\r",
                    Some(b'\t') => "\\t",
                    _ => "",
                };
                let fix =
                    Fix { label: "Write it as JSON does".to_owned(), edits: vec![(place.clone(), written.to_owned())] };
                ("newline-in-text", message, self.is_raw(at).then_some(fix))
            }
            Fault::BadEscape => {
                let fix =
                    Fix { label: "Double the backslash".to_owned(), edits: vec![(place.clone(), "\\\\".to_owned())] };
                (
                    "bad-escape",
                    "JSON has no such escape; write `\\\\` for a backslash".to_owned(),
                    self.is_raw(at).then_some(fix),
                )
            }
            Fault::BadNumber => {
                ("bad-number", format!("`{}` is not a number to JSON", self.shown()), self.quote_fix(&place))
            }
            Fault::BadWord => self.bad_word(&place),
            Fault::Unclosed => {
                let sign = self.shown();
                ("unclosed-json", format!("`{sign}` is opened here and never closed"), None)
            }
            Fault::WrongClose => ("wrong-close", format!("`{}` closes something that is not open", self.shown()), None),
            Fault::TrailingText => {
                ("trailing-text", "the JSON value has ended before this; only one value can be sent".to_owned(), None)
            }
        };
        TemplateProblem::new(Severity::Error, code, message, self.source, place).with_fix(fix)
    }

    fn shown(&self) -> &str {
        let JsonFault { at, len, .. } = self.fault;
        let end = (at + len.min(40)).min(self.rendered.text.len());
        self.rendered.text.get(at..end).unwrap_or_default()
    }

    fn is_raw(&self, at: usize) -> bool {
        self.rendered.pieces.iter().any(|piece| piece.is_raw && piece.output.contains(&at))
    }

    fn trailing_comma(&self, place: &Range<usize>) -> (&'static str, String, Option<Fix>) {
        if loop_around(self.nodes, place.start).is_some() {
            let edits = vec![(place.clone(), "{% if not forloop.last %},{% endif %}".to_owned())];
            let message = "this comma also follows the loop’s last item, where JSON allows none".to_owned();
            return (
                "trailing-comma",
                message,
                Some(Fix { label: "Leave it out after the last item".to_owned(), edits }),
            );
        }
        if innermost_loop(self.nodes, place.start).is_some() {
            let message = "this comma is the last thing that the loop prints, and JSON allows none there".to_owned();
            return ("trailing-comma", message, None);
        }
        let message = "this comma is followed by nothing, and JSON allows none at the end".to_owned();
        if let Some(block) = optional_after(self.source, self.nodes, place.start) {
            let (label, comma) = match block.kind {
                NodeKind::For(_) => ("Move it into the loop", "{% if forloop.first %},{% endif %}"),
                _ => ("Move it into the condition", ","),
            };
            let edits = vec![(place.clone(), String::new()), (block.span.end..block.span.end, comma.to_owned())];
            return ("trailing-comma", message, Some(Fix { label: label.to_owned(), edits }));
        }
        let follows = self.source.get(place.end..).unwrap_or_default().trim_start();
        let is_plain = follows.starts_with(['}', ']']) && !follows.starts_with("}}");
        let fix = (is_plain || follows.starts_with("}}") && self.is_raw(self.fault.at))
            .then(|| Fix { label: "Remove the comma".to_owned(), edits: vec![(place.clone(), String::new())] });
        ("trailing-comma", message, fix)
    }

    fn missing_value(&self, place: Range<usize>) -> TemplateProblem {
        let gap = self.gap_before(self.fault.at);
        if let Some(problem) = self.empty_block(&gap, "missing-value") {
            return problem;
        }
        if let Some((expr, span)) = printed_within(self.nodes, &gap) {
            let printed = Printed { source: self.source, expr, span, text: "", value: None };
            if let Some(problem) = printed.check_as_value() {
                return problem;
            }
        }
        let message = "a value is missing here".to_owned();
        let range = if gap.is_empty() { place } else { gap };
        TemplateProblem::new(Severity::Error, "missing-value", message, self.source, range)
    }

    /// A loop or condition that printed nothing where JSON needs something.
    fn empty_block(&self, gap: &Range<usize>, code: &'static str) -> Option<TemplateProblem> {
        let block = block_within(self.nodes, gap)?;
        let (code, what, end, is_open) = match &block.kind {
            NodeKind::For(looped) => {
                ("empty-loop", "loop has no items and prints nothing", looped.body_end, looped.empty.is_empty())
            }
            NodeKind::If { otherwise, .. } => {
                let end = gap.start + self.source.get(gap.clone())?.rfind("{% endif")?;
                (code, "condition does not hold and prints nothing", end, otherwise.is_empty())
            }
            _ => return None,
        };
        if !self.was_left_out(block) {
            return None;
        }
        let is_loop = code == "empty-loop";
        // A comma that follows what printed nothing belongs inside; else the block itself is the value.
        let comma = self.source_at(self.fault.at, 1);
        let is_after_colon = self.rendered.text.get(..self.fault.at).is_some_and(|text| text.trim_end().ends_with(':'));
        let fix = if self.source.get(comma.clone()) == Some(",") && !is_after_colon {
            let inside = if is_loop { "{% if forloop.last %},{% endif %}" } else { "," };
            let label = if is_loop { "Move the comma into the loop" } else { "Move the comma into the condition" };
            Fix { label: label.to_owned(), edits: vec![(end..end, inside.to_owned()), (comma, String::new())] }
        } else {
            let inside = if is_loop { "{% empty %}null" } else { "{% else %}null" };
            Fix { label: "Print null then".to_owned(), edits: vec![(end..end, inside.to_owned())] }
        };
        let message = format!("this {what}, and JSON needs a value here");
        let fix = (is_open && end <= gap.end).then_some(fix);
        Some(TemplateProblem::new(Severity::Error, code, message, self.source, block.span.clone()).with_fix(fix))
    }

    /// Whether a block that printed nothing did not run: what it prints would have shown. Else the tag inside is told.
    fn was_left_out(&self, block: &Node) -> bool {
        let names = loop_names(block);
        prints(std::slice::from_ref(block)).iter().all(|(span, expr)| {
            let is_of_loop = matches!(&expr.head, Head::Path(path) if path.first().is_some_and(|root| names.contains(&root.as_str())));
            let values = at_span(self.known, span).and_then(|idx| self.known.get(idx)).map(|(_, values)| values);
            is_of_loop || values.is_some_and(|values| values.iter().all(|value| value.as_str() != Some("")))
        })
    }

    fn missing_comma(&self, place: &Range<usize>) -> (&'static str, String, Option<Fix>) {
        let message = "a comma is missing before this".to_owned();
        if let Some(looped) = innermost_loop(self.nodes, place.start) {
            let body = self.source.get(..looped.body_end).unwrap_or_default();
            let end = body.trim_end().len();
            let first_text = looped.body.iter().map(|node| node.span.start).next().unwrap_or(place.start);
            let leads = self.source.get(first_text..place.start).is_some_and(|text| text.trim().is_empty());
            if leads {
                let edits = vec![(end..end, "{% if not forloop.last %},{% endif %}".to_owned())];
                let message = "the loop’s items have no comma between them".to_owned();
                return ("missing-comma", message, Some(Fix { label: "Add a comma between items".to_owned(), edits }));
            }
        }
        let gap = self.gap_before(self.fault.at);
        let fix = Fix { label: "Add a comma".to_owned(), edits: vec![(gap.start..gap.start, ",".to_owned())] };
        ("missing-comma", message, Some(fix))
    }

    fn single_quotes(&self, place: &Range<usize>) -> (&'static str, String, Option<Fix>) {
        let message = "JSON texts stand in double quotes, not single ones".to_owned();
        let rest = self.source.get(place.end..).unwrap_or_default();
        let close = rest.find('\'').filter(|close| !rest.get(..*close).unwrap_or_default().contains(['\n', '"']));
        let fix = close.map(|close| {
            let close = place.end + close;
            let edits = vec![(place.start..place.start + 1, "\"".to_owned()), (close..close + 1, "\"".to_owned())];
            Fix { label: "Use double quotes".to_owned(), edits }
        });
        ("single-quotes", message, fix.filter(|_| self.is_raw(self.fault.at)))
    }

    fn curly_quotes(&self, place: &Range<usize>) -> (&'static str, String, Option<Fix>) {
        let message = "curly quotes are not quotes to JSON; use straight ones".to_owned();
        let line_end = self
            .source
            .get(place.start..)
            .and_then(|rest| rest.find('\n'))
            .map_or(self.source.len(), |at| place.start + at);
        let line = self.source.get(place.start..line_end).unwrap_or_default();
        let edits: Vec<_> = line
            .char_indices()
            .filter(|(_, letter)| "“”„".contains(*letter))
            .map(|(at, letter)| (place.start + at..place.start + at + letter.len_utf8(), "\"".to_owned()))
            .collect();
        let fix = (!edits.is_empty()).then(|| Fix { label: "Use straight quotes".to_owned(), edits });
        ("smart-quotes", message, fix)
    }

    fn line_end_fix(&self, place: &Range<usize>) -> Option<Fix> {
        let rest = self.source.get(place.start..)?;
        let line = rest.split('\n').next()?.trim_end();
        let is_line = line.starts_with("//") || line.starts_with('#');
        let edits = vec![(place.start..place.start + line.len(), String::new())];
        is_line.then(|| Fix { label: "Remove the comment".to_owned(), edits })
    }

    fn bad_word(&self, place: &Range<usize>) -> (&'static str, String, Option<Fix>) {
        let word = self.shown();
        let instead = match word {
            "None" | "nil" | "NULL" | "Null" | "undefined" => Some("null"),
            "True" | "TRUE" => Some("true"),
            "False" | "FALSE" => Some("false"),
            _ => None,
        };
        let message = match instead {
            Some(instead) => format!("JSON writes `{instead}` for `{word}`"),
            None => format!("`{word}` is text and needs quotes in JSON"),
        };
        let fix = match instead {
            Some(instead) if self.is_raw(self.fault.at) => {
                Some(Fix { label: format!("Use {instead}"), edits: vec![(place.clone(), instead.to_owned())] })
            }
            _ => self.quote_fix(place),
        };
        ("bad-word", message, fix)
    }

    fn quote_fix(&self, place: &Range<usize>) -> Option<Fix> {
        let is_plain = self.is_raw(self.fault.at) && place.len() == self.fault.len;
        is_plain.then(|| Fix {
            label: "Put quotes around".to_owned(),
            edits: vec![(place.start..place.start, "\"".to_owned()), (place.end..place.end, "\"".to_owned())],
        })
    }
}
