//! A seeded generator of template cases: well-formed ones, odd ones and broken ones.

pub mod exprs;
pub mod mutate;
pub mod tags;
pub mod values;

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A sequence of chance that a seed decides.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// Whether a chance of `percent` in a hundred comes true.
    pub fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    pub fn pick_char(&mut self, from: &str) -> char {
        from.chars().nth(self.below(from.chars().count())).unwrap_or(' ')
    }
}

/// One template with what it needs, as a line of the conformance corpus has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub templates: BTreeMap<String, String>,
    pub context: Value,
    pub autoescape: bool,
    pub string_if_invalid: String,
}

impl Case {
    /// The case of a seed and number.
    pub fn generate(seed: u64, number: u64) -> Self {
        let mut chance = Chance::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
        let context = values::context(&mut chance);
        let mut templates = tags::templates(&mut chance);
        if chance.is(15) {
            for source in templates.values_mut() {
                *source = mutate::broken(source, &mut chance);
            }
        }
        let string_if_invalid = chance.pick(&["", "", "", "", "", "", "", "INVALID", "?%s?", "<%s>"]).to_owned();
        // Python ends a loop over a dict that a method in it changes; this engine goes on.
        for source in templates.values_mut() {
            if source.contains("{% for") || source.contains("{%for") {
                *source = source.replace("popitem", "copy").replace("d.clear", "d.copy");
            }
        }
        // `ifchanged` leaves the address of a Python object in the loop, which a print of the whole loop shows.
        if templates.values().any(|source| source.contains("ifchanged")) {
            for source in templates.values_mut() {
                *source = source.replace("forloop.parentloop", "forloop.counter").replace("counter.counter", "counter");
            }
        }
        Self { templates, context, autoescape: chance.is(65), string_if_invalid }
    }

    /// A case as a file of cases has it.
    pub fn read(json: &Value) -> Self {
        Self {
            templates: serde_json::from_value(json["templates"].clone()).expect("templates"),
            context: json["context"].clone(),
            autoescape: json["autoescape"].as_bool().unwrap_or(true),
            string_if_invalid: json["string_if_invalid"].as_str().unwrap_or_default().to_owned(),
        }
    }

    /// As the oracle reads it.
    pub fn request(&self) -> Value {
        json!({
            "templates": self.templates, "name": "main", "context": self.context,
            "autoescape": self.autoescape, "string_if_invalid": self.string_if_invalid,
        })
    }
}
