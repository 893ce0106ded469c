//! Makes expressions and conditions ready to run.
//!
//! In: Django expressions. Out: expressions whose names, literals and filters are resolved.
//! Invariant: a filter that the dialect lacks never gets here; parsing refuses it.

use crate::domain::template::catalog::{Dialect, find_filter};
use crate::domain::template::parse::ast::{self, Cond, FilterUse, Head};
use crate::domain::template::run::program::{Expr, Key, Mode, Term, Test, Use};
use crate::domain::template::value::big::{Int, int_of_text};
use crate::domain::template::value::{int_value, safe};
use minijinja::Value;

/// What expressions are lowered with.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    pub dialect: Dialect,
    /// Where the rendered `block.super` is kept, inside a block that has one.
    pub super_name: Option<&'a str>,
    /// The name of the block that the expression stands in.
    pub block_name: Option<&'a str>,
    /// What is printed for a variable that does not exist; `%s` is its name.
    pub invalid: &'a str,
}

fn has_specials(head: &Head) -> bool {
    matches!(head, Head::Text(text) if text.contains(['<', '>', '&', '"', '\'']))
}

impl Names<'_> {
    /// Lowers an expression.
    pub fn expr(self, expr: &ast::Expr, mode: Mode) -> Expr {
        // Literals are safe text in Django. Marking them costs, so it is done only where it can be seen.
        let is_marked = has_specials(&expr.head)
            || expr.filters.iter().any(|used| {
                // What these make of text has signs that the text had not, or is no text.
                matches!(used.name.as_str(), "add" | "apnumber" | "escapeseq" | "safeseq" | "pprint" | "stringformat")
                    || used.arg.as_ref().is_some_and(|(arg, _)| has_specials(arg))
            });
        let invalid = match &expr.head {
            Head::Path(path) if mode == Mode::Output && !self.invalid.is_empty() => {
                Some(Value::from(self.invalid.replace("%s", &path.join("."))))
            }
            _ => None,
        };
        let head = self.term(&expr.head, is_marked);
        Expr { head, filters: self.filters(&expr.filters, is_marked), mode, invalid }
    }

    /// Lowers filters.
    pub fn filters(self, filters: &[FilterUse], is_marked: bool) -> Box<[Use]> {
        let lower = |used: &FilterUse| {
            let spec = find_filter(&used.name, self.dialect, true)?;
            Some(Use { spec, arg: used.arg.as_ref().map(|(arg, _)| self.term(arg, is_marked)) })
        };
        filters.iter().filter_map(lower).collect()
    }

    /// Lowers a literal or a path.
    pub fn term(self, head: &Head, is_marked: bool) -> Term {
        match head {
            Head::Text(text) if is_marked => Term::Const(safe(text.clone())),
            Head::Text(text) => Term::Const(Value::from(text.as_str())),
            Head::Int(int) => Term::Const(int_value(*int)),
            Head::BigInt(digits) => Term::Const(int_of_text(digits).map_or(Value::from(()), Int::into_value)),
            Head::Float(float) => Term::Const(Value::from(*float)),
            Head::Path(path) => self.path(path),
        }
    }

    fn path(self, path: &[String]) -> Term {
        let Some((root, keys)) = path.split_first() else { return Term::Const(Value::from(())) };
        if let Some(super_name) = self.super_name
            && root == "block"
            && keys.first().is_some_and(|key| key == "super")
        {
            return Term::Path { root: Key::new(super_name), keys: Box::default() };
        }
        if let (Some(block_name), "block", [key]) = (self.block_name, root.as_str(), keys)
            && key == "name"
        {
            return Term::Const(Value::from(block_name));
        }
        let keys = keys.iter().map(|key| Key::new(key)).collect();
        let name = Key::new(root);
        let root = match root.as_str() {
            "True" => Value::from(true),
            "False" => Value::from(false),
            "None" => Value::from(()),
            _ => return Term::Path { root: name, keys },
        };
        Term::ConstPath { name, root, keys }
    }

    /// Lowers a whole condition.
    pub fn condition(self, cond: &Cond) -> Test {
        match cond {
            Cond::Expr(expr) => Test::Expr(self.expr(expr, Mode::Condition)),
            Cond::Not(_) | Cond::And(..) | Cond::Or(..) | Cond::Compare(..) => self.operand(cond),
        }
    }

    fn operand(self, cond: &Cond) -> Test {
        match cond {
            Cond::Expr(expr) => Test::Expr(self.expr(expr, Mode::Quiet)),
            Cond::Not(inner) => Test::Not(Box::new(self.operand(inner))),
            Cond::And(a, b) => Test::And(Box::new((self.operand(a), self.operand(b)))),
            Cond::Or(a, b) => Test::Or(Box::new((self.operand(a), self.operand(b)))),
            Cond::Compare(op, a, b) => Test::Compare(*op, Box::new((self.operand(a), self.operand(b)))),
        }
    }
}
