//! What the app tells of itself: topics, the language's reference with examples, and where to look for what.
//!
//! In: the text of `public/help.json`, what a person looks for. Out: topics, entries, the points of the retry schedule.
//! Invariant: names, rules and evidence of tags and filters come from the engine's own table; the file only adds examples.

use serde_json::{Map, Value};

use crate::domain::delivery::retry::{MAX_RETRIES, delay_before_retry};
use crate::domain::template::catalog::{self, Dialect, Evidence, Origin};
use crate::view_model::time::duration;

/// Where the app finds it, beside its page.
pub const HELP_FILE: &str = "help.json";

/// Everything in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HelpBook {
    pub topics: Vec<Topic>,
    examples: Map<String, Value>,
}

/// A page of help.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Stands in the address.
    pub id: String,
    pub title: String,
    pub blocks: Vec<Block>,
}

/// A piece of a topic. Texts may hold `` `code` `` and `*emphasis*`.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    Heading(String),
    Text(String),
    List(Vec<String>),
    Steps(Vec<String>),
    Code(String),
    Table {
        head: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    Link {
        to: String,
        label: String,
    },
    /// The drawing of the attempts.
    Retries,
    /// The builder's keys.
    Shortcuts,
    /// Every tag and filter.
    Language,
}

/// A tag or filter.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub name: &'static str,
    pub is_tag: bool,
    pub doc: &'static str,
    pub origin: Origin,
    pub evidence: Evidence,
    pub example: Option<Example>,
}

/// A template that can be tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    pub template: String,
    /// What the template reads as `event`.
    pub event: Map<String, Value>,
    /// What it prints; nothing where the day or chance decides.
    pub output: Option<String>,
}

impl Entry {
    /// In which language the example is read: Klaviyo's, unless it does not have it.
    pub const fn dialect(&self) -> Dialect {
        match self.evidence {
            Evidence::Absent => Dialect::Django,
            Evidence::Documented | Evidence::Reported | Evidence::Unconfirmed => Dialect::Klaviyo,
        }
    }

    /// On what ground it stands, in a word or two.
    pub const fn standing(&self) -> &'static str {
        match (self.evidence, self.origin) {
            (Evidence::Absent, _) => "Django only",
            (Evidence::Documented, _) => "Documented",
            (Evidence::Reported, _) => "Reported",
            (Evidence::Unconfirmed, Origin::Klaviyo) => "Unconfirmed",
            (Evidence::Unconfirmed, Origin::Django | Origin::Humanize) => "Django’s, unconfirmed",
        }
    }
}

/// What is looked for, as the help writes it.
fn looked_for(wanted: &str) -> String {
    wanted.trim().to_lowercase().replace('\'', "’")
}

impl HelpBook {
    /// Reads the file. What cannot be read is left out, and only a text that is no JSON is an error.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        let file: Value = serde_json::from_str(text)?;
        let topics = items(&file, "topics").iter().filter_map(read_topic).collect();
        let examples = file.get("examples").and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Self { topics, examples })
    }

    /// Every tag and filter whose name or rule has what is looked for; all of them for an empty text.
    pub fn entries(&self, wanted: &str) -> Vec<Entry> {
        let wanted = looked_for(wanted);
        let tags = catalog::TAGS.iter().map(|tag| (tag.name, true, tag.doc, tag.origin, tag.evidence));
        let filters = catalog::filters().map(|spec| (spec.name, false, spec.doc, spec.origin, spec.evidence));
        tags.chain(filters)
            .filter(|(name, _, doc, ..)| {
                wanted.is_empty() || name.contains(&wanted) || doc.to_lowercase().contains(&wanted)
            })
            .map(|(name, is_tag, doc, origin, evidence)| Entry {
                name,
                is_tag,
                doc,
                origin,
                evidence,
                example: self.example(name, is_tag),
            })
            .collect()
    }

    fn example(&self, name: &str, is_tag: bool) -> Option<Example> {
        let example = self.examples.get(if is_tag { "tags" } else { "filters" })?.get(name)?;
        Some(Example {
            template: string(example, "template")?,
            event: example.get("event").and_then(Value::as_object).cloned().unwrap_or_default(),
            output: string(example, "output"),
        })
    }

    /// The topics that have what is looked for, each with the sentence it stands in; all of them for an empty text.
    pub fn search(&self, wanted: &str) -> Vec<(&Topic, String)> {
        let wanted = looked_for(wanted);
        self.topics
            .iter()
            .filter_map(|topic| {
                let has = |text: &&str| text.to_lowercase().contains(&wanted);
                let in_title = topic.title.to_lowercase().contains(&wanted);
                let found = topic.texts().into_iter().find(has);
                // The reference is part of its topic.
                let in_entries = !wanted.is_empty()
                    && topic.blocks.contains(&Block::Language)
                    && self.entries(&wanted).iter().any(|entry| entry.name.contains(&wanted));
                let sentence = found.map(plain).unwrap_or_default();
                (in_title || in_entries || found.is_some()).then_some((topic, sentence))
            })
            .collect()
    }
}

impl Topic {
    fn texts(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        for block in &self.blocks {
            match block {
                Block::Heading(text) | Block::Text(text) | Block::Code(text) => texts.push(text.as_str()),
                Block::List(items) | Block::Steps(items) => texts.extend(items.iter().map(String::as_str)),
                Block::Table { rows, .. } => texts.extend(rows.iter().flatten().map(String::as_str)),
                Block::Link { label, .. } => texts.push(label),
                Block::Retries | Block::Shortcuts | Block::Language => {}
            }
        }
        texts
    }
}

/// A text without its marks.
fn plain(text: &str) -> String {
    text.replace(['`', '*'], "")
}

/// A piece of a text with marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Plain(String),
    Code(String),
    Emphasis(String),
}

/// Takes a text apart at its `` ` `` and `*`. Inside of code a `*` is a `*`.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (idx, part) in text.split('`').enumerate() {
        if idx % 2 == 1 {
            pieces.push(Piece::Code(part.to_owned()));
            continue;
        }
        for (idx, part) in part.split('*').enumerate().filter(|(_, part)| !part.is_empty()) {
            let part = part.to_owned();
            pieces.push(if idx % 2 == 1 { Piece::Emphasis(part) } else { Piece::Plain(part) });
        }
    }
    pieces
}

/// An attempt of a delivery whose receiver never answers well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPoint {
    /// From 1; 1 is the first attempt, not a retry.
    pub attempt: u32,
    /// After the attempt before.
    pub wait: String,
    /// Since the first attempt, in milliseconds.
    pub after_millis: i64,
    /// The same in words.
    pub after: String,
}

/// The first attempt and its retries, undisturbed and with the longest delays.
pub fn retry_points() -> Vec<RetryPoint> {
    let mut after_millis = 0;
    let mut points = vec![RetryPoint { attempt: 1, wait: String::new(), after_millis, after: "at once".to_owned() }];
    for retry in 1..=MAX_RETRIES {
        let wait = delay_before_retry(retry, 0);
        after_millis += wait;
        points.push(RetryPoint {
            attempt: retry + 1,
            wait: duration(wait),
            after_millis,
            after: duration(after_millis),
        });
    }
    points
}

/// Where a moment stands on a line on which each doubling takes the same room: 0 at the first attempt, 1 after 24 hours.
pub fn place_on_line(after_millis: i64) -> f64 {
    const FIRST_MILLIS: f64 = 5_000.0;
    const DAY: f64 = 86_400_000.0;
    #[expect(clippy::cast_precision_loss, reason = "a day of milliseconds is exact")]
    let after = after_millis as f64;
    ((after / FIRST_MILLIS).ln_1p() / (DAY / FIRST_MILLIS).ln_1p()).clamp(0.0, 1.0)
}

fn read_topic(topic: &Value) -> Option<Topic> {
    Some(Topic {
        id: string(topic, "id")?,
        title: string(topic, "title")?,
        blocks: items(topic, "blocks").iter().filter_map(read_block).collect(),
    })
}

fn read_block(block: &Value) -> Option<Block> {
    let (kind, value) = block.as_object()?.iter().next()?;
    Some(match kind.as_str() {
        "h" => Block::Heading(value.as_str()?.to_owned()),
        "p" => Block::Text(value.as_str()?.to_owned()),
        "code" => Block::Code(value.as_str()?.to_owned()),
        "list" => Block::List(strings(value)),
        "steps" => Block::Steps(strings(value)),
        "table" => Block::Table {
            head: value.get("head").map(strings).unwrap_or_default(),
            rows: items(value, "rows").iter().map(strings).collect(),
        },
        "link" => Block::Link { to: string(value, "to")?, label: string(value, "label")? },
        "retries" => Block::Retries,
        "shortcuts" => Block::Shortcuts,
        "language" => Block::Language,
        _ => return None,
    })
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn string(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_pieces_and_a_star_in_code_stays() {
        let plain = |text: &str| Piece::Plain(text.to_owned());
        assert_eq!(
            pieces("Use `a*b` and *Save*."),
            [
                plain("Use "),
                Piece::Code("a*b".to_owned()),
                plain(" and "),
                Piece::Emphasis("Save".to_owned()),
                plain(".")
            ]
        );
    }

    #[test]
    fn eighteen_attempts_fit_into_the_day_and_onto_the_line_in_order() {
        let points = retry_points();
        assert_eq!(points.len(), 18);
        let places: Vec<_> = points.iter().map(|point| place_on_line(point.after_millis)).collect();
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        assert_eq!(places.first(), Some(&0.0));
        assert!(places.last().is_some_and(|last| *last < 1.0));
    }

    #[test]
    fn a_file_that_is_no_json_is_an_error_and_an_unknown_block_is_left_out() {
        assert!(HelpBook::read("{").is_err());
        let book = HelpBook::read(r#"{"topics": [{"id": "a", "title": "A", "blocks": [{"new": 1}, {"p": "x"}]}]}"#);
        assert_eq!(book.map(|book| book.topics[0].blocks.clone()).ok(), Some(vec![Block::Text("x".to_owned())]));
    }
}
