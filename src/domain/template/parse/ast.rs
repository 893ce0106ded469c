//! What a template says, after parsing.
//!
//! In: nothing. Out: the tree that lowering and checks walk.
//! Invariant: every range lies in the source that was parsed.

use std::ops::Range;

/// A range of bytes of the source.
pub type Span = Range<usize>;

/// A variable or literal with filters.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub head: Head,
    pub head_span: Span,
    pub filters: Vec<FilterUse>,
    pub span: Span,
}

/// What filters are applied to, or get as argument.
#[derive(Debug, Clone, PartialEq)]
pub enum Head {
    Text(String),
    Int(i128),
    /// An integer of more than 128 bits, in decimal digits.
    BigInt(String),
    Float(f64),
    /// A name and what follows its dots.
    Path(Vec<String>),
}

/// A filter in an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterUse {
    pub name: String,
    pub name_span: Span,
    pub arg: Option<(Head, Span)>,
}

/// A condition of `{% if %}`.
#[derive(Debug, Clone, PartialEq)]
pub enum Cond {
    Expr(Expr),
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
    Compare(CompareOp, Box<Cond>, Box<Cond>),
}

/// An operator between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompareOp {
    In,
    NotIn,
    Is,
    IsNot,
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

/// A name given to a value in `{% with %}` and `{% include %}`.
pub type Binding = (String, Expr);

/// A piece of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub kind: NodeKind,
    /// The tag's own text, or the text itself.
    pub span: Span,
}

/// What a piece does.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    Text,
    /// Text that is not in the source as it prints: `templatetag`.
    Literal(String),
    Print(Expr),
    If {
        branches: Vec<(Cond, Vec<Node>)>,
        otherwise: Vec<Node>,
    },
    For(Box<For>),
    With {
        bindings: Vec<Binding>,
        body: Vec<Node>,
    },
    Autoescape {
        is_on: bool,
        body: Vec<Node>,
    },
    Filter {
        filters: Vec<FilterUse>,
        body: Vec<Node>,
    },
    Spaceless {
        body: Vec<Node>,
    },
    IfChanged {
        id: usize,
        values: Vec<Expr>,
        body: Vec<Node>,
        otherwise: Option<Vec<Node>>,
    },
    Cycle {
        id: usize,
        values: Vec<Expr>,
        name: Option<String>,
        is_silent: bool,
    },
    ResetCycle {
        id: usize,
    },
    FirstOf {
        values: Vec<Expr>,
        name: Option<String>,
    },
    Now {
        format: String,
        name: Option<String>,
    },
    Lorem {
        count: Expr,
        method: char,
        is_common: bool,
    },
    Regroup {
        list: Expr,
        by: String,
        name: String,
    },
    WidthRatio {
        value: Expr,
        max: Expr,
        width: Expr,
        name: Option<String>,
    },
    Include {
        template: Expr,
        bindings: Vec<Binding>,
        is_only: bool,
    },
    Extends {
        parent: Expr,
    },
    Block {
        name: String,
        body: Vec<Node>,
    },
    /// Klaviyo's `{% today … as x %}`, `{% current_year %}` and their kind.
    Calendar {
        part: String,
        format: String,
        name: Option<String>,
    },
    Currency {
        value: Expr,
    },
}

/// A loop.
#[derive(Debug, Clone, PartialEq)]
pub struct For {
    pub names: Vec<String>,
    pub list: Expr,
    pub is_reversed: bool,
    pub body: Vec<Node>,
    pub empty: Vec<Node>,
    /// Where the body ends: the start of `{% empty %}` or `{% endfor %}`.
    pub body_end: usize,
}
