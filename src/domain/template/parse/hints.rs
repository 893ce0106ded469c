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
    ("unless", "write `{% if not … %}` and `{% endif %}`", None),
    ("assign", "write `{% with name=value %}…{% endwith %}`", None),
    ("set", "write `{% with name=value %}…{% endwith %}`", None),
    ("let", "write `{% with name=value %}…{% endwith %}`", None),
    ("capture", "write the text where it is used", None),
    ("case", "write `{% if x == 1 %}…{% elif x == 2 %}…{% endif %}`", None),
    ("switch", "write `{% if x == 1 %}…{% elif x == 2 %}…{% endif %}`", None),
    ("when", "write `{% elif x == 2 %}`", None),
    ("ifequal", "write `{% if a == b %}` and `{% endif %}`", None),
    ("ifnotequal", "write `{% if a != b %}` and `{% endif %}`", None),
    ("raw", "Django spells this `verbatim`", Some("verbatim")),
    ("endraw", "Django spells this `endverbatim`", Some("endverbatim")),
    ("macro", "Django has no macros", None),
    ("call", "Django has no macros", None),
    ("import", "Django has no macros", None),
    ("from", "Django has no macros", None),
    ("do", "Django runs no statements", None),
    ("echo", "write `{{ value }}`", None),
    ("print", "write `{{ value }}`", None),
    ("liquid", "write each tag with its own signs", None),
    ("increment", "inside a loop there is `forloop.counter`", None),
    ("decrement", "inside a loop there is `forloop.revcounter`", None),
    ("tablerow", "write `{% for %}` with `{% cycle %}`", None),
    ("break", "a loop cannot be left early; use `slice` on the list", None),
    ("continue", "a loop cannot skip; put the body in an `if`", None),
    ("foreach", "Django spells this `for`", Some("for")),
    ("endforeach", "Django spells this `endfor`", Some("endfor")),
    ("each", "Django spells this `for`, as in `{% for item in list %}`", None),
    ("endfo", "this should be `endfor`", Some("endfor")),
    ("fi", "Django spells this `endif`", Some("endif")),
    ("url", "it needs a web framework, and there is none here; write the address", None),
    ("static", "it needs a web framework, and there is none here; write the address", None),
    ("querystring", "it needs a web framework, and there is none here", None),
    ("translate", "there are no translations here; write the text", None),
    ("trans", "there are no translations here; write the text", None),
    ("blocktranslate", "there are no translations here; write the text", None),
    ("blocktrans", "there are no translations here; write the text", None),
];

/// What to say of a tag that another language has.
pub fn foreign_tag(name: &str) -> Option<(&'static str, Option<&'static str>)> {
    FOREIGN_TAGS.iter().find(|(foreign, _, _)| *foreign == name).map(|(_, advice, instead)| (*advice, *instead))
}

/// Filters of other languages and what they are called here; the first that the dialect has is meant.
const FOREIGN_FILTERS: &[(&str, &[&str])] = &[
    ("upcase", &["upper"]),
    ("downcase", &["lower"]),
    ("uppercase", &["upper"]),
    ("lowercase", &["lower"]),
    ("to_upper", &["upper"]),
    ("to_lower", &["lower"]),
    ("capitalize", &["capfirst"]),
    ("ucfirst", &["capfirst"]),
    ("titlecase", &["title"]),
    ("titleize", &["title"]),
    ("ucwords", &["title"]),
    ("size", &["length"]),
    ("count", &["length"]),
    ("len", &["length"]),
    ("truncate", &["truncatechars"]),
    ("limit", &["truncatechars"]),
    ("ellipsis", &["truncatechars"]),
    ("trim", &["strip"]),
    ("strip_html", &["striptags"]),
    ("striphtml", &["striptags"]),
    ("strip_tags", &["striptags"]),
    ("newline_to_br", &["linebreaksbr"]),
    ("nl2br", &["linebreaksbr"]),
    ("e", &["escape"]),
    ("escape_html", &["force_escape"]),
    ("d", &["default"]),
    ("fallback", &["default"]),
    ("round", &["floatformat"]),
    ("number_format", &["floatformat"]),
    ("to_fixed", &["floatformat"]),
    ("url_encode", &["urlencode"]),
    ("url_escape", &["urlencode"]),
    ("encodeuri", &["urlencode"]),
    ("plus", &["add"]),
    ("times", &["multiply"]),
    ("mul", &["multiply"]),
    ("divided_by", &["divide"]),
    ("div", &["divide"]),
    ("sub", &["minus"]),
    ("mod", &["modulo", "divisibleby"]),
    ("handleize", &["slugify"]),
    ("handle", &["slugify"]),
    ("slug", &["slugify"]),
    ("md5", &["md5_hash"]),
    ("sha1", &["sha_1"]),
    ("sha256", &["sha_256"]),
    ("base64", &["base64_encode"]),
    ("b64encode", &["base64_encode"]),
    ("b64decode", &["base64_decode"]),
    ("replace", &["find_replace", "cut"]),
    ("gsub", &["find_replace", "cut"]),
    ("where", &["list_where"]),
    ("selectattr", &["list_where"]),
    ("sum", &["sum_list"]),
    ("unique", &["uniq"]),
    ("sort_by", &["dictsort"]),
    ("sort", &["dictsort"]),
    ("reverse", &["dictsortreversed"]),
    ("pluck", &["map"]),
    ("list", &["make_list"]),
    ("string", &["stringformat"]),
    ("format", &["stringformat"]),
    ("strftime", &["date"]),
    ("date_format", &["date"]),
    ("to_date", &["format_date_string"]),
    ("parse_date", &["format_date_string"]),
];

/// What another language's filter is called here, of the names that the dialect has.
pub fn foreign_filter(name: &str, has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let (_, here) = FOREIGN_FILTERS.iter().find(|(foreign, _)| *foreign == name)?;
    here.iter().copied().find(|here| has(here))
}

/// What to do instead of a filter that has no like here.
pub fn filter_advice(name: &str) -> Option<&'static str> {
    Some(match name {
        "json" | "tojson" | "to_json" | "jsonify" | "json_encode" | "dump" => {
            "write the JSON yourself, and put each value in: `\"{{ name|escapejs }}\"`"
        }
        "money" | "currency" | "money_with_currency" => {
            "use the tag `{% currency_format price %}` of Klaviyo’s dialect"
        }
        "groupby" | "group_by" => "use the tag `{% regroup items by key as groups %}`",
        "int" | "integer" | "to_int" => "use `floatformat:0`",
        "float" | "to_float" | "number" => "use `floatformat:2`, or `add:0` for a whole number",
        "items" => "write `{% for key, value in data.items %}`",
        "ternary" | "iif" => "use `yesno:\"one,other\"`",
        "append" | "prepend" | "concat" => "write the text beside the value, or use `add`",
        "split" => "lists come from the event; a text cannot be split here",
        _ => return None,
    })
}

/// Whether the word is an operator of other languages.
pub fn is_foreign_operator(word: &str) -> bool {
    matches!(word, "&&" | "||" | "===" | "=" | "<>")
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
            "a filter’s argument follows the colon without a space".to_owned(),
            Some(fix),
        ));
    }
    if left.trim_start().starts_with(':') {
        let message = "the argument after the colon is missing or not closed".to_owned();
        return Some(("bad-argument", message, None));
    }
    if text.starts_with('(') || (left == ")" && !text.contains('(')) {
        let message = "Django has no parentheses: nest one `if` in another, or give a part a name with `with`";
        return Some(("parentheses", message.to_owned(), None));
    }
    if left.starts_with('(') {
        return Some(called(source, rest, whole));
    }
    if left == "|" {
        return Some(("missing-filter", "the name of a filter is missing after `|`".to_owned(), None));
    }
    if left.starts_with("||") && text != "||" {
        let fix = Fix { label: "Use one bar".to_owned(), edits: vec![(rest.start..rest.start + 1, String::new())] };
        return Some(("bad-expression", "a filter follows one `|`".to_owned(), Some(fix)));
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
    if text.starts_with('!') && !text.starts_with("!=") {
        let fix = Fix { label: "Use not".to_owned(), edits: vec![(whole.start..whole.start + 1, "not ".to_owned())] };
        let message = "Django writes `not` for `!`, with a space after it".to_owned();
        return Some(("foreign-operator", message, Some(fix)));
    }
    if text.starts_with('$') || left.starts_with(['$', '-']) {
        let message = if left.starts_with('-') && !left.contains(' ') {
            "a name with `-` needs `lookup`, as in `event|lookup:'line-items'`; Django has no minus, use `add:-1`"
        } else {
            "a name with `$` needs `lookup`, as in `event|lookup:'$value'`"
        };
        return Some(("needs-lookup", message.to_owned(), lookup_fix(text, &rest, &whole)));
    }
    if left.starts_with('.') && text.contains("|lookup:") {
        let message = "after a `lookup` every further step is a `lookup` too".to_owned();
        return Some(("needs-lookup", message, lookup_fix(text, &rest, &whole)));
    }
    let spoken = if text.starts_with("not ") { text } else { left.trim_start() };
    if let Some(message) = spoken_operator(spoken) {
        return Some(("expression-in-print", message.to_owned(), or_as_default(left, &rest)));
    }
    if left.trim_start().starts_with(['+', '*', '/', '%']) || left.trim_start().starts_with("- ") {
        let message = "Django has no arithmetic between values; use filters such as `add:2`".to_owned();
        return Some(("arithmetic", message, None));
    }
    if let Some(operator) =
        ["&&", "||", "===", "<>", "==", "!=", ">=", "<=", "=", ">", "<"].iter().find(|op| left.trim().starts_with(**op))
    {
        return Some(operator_advice(operator, text, whole));
    }
    if left.starts_with(' ') {
        let message =
            format!("`{}` is one word too many: names have no spaces, use `lookup` for a key with one", left.trim());
        return Some(("space-in-name", message, lookup_fix(text, &rest, &whole)));
    }
    None
}

/// Keys as steps of `lookup`; `None` if one cannot be quoted.
pub fn with_lookups<'a>(keys: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut written = String::new();
    for key in keys {
        let quote = match (key.contains('\''), key.contains('"')) {
            (false, _) => '\'',
            (true, false) => '"',
            (true, true) => return None,
        };
        written.push_str("|lookup:");
        written.push(quote);
        written.push_str(key);
        written.push(quote);
    }
    Some(written)
}

/// Writes the key around the place where reading stopped, and all after it, with `lookup`.
fn lookup_fix(text: &str, rest: &Span, whole: &Span) -> Option<Fix> {
    let stop = rest.start - whole.start;
    let start = if text.get(stop..)?.starts_with('.') { stop } else { text.get(..stop)?.rfind(['.', '|'])? };
    let len = text.get(start + 1..)?.find('|').unwrap_or(text.len() - start - 1);
    let path = text.get(start..start + 1 + len)?;
    let keys = path.strip_prefix('.')?.trim_end();
    // A minus before a number alone was meant as one.
    if let Some((before, number)) = keys.split_once('-')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        let at = whole.start + start + 1 + before.len();
        let edits = vec![(at..at + 1 + number.len(), format!("|add:-{number}"))];
        return Some(Fix { label: format!("Use add:-{number}"), edits });
    }
    let is_key = |letter: char| letter.is_alphanumeric() || "_ $-.".contains(letter);
    if keys.is_empty() || !keys.chars().all(is_key) {
        return None;
    }
    let span = whole.start + start..whole.start + start + 1 + keys.len();
    Some(Fix { label: "Use lookup".to_owned(), edits: vec![(span, with_lookups(keys.split('.'))?)] })
}

/// Parentheses after a name or a filter: a call, as other languages write it.
fn called(source: &str, rest: Span, whole: Span) -> (&'static str, String, Option<Fix>) {
    let left = source.get(rest.clone()).unwrap_or_default();
    let before = source.get(whole.start..rest.start).unwrap_or_default();
    let is_filter = before.contains('|');
    let message = if is_filter {
        "Django writes a filter’s argument after a colon, as in `default:\"x\"`"
    } else {
        "Django calls what it finds by itself, without parentheses, and gives it no argument"
    };
    let arg = left.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let edits = match arg.map(str::trim) {
        Some("") => vec![(rest, String::new())],
        Some(arg) if is_filter && !arg.contains([',', '(', ')', '=']) => vec![(rest, format!(":{arg}"))],
        _ => Vec::new(),
    };
    let fix = (!edits.is_empty()).then(|| Fix { label: "Write it as Django does".to_owned(), edits });
    ("call", message.to_owned(), fix)
}

/// What to write for words and signs that other languages print with.
fn spoken_operator(left: &str) -> Option<&'static str> {
    let first = left.split_whitespace().next()?;
    Some(match first {
        "if" => "a condition stands in tags: `{% if a %}{{ b }}{% else %}{{ c }}{% endif %}`",
        "or" => "`or` works only in `{% if %}`; use `default`, as in `{{ name|default:\"there\" }}`",
        "and" | "not" | "in" | "is" => "conditions work only in `{% if %}`: `{% if a and b %}{{ c }}{% endif %}`",
        "?" => "Django has no `? :`; use `{% if a %}{{ b }}{% else %}{{ c }}{% endif %}`, or `yesno`",
        "~" | "." => "values stand beside each other: `{{ first }}{{ last }}`",
        "==" | "!=" | "<" | ">" | "<=" | ">=" => {
            "comparisons work only in `{% if %}`: `{% if a == b %}{{ c }}{% endif %}`"
        }
        _ => return None,
    })
}

/// `a or 'x'` as `a|default:'x'`, where what follows is one word.
fn or_as_default(left: &str, rest: &Span) -> Option<Fix> {
    let word = left.trim_start().strip_prefix("or ")?.trim();
    let is_word = !word.is_empty()
        && (!word.contains([' ', '|']) || word.len() == crate::domain::template::parse::words::quoted_len(word)?);
    is_word.then(|| Fix { label: "Use default".to_owned(), edits: vec![(rest.clone(), format!("|default:{word}"))] })
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

/// The sign that closes the tag which the text begins with.
pub fn close_of(text: &str) -> Option<&'static str> {
    match text.as_bytes().get(1) {
        Some(b'{') => Some("}}"),
        Some(b'%') => Some("%}"),
        Some(b'#') => Some("#}"),
        _ => None,
    }
}

/// What to say of a tag that is not closed on its line, and how to close it; `start` is its place in the source.
pub fn unclosed_tag(text: &str, close: &str, start: usize) -> (String, Option<Fix>) {
    let open = text.get(..2).unwrap_or_default();
    let line = text.split('\n').next().unwrap_or_default();
    let inner = line.get(2..).unwrap_or_default();
    let whole = text.get(2..).unwrap_or_default();
    let next_open = whole.find('{').unwrap_or(whole.len());
    if let Some(end) =
        whole.find(close).filter(|end| *end < next_open && whole.get(..*end).is_some_and(|inner| inner.contains('\n')))
    {
        let joined = whole.get(..end).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let edits = vec![(start + 2..start + 2 + end, format!(" {joined} "))];
        let message = format!("a tag stands on one line; this `{open}` goes over several, so it prints as it stands");
        return (message, Some(Fix { label: "Join the lines".to_owned(), edits }));
    }
    let message = format!("`{open}` is not closed with `{close}` on its line, so it prints as it stands");
    // One sign of the two is there, or another pair.
    let fix = inner.find('}').filter(|end| *end > 0).map(|end| {
        let from = if inner.get(end - 1..end).is_some_and(|sign| "%#".contains(sign)) { end - 1 } else { end };
        let has_second = inner.get(end + 1..).is_some_and(|rest| rest.starts_with('}')) && close != "}}";
        let edits = vec![(start + 2 + from..start + 3 + end + usize::from(has_second), close.to_owned())];
        Fix { label: format!("Close it with {close}"), edits }
    });
    (message, fix)
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
