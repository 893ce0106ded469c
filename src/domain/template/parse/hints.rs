//! What the writer probably meant: near-miss names, and spellings from Liquid and Jinja.
//!
//! In: a name or a piece of source that Django does not know. Out: a sentence, and an edit where one is known.
//! Invariant: a suggested name exists.

use crate::domain::template::parse::ast::Span;
use crate::domain::template::problem::Fix;

/// The name of `known` nearest to `name`, if one is near.
pub fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 40 {
        return None;
    }
    let limit = (name.chars().count() / 3).clamp(1, 3);
    known
        .filter(|other| other.len().abs_diff(name.len()) <= 3)
        .map(|other| (distance(name, other), other))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

fn distance(a: &str, b: &str) -> usize {
    if a.len() == b.len() && a.len() > 2 {
        // Letters in another order count as one slip.
        let sorted = |text: &str| {
            let mut letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
            letters.sort_unstable();
            letters
        };
        if sorted(a) == sorted(b) {
            return usize::from(a != b);
        }
    }
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().flat_map(char::to_lowercase).enumerate() {
        let mut next = vec![i + 1];
        let mut diagonal = i;
        for (right, above) in b.iter().zip(row.iter().skip(1)) {
            let cost = diagonal + usize::from(left != *right);
            let before = next.last().copied().unwrap_or(0);
            next.push(cost.min(above + 1).min(before + 1));
            diagonal = *above;
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

/// Tags of other languages: the name, what to write, and the Django tag when only the name differs.
const FOREIGN_TAGS: &[(&str, &str, Option<&str>)] = &[
    ("elsif", "Django spells this `elif`", Some("elif")),
    ("elseif", "Django spells this `elif`", Some("elif")),
    ("unless", "Django has no `unless`; write `{% if not … %}`", None),
    ("assign", "Django has no `assign`; write `{% with name=value %}…{% endwith %}`", None),
    ("set", "Django has no `set`; write `{% with name=value %}…{% endwith %}`", None),
    ("capture", "Django has no `capture`; write the text where it is used", None),
    ("case", "Django has no `case`; write `{% if x == 1 %}…{% elif x == 2 %}…{% endif %}`", None),
    ("when", "Django has no `when`; write `{% elif x == 2 %}`", None),
    ("raw", "Django spells this `verbatim`", Some("verbatim")),
    ("endraw", "Django spells this `endverbatim`", Some("endverbatim")),
    ("macro", "Django has no macros", None),
    ("break", "Django loops cannot be left early; use `slice` on the list", None),
    ("continue", "Django loops cannot skip; put the body in an `if`", None),
    ("foreach", "Django spells this `for`", Some("for")),
    ("endfo", "this should be `endfor`", Some("endfor")),
    ("fi", "Django spells this `endif`", Some("endif")),
    ("url", "`url` needs a web framework, and there is none here; write the address", None),
    ("static", "`static` needs a web framework, and there is none here; write the address", None),
    ("querystring", "`querystring` needs a web framework, and there is none here", None),
];

/// What to say of a tag that another language has.
pub fn foreign_tag(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    FOREIGN_TAGS.iter().find(|(foreign, _, _)| *foreign == name).map(|(_, advice, instead)| (*advice, *instead))
}

/// Filters of other languages and what Django calls them.
const FOREIGN_FILTERS: &[(&str, &str)] = &[
    ("upcase", "upper"),
    ("downcase", "lower"),
    ("capitalize", "capfirst"),
    ("size", "length"),
    ("count", "length"),
    ("truncate", "truncatechars"),
    ("strip_html", "striptags"),
    ("newline_to_br", "linebreaksbr"),
    ("nl2br", "linebreaksbr"),
    ("e", "escape"),
    ("reverse", "dictsortreversed"),
    ("d", "default"),
    ("round", "floatformat"),
    ("number_format", "floatformat"),
    ("url_encode", "urlencode"),
    ("plus", "add"),
    ("striphtml", "striptags"),
    ("uppercase", "upper"),
    ("lowercase", "lower"),
    ("titlecase", "title"),
    ("len", "length"),
];

/// What Django calls another language's filter.
pub fn foreign_filter(name: &str) -> Option<&'static str> {
    FOREIGN_FILTERS.iter().find(|(foreign, _)| *foreign == name).map(|(_, django)| *django)
}

/// Explains an expression that could not be read, and mends it where the mend is certain.
pub fn explain(source: &str, rest: Span, whole: Span) -> Option<(&'static str, String, Option<Fix>)> {
    let text = source.get(whole.clone())?;
    let left = source.get(rest.clone())?;
    if let Some(fix) = straight_quotes(source, whole.clone()) {
        return Some((
            "smart-quotes",
            "curly quotes are not quotes to Django; use straight ones".to_owned(),
            Some(fix),
        ));
    }
    let after_colon = left.strip_prefix(':').map(|after| after.trim_start()).unwrap_or_default();
    if left.starts_with(':') && !after_colon.is_empty() && left.len() > after_colon.len() + 1 {
        let space = rest.start + 1..rest.start + left.len() - after_colon.len();
        let fix = Fix { label: "Remove the space".to_owned(), edits: vec![(space, String::new())] };
        return Some((
            "space-after-colon",
            "a filter's argument follows the colon without a space".to_owned(),
            Some(fix),
        ));
    }
    if left.trim_start().starts_with(':') {
        let message = "the argument after the colon is missing or not closed".to_owned();
        return Some(("bad-argument", message, None));
    }
    if left.starts_with('(') {
        let message =
            "Django calls no functions: a filter's argument follows a colon, as in `default:\"x\"`".to_owned();
        return Some(("call", message, None));
    }
    if let Some(key) = left.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        let is_key = !key.is_empty() && key.trim_matches(['\'', '"']).chars().all(|c| c.is_alphanumeric() || c == '_');
        let fix = is_key.then(|| Fix {
            label: "Use a dot".to_owned(),
            edits: vec![(rest, format!(".{}", key.trim_matches(['\'', '"'])))],
        });
        return Some(("subscript", "Django looks keys up with a dot, as in `items.0.name`".to_owned(), fix));
    }
    if left.starts_with(',') {
        return Some(("two-arguments", "a Django filter takes one argument".to_owned(), None));
    }
    if text.starts_with(['$', '!']) || left.starts_with(['$', '-']) {
        let message = if left.starts_with('-') && !left.contains(' ') {
            "a name with `-` needs `lookup`, as in `event|lookup:'line-items'`; Django has no minus, use `add:-1`"
        } else {
            "a name with `$` needs `lookup`, as in `event|lookup:'$value'`"
        };
        return Some(("needs-lookup", message.to_owned(), None));
    }
    if left.trim_start().starts_with(['+', '*', '/', '%']) {
        let message = "Django has no arithmetic between values; use filters such as `add:2`".to_owned();
        return Some(("arithmetic", message, None));
    }
    if let Some(operator) =
        ["&&", "||", "===", "<>", "==", "!=", ">=", "<=", "="].iter().find(|op| left.trim().starts_with(**op))
    {
        return Some(operator_advice(operator, text, whole));
    }
    if left.starts_with(' ') {
        let message =
            format!("`{}` is one word too many: names have no spaces, use `lookup` for a key with one", left.trim());
        return Some(("space-in-name", message, None));
    }
    None
}

fn operator_advice(operator: &str, text: &str, whole: Span) -> (&'static str, String, Option<Fix>) {
    let instead = match operator {
        "&&" => Some("and"),
        "||" => Some("or"),
        "===" | "=" => Some("=="),
        "<>" => Some("!="),
        _ => None,
    };
    match instead {
        Some(instead) => {
            let fix = (text == operator)
                .then(|| Fix { label: format!("Use {instead}"), edits: vec![(whole, instead.to_owned())] });
            ("foreign-operator", format!("Django writes `{instead}` for `{operator}`, with spaces around"), fix)
        }
        None => {
            let spaced = text.replacen(operator, &format!(" {operator} "), 1);
            let fix = Fix { label: "Put spaces around".to_owned(), edits: vec![(whole, spaced)] };
            ("operator-spacing", format!("`{operator}` needs a space on each side, and works only in `if`"), Some(fix))
        }
    }
}

/// An edit that makes curly quotes straight.
pub fn straight_quotes(source: &str, span: Span) -> Option<Fix> {
    let text = source.get(span.clone())?;
    let edits: Vec<(Span, String)> = text
        .char_indices()
        .filter_map(|(at, letter)| {
            let straight = match letter {
                '‘' | '’' | '‚' | '‛' => "'",
                '“' | '”' | '„' | '‟' | '«' | '»' => "\"",
                _ => return None,
            };
            Some((span.start + at..span.start + at + letter.len_utf8(), straight.to_owned()))
        })
        .collect();
    (!edits.is_empty()).then(|| Fix { label: "Use straight quotes".to_owned(), edits })
}
