//! The parser: tokens to a tree, with every problem it meets.
//!
//! In: source and dialect. Out: a tree and problems.
//! Invariant: goes on after an error, and always ends: each step consumes a token or returns.

use std::collections::BTreeMap;

use crate::domain::template::catalog::{self, Dialect};
use crate::domain::template::parse::MAX_BLOCK_DEPTH;
use crate::domain::template::parse::ast::{Expr, Head, Node, NodeKind, Span};
use crate::domain::template::parse::expression::{BadExpr, parse_expr};
use crate::domain::template::parse::lexer::{Token, TokenKind, tokenize};
use crate::domain::template::parse::words::split_words;
use crate::domain::template::parse::{hints, tags};
use crate::domain::template::problem::{Fix, MAX_FOUND, Severity, TemplateProblem};
use crate::domain::template::value::is_space;

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub problems: Vec<TemplateProblem>,
}

/// An end tag, or a tag between, that a block waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    pub name: String,
    pub words: Vec<Span>,
    pub span: Span,
}

impl Ending {
    /// What stands between the tag's signs.
    pub fn inner<'a>(&self, source: &'a str) -> &'a str {
        let inner = self.span.start + 2..self.span.end.saturating_sub(2);
        source.get(inner).unwrap_or_default().trim_matches(is_space)
    }

    /// Whether the tag is its name and nothing else.
    pub fn is_bare(&self, source: &str) -> bool {
        self.inner(source) == self.name
    }
}

struct Open {
    name: String,
    span: Span,
    ends: &'static [&'static str],
}

/// The state of parsing one template.
pub struct Parser<'a> {
    pub source: &'a str,
    pub dialect: Dialect,
    /// The template's own name, for paths that begin with a dot.
    pub template_name: &'a str,
    pub problems: Vec<TemplateProblem>,
    pub cycles: BTreeMap<String, usize>,
    pub last_cycle: Option<usize>,
    pub block_names: Vec<String>,
    pub has_extends: bool,
    pub n_ids: usize,
    has_content: bool,
    is_humanize_loaded: bool,
    /// Filters of `humanize` that were loaded one by one.
    loaded: Vec<String>,
    tokens: Vec<Token>,
    at: usize,
    open: Vec<Open>,
    ignored_ends: Vec<String>,
}

/// Parses a template.
pub fn parse(source: &str, template_name: &str, dialect: Dialect) -> Tree {
    let mut parser = Parser {
        source,
        dialect,
        template_name,
        problems: Vec::new(),
        cycles: BTreeMap::new(),
        last_cycle: None,
        block_names: Vec::new(),
        has_extends: false,
        n_ids: 0,
        has_content: false,
        is_humanize_loaded: false,
        loaded: Vec::new(),
        tokens: tokenize(source),
        at: 0,
        open: Vec::new(),
        ignored_ends: Vec::new(),
    };
    let (nodes, _) = parser.nodes();
    Tree { nodes, problems: parser.problems }
}

impl<'a> Parser<'a> {
    /// The source in a range.
    pub fn text(&self, span: &Span) -> &'a str {
        self.source.get(span.clone()).unwrap_or_default()
    }

    /// Notes an error.
    pub fn error(&mut self, code: &str, message: String, span: Span, fix: Option<Fix>) {
        if self.problems.len() >= MAX_FOUND {
            return;
        }
        let problem = TemplateProblem::new(Severity::Error, code, message, self.source, span).with_fix(fix);
        self.problems.push(problem);
    }

    fn line_of(&self, at: usize) -> usize {
        self.source.get(..at).unwrap_or_default().matches('\n').count() + 1
    }

    /// Notes tags that are not closed: Django prints them as they stand.
    fn check_text(&mut self, span: &Span) {
        let text = self.text(span);
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| rest.find('{')) {
            let at = from + found;
            from = at + 1;
            let rest = text.get(at..).unwrap_or_default();
            let Some(close) = hints::close_of(rest) else { continue };
            from = at + 2;
            let (message, fix) = hints::unclosed_tag(rest, close, span.start + at);
            let place = span.start + at..span.start + at + 2;
            let problem = TemplateProblem::new(Severity::Warning, "unclosed-tag", message, self.source, place);
            self.problems.push(problem.with_fix(fix));
        }
    }

    /// A number of its own for a node that keeps state.
    pub fn next_id(&mut self) -> usize {
        self.n_ids += 1;
        self.n_ids
    }

    /// Whether anything but text came before this tag.
    pub fn is_first_tag(&self) -> bool {
        !self.has_content
    }

    pub fn load_humanize(&mut self) {
        self.is_humanize_loaded = true;
    }

    /// Makes one filter of `humanize` available.
    pub fn load_filter(&mut self, name: &str) {
        self.loaded.push(name.to_owned());
    }

    /// Reads an expression; notes what is wrong and gives an empty text if it cannot.
    pub fn expr(&mut self, span: Span) -> Expr {
        let expr = match parse_expr(self.source, span.clone()) {
            Ok(expr) => expr,
            Err(bad) => {
                self.bad_expr(bad, span.clone());
                return Expr { head: Head::Text(String::new()), head_span: span.clone(), filters: Vec::new(), span };
            }
        };
        for used in &expr.filters {
            self.check_filter(&used.name, used.name_span.clone(), used.arg.is_some(), span.clone());
        }
        expr
    }

    /// Notes an expression that could not be read, with the advice there is.
    pub fn bad_expr(&mut self, bad: BadExpr, whole: Span) {
        // Words that stand wrong in a condition are not words of a print.
        if bad.code == "bad-condition" && !hints::is_foreign_operator(self.text(&bad.span)) {
            return self.error(bad.code, bad.message, bad.span, None);
        }
        match hints::explain(self.source, bad.span.clone(), whole) {
            Some((code, message, fix)) => {
                let space = fix.as_ref().and_then(|fix| fix.edits.first()).filter(|_| code == "space-after-colon");
                let span = space.map_or(bad.span, |(space, _)| space.clone());
                self.error(code, message, span, fix);
            }
            None => self.error(bad.code, bad.message, bad.span, None),
        }
    }

    /// Notes a filter that does not exist or has the wrong number of arguments.
    pub fn check_filter(&mut self, name: &str, name_span: Span, has_arg: bool, whole: Span) {
        let is_loaded = self.is_humanize_loaded || self.loaded.iter().any(|loaded| loaded == name);
        let Some(spec) = catalog::find_filter(name, self.dialect, is_loaded) else {
            if let Some(reason) = catalog::refused_filter(name, self.dialect, self.is_humanize_loaded) {
                return self.error("unavailable-filter", reason, name_span, None);
            }
            let known = catalog::filter_names(self.dialect);
            let instead = hints::foreign_filter(name, |here| catalog::find_filter(here, self.dialect, true).is_some());
            let advice = if instead.is_none() { hints::filter_advice(name) } else { None };
            let instead = instead.or_else(|| if advice.is_none() { hints::nearest(name, known) } else { None });
            let message = match (instead, advice) {
                (Some(instead), _) => format!("there is no filter `{name}`; did you mean `{instead}`?"),
                (None, Some(advice)) => format!("there is no filter `{name}`: {advice}"),
                (None, None) => format!("there is no filter `{name}`"),
            };
            let fix = instead.map(|instead| Fix {
                label: format!("Use {instead}"),
                edits: vec![(name_span.clone(), instead.to_owned())],
            });
            return self.error("unknown-filter", message, name_span, fix);
        };
        if has_arg && spec.max_args == 0 {
            self.error("extra-argument", format!("the filter `{name}` takes no argument"), name_span, None);
        } else if !has_arg && spec.min_args > 0 {
            let rest = self.source.get(name_span.end..whole.end.max(name_span.end)).unwrap_or_default();
            let gap = rest.strip_prefix(':').map_or(0, |after| after.len() - after.trim_start().len());
            if gap > 0 && gap + 1 < rest.len() {
                let space = name_span.end + 1..name_span.end + 1 + gap;
                let fix = Fix { label: "Remove the space".to_owned(), edits: vec![(space.clone(), String::new())] };
                let message = "a filter’s argument follows the colon without a space".to_owned();
                return self.error("space-after-colon", message, space, Some(fix));
            }
            if rest.starts_with(':')
                && let Some(fix) = hints::straight_quotes(self.source, name_span.end..whole.end)
            {
                let message = "curly quotes are not quotes to Django; use straight ones".to_owned();
                return self.error("smart-quotes", message, name_span.end..whole.end, Some(fix));
            }
            let message = format!("the filter `{name}` needs an argument, as in `{name}:{}`", spec.example_arg());
            self.error("missing-argument", message, name_span, None);
        }
    }

    /// The body of a block up to one of `ends`; `None` as ending when the block is not closed.
    pub fn body(&mut self, name: &str, span: &Span, ends: &'static [&'static str]) -> (Vec<Node>, Option<Ending>) {
        if self.open.len() >= MAX_BLOCK_DEPTH {
            let message = format!("blocks stand in each other more than {MAX_BLOCK_DEPTH} deep");
            self.error("too-deep", message, span.clone(), None);
            self.at = self.tokens.len();
            return (Vec::new(), None);
        }
        self.open.push(Open { name: name.to_owned(), span: span.clone(), ends });
        let (nodes, ending) = self.nodes();
        self.open.pop();
        if ending.is_none() && !self.problems.iter().any(|problem| problem.code == "too-deep") {
            let end = ends.last().copied().unwrap_or_default();
            let line = self.line_of(span.start);
            let message = format!("`{{% {name} %}}`, opened on line {line}, is not closed: `{{% {end} %}}` is missing");
            let at = self.tokens.get(self.at).map_or(self.source.len(), |token| token.range.start);
            let fix = Fix { label: format!("Add {end}"), edits: vec![(at..at, format!("{{% {end} %}}"))] };
            self.error("unclosed-block", message, span.clone(), Some(fix));
        }
        (nodes, ending)
    }

    /// Passes over everything up to a tag, without reading it; whether it was found.
    pub fn skip_to(&mut self, end: &str) -> bool {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            if token.kind == TokenKind::Block && self.text(&token.inner) == end {
                return true;
            }
        }
        false
    }

    /// The text up to a tag, as it stands.
    pub fn raw_until(&mut self, end: &str) -> (Span, bool) {
        let start = self.tokens.get(self.at).map_or(self.source.len(), |token| token.range.start);
        while let Some(token) = self.tokens.get(self.at) {
            let range = token.range.clone();
            self.at += 1;
            if token.kind == TokenKind::Block && self.text(&token.inner) == end {
                return (start..range.start, true);
            }
        }
        (start..self.source.len(), false)
    }

    fn nodes(&mut self) -> (Vec<Node>, Option<Ending>) {
        let mut nodes = Vec::new();
        while let Some(token) = self.tokens.get(self.at).cloned() {
            match token.kind {
                TokenKind::Text => {
                    self.check_text(&token.range);
                    nodes.push(Node { kind: NodeKind::Text, span: token.range });
                }
                TokenKind::Comment => {}
                TokenKind::Variable => {
                    self.has_content = true;
                    if token.inner.is_empty() {
                        let message = "an empty `{{ }}` prints nothing; Django refuses it".to_owned();
                        self.error("empty-variable", message, token.range.clone(), None);
                    } else {
                        let expr = self.expr(token.inner);
                        nodes.push(Node { kind: NodeKind::Print(expr), span: token.range });
                    }
                }
                TokenKind::Block => {
                    let words = split_words(self.source, token.inner.clone());
                    let name = words.first().map(|word| self.text(word)).unwrap_or_default();
                    if self.open.last().is_some_and(|open| open.ends.contains(&name)) {
                        self.at += 1;
                        let ending = Ending { name: name.to_owned(), words, span: token.range };
                        return (nodes, Some(ending));
                    }
                    if self.open.iter().rev().skip(1).any(|open| open.ends.contains(&name)) {
                        return (nodes, None);
                    }
                    self.at += 1;
                    nodes.extend(self.tag(name, &words, &token));
                    self.has_content = true;
                    continue;
                }
            }
            self.at += 1;
        }
        (nodes, None)
    }

    fn tag(&mut self, name: &'a str, words: &[Span], token: &Token) -> Vec<Node> {
        let span = token.range.clone();
        if name.is_empty() {
            self.error("empty-tag", "an empty `{% %}` does nothing; Django refuses it".to_owned(), span, None);
            return Vec::new();
        }
        if let Some(reason) = catalog::refused_tag(name, self.dialect) {
            self.error("unavailable-tag", reason, span, None);
            self.ignored_ends.push(format!("end{name}"));
            return Vec::new();
        }
        if let Some(found) = tags::parse_tag(self, name, words, token) {
            return found.into_iter().collect();
        }
        let Some(name_span) = words.first().cloned() else { return Vec::new() };
        if let Some(position) = self.ignored_ends.iter().position(|end| end == name) {
            self.ignored_ends.swap_remove(position);
            return Vec::new();
        }
        let is_ending = name.starts_with("end") || matches!(name, "else" | "elif" | "empty");
        let known = catalog::tag_names(self.dialect);
        let (message, instead) = match hints::foreign_tag(name) {
            Some((advice, instead)) => (format!("`{name}` is not a Django tag: {advice}"), instead),
            None if is_ending => match self.open.last() {
                Some(open) => {
                    let wanted = open.ends.join("`, `");
                    let line = self.line_of(open.span.start);
                    let message = format!(
                        "`{name}` does not fit here: `{}`, opened on line {line}, waits for `{wanted}`",
                        open.name
                    );
                    let end = open.ends.last().copied().filter(|_| !matches!(name, "else" | "elif" | "empty"));
                    // A slip of the pen, or an end without a name.
                    let is_near =
                        name == "end" || end.is_some_and(|end| hints::nearest(name, [end].into_iter()).is_some());
                    (message, end.filter(|_| is_near))
                }
                None => (format!("`{name}` closes nothing: no block is open here"), None),
            },
            None => match hints::nearest(name, known) {
                Some(near) => (format!("there is no tag `{name}`; did you mean `{near}`?"), Some(near)),
                None => (format!("there is no tag `{name}`"), None),
            },
        };
        let code = if is_ending { "unexpected-end" } else { "unknown-tag" };
        let fix = instead
            .map(|instead| Fix { label: format!("Use {instead}"), edits: vec![(name_span, instead.to_owned())] });
        self.error(code, message, span, fix);
        self.ignored_ends.push(format!("end{name}"));
        Vec::new()
    }
}
