//! Lowers expressions and conditions.
//!
//! In: Django expressions. Out: Jinja expressions.
//! Invariant: every name a template can write is either a plain Jinja name or looked up by text.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::domain::template::parse::ast::{CompareOp, Cond, Expr, FilterUse, Head};
use crate::domain::template::value::print::float_repr;

/// How an expression treats what is missing and what fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Missing is empty text; a missing argument or a failing filter is an error.
    Output,
    /// Missing is `None`; a missing argument or a failing filter is an error.
    Ignore,
    /// As `Ignore`, but a missing argument makes the whole expression false.
    Condition,
    /// As `Ignore`, but any failure makes the whole expression false.
    Quiet,
}

impl Mode {
    /// What lowered filter names begin with.
    pub fn prefix(self) -> char {
        match self {
            Self::Output => 'f',
            Self::Ignore => 'i',
            Self::Condition => 'c',
            Self::Quiet => 'q',
        }
    }
}

/// The filters that lowered text uses, by mode and name.
pub type UsedFilters = BTreeSet<(Mode, String)>;

/// A Jinja string literal.
pub fn text_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for letter in text.chars() {
        match letter {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ => literal.push(letter),
        }
    }
    literal.push('"');
    literal
}

fn has_specials(head: &Head) -> bool {
    matches!(head, Head::Text(text) if text.contains(['<', '>', '&', '"', '\'']))
}

/// Lowers an expression; `super_name` is the lowered name of `block.super`, where there is one.
pub fn lower_expr(expr: &Expr, mode: Mode, super_name: Option<&str>, used: &mut UsedFilters) -> String {
    // Literals are safe text in Django. Marking them costs, so it is done only where it can be seen.
    let is_marked = has_specials(&expr.head)
        || expr.filters.iter().any(|used| used.arg.as_ref().is_some_and(|(arg, _)| has_specials(arg)));
    let mut out = lower_head(&expr.head, is_marked, super_name);
    lower_filters(&mut out, &expr.filters, mode, is_marked, used);
    out
}

/// Appends filters to a lowered value.
pub fn lower_filters(out: &mut String, filters: &[FilterUse], mode: Mode, is_marked: bool, used: &mut UsedFilters) {
    for filter in filters {
        used.insert((mode, filter.name.clone()));
        let _infallible = write!(out, "|{}_{}", mode.prefix(), filter.name);
        if let Some((arg, _)) = &filter.arg {
            let _infallible = write!(out, "({})", lower_head(arg, is_marked, None));
        }
    }
}

fn lower_head(head: &Head, is_marked: bool, super_name: Option<&str>) -> String {
    match head {
        Head::Text(text) if is_marked => format!("{}|_m", text_literal(text)),
        Head::Text(text) => text_literal(text),
        Head::Int(int) if *int >= 0 => int.to_string(),
        Head::Int(int) => format!("({int})"),
        Head::Float(float) => format!("\"{}\"|_float", float_repr(*float)),
        Head::Path(path) => lower_path(path, super_name),
    }
}

fn lower_path(path: &[String], super_name: Option<&str>) -> String {
    let Some((root, keys)) = path.split_first() else { return "none".to_owned() };
    if let Some(super_name) = super_name
        && root == "block"
        && keys.first().is_some_and(|key| key == "super")
    {
        return super_name.to_owned();
    }
    let mut out = match root.as_str() {
        "True" => "true".to_owned(),
        "False" => "false".to_owned(),
        "None" => "none".to_owned(),
        name if is_plain(name) => name.to_owned(),
        name => format!("_c[{}]", text_literal(name)),
    };
    if !keys.is_empty() {
        let keys: Vec<String> = keys.iter().map(|key| text_literal(key)).collect();
        let _infallible = write!(out, "|_g({})", keys.join(","));
    }
    out
}

/// Whether Jinja reads the name as a variable and nothing else.
fn is_plain(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|letter| letter.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !matches!(
            name,
            "true"
                | "false"
                | "none"
                | "not"
                | "and"
                | "or"
                | "in"
                | "is"
                | "if"
                | "else"
                | "loop"
                | "self"
                | "super"
                | "caller"
                | "recursive"
                | "for"
                | "elif"
                | "undefined"
        )
}

/// Lowers a whole condition.
pub fn lower_condition(cond: &Cond, super_name: Option<&str>, used: &mut UsedFilters) -> String {
    match cond {
        Cond::Expr(expr) => lower_expr(expr, Mode::Condition, super_name, used),
        Cond::Not(_) | Cond::And(..) | Cond::Or(..) | Cond::Compare(..) => lower_operand(cond, super_name, used),
    }
}

fn lower_operand(cond: &Cond, super_name: Option<&str>, used: &mut UsedFilters) -> String {
    match cond {
        Cond::Expr(expr) => format!("({})", lower_expr(expr, Mode::Quiet, super_name, used)),
        Cond::Not(inner) => format!("({}|_not)", lower_operand(inner, super_name, used)),
        Cond::And(a, b) => {
            format!("({} and {})", lower_operand(a, super_name, used), lower_operand(b, super_name, used))
        }
        Cond::Or(a, b) => {
            format!("({} or {})", lower_operand(a, super_name, used), lower_operand(b, super_name, used))
        }
        Cond::Compare(op, a, b) => {
            let name = match op {
                CompareOp::In => "_in",
                CompareOp::NotIn => "_nin",
                CompareOp::Is => "_is",
                CompareOp::IsNot => "_isnt",
                CompareOp::Eq => "_eq",
                CompareOp::Ne => "_ne",
                CompareOp::Gt => "_gt",
                CompareOp::Ge => "_ge",
                CompareOp::Lt => "_lt",
                CompareOp::Le => "_le",
            };
            let (a, b) = (lower_operand(a, super_name, used), lower_operand(b, super_name, used));
            format!("({a}|{name}({b}))")
        }
    }
}
