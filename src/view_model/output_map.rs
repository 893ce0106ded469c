//! The output as the screen shows it: coloured, raw or indented, each piece knowing the template tag that made it.
//!
//! In: output and origins. Out: HTML by lines, and which tag stands at a place of the template.
//! Invariant: every character of the output is escaped; a piece's number is its tag's place in the list of tags.

use std::ops::Range;

use crate::domain::payload::Origin;
use crate::view_model::json_text::{JsonToken, json_tokens, pretty_text};

/// Longer output is shown without colours and origins, so that typing stays quick.
const MAX_COLOURED: usize = 60_000;
/// Longer output is cut on the screen; it is copied whole.
const MAX_SHOWN: usize = 400_000;

/// Lines in one part. A part is laid out when it is in sight, and is watched for that, so it is no single line.
const LINES_PER_PART: usize = 24;

/// HTML by parts of some lines, so that only parts that changed are put on the screen anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markup {
    html: String,
    /// Where each part ends.
    ends: Vec<usize>,
    /// Lines of the part that is being written.
    n_open_lines: usize,
}

impl Markup {
    pub fn n_parts(&self) -> usize {
        self.ends.len()
    }

    fn part(&self, part_idx: usize) -> &str {
        let start = part_idx.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(part_idx).and_then(|end| self.html.get(start..*end)).unwrap_or_default()
    }

    /// Some parts as they go into a `pre`: each an element of its own.
    pub fn parts(&self, range: Range<usize>) -> String {
        let mut html = String::new();
        for part_idx in range {
            html.push_str("<span class=\"output-part\">");
            html.push_str(self.part(part_idx));
            html.push_str("</span>");
        }
        html
    }

    /// The parts that differ from what was shown before: which of those go, and which come.
    pub fn changed(&self, before: &Self) -> (Range<usize>, Range<usize>) {
        let (last, last_before) = (self.n_parts(), before.n_parts());
        let most = last.min(last_before);
        let start = (0..most).take_while(|part_idx| self.part(*part_idx) == before.part(*part_idx)).count();
        let end = (1..=most - start).take_while(|n| self.part(last - n) == before.part(last_before - n)).count();
        (start..last_before - end, start..last - end)
    }

    fn end_line(&mut self) {
        self.n_open_lines += 1;
        if self.n_open_lines == LINES_PER_PART {
            self.end_part();
        }
    }

    fn end_part(&mut self) {
        self.n_open_lines = 0;
        if self.ends.last() != Some(&self.html.len()) && !self.html.is_empty() {
            self.ends.push(self.html.len());
        }
    }
}

/// The tags that printed, in the order of the source.
pub fn printing_tags(source: &str, origins: &[Origin]) -> Vec<Range<usize>> {
    let mut tags: Vec<(usize, usize)> = origins
        .iter()
        .filter(|origin| is_of_tag(source, origin))
        .map(|origin| (origin.source.start, origin.source.end))
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags.into_iter().map(|(start, end)| start..end).collect()
}

/// Output as HTML for a `pre`.
pub fn output_markup(source: &str, output: &str, origins: &[Origin], is_pretty: bool) -> Markup {
    let mut markup = Markup { html: String::with_capacity(output.len() * 2), ..Markup::default() };
    if output.len() > MAX_COLOURED {
        let mut end = output.len().min(MAX_SHOWN);
        while !output.is_char_boundary(end) {
            end -= 1;
        }
        let shown = output.get(..end).unwrap_or_default();
        let pretty = if is_pretty { pretty_text(shown) } else { shown.to_owned() };
        for line in pretty.split_inclusive('\n') {
            push_escaped(&mut markup.html, line);
            markup.end_line();
        }
        if end < output.len() {
            markup.html.push_str("\n…");
        }
        markup.end_part();
        return markup;
    }
    let tags = printing_tags(source, origins);
    let is_json = is_pretty && crate::domain::payload::json::find_fault(output).is_none();
    let mut layout = Layout { depth: 0, is_json, is_after_open: false };
    let mut at = 0;
    let mut origin_idx = 0;
    for (token, text) in json_tokens(output) {
        let end = at + text.len();
        while at < end {
            while origins.get(origin_idx).is_some_and(|origin| origin.output.end <= at) {
                origin_idx += 1;
            }
            let origin = origins.get(origin_idx).filter(|origin| origin.output.start <= at);
            let border = origins
                .get(origin_idx)
                .map_or(end, |origin| if origin.output.start > at { origin.output.start } else { origin.output.end });
            let piece_end = border.min(end);
            let piece = output.get(at..piece_end).unwrap_or_default();
            if piece_end <= at {
                break;
            }
            let written = layout.write(token, piece);
            let tag = origin.filter(|origin| is_of_tag(source, origin)).and_then(|origin| {
                let place = (origin.source.start, origin.source.end);
                tags.binary_search_by(|tag| (tag.start, tag.end).cmp(&place)).ok()
            });
            push_piece(&mut markup, token, &written, tag);
            at = piece_end;
        }
        at = end;
    }
    markup.end_part();
    markup
}

/// Adds white space around signs as indented JSON has it; takes that of the output away.
struct Layout {
    depth: usize,
    is_json: bool,
    is_after_open: bool,
}

impl Layout {
    fn write(&mut self, token: JsonToken, piece: &str) -> String {
        if !self.is_json {
            return piece.to_owned();
        }
        if token != JsonToken::Other {
            let mut written = String::new();
            self.break_after_open(&mut written);
            written.push_str(piece);
            return written;
        }
        let mut written = String::new();
        for letter in piece.chars() {
            match letter {
                '{' | '[' => {
                    self.break_after_open(&mut written);
                    written.push(letter);
                    self.depth += 1;
                    self.is_after_open = true;
                }
                '}' | ']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if !std::mem::take(&mut self.is_after_open) {
                        self.new_line(&mut written);
                    }
                    written.push(letter);
                }
                ',' => {
                    written.push(',');
                    self.new_line(&mut written);
                }
                ':' => written.push_str(": "),
                c if c.is_whitespace() => {}
                c => written.push(c),
            }
        }
        written
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
        JsonToken::Other => "code-punctuation",
    };
    let mut lines = piece.split('\n').peekable();
    while let Some(line) = lines.next() {
        if !line.is_empty() {
            // White space has no colour.
            let is_bare = tag_idx.is_none() && line.bytes().all(|byte| byte == b' ');
            if !is_bare {
                markup.html.push_str("<span class=\"");
                markup.html.push_str(class);
                if let Some(idx) = tag_idx {
                    markup.html.push_str("\" data-o=\"");
                    markup.html.push_str(&idx.to_string());
                }
                markup.html.push_str("\">");
            }
            push_escaped(&mut markup.html, line);
            if !is_bare {
                markup.html.push_str("</span>");
            }
        }
        if lines.peek().is_some() {
            markup.html.push('\n');
            markup.end_line();
        }
    }
}

/// Escapes text for HTML.
pub fn push_escaped(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            letter => html.push(letter),
        }
    }
}

/// Whether a tag made it; the template's own text is the same on both sides, and needs no pointing.
fn is_of_tag(source: &str, origin: &Origin) -> bool {
    source.get(origin.source.clone()).is_some_and(|text| text.starts_with("{{") || text.starts_with("{%"))
}

/// The number of the printing tag that holds the place; of several, the smallest.
pub fn tag_at(source: &str, origins: &[Origin], at: usize) -> Option<usize> {
    let tags = printing_tags(source, origins);
    let holding = tags.iter().enumerate().filter(|(_, tag)| tag.start <= at && at < tag.end);
    holding.min_by_key(|(_, tag)| tag.len()).map(|(idx, _)| idx)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(output: Range<usize>, source: Range<usize>) -> Origin {
        Origin { output, source }
    }

    fn output_html(source: &str, output: &str, origins: &[Origin], is_pretty: bool) -> String {
        output_markup(source, output, origins, is_pretty).html
    }

    fn text_of(html: &str) -> String {
        let mut text = String::new();
        let mut is_tag = false;
        for letter in html.chars() {
            match letter {
                '<' => is_tag = true,
                '>' => is_tag = false,
                letter if !is_tag => text.push(letter),
                _ => {}
            }
        }
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    #[test]
    fn the_pieces_make_up_the_output_raw_or_indented() {
        let output = r#"{"a": "<b> & \"c\"", "n":[1.50,{}, []] ,"e":{"x":null}}"#;
        let origins = [origin(0..6, 0..6), origin(6..20, 6..13), origin(20..output.len(), 13..40)];
        assert_eq!(text_of(&output_html("", output, &origins, false)), output);
        assert_eq!(text_of(&output_html("", output, &origins, true)), pretty_text(output));
        assert_eq!(text_of(&output_html("", "{\"a\": ,}", &[], true)), "{\"a\": ,}");
    }

    #[test]
    fn a_piece_knows_its_tag() {
        let source = r#"{"a":"{{ x }}"}"#;
        let origins = [origin(0..6, 0..6), origin(6..9, 6..13), origin(9..11, 13..15)];
        let html = output_html(source, r#"{"a":"x y"}"#, &origins, false);
        assert!(html.contains("<span class=\"code-text\" data-o=\"0\">x y</span>"), "{html}");
        assert_eq!(html.matches("data-o").count(), 1, "the template's own text has none");
    }

    #[test]
    fn only_parts_that_differ_change() {
        let markup = |n_lines: usize, changed: usize| {
            let lines: Vec<String> =
                (0..n_lines).map(|n| if n == changed { "x".to_owned() } else { n.to_string() }).collect();
            output_markup("", &lines.join("\n"), &[], false)
        };
        let before = markup(5 * LINES_PER_PART, 999);
        assert_eq!(before.n_parts(), 5);
        assert_eq!(markup(5 * LINES_PER_PART, LINES_PER_PART + 3).changed(&before), (1..2, 1..2));
        assert_eq!(markup(5 * LINES_PER_PART + 1, 999).changed(&before), (4..5, 4..6));
        assert_eq!(markup(2 * LINES_PER_PART, 999).changed(&before), (1..5, 1..2));
        assert_eq!(before.changed(&before), (5..5, 5..5));
        assert_eq!(before.changed(&Markup::default()), (0..0, 0..5));
        assert_eq!(text_of(&before.parts(0..1)).lines().count(), LINES_PER_PART);
        assert_eq!(output_markup("", "", &[], true).n_parts(), 0);
    }

    #[test]
    fn markup_in_the_output_stays_text() {
        let html = output_html("", "{\"a\":\"<img src=x onerror=alert(1)>\"}", &[], false);
        assert!(!html.contains("<img"), "{html}");
    }

    #[test]
    fn a_place_in_the_template_finds_its_tag() {
        let source = "[1{{ x }}{{ y }}";
        let origins = [origin(0..2, 0..2), origin(2..5, 9..16), origin(5..5, 2..9), origin(5..8, 2..9)];
        assert_eq!(printing_tags(source, &origins), [2..9, 9..16]);
        assert_eq!(tag_at(source, &origins, 4), Some(0));
        assert_eq!(tag_at(source, &origins, 9), Some(1));
        assert_eq!(tag_at(source, &origins, 1), None);
        assert_eq!(tag_at(source, &origins, 20), None);
    }

    #[test]
    fn very_long_output_is_cut_on_the_screen() {
        let html = output_html("", &"ü".repeat(MAX_SHOWN), &[], false);
        assert!(html.ends_with('…') && html.len() < MAX_SHOWN + 10);
    }
}
