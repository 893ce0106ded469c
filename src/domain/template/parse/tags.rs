//! The tags' own syntax.
//!
//! In: a tag's words. Out: its node, or noted problems.
//! Invariant: a tag with a problem still consumes its block, so that the rest is read as it was meant.
//!
//! <https://docs.djangoproject.com/en/5.2/ref/templates/builtins/>

use crate::domain::template::catalog::{self, Dialect, Origin};
use crate::domain::template::parse::ast::{Binding, Expr, FilterUse, For, Head, Node, NodeKind, Span};
use crate::domain::template::parse::blocks::{Ending, Parser};
use crate::domain::template::parse::condition::parse_condition;
use crate::domain::template::parse::expression::{parse_expr, parse_filters};
use crate::domain::template::parse::lexer::{Token, trimmed};
use crate::domain::template::problem::Fix;
use crate::domain::template::value::is_space;

/// A long chain of `elif` is the writer's right; an endless one is not.
const MAX_BRANCHES: usize = 500;

const TEMPLATE_TAGS: &[(&str, &str)] = &[
    ("openblock", "{%"),
    ("closeblock", "%}"),
    ("openvariable", "{{"),
    ("closevariable", "}}"),
    ("openbrace", "{"),
    ("closebrace", "}"),
    ("opencomment", "{#"),
    ("closecomment", "#}"),
];

/// Reads the tag `name`; `None` when there is no such tag.
pub fn parse_tag(parser: &mut Parser<'_>, name: &str, words: &[Span], token: &Token) -> Option<Option<Node>> {
    // The tags that nest most have a way of their own: what stands on the stack for each level stays small.
    let args = words.get(1..).unwrap_or_default();
    let kind = match name {
        "if" => parse_if(parser, args, token),
        "for" => parse_for(parser, args, &token.range),
        "with" => parse_with(parser, args, &token.range),
        _ => return parse_other_tag(parser, name, words, token),
    };
    Some(kind.map(|kind| Node { kind, span: token.range.clone() }))
}

fn parse_other_tag(parser: &mut Parser<'_>, name: &str, words: &[Span], token: &Token) -> Option<Option<Node>> {
    let span = token.range.clone();
    let args = words.get(1..).unwrap_or_default();
    let kind = match name {
        "autoescape" => {
            let words: Vec<&str> = plain_words(parser, token);
            let setting = words.first().copied().unwrap_or_default();
            if words.len() != 1 || !matches!(setting, "on" | "off") {
                usage(parser, "autoescape takes `on` or `off`", &span);
            }
            let (body, _) = parser.body(name, &span, &["endautoescape"]);
            Some(NodeKind::Autoescape { is_on: setting != "off", body })
        }
        "comment" => {
            if !parser.skip_to("endcomment") {
                let message = "`{% comment %}` is not closed: `{% endcomment %}` is missing".to_owned();
                let end = parser.source.len();
                let fix =
                    Fix { label: "Add endcomment".to_owned(), edits: vec![(end..end, "{% endcomment %}".to_owned())] };
                parser.error("unclosed-block", message, span.clone(), Some(fix));
            }
            None
        }
        "verbatim" => {
            let content = parser.text(&token.inner).to_owned();
            let (body, is_closed) = parser.raw_until(&format!("end{content}"));
            if !is_closed {
                let message = format!("`{{% {content} %}}` is not closed: `{{% end{content} %}}` is missing");
                let end = parser.source.len();
                let edits = vec![(end..end, format!("{{% end{content} %}}"))];
                parser.error("unclosed-block", message, span, Some(Fix { label: format!("Add end{content}"), edits }));
            }
            return Some(Some(Node { kind: NodeKind::Text, span: body }));
        }
        "spaceless" => {
            let (body, _) = parser.body(name, &span, &["endspaceless"]);
            Some(NodeKind::Spaceless { body })
        }
        "filter" => parse_filter(parser, words, token),
        "ifchanged" => {
            let id = parser.next_id();
            let values = exprs(parser, args);
            let (body, ending) = parser.body(name, &span, &["else", "endifchanged"]);
            let otherwise = (ending.is_some_and(|ending| ending.name == "else" && ending.is_bare(parser.source)))
                .then(|| parser.body(name, &span, &["endifchanged"]).0);
            Some(NodeKind::IfChanged { id, values, body, otherwise })
        }
        "cycle" => parse_cycle(parser, args, &span),
        "resetcycle" => parse_reset_cycle(parser, args, &span),
        "firstof" => {
            let (values, target) = split_as(parser, args);
            if args.is_empty() {
                usage(parser, "firstof needs at least one value", &span);
            }
            Some(NodeKind::FirstOf { values: exprs(parser, values), name: target })
        }
        "now" => {
            let (values, target) = if args.len() == 3 { split_as(parser, args) } else { (args, None) };
            if values.len() != 1 {
                usage(parser, "now takes one argument, a format such as `\"Y-m-d\"`", &span);
            }
            let format = values.first().map(|value| parser.text(value)).unwrap_or_default();
            let last = format.char_indices().next_back().map_or(0, |(at, _)| at);
            let first = format.chars().next().map_or(0, char::len_utf8);
            let format = format.get(first..last).unwrap_or_default().to_owned();
            Some(NodeKind::Now { format, name: target })
        }
        "lorem" => parse_lorem(parser, args, &span),
        "regroup" => parse_regroup(parser, args, &span),
        "templatetag" => {
            let args = plain_words(parser, token);
            let wanted = args.first().copied().unwrap_or_default();
            match TEMPLATE_TAGS.iter().find(|(name, _)| *name == wanted) {
                Some((_, text)) if args.len() == 1 => Some(NodeKind::Literal((*text).to_owned())),
                _ => {
                    usage(
                        parser,
                        "templatetag takes one of openblock, closeblock, openvariable, closevariable, openbrace, closebrace, opencomment, closecomment",
                        &span,
                    );
                    None
                }
            }
        }
        "widthratio" => parse_width_ratio(parser, args, &span),
        "load" => {
            parse_load(parser, token);
            None
        }
        "include" => parse_include(parser, args, &span),
        "extends" => parse_extends(parser, args, &span),
        "block" => parse_block(parser, token),
        // Outside of a web framework both print nothing.
        "debug" | "csrf_token" => None,
        _ => return parse_klaviyo(parser, name, args, &span),
    };
    Some(kind.map(|kind| Node { kind, span }))
}

/// The words after the tag's name, split at white space whatever stands in quotes.
fn plain_words<'a>(parser: &Parser<'a>, token: &Token) -> Vec<&'a str> {
    parser.text(&token.inner).split(is_space).filter(|word| !word.is_empty()).skip(1).collect()
}

fn usage(parser: &mut Parser<'_>, message: &str, span: &Span) {
    parser.error("bad-tag", message.to_owned(), span.clone(), None);
}

fn exprs(parser: &mut Parser<'_>, words: &[Span]) -> Vec<Expr> {
    words.iter().map(|word| parser.expr(word.clone())).collect()
}

/// Splits `… as name` off.
fn split_as<'w>(parser: &Parser<'_>, args: &'w [Span]) -> (&'w [Span], Option<String>) {
    if let [values @ .., word, target] = args
        && parser.text(word) == "as"
    {
        return (values, Some(parser.text(target).to_owned()));
    }
    (args, None)
}

fn condition(
    parser: &mut Parser<'_>,
    words: &[Span],
    span: &Span,
) -> Option<crate::domain::template::parse::ast::Cond> {
    match parse_condition(parser.source, words, span.clone()) {
        Ok(cond) => {
            for word in words {
                if let Ok(expr) = parse_expr(parser.source, word.clone()) {
                    for used in &expr.filters {
                        parser.check_filter(&used.name, used.name_span.clone(), used.arg.is_some(), word.clone());
                    }
                }
            }
            Some(cond)
        }
        Err(bad) => {
            let whole = words.iter().find(|word| word.start <= bad.span.start && bad.span.end <= word.end);
            let whole = whole.cloned().unwrap_or_else(|| bad.span.clone());
            parser.bad_expr(bad, whole);
            None
        }
    }
}

fn parse_if(parser: &mut Parser<'_>, args: &[Span], token: &Token) -> Option<NodeKind> {
    let mut branches = Vec::new();
    let mut otherwise = Vec::new();
    let mut words = args.to_vec();
    let mut place = token.range.clone();
    loop {
        let cond = condition(parser, &words, &place);
        let (body, ending) = parser.body("if", &token.range, &["elif", "else", "endif"]);
        branches.extend(cond.map(|cond| (cond, body)));
        let Some(ending) = ending else { break };
        match ending.name.as_str() {
            "elif" if branches.len() < MAX_BRANCHES => {
                words = ending.words.get(1..).unwrap_or_default().to_vec();
                place = ending.span;
            }
            "else" => {
                if ending.words.len() > 1 {
                    let message = "`else` takes no condition; did you mean `elif`?".to_owned();
                    let is_if = ending.words.get(1).is_some_and(|word| parser.text(word) == "if");
                    let last = ending.words.get(usize::from(is_if));
                    let fix = ending.words.first().zip(last).map(|(word, last)| Fix {
                        label: "Use elif".to_owned(),
                        edits: vec![(word.start..last.end, "elif".to_owned())],
                    });
                    parser.error("bad-else", message, ending.span, fix);
                }
                let (body, ending) = parser.body("if", &token.range, &["endif"]);
                otherwise = body;
                bare_end(parser, ending.as_ref());
                break;
            }
            "endif" => {
                bare_end(parser, Some(&ending));
                break;
            }
            _ => break,
        }
    }
    Some(NodeKind::If { branches, otherwise })
}

/// Notes words after `endif`, where Django takes none.
fn bare_end(parser: &mut Parser<'_>, ending: Option<&Ending>) {
    let Some(ending) = ending.filter(|ending| !ending.is_bare(parser.source)) else { return };
    let extra = ending.words.get(1).map_or(ending.span.end, |word| word.start)
        ..ending.words.last().map_or(ending.span.end, |word| word.end);
    let name_end = ending.words.first().map_or(extra.start, |word| word.end);
    let fix = Fix { label: "Remove it".to_owned(), edits: vec![(name_end..extra.end, String::new())] };
    let message = format!("`{}` takes nothing after it", ending.name);
    parser.error("bad-tag", message, extra, Some(fix));
}

fn parse_for(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let texts: Vec<&str> = args.iter().map(|arg| parser.text(arg)).collect();
    let is_reversed = texts.last() == Some(&"reversed");
    let end = args.len() - usize::from(is_reversed);
    let in_at = end.checked_sub(2).filter(|at| texts.get(*at) == Some(&"in"));
    let mut parsed = None;
    match in_at {
        Some(in_at) if in_at > 0 => {
            let joined = texts.get(..in_at).unwrap_or_default().join(" ");
            let names: Vec<String> = joined.split(',').map(|name| name.trim().to_owned()).collect();
            if names.iter().any(|name| name.is_empty() || name.contains([' ', '"', '\'', '|'])) {
                usage(parser, "for takes names before `in`, as in `{% for key, value in data.items %}`", span);
            }
            let list = args.get(in_at + 1).map(|word| parser.expr(word.clone()));
            parsed = list.map(|list| (names, list));
        }
        _ => {
            let of = args.get(1).filter(|_| texts.get(1) == Some(&"of"));
            let fix = of.map(|of| Fix { label: "Use in".to_owned(), edits: vec![(of.clone(), "in".to_owned())] });
            parser.error("bad-tag", "for is written `{% for item in list %}`".to_owned(), span.clone(), fix);
        }
    }
    let (body, ending) = parser.body("for", span, &["empty", "endfor"]);
    let body_end = ending.as_ref().map_or(span.end, |ending| ending.span.start);
    let empty = match ending {
        Some(ending) if ending.name == "empty" && ending.is_bare(parser.source) => {
            parser.body("for", span, &["endfor"]).0
        }
        _ => Vec::new(),
    };
    let (names, list) = parsed?;
    Some(NodeKind::For(Box::new(For { names, list, is_reversed, body, empty, body_end })))
}

/// Reads `name=value` words from the start; how many there were.
fn bindings(parser: &mut Parser<'_>, args: &[Span]) -> (Vec<Binding>, usize) {
    let mut found: Vec<Binding> = Vec::new();
    for (idx, word) in args.iter().enumerate() {
        let text = parser.text(word);
        let name_len = text.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(0);
        if name_len == 0 || !text.get(name_len..).is_some_and(|rest| rest.starts_with('=') && rest.len() > 1) {
            return (found, idx);
        }
        let name = text.get(..name_len).unwrap_or_default().to_owned();
        let value = parser.expr(word.start + name_len + 1..word.end);
        found.retain(|(other, _)| *other != name);
        found.push((name, value));
    }
    (found, args.len())
}

fn parse_with(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let (mut found, mut n_read) = bindings(parser, args);
    // The old way: `value as name`, and more of them after `and`.
    let is_old = n_read == 0;
    while is_old
        && let Some([value, word, name, ..]) = args.get(n_read..)
        && parser.text(word) == "as"
    {
        let name = parser.text(name).to_owned();
        let value = parser.expr(value.clone());
        found.retain(|(other, _)| *other != name);
        found.push((name, value));
        n_read += 3;
        if args.get(n_read).is_none_or(|word| parser.text(word) != "and") {
            break;
        }
        n_read += 1;
    }
    if found.is_empty() {
        usage(parser, "with is written `{% with name=value %}`, without spaces around `=`", span);
    } else if let Some(word) = args.get(n_read) {
        let message = format!("`{}` does not belong into `with`; it takes `name=value`", parser.text(word));
        parser.error("bad-tag", message, word.clone(), None);
    }
    let (body, _) = parser.body("with", span, &["endwith"]);
    Some(NodeKind::With { bindings: found, body })
}

fn parse_filter(parser: &mut Parser<'_>, words: &[Span], token: &Token) -> Option<NodeKind> {
    let span = token.range.clone();
    let start = words.first().map_or(token.inner.start, |word| word.end);
    let chain = trimmed(parser.source, start..token.inner.end);
    let mut filters: Vec<FilterUse> = Vec::new();
    match parse_filters(parser.source, chain.clone()) {
        Ok(found) => {
            for used in &found {
                if matches!(used.name.as_str(), "escape" | "safe") {
                    let message = format!("`filter {}` is not possible; use `autoescape`", used.name);
                    parser.error("bad-tag", message, used.name_span.clone(), None);
                }
                parser.check_filter(&used.name, used.name_span.clone(), used.arg.is_some(), chain.clone());
            }
            filters = found;
        }
        Err(bad) => parser.bad_expr(bad, chain),
    }
    let (body, _) = parser.body("filter", &span, &["endfilter"]);
    Some(NodeKind::Filter { filters, body })
}

fn parse_cycle(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let texts: Vec<&str> = args.iter().map(|arg| parser.text(arg)).collect();
    if let [name] = texts.as_slice() {
        let Some(id) = parser.cycles.get(*name).copied() else {
            let message = format!("there is no cycle named `{name}`; a cycle needs at least two values");
            parser.error("bad-tag", message, span.clone(), None);
            return None;
        };
        parser.last_cycle = Some(id);
        return Some(NodeKind::Cycle { id, values: Vec::new(), name: None, is_silent: false });
    }
    let (mut values, mut name, mut is_silent) = (args, None, false);
    if texts.len() > 3 && texts.get(texts.len() - 3) == Some(&"as") {
        if texts.last() != Some(&"silent") {
            usage(parser, "after a cycle’s name only `silent` may follow", span);
        }
        is_silent = true;
        values = args.get(..args.len() - 3).unwrap_or_default();
        name = texts.get(texts.len() - 2);
    } else if texts.len() > 3 && texts.get(texts.len() - 2) == Some(&"as") {
        values = args.get(..args.len() - 2).unwrap_or_default();
        name = texts.last();
    }
    if values.is_empty() {
        usage(parser, "cycle needs at least two values", span);
        return None;
    }
    let id = parser.next_id();
    let name = name.map(|name| (*name).to_owned());
    if let Some(name) = &name {
        parser.cycles.insert(name.clone(), id);
    }
    parser.last_cycle = Some(id);
    Some(NodeKind::Cycle { id, values: exprs(parser, values), name, is_silent })
}

fn parse_reset_cycle(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let id = match args {
        [] => parser.last_cycle,
        [name] => parser.cycles.get(parser.text(name)).copied(),
        _ => None,
    };
    if id.is_none() {
        usage(parser, "there is no such cycle to reset", span);
    }
    id.map(|id| NodeKind::ResetCycle { id })
}

fn parse_lorem(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let mut rest = args.to_vec();
    let is_common = rest.last().is_none_or(|word| parser.text(word) != "random");
    if !is_common {
        rest.pop();
    }
    let mut method = 'b';
    if let Some(word) = rest.last()
        && let letter @ ("w" | "p" | "b") = parser.text(word)
    {
        method = letter.chars().next().unwrap_or('b');
        rest.pop();
    }
    let count = match rest.pop() {
        Some(word) => parser.expr(word),
        None => Expr { head: Head::Int(1), head_span: span.clone(), filters: Vec::new(), span: span.clone() },
    };
    if !rest.is_empty() {
        usage(parser, "lorem is written `{% lorem count method random %}`", span);
    }
    Some(NodeKind::Lorem { count, method, is_common })
}

fn parse_regroup(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let [list, word_by, by, word_as, name] = args else {
        usage(parser, "regroup is written `{% regroup list by key as name %}`", span);
        return None;
    };
    if parser.text(word_by) != "by" || parser.text(word_as) != "as" {
        usage(parser, "regroup is written `{% regroup list by key as name %}`", span);
        return None;
    }
    let key = format!("{}.{}", parser.text(name), parser.text(by));
    match parse_expr(&key, 0..key.len()) {
        Ok(expr) => {
            for used in &expr.filters {
                let shift = by.start.saturating_sub(parser.text(name).len() + 1);
                let name_span = used.name_span.start + shift..used.name_span.end + shift;
                parser.check_filter(&used.name, name_span, used.arg.is_some(), by.clone());
            }
        }
        Err(bad) => parser.error(bad.code, format!("this key cannot be read: {}", bad.message), by.clone(), None),
    }
    let (by, name) = (parser.text(by).to_owned(), parser.text(name).to_owned());
    Some(NodeKind::Regroup { list: parser.expr(list.clone()), by, name })
}

fn parse_width_ratio(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let (values, name) = if args.len() == 5 { split_as(parser, args) } else { (args, None) };
    let [value, max, width] = values else {
        usage(parser, "widthratio takes three values: this value, the largest value, the width", span);
        return None;
    };
    Some(NodeKind::WidthRatio {
        value: parser.expr(value.clone()),
        max: parser.expr(max.clone()),
        width: parser.expr(width.clone()),
        name,
    })
}

fn parse_load(parser: &mut Parser<'_>, token: &Token) {
    let words: Vec<Span> = plain_words(parser, token)
        .into_iter()
        .map(|word| {
            let start = word.as_ptr() as usize - parser.source.as_ptr() as usize;
            start..start + word.len()
        })
        .collect();
    if let [names @ .., from, library] = words.as_slice()
        && !names.is_empty()
        && parser.text(from) == "from"
    {
        if is_library(parser, library) {
            for name in names {
                let filter = parser.text(name);
                let is_known = catalog::find_filter(filter, Dialect::Django, true)
                    .is_some_and(|spec| spec.origin == Origin::Humanize);
                if is_known {
                    parser.load_filter(filter);
                } else {
                    let message = format!("the library `humanize` has no filter `{filter}`");
                    parser.error("unknown-filter", message, name.clone(), None);
                }
            }
        }
        return;
    }
    for library in words {
        if is_library(parser, &library) {
            parser.load_humanize();
        }
    }
}

/// Whether the library can be loaded; notes it if not.
fn is_library(parser: &mut Parser<'_>, library: &Span) -> bool {
    let message = match parser.text(library) {
        "humanize" => return true,
        name @ ("i18n" | "l10n" | "tz" | "static" | "cache") => {
            format!("the library `{name}` needs a web framework, and there is none here")
        }
        name => format!("there is no library `{name}`; `humanize` is the only one"),
    };
    parser.error("unknown-library", message, library.clone(), None);
    false
}

fn parse_include(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let Some((first, mut rest)) = args.split_first() else {
        usage(parser, "include needs the name of a template", span);
        return None;
    };
    let mut found = None;
    let mut is_only = false;
    while let Some((word, after)) = rest.split_first() {
        rest = after;
        match parser.text(word) {
            "with" if found.is_none() => {
                let (read, n_read) = bindings(parser, rest);
                if read.is_empty() {
                    usage(parser, "`with` in include needs at least one `name=value`", span);
                }
                rest = rest.get(n_read..).unwrap_or_default();
                found = Some(read);
            }
            "only" if !is_only => is_only = true,
            other => {
                let message = format!("`{other}` does not belong into `include`, or stands there twice");
                parser.error("bad-tag", message, word.clone(), None);
            }
        }
    }
    let template = relative(parser, first, true);
    Some(NodeKind::Include { template, bindings: found.unwrap_or_default(), is_only })
}

/// The name of a template; a literal path that begins with a dot is read from this template's folder.
fn relative(parser: &mut Parser<'_>, word: &Span, is_same_allowed: bool) -> Expr {
    let mut expr = parser.expr(word.clone());
    if let Head::Text(path) = &expr.head
        && expr.filters.is_empty()
    {
        match resolve_path(parser.template_name, path) {
            Some(resolved) if is_same_allowed || resolved != parser.template_name || !path.starts_with('.') => {
                expr.head = Head::Text(resolved);
            }
            Some(_) => usage(parser, "a template cannot extend itself", word),
            None => usage(parser, "this path leads outside the folder of templates", word),
        }
    }
    expr
}

/// A template's name as seen from another one; `None` if it leads outside.
pub fn resolve_path(from: &str, path: &str) -> Option<String> {
    if !path.starts_with("./") && !path.starts_with("../") {
        return Some(path.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn parse_extends(parser: &mut Parser<'_>, args: &[Span], span: &Span) -> Option<NodeKind> {
    let [parent] = args else {
        usage(parser, "extends takes one argument, the name of a template", span);
        return None;
    };
    if parser.has_extends {
        usage(parser, "extends cannot stand twice in a template", span);
    } else if !parser.is_first_tag() {
        usage(parser, "extends must be the first tag of a template", span);
    }
    parser.has_extends = true;
    Some(NodeKind::Extends { parent: relative(parser, parent, false) })
}

fn parse_block(parser: &mut Parser<'_>, token: &Token) -> Option<NodeKind> {
    let span = &token.range;
    let name = match plain_words(parser, token).as_slice() {
        [name] => (*name).to_owned(),
        _ => {
            usage(parser, "block takes one argument, its name", span);
            String::new()
        }
    };
    if parser.block_names.contains(&name) {
        let message = format!("there are two blocks named `{name}`");
        parser.error("duplicate-block", message, span.clone(), None);
    }
    parser.block_names.push(name.clone());
    let (body, ending) = parser.body("block", span, &["endblock"]);
    if let Some(ending) = ending {
        let inner = ending.inner(parser.source);
        if inner != "endblock" && inner != format!("endblock {name}") {
            let message = format!(
                "this closes `{}`, but the open block is `{name}`",
                inner.trim_start_matches("endblock ").trim()
            );
            let fix = ending.words.get(1).zip(ending.words.last()).map(|(first, last)| Fix {
                label: format!("Use {name}"),
                edits: vec![(first.start..last.end, name.clone())],
            });
            parser.error("unexpected-end", message, ending.span, fix);
        }
    }
    Some(NodeKind::Block { name, body })
}

fn parse_klaviyo(parser: &mut Parser<'_>, name: &str, args: &[Span], span: &Span) -> Option<Option<Node>> {
    if parser.dialect != Dialect::Klaviyo {
        return None;
    }
    let kind = match name {
        "today" | "current_day" | "current_month" | "current_year" | "current_weekday" | "current_month_name" => {
            let (values, target) = split_as(parser, args);
            let format = values.first().map(|word| parser.text(word)).unwrap_or_default();
            let format = format.trim_matches(['"', '\'']).to_owned();
            if name == "today" && (values.len() != 1 || target.is_none()) {
                usage(parser, "today is written `{% today \"%Y-%m-%d\" as today %}`", span);
            }
            NodeKind::Calendar { part: name.to_owned(), format, name: target }
        }
        "currency_format" => {
            let [value] = args else {
                usage(parser, "currency_format takes one value", span);
                return Some(None);
            };
            NodeKind::Currency { value: parser.expr(value.clone()) }
        }
        _ => return None,
    };
    Some(Some(Node { kind, span: span.clone() }))
}
