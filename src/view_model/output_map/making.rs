//! The making of the output's HTML: what is as it was before is taken over.
//!
//! In: output and origins, and what was made of the last output. Out: HTML by lines.
//! Invariant: what is taken over is what would be made.

use std::ops::Range;

use crate::domain::payload::Origin;
use crate::view_model::json_text::{JsonToken, next_token, pretty_text};
use crate::view_model::output_map::Markup;

/// Longer output is shown without colours and origins, so that typing stays quick.
const MAX_COLOURED: usize = 60_000;
/// Longer output is cut on the screen; it is copied whole.
const MAX_SHOWN: usize = 400_000;
/// Bytes of output between two stops.
const STOP_BYTES: usize = 256;

/// How a markup was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    output: String,
    is_indented: bool,
    prints: Vec<Print>,
    stops: Vec<Stop>,
}

/// A range of the output, and the tag that printed it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Print {
    output: Range<usize>,
    /// Its place in the list of tags; none for the template's own text.
    tag_idx: Option<usize>,
}

/// A place between two tokens, neither of them a text before it, whose colour hangs on what follows. Making can go on from
/// here, and what was made from here on stays right as long as the same follows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stop {
    at: usize,
    /// The first print that ends later.
    print_idx: usize,
    layout: Layout,
    /// How much HTML there is.
    html: usize,
    n_lines: usize,
    is_line_empty: bool,
}

/// Output as HTML for a `pre`; `is_indented` is for JSON only. Of what was made `before`, beginning and end are taken over.
pub fn output_markup(
    source: &str,
    output: &str,
    origins: &[Origin],
    is_indented: bool,
    before: Option<&Markup>,
) -> Markup {
    if output.len() > MAX_COLOURED {
        return plain_markup(output, is_indented);
    }
    let (tags, prints) = printing_tags(source, origins);
    let before = before.filter(|before| !before.is_plain && before.record.is_indented == is_indented);
    let same = before.map(|before| Same::of(&before.record, output, &prints));
    let mut making = Making::default();
    if let (Some(before), Some(same)) = (before, &same) {
        making.begin_with(before, same);
    }
    while let Some((token, len)) = next_token(output.get(making.at..).unwrap_or_default()) {
        making.put(token, output, making.at + len, &prints, is_indented);
        if matches!(token, JsonToken::Key | JsonToken::Text) {
            continue;
        }
        if let (Some(before), Some(same)) = (before, &same)
            && making.end_with(before, same, output, &prints)
        {
            break;
        }
        making.stop();
    }
    let Making { mut markup, stops, .. } = making;
    markup.end();
    markup.tags = tags;
    markup.record = Record { output: output.to_owned(), is_indented, prints, stops };
    markup
}

fn plain_markup(output: &str, is_indented: bool) -> Markup {
    let mut markup = Markup { is_plain: true, html: String::with_capacity(output.len() * 2), ..Markup::default() };
    let mut end = output.len().min(MAX_SHOWN);
    while !output.is_char_boundary(end) {
        end -= 1;
    }
    let shown = output.get(..end).unwrap_or_default();
    let pretty = if is_indented { pretty_text(shown) } else { shown.to_owned() };
    for line in pretty.lines() {
        push_escaped(&mut markup.html, line);
        markup.end_line();
    }
    if end < output.len() {
        markup.html.push('…');
    }
    markup.end();
    markup
}

/// The tags that printed, in the order of the source, and what each origin is of them.
fn printing_tags(source: &str, origins: &[Origin]) -> (Vec<Range<usize>>, Vec<Print>) {
    let places: Vec<Option<(usize, usize)>> = origins
        .iter()
        .map(|origin| is_of_tag(source, origin).then_some((origin.source.start, origin.source.end)))
        .collect();
    let mut tags: Vec<(usize, usize)> = places.iter().flatten().copied().collect();
    tags.sort_unstable();
    tags.dedup();
    let prints = origins.iter().zip(places).map(|(origin, place)| Print {
        output: origin.output.clone(),
        tag_idx: place.and_then(|place| tags.binary_search(&place).ok()),
    });
    let prints = prints.collect();
    (tags.into_iter().map(|(start, end)| start..end).collect(), prints)
}

/// Whether a tag made it; the template's own text is the same on both sides, and needs no pointing.
fn is_of_tag(source: &str, origin: &Origin) -> bool {
    source.get(origin.source.clone()).is_some_and(|text| text.starts_with("{{") || text.starts_with("{%"))
}

/// How much two outputs have in common at either end.
struct Same {
    head: usize,
    tail: usize,
    n_head_prints: usize,
    n_tail_prints: usize,
}

impl Same {
    fn of(before: &Record, output: &str, prints: &[Print]) -> Self {
        let (old, new) = (before.output.as_bytes(), output.as_bytes());
        let most = old.len().min(new.len());
        let is_moved = |(old_print, new_print): &(&Print, &Print)| {
            let end = |end: usize, len: usize| len.saturating_sub(end);
            old_print.tag_idx == new_print.tag_idx
                && end(old_print.output.start, old.len()) == end(new_print.output.start, new.len())
                && end(old_print.output.end, old.len()) == end(new_print.output.end, new.len())
        };
        Self {
            head: old.iter().zip(new).take_while(|(old, new)| old == new).count(),
            tail: old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count(),
            n_head_prints: before.prints.iter().zip(prints).take_while(|(old, new)| old == new).count(),
            n_tail_prints: before.prints.iter().rev().zip(prints.iter().rev()).take_while(is_moved).count(),
        }
    }
}

#[derive(Default)]
struct Making {
    markup: Markup,
    at: usize,
    print_idx: usize,
    layout: Layout,
    stops: Vec<Stop>,
    written: String,
}

impl Making {
    fn here(&self) -> Stop {
        let html = self.markup.html.len();
        Stop {
            at: self.at,
            print_idx: self.print_idx,
            layout: self.layout,
            html,
            n_lines: self.markup.ends.len(),
            is_line_empty: self.markup.ends.last().copied().unwrap_or(0) == html,
        }
    }

    /// Marks a place to go on from, now and then.
    fn stop(&mut self) {
        if self.at >= self.stops.last().map_or(0, |stop| stop.at) + STOP_BYTES {
            self.stops.push(self.here());
        }
    }

    /// Takes over the beginning, up to the last stop before anything differs.
    fn begin_with(&mut self, before: &Markup, same: &Same) {
        let is_same = |stop: &&Stop| stop.at < same.head && stop.print_idx < same.n_head_prints;
        let n_stops = before.record.stops.iter().take_while(is_same).count();
        let stops = before.record.stops.get(..n_stops).unwrap_or_default();
        let Some(last) = stops.last() else { return };
        let (html, ends) = (before.html.get(..last.html), before.ends.get(..last.n_lines));
        let (Some(html), Some(ends)) = (html, ends) else { return };
        self.markup.html.push_str(html);
        self.markup.ends.extend_from_slice(ends);
        self.stops.extend_from_slice(stops);
        (self.at, self.print_idx, self.layout) = (last.at, last.print_idx, last.layout);
    }

    /// Takes over the end, if everything from here on is as it was. Whether it is.
    fn end_with(&mut self, before: &Markup, same: &Same, output: &str, prints: &[Print]) -> bool {
        let Record { output: old_output, prints: old_prints, stops, .. } = &before.record;
        let here = self.here();
        let n_left = output.len() - here.at;
        if n_left > same.tail || prints.len() - here.print_idx > same.n_tail_prints {
            return false;
        }
        let Some(stop_idx) =
            old_output.len().checked_sub(n_left).and_then(|at| stops.binary_search_by_key(&at, |stop| stop.at).ok())
        else {
            return false;
        };
        let Some(stop) = stops.get(stop_idx) else { return false };
        let is_same = old_prints.len() - stop.print_idx == prints.len() - here.print_idx
            && stop.layout == here.layout
            && stop.is_line_empty == here.is_line_empty;
        let (html, ends) = (before.html.get(stop.html..), before.ends.get(stop.n_lines..));
        let (true, Some(html), Some(ends)) = (is_same, html, ends) else { return false };
        let moved = |place: usize, from: usize, to: usize| place - from + to;
        self.markup.html.push_str(html);
        self.markup.ends.extend(ends.iter().map(|end| moved(*end, stop.html, here.html)));
        self.stops.extend(stops.iter().skip(stop_idx).map(|old| Stop {
            at: moved(old.at, stop.at, here.at),
            print_idx: moved(old.print_idx, stop.print_idx, here.print_idx),
            html: moved(old.html, stop.html, here.html),
            n_lines: moved(old.n_lines, stop.n_lines, here.n_lines),
            ..old.clone()
        }));
        true
    }

    /// Writes one token, piece by piece as tags printed it.
    fn put(&mut self, token: JsonToken, output: &str, end: usize, prints: &[Print], is_indented: bool) {
        while self.at < end {
            let at = self.at;
            while prints.get(self.print_idx).is_some_and(|print| print.output.end <= at) {
                self.print_idx += 1;
            }
            let next = prints.get(self.print_idx);
            let print = next.filter(|print| print.output.start <= at);
            let border = next.map_or(end, |next| if print.is_none() { next.output.start } else { next.output.end });
            let piece_end = border.min(end);
            let piece = output.get(at..piece_end).unwrap_or_default();
            let tag_idx = print.and_then(|print| print.tag_idx);
            if !is_indented || self.layout.is_as_it_is(token) {
                push_piece(&mut self.markup, token, piece, tag_idx);
            } else {
                self.written.clear();
                self.layout.write(token, piece, &mut self.written);
                push_piece(&mut self.markup, token, &self.written, tag_idx);
            }
            self.at = piece_end;
        }
        while prints.get(self.print_idx).is_some_and(|print| print.output.end <= end) {
            self.print_idx += 1;
        }
    }
}

/// Adds white space around signs as indented JSON has it; takes that of the output away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Layout {
    depth: usize,
    is_after_open: bool,
}

impl Layout {
    /// Whether the next piece needs no white space.
    fn is_as_it_is(&self, token: JsonToken) -> bool {
        token != JsonToken::Other && !self.is_after_open
    }

    fn write(&mut self, token: JsonToken, piece: &str, written: &mut String) {
        if token != JsonToken::Other {
            self.break_after_open(written);
            written.push_str(piece);
            return;
        }
        for letter in piece.chars() {
            match letter {
                '{' | '[' => {
                    self.break_after_open(written);
                    written.push(letter);
                    self.depth += 1;
                    self.is_after_open = true;
                }
                '}' | ']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if !std::mem::take(&mut self.is_after_open) {
                        self.new_line(written);
                    }
                    written.push(letter);
                }
                ',' => {
                    written.push(',');
                    self.new_line(written);
                }
                ':' => written.push_str(": "),
                c if c.is_whitespace() => {}
                c => written.push(c),
            }
        }
    }

    fn break_after_open(&mut self, written: &mut String) {
        if std::mem::take(&mut self.is_after_open) {
            self.new_line(written);
        }
    }

    fn new_line(&self, written: &mut String) {
        written.push('\n');
        for _ in 0..self.depth {
            written.push_str("  ");
        }
    }
}

fn push_piece(markup: &mut Markup, token: JsonToken, piece: &str, tag_idx: Option<usize>) {
    let class = match token {
        JsonToken::Key => "code-key",
        JsonToken::Text => "code-text",
        JsonToken::Number => "code-number",
        JsonToken::Literal => "code-literal",
        JsonToken::Other => "",
    };
    // Signs have the colour of the whole.
    let is_bare = tag_idx.is_none() && token == JsonToken::Other;
    let mut lines = piece.split('\n').peekable();
    while let Some(line) = lines.next() {
        if !line.is_empty() {
            if !is_bare {
                markup.html.push_str("<span");
                if !class.is_empty() {
                    markup.html.push_str(" class=\"");
                    markup.html.push_str(class);
                    markup.html.push('"');
                }
                if let Some(idx) = tag_idx {
                    markup.html.push_str(" data-o=\"");
                    push_number(&mut markup.html, idx);
                    markup.html.push('"');
                }
                markup.html.push('>');
            }
            push_escaped(&mut markup.html, line);
            if !is_bare {
                markup.html.push_str("</span>");
            }
        }
        if lines.peek().is_some() {
            markup.end_line();
        }
    }
}

fn push_number(html: &mut String, number: usize) {
    if number >= 10 {
        push_number(html, number / 10);
    }
    html.push(char::from(b'0' + (number % 10) as u8));
}

/// Escapes text for HTML.
pub fn push_escaped(html: &mut String, text: &str) {
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        let instead = match byte {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            b'"' => "&quot;",
            _ => continue,
        };
        html.push_str(text.get(start..at).unwrap_or_default());
        html.push_str(instead);
        start = at + 1;
    }
    html.push_str(text.get(start..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A template's text and its tags in turns, with what each of them prints.
    fn rendered(pieces: &[(&str, &str)]) -> (String, String, Vec<Origin>) {
        let (mut source, mut output, mut origins) = (String::new(), String::new(), Vec::new());
        for (template, printed) in pieces {
            let starts = (output.len(), source.len());
            source.push_str(template);
            output.push_str(printed);
            origins.push(Origin { output: starts.0..output.len(), source: starts.1..source.len() });
        }
        (source, output, origins)
    }

    /// Items of a list, some printed by one tag again and again.
    fn pieces(n_items: usize, of_item: &dyn Fn(usize) -> &'static str) -> Vec<(&'static str, &'static str)> {
        let mut pieces = vec![("{ \"all\": [", "{ \"all\": [")];
        for n in 0..n_items {
            pieces.extend([
                (if n == 0 { "" } else { "," }, if n == 0 { "" } else { "," }),
                ("{\"name\" :\"", "{\"name\" :\""),
                ("{{ item.name }}", of_item(n)),
                ("\", \"list\":[], \"n\": ", "\", \"list\":[], \"n\": "),
                ("{% if item.n %}", "-1.5e3"),
                ("\n\n}", "\n\n}"),
            ]);
        }
        pieces.push(("]}", "]}"));
        pieces
    }

    #[test]
    fn what_is_taken_over_is_what_would_be_made() {
        let names = ["Mug", "", "ü \\\" <b>", "a\\nb", "a much longer name than those of the others"];
        let base = |n: usize| names[n % names.len()];
        let mut all: Vec<Vec<(&str, &str)>> = vec![pieces(40, &base), pieces(41, &base), pieces(2, &base), vec![]];
        for changed in [0, 7, 20, 39] {
            all.push(pieces(40, &|n| if n == changed { "x" } else { base(n) }));
            // A tag that prints nothing shifts the numbers of those behind it; signs printed by a tag open and close.
            for (at, (template, printed)) in
                [(changed * 3, ("{{ new }}", "")), (changed * 6 + 1, ("{{ new }}", "[")), (changed * 5, ("\n", "\n"))]
            {
                let mut other = pieces(40, &base);
                other.insert(at, (template, printed));
                all.push(other);
            }
        }
        let mut n_taken_over = 0;
        for is_indented in [true, false] {
            for before in &all {
                let (source, output, origins) = rendered(before);
                let before = output_markup(&source, &output, &origins, is_indented, None);
                for now in &all {
                    let (source, output, origins) = rendered(now);
                    let made = output_markup(&source, &output, &origins, is_indented, None);
                    let taken_over = output_markup(&source, &output, &origins, is_indented, Some(&before));
                    assert_eq!(taken_over.html, made.html, "{output}");
                    assert_eq!((&taken_over.ends, &taken_over.tags), (&made.ends, &made.tags));
                    // Twice in a row: stops that were taken over hold as well.
                    let again = output_markup(&source, &output, &origins, is_indented, Some(&taken_over));
                    assert_eq!(again.html, made.html, "{output}");
                    n_taken_over += usize::from(taken_over.record.stops != made.record.stops);
                }
            }
        }
        assert!(n_taken_over > 0, "nothing was taken over");
    }

    #[test]
    fn what_a_key_changes_is_little() {
        let base = pieces(200, &|_| "Mug");
        let typed = pieces(200, &|n| if n == 100 { "Mugs" } else { "Mug" });
        let ((source, old, origins), (_, new, new_origins)) = (rendered(&base), rendered(&typed));
        let before = output_markup(&source, &old, &origins, true, None);
        let (_, prints) = printing_tags(&source, &new_origins);
        let same = Same::of(&before.record, &new, &prints);
        let mut making = Making::default();
        making.begin_with(&before, &same);
        let from = making.at;
        while let Some((token, len)) = next_token(&new[making.at..]) {
            making.put(token, &new, making.at + len, &prints, true);
            if !matches!(token, JsonToken::Key | JsonToken::Text) && making.end_with(&before, &same, &new, &prints) {
                break;
            }
        }
        assert!(making.at - from < 4 * STOP_BYTES, "{from}..{} of {}", making.at, new.len());
    }

    #[test]
    fn very_long_output_is_cut_on_the_screen() {
        let html = output_markup("", &"ü".repeat(MAX_SHOWN), &[], false, None).html;
        assert!(html.ends_with('…') && html.len() < MAX_SHOWN + 10);
    }
}
