//! The output as the screen shows it: coloured, raw or indented, each piece knowing the template tag that made it.
//!
//! In: output and origins. Out: HTML by lines, what of it changed, and which tag stands at a place of the template.
//! Invariant: every character of the output is escaped; a piece's number is its tag's place in the list of tags.

mod making;

use std::ops::Range;

use crate::view_model::output_map::making::Record;

pub use making::output_markup;

/// Lines in one part. A part is laid out when it is in sight, and is watched for that, so it is no single line.
const LINES_PER_PART: usize = 24;

/// HTML by lines, and lines by parts, so that only what changed is put on the screen anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markup {
    html: String,
    /// Where each line ends.
    ends: Vec<usize>,
    /// The tags that printed, in the order of the source; none where the output has no colours.
    tags: Vec<Range<usize>>,
    /// Whether the output has no colours.
    is_plain: bool,
    /// How it was made, for the next one.
    record: Record,
}

/// What differs between two outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    Nothing,
    /// As many lines as before; these are others.
    Lines(Range<usize>),
    /// Of the parts that were shown, which go, and which come in their place.
    Parts {
        gone: Range<usize>,
        come: Range<usize>,
    },
}

/// Where a line stands on the screen: its part, and its place in that.
pub const fn place_of_line(line_idx: usize) -> (usize, usize) {
    (line_idx / LINES_PER_PART, line_idx % LINES_PER_PART)
}

impl Markup {
    /// Where the tag of this number stands in the template.
    pub fn tag(&self, tag_idx: usize) -> Option<Range<usize>> {
        self.tags.get(tag_idx).cloned()
    }

    /// The number of the printing tag that holds the place; of several, the smallest.
    pub fn tag_at(&self, at: usize) -> Option<usize> {
        let holding = self.tags.iter().enumerate().filter(|(_, tag)| tag.start <= at && at < tag.end);
        holding.min_by_key(|(_, tag)| tag.len()).map(|(idx, _)| idx)
    }

    pub fn n_parts(&self) -> usize {
        self.ends.len().div_ceil(LINES_PER_PART)
    }

    /// A line's inside.
    pub fn line(&self, line_idx: usize) -> &str {
        let start = line_idx.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(line_idx).and_then(|end| self.html.get(start..*end)).unwrap_or_default()
    }

    /// Some parts as they go into a `pre`: each an element of its own, as is each line in it.
    pub fn parts(&self, range: Range<usize>) -> String {
        let mut html = String::new();
        let opening = if self.is_plain {
            "<span class=\"output-part output-part--plain\">"
        } else {
            "<span class=\"output-part\">"
        };
        for part_idx in range {
            html.push_str(opening);
            let start = part_idx * LINES_PER_PART;
            for line_idx in start..(start + LINES_PER_PART).min(self.ends.len()) {
                html.push_str("<span class=\"output-line\">");
                html.push_str(self.line(line_idx));
                html.push_str("</span>");
            }
            html.push_str("</span>");
        }
        html
    }

    /// What differs from what was shown before.
    pub fn changed(&self, before: &Self) -> Changed {
        if self.is_plain != before.is_plain {
            return Changed::Parts { gone: 0..before.n_parts(), come: 0..self.n_parts() };
        }
        let (n_lines, n_before) = (self.ends.len(), before.ends.len());
        let most = n_lines.min(n_before);
        let start = (0..most).take_while(|line_idx| self.line(*line_idx) == before.line(*line_idx)).count();
        if start == n_lines && start == n_before {
            return Changed::Nothing;
        }
        let n_same = (1..=most - start).take_while(|n| self.line(n_lines - n) == before.line(n_before - n)).count();
        if n_lines == n_before {
            return Changed::Lines(start..n_lines - n_same);
        }
        let first = start / LINES_PER_PART;
        // Parts after the change stay only where no line moves from one part to another.
        let n_kept = if n_lines.abs_diff(n_before) % LINES_PER_PART == 0 {
            (n_same / LINES_PER_PART).min(self.n_parts().min(before.n_parts()).saturating_sub(first))
        } else {
            0
        };
        Changed::Parts { gone: first..before.n_parts() - n_kept, come: first..self.n_parts() - n_kept }
    }

    fn end_line(&mut self) {
        if self.ends.last().copied().unwrap_or(0) == self.html.len() {
            // An empty line would have no height.
            self.html.push('\n');
        }
        self.ends.push(self.html.len());
    }

    /// Ends the last line, if there is something in it.
    fn end(&mut self) {
        if self.ends.last().copied().unwrap_or(0) < self.html.len() {
            self.end_line();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::payload::Origin;
    use crate::view_model::json_text::pretty_text;

    fn origin(output: Range<usize>, source: Range<usize>) -> Origin {
        Origin { output, source }
    }

    fn output_html(source: &str, output: &str, origins: &[Origin]) -> String {
        output_markup(source, output, origins, false, None).html
    }

    /// The text as the screen has it: a line break after each line but the last.
    fn shown_text(markup: &Markup) -> String {
        let lines: Vec<String> = (0..markup.ends.len())
            .map(|line_idx| text_of(markup.line(line_idx)).trim_end_matches('\n').to_owned())
            .collect();
        lines.join("\n")
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
        assert_eq!(shown_text(&output_markup("", output, &origins, false, None)), output);
        assert_eq!(shown_text(&output_markup("", output, &origins, true, None)), pretty_text(output));
        for broken in ["{\"a\": ,}", "[\n\n\n1,\n]"] {
            assert_eq!(shown_text(&output_markup("", broken, &[], false, None)), broken);
        }
    }

    #[test]
    fn a_piece_knows_its_tag() {
        let source = r#"{"a":"{{ x }}"}"#;
        let origins = [origin(0..6, 0..6), origin(6..9, 6..13), origin(9..11, 13..15)];
        let html = output_html(source, r#"{"a":"x y"}"#, &origins);
        assert!(html.contains("<span class=\"code-text\" data-o=\"0\">x y</span>"), "{html}");
        assert_eq!(html.matches("data-o").count(), 1, "the template's own text has none");
    }

    #[test]
    fn only_what_differs_changes() {
        let markup = |n_lines: usize, changed: usize| {
            let lines: Vec<String> =
                (0..n_lines).map(|n| if n == changed { "x".to_owned() } else { n.to_string() }).collect();
            output_markup("", &lines.join("\n"), &[], false, None)
        };
        let parts = |gone: Range<usize>, come: Range<usize>| Changed::Parts { gone, come };
        let before = markup(5 * LINES_PER_PART, 999);
        assert_eq!(before.n_parts(), 5);
        let line = LINES_PER_PART + 3;
        assert_eq!(markup(5 * LINES_PER_PART, line).changed(&before), Changed::Lines(line..line + 1));
        assert_eq!(place_of_line(line), (1, 3));
        assert_eq!(markup(5 * LINES_PER_PART + 1, 999).changed(&before), parts(5..5, 5..6));
        assert_eq!(markup(2 * LINES_PER_PART, 999).changed(&before), parts(2..5, 2..2));
        assert_eq!(markup(2 * LINES_PER_PART + 1, 999).changed(&before), parts(2..5, 2..3));
        assert_eq!(before.changed(&before), Changed::Nothing);
        assert_eq!(before.changed(&Markup::default()), parts(0..0, 0..5));
        assert_eq!(Markup::default().changed(&before), parts(0..5, 0..0));
        assert_eq!(before.parts(0..1).matches("output-line").count(), LINES_PER_PART);
        assert_eq!(output_markup("", "", &[], true, None).n_parts(), 0);
    }

    #[test]
    fn parts_that_come_and_go_make_the_new_output() {
        let text = |ranges: &[(usize, usize)]| {
            let lines: Vec<String> =
                ranges.iter().flat_map(|(start, end)| *start..*end).map(|n| n.to_string()).collect();
            output_markup("", &lines.join("\n"), &[], false, None)
        };
        let all = text(&[(0, 200)]);
        for now in [
            text(&[(0, 100), (124, 200)]),
            text(&[(0, 100), (101, 200)]),
            text(&[(30, 200)]),
            text(&[(0, 50), (40, 50), (50, 200)]),
            text(&[(0, 50), (500, 524), (50, 200)]),
            text(&[(0, 10)]),
        ] {
            for (now, before) in [(&now, &all), (&all, &now)] {
                let Changed::Parts { gone, come } = now.changed(before) else { panic!("as many lines as before") };
                let made = [before.parts(0..gone.start), now.parts(come), before.parts(gone.end..before.n_parts())];
                assert_eq!(made.concat(), now.parts(0..now.n_parts()));
            }
        }
    }

    #[test]
    fn markup_in_the_output_stays_text() {
        let html = output_html("", "{\"a\":\"<img src=x onerror=alert(1)>\"}", &[]);
        assert!(!html.contains("<img"), "{html}");
    }

    #[test]
    fn a_place_in_the_template_finds_its_tag() {
        let source = "[1{{ x }}{{ y }}";
        let origins = [origin(0..2, 0..2), origin(2..5, 9..16), origin(5..5, 2..9), origin(5..8, 2..9)];
        let markup = output_markup(source, "[11112222", &origins, false, None);
        assert_eq!((markup.tag(0), markup.tag(1), markup.tag(2)), (Some(2..9), Some(9..16), None));
        assert_eq!(markup.tag_at(4), Some(0));
        assert_eq!(markup.tag_at(9), Some(1));
        assert_eq!(markup.tag_at(1), None);
        assert_eq!(markup.tag_at(20), None);
    }
}
