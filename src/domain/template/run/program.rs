//! What lowered text refers to by number: expressions, conditions and tags, made ready to run.
//!
//! In: what lowering found. Out: trees whose names, literals and filters are resolved.
//! Invariant: never changed by a rendering, but for hints where a key was found last.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use minijinja::Value;

use crate::domain::template::catalog::FilterSpec;
use crate::domain::template::parse::ast::CompareOp;
use crate::domain::template::run::forloop::Part;
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::methods;

/// How an expression treats what is missing and what fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A name after a dot.
#[derive(Debug)]
pub struct Key {
    pub text: Box<str>,
    /// The name as a list index.
    pub index: Option<usize>,
    /// The name as a part of `forloop`.
    pub part: Option<Part>,
    /// Whether a method of this name changes its list or dict.
    pub is_changing: bool,
    /// Where the name stood in the dict it was last found in: items of a list are mostly alike.
    hint: AtomicU32,
}

impl Key {
    pub fn new(text: &str) -> Self {
        let is_index = text.bytes().all(|byte| byte.is_ascii_digit());
        let index = if is_index { text.parse().ok() } else { None };
        let is_changing = methods::CHANGING.contains(&text);
        Self { text: text.into(), index, part: Part::of_name(text), is_changing, hint: AtomicU32::new(0) }
    }

    /// The value that the dict has for this key.
    #[inline]
    pub fn find<'a>(&self, dict: &'a Dict) -> Option<&'a Value> {
        let (found, at) = dict.find(&self.text, self.hint.load(Ordering::Relaxed) as usize)?;
        self.hint.store(at as u32, Ordering::Relaxed);
        Some(found)
    }
}

/// A literal, or a name and what follows its dots.
#[derive(Debug)]
pub enum Term {
    Const(Value),
    Path {
        root: Key,
        keys: Box<[Key]>,
    },
    /// `True`, `False` or `None`, which are names: what a context or a tag calls so is meant first.
    ConstPath {
        name: Key,
        root: Value,
        keys: Box<[Key]>,
    },
}

/// A filter in use.
#[derive(Debug)]
pub struct Use {
    pub spec: &'static FilterSpec,
    pub arg: Option<Term>,
}

/// A variable or literal with filters.
#[derive(Debug)]
pub struct Expr {
    pub head: Term,
    pub filters: Box<[Use]>,
    pub mode: Mode,
    /// Stands for the whole expression when its variable does not exist.
    pub invalid: Option<Value>,
}

/// A condition.
#[derive(Debug)]
pub enum Test {
    Expr(Expr),
    Not(Box<Test>),
    And(Box<(Test, Test)>),
    Or(Box<(Test, Test)>),
    Compare(CompareOp, Box<(Test, Test)>),
}

/// Names and the values they get.
pub type Bindings = Box<[(Arc<str>, Expr)]>;

/// Text and prints that follow each other: one operation instead of many.
#[derive(Debug)]
pub struct Run {
    /// The text of all pieces, in a row.
    pub text: Box<str>,
    pub pieces: Box<[Piece]>,
    /// Whether it stands where output is captured, so that nobody asks where it came from.
    pub is_captured: bool,
}

/// Some text, or a print.
#[derive(Debug)]
pub struct Piece {
    pub kind: PieceKind,
    /// Where it stands in the first template's source; nowhere if it comes from another.
    pub source: Range<usize>,
}

/// What a piece of a run is.
#[derive(Debug)]
pub enum PieceKind {
    /// So many bytes of the run's text.
    Text {
        len: usize,
        /// Whether the text stands in the source as it does here.
        is_raw: bool,
    },
    Print(Expr),
}

/// What a number in lowered text stands for.
#[derive(Debug)]
pub enum Op {
    /// Comes before all others: finds the rendering's state.
    Start,
    Print(Expr),
    /// Text and prints that follow each other.
    Run(Run),
    Test(Test),
    For {
        list: Expr,
        names: Arc<[Arc<str>]>,
        is_reversed: bool,
    },
    With(Bindings),
    Push,
    Pop,
    Cycle {
        id: usize,
        values: Box<[Expr]>,
        name: Option<Arc<str>>,
        is_silent: bool,
    },
    Reset(usize),
    FirstOf {
        values: Box<[Expr]>,
        name: Option<Arc<str>>,
    },
    Now {
        format: String,
        name: Option<Arc<str>>,
    },
    Lorem {
        count: Expr,
        method: char,
        is_common: bool,
    },
    Regroup {
        list: Expr,
        key: Expr,
        name: Arc<str>,
    },
    WidthRatio {
        values: Box<[Expr; 3]>,
        name: Option<Arc<str>>,
    },
    Include {
        site: usize,
        template: Expr,
        from: Box<str>,
        is_only: bool,
        bindings: Bindings,
    },
    /// A parent that only a rendering knows: all is compiled anew with it.
    Extends {
        parent: Expr,
        /// The template that is rendered.
        top: Box<str>,
        /// Parents that were found before this one.
        found: Box<[String]>,
    },
    Calendar {
        part: String,
        format: String,
        name: Option<Arc<str>>,
    },
    Currency(Expr),
    Changed {
        id: usize,
        values: Box<[Expr]>,
    },
    /// What follows gets the text captured before it.
    Filter(Box<[Use]>),
    Spaceless,
    /// Refuses to go on, and says why.
    Fail(&'static str),
    ChangedText(usize),
    Keep(Arc<str>),
}

/// All of a template.
#[derive(Debug, Default)]
pub struct Program(pub Vec<Op>);
