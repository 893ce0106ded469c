//! Breaking templates: what slips of the pen and of the clipboard make of them.

use super::Chance;

const PUT: &[&str] = &[
    "{",
    "}",
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    "|",
    ":",
    "'",
    "\"",
    ".",
    " ",
    "\n",
    "=",
    ",",
    "-",
    "(",
    ")",
    "[0]",
    "%",
    "\\",
    "_",
    "_(",
    "é",
    "“",
    "{% if x %}",
    "{% endif %}",
    "{% else %}",
    "{% endfor %}",
    "{% for a in l %}",
    "{% empty %}",
    "{% block a %}",
    "{% endblock %}",
    "{{ }}",
    "{% %}",
    "{% elif s %}",
    "{% endwith %}",
    "{% verbatim %}",
    "{% comment %}",
    "{% extends 'base' %}",
    "|upper",
    "|nothing",
    ":2",
    " and ",
    " not ",
    " in ",
    " == ",
    " as w",
    " by ",
    "\u{a0}",
    "\t",
    "\r\n",
    "\u{2028}",
    "&&",
];

/// A sign or piece that matters to templates.
pub fn put(chance: &mut Chance) -> &'static str {
    PUT[chance.below(PUT.len())]
}

/// The source with one to three slips.
pub fn broken(source: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = source.chars().collect();
    for _ in 0..1 + chance.below(3) {
        let at = chance.below(letters.len() + 1);
        let end = (at + 1 + chance.below(4)).min(letters.len());
        match chance.below(5) {
            0 | 1 => {
                letters.splice(at..at, chance.pick(PUT).chars());
            }
            2 => {
                letters.splice(at..end, std::iter::empty());
            }
            3 => {
                letters.splice(at..end, chance.pick(PUT).chars());
            }
            _ => {
                let copied: Vec<char> = letters[at..end].to_vec();
                letters.splice(at..at, copied);
            }
        }
    }
    letters.into_iter().collect()
}
