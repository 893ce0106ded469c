//! The output as the screen shows it: coloured, raw or indented, each piece knowing the template piece that made it.
//!
//! In: output and origins. Out: HTML, and which origin stands at a place of the template.
//! Invariant: every character of the output is escaped; a piece's number is its origin's place in the list.

use std::fmt::Write as _;
use std::ops::Range;

use crate::domain::payload::Origin;
use crate::view_model::json_text::{JsonToken, json_tokens};

/// Longer output is shown without colours and origins, so that typing stays quick.
const MAX_COLOURED: usize = 60_000;
/// Longer output is cut on the screen; it is copied whole.
const MAX_SHOWN: usize = 400_000;

/// Output as HTML for a `pre`.
pub fn output_html(source: &str, output: &str, origins: &[Origin], is_pretty: bool) -> String {
    let mut html = String::with_capacity(output.len() * 2);
    if output.len() > MAX_COLOURED {
        let mut end = output.len().min(MAX_SHOWN);
        while !output.is_char_boundary(end) {
            end -= 1;
        }
        let shown = output.get(..end).unwrap_or_default();
        push_escaped(
            &mut html,
            if is_pretty { crate::view_model::json_text::pretty_text(shown) } else { shown.to_owned() }.as_str(),
        );
        if end < output.len() {
            html.push_str("\n…");
        }
        return html;
    }
    let is_json = is_pretty && serde_json::from_str::<serde::de::IgnoredAny>(output).is_ok();
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
            let origin = origin.filter(|origin| is_of_tag(source, origin));
            push_piece(&mut html, token, &written, origin.map(|_| origin_idx));
            at = piece_end;
        }
        at = end;
    }
    html
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

fn push_piece(html: &mut String, token: JsonToken, piece: &str, origin_idx: Option<usize>) {
    if piece.is_empty() {
        return;
    }
    let class = match token {
        JsonToken::Key => "code-key",
        JsonToken::Text => "code-text",
        JsonToken::Number => "code-number",
        JsonToken::Literal => "code-literal",
        JsonToken::Other => "code-punctuation",
    };
    let written = match origin_idx {
        Some(idx) => write!(html, "<span class=\"{class}\" data-o=\"{idx}\">"),
        None => write!(html, "<span class=\"{class}\">"),
    };
    // Writing to a String cannot fail.
    debug_assert!(written.is_ok());
    push_escaped(html, piece);
    html.push_str("</span>");
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

/// The origins whose tag holds the place; of several, those of the smallest piece.
pub fn origins_at(source: &str, origins: &[Origin], at: usize) -> Vec<usize> {
    let holds = |range: &Range<usize>| range.start <= at && at < range.end;
    let found = || origins.iter().enumerate().filter(|(_, origin)| holds(&origin.source) && is_of_tag(source, origin));
    let smallest = found().map(|(_, origin)| origin.source.len()).min().unwrap_or(0);
    found()
        .filter(|(_, origin)| origin.source.len() == smallest && !origin.output.is_empty())
        .map(|(idx, _)| idx)
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view_model::json_text::pretty_text;

    fn origin(output: Range<usize>, source: Range<usize>) -> Origin {
        Origin { output, source }
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
    fn a_piece_knows_its_origin() {
        let source = r#"{"a":"{{ x }}"}"#;
        let origins = [origin(0..6, 0..6), origin(6..9, 6..13), origin(9..11, 13..15)];
        let html = output_html(source, r#"{"a":"x y"}"#, &origins, false);
        assert!(html.contains("<span class=\"code-text\" data-o=\"1\">x y</span>"), "{html}");
        assert_eq!(html.matches("data-o").count(), 1, "the template's own text has none");
    }

    #[test]
    fn markup_in_the_output_stays_text() {
        let html = output_html("", "{\"a\":\"<img src=x onerror=alert(1)>\"}", &[], false);
        assert!(!html.contains("<img"), "{html}");
    }

    #[test]
    fn a_place_in_the_template_finds_its_output() {
        let source = "[1{{ x }}";
        let origins = [origin(0..2, 0..2), origin(2..5, 2..9), origin(5..5, 2..9), origin(5..8, 2..9)];
        assert_eq!(origins_at(source, &origins, 4), [1, 3]);
        assert_eq!(origins_at(source, &origins, 1), Vec::<usize>::new());
        assert_eq!(origins_at(source, &origins, 20), Vec::<usize>::new());
    }

    #[test]
    fn very_long_output_is_cut_on_the_screen() {
        let html = output_html("", &"ü".repeat(MAX_SHOWN), &[], false);
        assert!(html.ends_with('…') && html.len() < MAX_SHOWN + 10);
    }
}
