//! Tags, nested, and the templates that include and extend each other.

use std::collections::BTreeMap;

use super::Chance;
use super::exprs::{condition, expr, filter, literal_text, word};

const PLAIN: &[&str] = &[
    "",
    " ",
    "\n",
    "x",
    ", ",
    "<p>",
    "</p>\n <b>",
    " <i> y </i> ",
    "{",
    "}",
    "{ {",
    "% }",
    "#}",
    "é",
    "&",
    "\"",
    "'",
    "a\n\n b",
    "<br> <br>",
    "{{{",
    "}}}",
    "-",
];

/// The templates of a case: `main`, and those it may use.
pub fn templates(chance: &mut Chance) -> BTreeMap<String, String> {
    let mut templates = BTreeMap::new();
    let mut writer = Writer { chance, n_blocks: 0, has_others: false };
    if writer.chance.is(20) {
        writer.has_others = true;
        let one = writer.body(2);
        templates.insert("one".to_owned(), one);
        let two = writer.body(1);
        templates.insert("two".to_owned(), two);
        let base = writer.base();
        templates.insert("base".to_owned(), base);
        if writer.chance.is(30) {
            let middle = writer.child("base");
            templates.insert("dir/middle".to_owned(), middle);
        }
    }
    let mut main = if writer.has_others && writer.chance.is(60) {
        let parent = writer
            .chance
            .pick(&[
                "\"base\"",
                "\"base\"",
                "\"base\"",
                "tpl",
                "\"dir/middle\"",
                "\"./base\"",
                "'nowhere'",
                "\"base\"|lower",
                "\"../x\"",
                "none",
            ])
            .to_owned();
        writer.child_of(&parent)
    } else {
        let depth = [0, 1, 1, 2, 2, 3][writer.chance.below(6)];
        writer.body(depth)
    };
    if !main.contains("extends") {
        main.insert_str(
            0,
            chance.pick(&[
                "{% load humanize %}",
                "{% load humanize %}",
                "{% load humanize %}",
                "",
                "{% load intcomma ordinal from humanize %}",
            ]),
        );
    }
    templates.insert("main".to_owned(), main);
    templates
}

struct Writer<'a> {
    chance: &'a mut Chance,
    n_blocks: usize,
    has_others: bool,
}

impl Writer<'_> {
    fn base(&mut self) -> String {
        format!(
            "{}{{% block a %}}{}{{% endblock %}}{}{{% block b %}}{}{{% block c %}}{}{{% endblock c %}}{{% endblock %}}",
            self.body(0),
            self.body(1),
            self.body(0),
            self.body(0),
            self.body(1)
        )
    }

    fn child(&mut self, parent: &str) -> String {
        self.child_of(&format!("\"{parent}\""))
    }

    fn child_of(&mut self, parent: &str) -> String {
        let mut child =
            format!("{}{{% extends {parent} %}}{}", if self.chance.is(10) { "lead " } else { "" }, self.plain());
        for name in ["a", "b", "c", "z"] {
            if self.chance.is(45) {
                let super_text = if self.chance.is(50) {
                    self.chance.pick(&[
                        "{{ block.super }}",
                        "{{ block.super|upper }}",
                        "{% if block.super %}+{% endif %}",
                    ])
                } else {
                    ""
                };
                let body = self.body(1);
                child.push_str(&format!("{{% block {name} %}}{super_text}{body}{{% endblock %}}"));
            }
        }
        child
    }

    fn plain(&mut self) -> String {
        self.chance.pick(PLAIN).to_owned()
    }

    fn body(&mut self, depth: usize) -> String {
        let mut body = String::new();
        for _ in 0..1 + self.chance.below(3) {
            if self.chance.is(50) {
                body.push_str(&self.plain());
            }
            let piece = if depth == 0 || self.chance.is(45) { self.leaf() } else { self.block(depth - 1) };
            body.push_str(&piece);
        }
        body
    }

    fn spaced(&mut self, inner: &str) -> String {
        match self.chance.below(20) {
            0 => format!("{{%{inner}%}}"),
            1 => format!("{{%  {inner}\t%}}"),
            _ => format!("{{% {inner} %}}"),
        }
    }

    fn leaf(&mut self) -> String {
        let chance = &mut *self.chance;
        let inner = match chance.below(40) {
            0 => {
                let words: Vec<String> = (0..1 + chance.below(3)).map(|_| word(chance)).collect();
                format!("firstof {}{}", words.join(" "), chance.pick(&["", "", " as w"]))
            }
            1 => {
                let words: Vec<String> = (0..1 + chance.below(3)).map(|_| word(chance)).collect();
                format!("cycle {}{}", words.join(" "), chance.pick(&["", "", " as c", " as c silent", " as c x"]))
            }
            2 => "cycle c".to_owned(),
            3 => chance.pick(&["resetcycle", "resetcycle c", "resetcycle x y"]).to_owned(),
            4 => format!("widthratio {} {} {}{}", word(chance), word(chance), word(chance), chance.pick(&["", "", " as w"])),
            5 => format!("templatetag {}", chance.pick(&["openblock", "closeblock", "openvariable", "closevariable", "openbrace", "closebrace", "opencomment", "closecomment", "x", ""])),
            6 => format!("now {}{}", literal_text(chance), chance.pick(&["", " as w"])),
            7 => format!("lorem {}", chance.pick(&["", "1", "3 w", "1 p", "1 b", "m w", "0 w", "19 w", "'2' w", "1.7 w", "-3 w", "2 x"])),
            8 => format!("regroup {} by {} as groups", chance.pick(&["rows", "rows|dictsort:'kind'", "l", "missing", "ll", "n", "s", "d", "none"]), chance.pick(&["kind", "name", "size.w", "price|floatformat:0", "missing", "0", "kind|upper"])),
            9 => return "{% regroup rows by kind as groups %}{% for group in groups %}{{ group.grouper }}:{{ group.list|length }};{% endfor %}".to_owned(),
            10 if self.has_others => {
                let target = chance.pick(&["\"one\"", "\"two\"", "tpl", "\"nowhere\"", "\"./one\"", "ts", "missing", "\"one\"|lower"]).to_owned();
                let with = if chance.is(50) { format!(" with k={} v={}", word(chance), word(chance)) } else { String::new() };
                format!("include {target}{with}{}", chance.pick(&["", "", " only", " x"]))
            }
            11 => return chance.pick(&["{# note #}", "{# {{ s }} #}", "{#\n#}", "{##}", "{# %} #}"]).to_owned(),
            12 => return format!("{{% verbatim %}}{{{{ s }}}}{{% {} %}}{{# x #}}{{% endverbatim %}}", chance.pick(&["if", "endif", "verbatim", "x"])),
            13 => return "{% verbatim v %}{% endverbatim %}{{ s }}{% endverbatim v %}".to_owned(),
            14 => return "{% comment %}{{ s }}{% if %}{% nothing %}{% endcomment %}".to_owned(),
            15 => return "{% comment \"note\" %}x{% endcomment %}".to_owned(),
            16 => chance.pick(&["load humanize", "debug", "load nothing", "load", "csrf_token", "load ordinal from humanize", "load x from humanize"]).to_owned(),
            _ => {
                let expr = expr(chance);
                return match chance.below(20) {
                    0 => format!("{{{{{expr}}}}}"),
                    1 => format!("{{{{  {expr}\t}}}}"),
                    _ => format!("{{{{ {expr} }}}}"),
                };
            }
        };
        self.spaced(&inner)
    }

    fn block(&mut self, depth: usize) -> String {
        match self.chance.below(16) {
            0..=2 => self.if_block(depth),
            3..=6 => self.for_block(depth),
            7 => {
                let names = self.chance.pick(&["w", "k", "item", "s", "forloop"]).to_owned();
                let open = match self.chance.below(4) {
                    0 => format!("with {} as {names}", word(self.chance)),
                    1 => format!("with k={} v={}", word(self.chance), word(self.chance)),
                    _ => format!("with {names}={}", word(self.chance)),
                };
                format!("{}{}{{% endwith %}}", self.spaced(&open), self.body(depth))
            }
            8 => format!(
                "{{% autoescape {} %}}{}{{% endautoescape %}}",
                self.chance.pick(&["on", "off", "off"]),
                self.body(depth)
            ),
            9 => {
                let mut filters = filter(self.chance).trim().trim_start_matches('|').trim().to_owned();
                if self.chance.is(40) {
                    filters.push_str(&filter(self.chance));
                }
                format!("{{% filter {filters} %}}{}{{% endfilter %}}", self.body(depth))
            }
            10 => format!("{{% spaceless %}}{}{{% endspaceless %}}", self.body(depth)),
            11 | 12 => {
                let words: Vec<String> = (0..self.chance.below(3)).map(|_| word(self.chance)).collect();
                let otherwise =
                    if self.chance.is(30) { format!("{{% else %}}{}", self.body(0)) } else { String::new() };
                format!("{{% ifchanged {} %}}{}{otherwise}{{% endifchanged %}}", words.join(" "), self.body(depth))
            }
            13 => {
                self.n_blocks += 1;
                let name = format!("b{}", self.n_blocks);
                format!("{{% block {name} %}}{}{{% endblock %}}", self.body(depth))
            }
            14 => {
                let list = self.chance.pick(&["l", "ns", "rows", "ts"]);
                format!(
                    "{{% for item in {list} %}}{{% cycle 'a' 'b' m as c %}}{}{{% ifchanged item %}}*{{% endifchanged %}}{{% endfor %}}",
                    self.body(depth)
                )
            }
            _ => self.for_block(depth),
        }
    }

    fn if_block(&mut self, depth: usize) -> String {
        let open = format!("if {}", condition(self.chance, 2));
        let mut text = format!("{}{}", self.spaced(&open), self.body(depth));
        if self.chance.is(30) {
            let open = format!("elif {}", condition(self.chance, 1));
            text.push_str(&format!("{}{}", self.spaced(&open), self.body(depth.min(1))));
        }
        if self.chance.is(40) {
            text.push_str(&format!("{{% else %}}{}", self.body(depth.min(1))));
        }
        text + "{% endif %}"
    }

    fn for_block(&mut self, depth: usize) -> String {
        let (names, list) = match self.chance.below(10) {
            0 => ("k, v", "d.items"),
            1 => ("k,v", self.chance.pick(&["e.items", "ll", "l", "ts", "rows"])),
            2 => ("a, b , c", self.chance.pick(&["ll", "l", "nest"])),
            3 => ("item", self.chance.pick(&["s", "n", "none", "missing", "d", "x", "when", "f", "yes"])),
            _ => ("item", self.chance.pick(&["l", "ns", "ts", "rows", "ll", "nest", "rows", "ns"])),
        };
        let list =
            if self.chance.is(20) { format!("{list}{}", filter(self.chance).trim_start()) } else { list.to_owned() };
        let list = list.replace(' ', "");
        let open = format!("for {names} in {list}{}", if self.chance.is(15) { " reversed" } else { "" });
        let mut text = format!("{}{}", self.spaced(&open), self.body(depth));
        if self.chance.is(25) {
            text.push_str(&format!("{{% empty %}}{}", self.body(0)));
        }
        text + "{% endfor %}"
    }
}
