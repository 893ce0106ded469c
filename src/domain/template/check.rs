//! Variables that do not exist, and others that cannot be meant.
//!
//! In: a tree and the context it will be rendered with. Out: located problems with did-you-mean, and what each tag prints.
//! Invariant: only speaks of names that the context decides; what a filter made is not judged.

use serde_json::{Map, Value};

use crate::domain::template::catalog::{Dialect, refused_variable};
use crate::domain::template::parse::ast::{Cond, Expr, For, Head, Node, NodeKind, Span};
use crate::domain::template::parse::hints::{nearest, with_lookups};
use crate::domain::template::problem::{Fix, MAX_FOUND, Severity, TemplateProblem};

/// Items of a list that are looked at.
const MAX_ITEMS: usize = 50;

/// Whether the object stands for a date, as `read_json_with_dates` reads it.
fn is_date(object: &Map<String, Value>) -> bool {
    object.len() == 1 && (object.contains_key("$datetime") || object.contains_key("$date"))
}

/// What a loop tells of itself.
const LOOP_NAMES: [&str; 7] = ["counter", "counter0", "revcounter", "revcounter0", "first", "last", "parentloop"];

/// What to check.
#[derive(Debug, Clone, Copy)]
pub struct Checked<'a> {
    pub source: &'a str,
    pub nodes: &'a [Node],
    pub context: &'a Map<String, Value>,
    pub is_profile_only: bool,
    pub dialect: Dialect,
}

/// What a name may stand for: some of these values, or something unknown.
type Known<'a> = Option<Vec<&'a Value>>;

/// What a check found.
#[derive(Debug, Default)]
pub struct Findings<'a> {
    pub problems: Vec<TemplateProblem>,
    /// Tags that print a value of the context unfiltered, in the order of the source, and what they may print.
    pub printed: Vec<(Span, Vec<&'a Value>)>,
}

struct Checker<'a> {
    checked: Checked<'a>,
    names: Vec<(String, Known<'a>)>,
    found: Findings<'a>,
}

/// Where a name stands.
#[derive(Clone)]
struct Spot<'s> {
    span: Span,
    /// The keys after it in a dotted path; `None` for the text of a `lookup`.
    rest: Option<&'s [String]>,
}

/// How much a missing variable matters where it is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Printed,
    /// In a condition, where asking is the point.
    Asked,
}

/// Checks every variable of a template.
pub fn check_variables<'a>(checked: &Checked<'a>) -> Findings<'a> {
    let mut checker = Checker { checked: *checked, names: Vec::new(), found: Findings::default() };
    checker.nodes(checked.nodes);
    checker.found
}

impl<'a> Checker<'a> {
    fn nodes(&mut self, nodes: &'a [Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn scoped(&mut self, nodes: &'a [Node]) {
        let n_names = self.names.len();
        self.nodes(nodes);
        self.names.truncate(n_names);
    }

    fn bind(&mut self, name: &Option<String>) {
        if let Some(name) = name {
            self.names.push((name.clone(), None));
        }
    }

    fn exprs(&mut self, exprs: &'a [Expr]) {
        for expr in exprs {
            self.expr(expr, Use::Printed);
        }
    }

    fn node(&mut self, node: &'a Node) {
        match &node.kind {
            NodeKind::Text | NodeKind::Literal(_) | NodeKind::ResetCycle { .. } | NodeKind::Extends { .. } => {}
            NodeKind::Print(expr) => {
                if let Some(known) = self.expr(expr, Use::Printed) {
                    self.found.printed.push((node.span.clone(), known));
                }
            }
            NodeKind::Currency { value: expr } => {
                self.expr(expr, Use::Printed);
            }
            NodeKind::If { branches, otherwise } => {
                for (cond, body) in branches {
                    self.cond(cond);
                    self.nodes(body);
                }
                self.nodes(otherwise);
            }
            NodeKind::For(looped) => self.for_loop(looped),
            NodeKind::With { bindings, body } => {
                let n_names = self.names.len();
                for (name, expr) in bindings {
                    let known = self.expr(expr, Use::Printed);
                    self.names.push((name.clone(), known));
                }
                self.nodes(body);
                self.names.truncate(n_names);
            }
            NodeKind::Autoescape { body, .. } | NodeKind::Filter { body, .. } | NodeKind::Spaceless { body } => {
                self.nodes(body);
            }
            NodeKind::Block { body, .. } => {
                self.names.push(("block".to_owned(), None));
                self.scoped(body);
                self.names.pop();
            }
            NodeKind::IfChanged { values, body, otherwise, .. } => {
                self.exprs(values);
                self.nodes(body);
                self.nodes(otherwise.as_deref().unwrap_or_default());
            }
            NodeKind::Cycle { values, name, .. } | NodeKind::FirstOf { values, name } => {
                self.exprs(values);
                self.bind(name);
            }
            NodeKind::Now { format, name } => {
                self.check_date_format(format, &node.span);
                self.bind(name);
            }
            NodeKind::Calendar { name, .. } => self.bind(name),
            NodeKind::Lorem { count, .. } => {
                self.expr(count, Use::Printed);
            }
            NodeKind::Regroup { list, name, .. } => {
                self.expr(list, Use::Printed);
                self.names.push((name.clone(), None));
            }
            NodeKind::WidthRatio { value, max, width, name } => {
                for expr in [value, max, width] {
                    self.expr(expr, Use::Printed);
                }
                self.bind(name);
            }
            NodeKind::Include { template, bindings, .. } => {
                self.expr(template, Use::Printed);
                for (_, expr) in bindings {
                    self.expr(expr, Use::Printed);
                }
            }
        }
    }

    fn for_loop(&mut self, looped: &'a For) {
        let list = self.expr(&looped.list, Use::Printed);
        let n_names = self.names.len();
        self.names.push(("forloop".to_owned(), None));
        let items = list.map(|lists| {
            lists
                .into_iter()
                .filter_map(Value::as_array)
                .flat_map(|items| items.iter().take(MAX_ITEMS))
                .collect::<Vec<_>>()
        });
        let is_single = looped.names.len() == 1;
        let items = items.filter(|items| is_single && !items.is_empty());
        for name in &looped.names {
            self.names.push((name.clone(), items.clone()));
        }
        self.nodes(&looped.body);
        self.names.truncate(n_names);
        self.nodes(&looped.empty);
    }

    fn cond(&mut self, cond: &'a Cond) {
        match cond {
            Cond::Expr(expr) => {
                self.expr(expr, Use::Asked);
            }
            Cond::Not(inner) => self.cond(inner),
            Cond::And(a, b) | Cond::Or(a, b) | Cond::Compare(_, a, b) => {
                self.cond(a);
                self.cond(b);
            }
        }
    }

    /// Checks an expression; what it may stand for, as far as that is known.
    fn expr(&mut self, expr: &'a Expr, usage: Use) -> Known<'a> {
        let has_default =
            expr.filters.iter().any(|filter| matches!(filter.name.as_str(), "default" | "default_if_none"));
        let usage = if has_default { Use::Asked } else { usage };
        for filter in &expr.filters {
            if let Some((head, span)) = &filter.arg {
                if let ("date" | "time", Head::Text(format)) = (filter.name.as_str(), head) {
                    self.check_date_format(format, span);
                }
                self.head(head, span, Use::Printed);
            }
        }
        let mut known = self.head(&expr.head, &expr.head_span, usage);
        for filter in &expr.filters {
            let (Head::Text(key), span) = (match &filter.arg {
                Some((head, span)) if filter.name == "lookup" => (head, span),
                _ => {
                    if matches!(filter.name.as_str(), "date" | "time") {
                        self.check_date(&known, &filter.name_span);
                    }
                    return None;
                }
            }) else {
                return None;
            };
            let spot = Spot { span: span.start + 1..span.end.saturating_sub(1), rest: None };
            known = self.step(known?, key, &spot, usage);
        }
        known
    }

    /// Notes a date format of other languages: Django's letters stand alone.
    fn check_date_format(&mut self, format: &str, span: &Span) {
        if format.contains('%') {
            let message = "Django’s date formats are letters without `%`, such as `Y-m-d`".to_owned();
            self.note(Severity::Warning, "percent-date", message, span.clone(), None);
        }
    }

    fn check_date(&mut self, known: &Known<'_>, filter: &Span) {
        let is_text = known.as_ref().is_some_and(|values| values.iter().any(|value| value.is_string()));
        if !is_text || self.checked.dialect != Dialect::Klaviyo {
            return;
        }
        let before = self.checked.source.get(..filter.start).unwrap_or_default();
        let at = before.rfind('|').unwrap_or(filter.start);
        let fix =
            Fix { label: "Read the date first".to_owned(), edits: vec![(at..at, "|format_date_string".to_owned())] };
        let message = "this date is text, so `date` prints nothing; read it with `format_date_string` first".to_owned();
        self.note(Severity::Warning, "date-of-text", message, filter.clone(), Some(fix));
    }

    fn note(&mut self, severity: Severity, code: &str, message: String, span: Span, fix: Option<Fix>) {
        if self.found.problems.len() >= MAX_FOUND {
            return;
        }
        self.found
            .problems
            .push(TemplateProblem::new(severity, code, message, self.checked.source, span).with_fix(fix));
    }

    fn head(&mut self, head: &Head, span: &Span, usage: Use) -> Known<'a> {
        let Head::Path(path) = head else { return None };
        let (root, keys) = path.split_first()?;
        if matches!(root.as_str(), "True" | "False" | "None") {
            return None;
        }
        let is_bound = self.names.iter().any(|(name, _)| name == root);
        if root == "forloop" && is_bound {
            let mut at = span.start + root.len() + 1;
            for key in keys {
                self.check_forloop(key, at..at + key.len());
                if key != "parentloop" {
                    break;
                }
                at += key.len() + 1;
            }
            return None;
        }
        if root == "loop" && !is_bound && self.names.iter().any(|(name, _)| name == "forloop") {
            let place = span.start..span.start + root.len();
            let fix = Fix { label: "Use forloop".to_owned(), edits: vec![(place.clone(), "forloop".to_owned())] };
            let message = "Django calls the loop `forloop`, as in `forloop.counter`".to_owned();
            self.note(Severity::Warning, "unknown-variable", message, place, Some(fix));
            return None;
        }
        if self.checked.is_profile_only && root == "event" && !is_bound {
            let message = "this flow starts with a list, segment or date, so there is no event to read".to_owned();
            // A profile that has the same property is likely what was meant.
            let person = self
                .checked
                .context
                .get("person")
                .filter(|person| keys.first().is_some_and(|key| person.get(key).is_some()));
            let root_span = span.start..span.start + root.len();
            let fix = person
                .map(|_| Fix { label: "Read the profile".to_owned(), edits: vec![(root_span, "person".to_owned())] });
            self.note(Severity::Error, "event-in-profile-flow", message, span.clone(), fix);
            return None;
        }
        let mut at = span.start;
        let root_span = at..at + root.len();
        let mut known = match self.names.iter().rev().find(|(name, _)| name == root) {
            Some((_, known)) => known.clone()?,
            None => match self.checked.context.get(root) {
                Some(value) => vec![value],
                None if self.misspelt_constant(root, &root_span) || self.is_refused(root, &root_span) => return None,
                None => {
                    let names: Vec<&str> = self.checked.context.keys().map(String::as_str).collect();
                    let bound: Vec<String> = self.names.iter().map(|(name, _)| name.clone()).collect();
                    let near =
                        nearest(root, names.into_iter().chain(bound.iter().map(String::as_str))).map(str::to_owned);
                    self.missing(root, near, &Spot { span: root_span, rest: Some(&[]) }, usage);
                    return None;
                }
            },
        };
        at += root.len() + 1;
        for (key_idx, key) in keys.iter().enumerate() {
            let spot = Spot { span: at..at + key.len(), rest: keys.get(key_idx + 1..) };
            if self.is_property(&known, key, &spot.span, key_idx + 1 == keys.len()) {
                return None;
            }
            known = self.step(known, key, &spot, usage)?;
            at += key.len() + 1;
        }
        Some(known)
    }

    /// Whether the name is a constant as other languages spell it; notes it.
    fn misspelt_constant(&mut self, root: &str, span: &Span) -> bool {
        let constant = match root {
            "true" | "TRUE" => "True",
            "false" | "FALSE" => "False",
            "none" | "null" | "nil" | "NULL" | "undefined" => "None",
            _ => return false,
        };
        let fix = Fix { label: format!("Use {constant}"), edits: vec![(span.clone(), constant.to_owned())] };
        let message = format!("Django spells this `{constant}`; `{root}` is a variable that does not exist");
        self.note(Severity::Warning, "constant-spelling", message, span.clone(), Some(fix));
        true
    }

    /// Whether the name is of what webhooks do not get; notes it.
    fn is_refused(&mut self, root: &str, span: &Span) -> bool {
        let reason = if self.checked.dialect == Dialect::Klaviyo { refused_variable(root) } else { None };
        if let Some(reason) = reason {
            let message = format!("`{root}` {reason}");
            self.note(Severity::Error, "unavailable-variable", message, span.clone(), None);
        }
        reason.is_some()
    }

    /// Whether the key is a property that other languages have and Django has not; notes it.
    fn is_property(&mut self, known: &[&Value], key: &str, span: &Span, is_last: bool) -> bool {
        let is_plain = |value: &&Value| match value {
            Value::Array(_) => true,
            Value::String(_) => matches!(key, "length" | "size"),
            _ => false,
        };
        if known.is_empty() || !known.iter().all(is_plain) {
            return false;
        }
        let filter = match key {
            "length" | "size" | "count" => "length",
            "first" => "first",
            "last" => "last",
            _ => return false,
        };
        let edit = match (is_last, filter) {
            (true, _) => Some((span.start - 1..span.end, format!("|{filter}"))),
            (false, "first") => Some((span.clone(), "0".to_owned())),
            (false, _) => None,
        };
        let fix = edit.map(|edit| Fix { label: "Write it as Django does".to_owned(), edits: vec![edit] });
        let message = format!("Django has no `.{key}`; use the filter `{filter}`, as in `items|{filter}`");
        self.note(Severity::Warning, "foreign-property", message, span.clone(), fix);
        true
    }

    /// Notes a name after `forloop` that loops do not have.
    fn check_forloop(&mut self, key: &str, span: Span) {
        let instead = match key {
            "index" => "counter",
            "index0" => "counter0",
            "rindex" => "revcounter",
            "rindex0" => "revcounter0",
            _ if LOOP_NAMES.contains(&key) => return,
            _ => nearest(key, LOOP_NAMES.iter().copied()).unwrap_or_default(),
        };
        let message = match (instead, key) {
            ("", "length") => "a loop does not tell its length; use `{{ items|length }}`".to_owned(),
            ("", _) => format!("a loop has no `{key}`; it has {}", LOOP_NAMES.join(", ")),
            (instead, _) => format!("a loop has no `{key}`; did you mean `{instead}`?"),
        };
        let fix = (!instead.is_empty())
            .then(|| Fix { label: format!("Use {instead}"), edits: vec![(span.clone(), instead.to_owned())] });
        self.note(Severity::Warning, "unknown-variable", message, span, fix);
    }

    /// The values under a key; notes the key if none has it.
    fn step(&mut self, known: Vec<&'a Value>, key: &str, spot: &Spot<'_>, usage: Use) -> Known<'a> {
        let mut found: Vec<&'a Value> = Vec::new();
        let mut is_unknown = false;
        for value in &known {
            match value {
                Value::Object(object) if is_date(object) => is_unknown = true,
                Value::Object(object) => match object.get(key) {
                    Some(value) => found.push(value),
                    None => is_unknown |= matches!(key, "items" | "keys" | "values"),
                },
                Value::Array(items) => found.extend(key.parse::<usize>().ok().and_then(|idx| items.get(idx))),
                Value::String(_) | Value::Number(_) => is_unknown = true,
                Value::Null | Value::Bool(_) => {}
            }
        }
        if is_unknown {
            return None;
        }
        if found.is_empty() {
            let names = known.iter().filter_map(|value| value.as_object()).flat_map(Map::keys).map(String::as_str);
            let near = nearest(key, names).map(str::to_owned);
            self.missing(key, near, spot, usage);
            return None;
        }
        Some(found)
    }

    fn missing(&mut self, name: &str, near: Option<String>, spot: &Spot<'_>, usage: Use) {
        if usage == Use::Asked && near.is_none() {
            return;
        }
        let fix = near.as_deref().and_then(|near| {
            let is_plain = near.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
            let edit = match spot.rest {
                _ if is_plain => (spot.span.clone(), near.to_owned()),
                None => (spot.span.clone(), (!near.contains(['\'', '"'])).then(|| near.to_owned())?),
                // A name that cannot follow a dot, and so nothing after it can.
                Some(rest) => {
                    let len: usize = rest.iter().map(|key| key.len() + 1).sum();
                    let keys = std::iter::once(near).chain(rest.iter().map(String::as_str));
                    (spot.span.start.checked_sub(1)?..spot.span.end + len, with_lookups(keys)?)
                }
            };
            Some(Fix { label: format!("Use {near}"), edits: vec![edit] })
        });
        let message = match &near {
            Some(near) => format!("there is no `{name}` in this data; did you mean `{near}`?"),
            None => format!("there is no `{name}` in this data, so it prints nothing"),
        };
        let severity = if usage == Use::Asked { Severity::Hint } else { Severity::Warning };
        self.note(severity, "unknown-variable", message, spot.span.clone(), fix);
    }
}
