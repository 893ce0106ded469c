//! Lowers the pieces of a template.
//!
//! In: a tree, and blocks that children of the template define. Out: Jinja source with its marks.
//! Invariant: the depth of lowered blocks is bounded by `MAX_LOWERED_DEPTH`, also when templates extend each other.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use minijinja::Value;

use crate::domain::template::catalog::Dialect;
use crate::domain::template::lower::expr::Names;
use crate::domain::template::lower::{Mark, Marks};
use crate::domain::template::parse::ast::{Cond, Expr, FilterUse, For, Head, Node, NodeKind, Span};
use crate::domain::template::parse::expression::parse_expr;
use crate::domain::template::run::program::{self, Bindings, Mode, Op, Piece, PieceKind, Program, Run, Term};
use crate::domain::template::value::dict::Dict;
use crate::domain::template::value::safe;

const MAX_LOWERED_DEPTH: usize = 90;

/// Longer chains of `elif` are lowered one after the other instead of in each other.
const MAX_NESTED_BRANCHES: usize = 6;

/// One template of a chain that extends: its source and tree.
#[derive(Clone, Copy)]
pub struct Unit<'a> {
    pub source: &'a str,
    pub nodes: &'a [Node],
    pub name: &'a str,
}

/// What lowering gives.
#[derive(Debug, Default)]
pub struct Lowered {
    pub text: String,
    pub marks: Marks,
    pub program: Program,
    /// What is wrong, with its place in the first template.
    pub errors: Vec<(String, Span)>,
}

/// Bodies of one block, those of the templates that extend before those of their parents.
type Overridden<'a> = Vec<(Unit<'a>, &'a [Node], usize)>;
type Blocks<'a> = BTreeMap<&'a str, Overridden<'a>>;

/// A block is written out wherever another one reads it as `block.super`; more often than this is refused.
const MAX_LAYERS: usize = 200;

/// A cycle's values, its name, and whether it is silent.
type CycleOf<'a> = (&'a [Expr], Option<&'a str>, bool);

struct Lowerer<'a> {
    lowered: Lowered,
    blocks: Blocks<'a>,
    /// Values of cycles, for those that repeat one by its name.
    cycles: BTreeMap<(usize, usize), CycleOf<'a>>,
    invalid: &'a str,
    dialect: Dialect,
    depth: usize,
    n_names: usize,
    super_name: Option<String>,
    block_name: Option<&'a str>,
    /// What the block being lowered overrides, the nearest first; `None` outside of blocks.
    overridden: Option<Overridden<'a>>,
    n_layers: usize,
    n_units: usize,
    /// How many captures the lowered text stands in.
    n_captures: usize,
}

/// Lowers a chain of templates, from the one rendered to the one that extends nothing; `invalid` stands for what is missing.
/// `found` are the parents in it whose names only a rendering knew.
pub fn lower(chain: &[Unit<'_>], found: &[String], invalid: &str, dialect: Dialect) -> Lowered {
    let mut blocks: Blocks<'_> = BTreeMap::new();
    for (idx, unit) in chain.iter().enumerate() {
        collect_blocks(*unit, unit.nodes, idx, &mut blocks);
    }
    let mut lowerer = Lowerer {
        lowered: Lowered::default(),
        blocks,
        cycles: BTreeMap::new(),
        invalid,
        dialect,
        depth: 0,
        n_names: 0,
        super_name: None,
        block_name: None,
        overridden: None,
        n_layers: 0,
        n_units: chain.len(),
        n_captures: 0,
    };
    lowerer.run(Op::Start);
    if let Some((root, idx)) = chain.last().zip(chain.len().checked_sub(1)) {
        // A parent whose name only a rendering knows: everything else is done there.
        let extends = root.nodes.iter().find_map(|node| match &node.kind {
            NodeKind::Extends { parent } => Some((node, parent)),
            _ => None,
        });
        match (extends, chain.first()) {
            (Some((node, parent)), Some(top)) => {
                lowerer.mark(&node.span, idx, false);
                let parent = lowerer.expr(parent, Mode::Output);
                lowerer.run(Op::Extends { parent, top: top.name.into(), found: found.into() });
            }
            _ => {
                // Text before `extends` prints, that of each template before its parent's.
                for (idx, unit) in chain.iter().enumerate().filter(|(at, _)| *at < idx) {
                    let lead = unit.nodes.iter().take_while(|node| !matches!(node.kind, NodeKind::Extends { .. }));
                    lead.for_each(|node| lowerer.node(*unit, idx, node));
                }
                lowerer.nodes(*root, idx, root.nodes);
            }
        }
    }
    // Keeps Jinja from trimming a line break at the end.
    lowerer.lowered.text.push_str("{##}");
    lowerer.lowered
}

fn collect_blocks<'a>(unit: Unit<'a>, nodes: &'a [Node], idx: usize, blocks: &mut Blocks<'a>) {
    for node in nodes {
        if let NodeKind::Block { name, body } = &node.kind {
            blocks.entry(name).or_default().push((unit, body, idx));
        }
        for body in children(node) {
            collect_blocks(unit, body, idx, blocks);
        }
    }
}

/// The bodies inside a node.
pub fn children(node: &Node) -> Vec<&[Node]> {
    match &node.kind {
        NodeKind::If { branches, otherwise } => {
            branches.iter().map(|(_, body)| body.as_slice()).chain([otherwise.as_slice()]).collect()
        }
        NodeKind::For(looped) => vec![&looped.body, &looped.empty],
        NodeKind::With { body, .. }
        | NodeKind::Autoescape { body, .. }
        | NodeKind::Filter { body, .. }
        | NodeKind::Spaceless { body }
        | NodeKind::Block { body, .. } => vec![body],
        NodeKind::IfChanged { body, otherwise, .. } => {
            [Some(body.as_slice()), otherwise.as_deref()].into_iter().flatten().collect()
        }
        _ => Vec::new(),
    }
}

/// Whether rendering these twice gives something else: a cycle stands directly among them.
fn has_cycle(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| matches!(node.kind, NodeKind::Cycle { .. }))
}

impl<'a> Lowerer<'a> {
    fn push(&mut self, text: &str) {
        self.lowered.text.push_str(text);
    }

    fn mark(&mut self, source: &Span, idx: usize, is_raw: bool) {
        // Only the first template's places are known to the reader of marks.
        let source = if idx == 0 { source.clone() } else { 0..0 };
        let lowered = self.lowered.text.len();
        self.lowered.marks.0.push(Mark { lowered, is_raw: is_raw && idx == 0, source, run: None });
    }

    fn raw(&mut self, text: &str, span: &Span, idx: usize) {
        let mut at = 0;
        let mut rest = text;
        while let Some(brace) = rest.find('{') {
            let after = rest.get(brace + 1..).unwrap_or_default();
            let is_special = after.is_empty() || after.starts_with(['{', '%', '#']);
            let plain = rest.get(..if is_special { brace } else { brace + 1 }).unwrap_or_default();
            if !plain.is_empty() {
                self.mark(&(span.start + at..span.end), idx, true);
                self.push(plain);
            }
            if is_special {
                self.mark(&(span.start + at + brace..span.start + at + brace + 1), idx, false);
                self.push("{{ \"{\" }}");
            }
            at += brace + 1;
            rest = after;
        }
        if !rest.is_empty() {
            self.mark(&(span.start + at..span.end), idx, true);
            self.push(rest);
        }
    }

    fn names(&self) -> Names<'_> {
        Names {
            dialect: self.dialect,
            super_name: self.super_name.as_deref(),
            block_name: self.block_name,
            invalid: self.invalid,
        }
    }

    fn expr(&self, expr: &Expr, mode: Mode) -> program::Expr {
        self.names().expr(expr, mode)
    }

    fn exprs(&self, exprs: &[Expr], mode: Mode) -> Box<[program::Expr]> {
        exprs.iter().map(|expr| self.expr(expr, mode)).collect()
    }

    fn bindings(&self, bindings: &[(String, Expr)]) -> Bindings {
        bindings.iter().map(|(name, expr)| (Arc::from(name.as_str()), self.expr(expr, Mode::Output))).collect()
    }

    /// The number of a new operation.
    fn op(&mut self, op: Op) -> usize {
        self.lowered.program.0.push(op);
        self.lowered.program.0.len() - 1
    }

    /// Lowered text with the number of a new operation in it.
    fn push_op(&mut self, before: &str, op: Op, after: &str) {
        let id = self.op(op);
        let _infallible = write!(self.lowered.text, "{before}{id}{after}");
    }

    /// An operation that prints, or only does something.
    fn run(&mut self, op: Op) {
        self.push_op("{{ ", op, " }}");
    }

    fn name(&mut self, prefix: &str) -> String {
        self.n_names += 1;
        format!("{prefix}{}", self.n_names)
    }

    fn nodes(&mut self, unit: Unit<'a>, idx: usize, nodes: &'a [Node]) {
        if self.depth >= MAX_LOWERED_DEPTH {
            self.lowered.errors.push(("the template’s blocks nest too deeply".to_owned(), 0..0));
            return;
        }
        self.depth += 1;
        let mut rest = nodes;
        while let Some((node, after)) = rest.split_first() {
            let is_in_block = self.overridden.is_some();
            let is_plain = |node: &&Node| is_piece(node) && !(is_in_block && reads_super(node));
            let len = rest.iter().take_while(is_plain).count();
            if len > 1 {
                let (run, after) = rest.split_at_checked(len).unwrap_or((rest, &[]));
                self.pieces(unit, idx, run);
                rest = after;
            } else {
                self.node(unit, idx, node);
                rest = after;
            }
        }
        self.depth -= 1;
    }

    /// Text and prints that follow each other.
    fn pieces(&mut self, unit: Unit<'a>, idx: usize, nodes: &'a [Node]) {
        let mut text = String::new();
        let mut pieces = Vec::with_capacity(nodes.len());
        for node in nodes {
            let start = text.len();
            let kind = match &node.kind {
                NodeKind::Print(expr) => PieceKind::Print(self.expr(expr, Mode::Output)),
                NodeKind::Literal(literal) => {
                    text.push_str(literal);
                    PieceKind::Text { len: text.len() - start, is_raw: false }
                }
                _ => {
                    text.push_str(unit.source.get(node.span.clone()).unwrap_or_default());
                    PieceKind::Text { len: text.len() - start, is_raw: idx == 0 }
                }
            };
            pieces.push(Piece { kind, source: if idx == 0 { node.span.clone() } else { 0..0 } });
        }
        let (text, pieces) = (text.into_boxed_str(), pieces.into_boxed_slice());
        let run = Op::Run(Run { text, pieces, is_captured: self.n_captures > 0 });
        let span = nodes.first().zip(nodes.last()).map_or(0..0, |(first, last)| first.span.start..last.span.end);
        self.mark(&span, idx, false);
        if let Some(mark) = self.lowered.marks.0.last_mut() {
            mark.run = Some(self.lowered.program.0.len());
        }
        self.run(run);
    }

    fn node(&mut self, unit: Unit<'a>, idx: usize, node: &'a Node) {
        let span = &node.span;
        if let NodeKind::Text = &node.kind {
            return self.raw(unit.source.get(span.clone()).unwrap_or_default(), span, idx);
        }
        self.mark(span, idx, false);
        if self.overridden.is_some() && reads_super(node) {
            self.keep_super(node, idx);
            self.mark(span, idx, false);
        }
        // What nests most has a way of its own: what stands on the stack for each level stays small.
        match &node.kind {
            NodeKind::If { branches, otherwise } => self.branches(unit, idx, span, branches, otherwise),
            NodeKind::For(looped) => self.for_loop(unit, idx, span, looped),
            NodeKind::Text
            | NodeKind::Literal(_)
            | NodeKind::Print(_)
            | NodeKind::With { .. }
            | NodeKind::Autoescape { .. }
            | NodeKind::Filter { .. }
            | NodeKind::Spaceless { .. }
            | NodeKind::IfChanged { .. }
            | NodeKind::Cycle { .. }
            | NodeKind::ResetCycle { .. }
            | NodeKind::FirstOf { .. }
            | NodeKind::Now { .. }
            | NodeKind::Lorem { .. }
            | NodeKind::Regroup { .. }
            | NodeKind::WidthRatio { .. }
            | NodeKind::Include { .. }
            | NodeKind::Extends { .. }
            | NodeKind::Block { .. }
            | NodeKind::Calendar { .. }
            | NodeKind::Currency { .. } => self.other_node(unit, idx, node),
        }
    }

    fn other_node(&mut self, unit: Unit<'a>, idx: usize, node: &'a Node) {
        let span = &node.span;
        match &node.kind {
            NodeKind::Text | NodeKind::If { .. } | NodeKind::For(_) => {}
            // What `templatetag` prints has neither quotes nor backslashes.
            NodeKind::Literal(text) => self.push(&format!("{{{{ \"{text}\" }}}}")),
            NodeKind::Print(expr) => self.print(expr),
            NodeKind::With { bindings, body } => {
                let bindings = self.bindings(bindings);
                self.run(Op::With(bindings));
                self.nodes(unit, idx, body);
                self.run(Op::Pop);
            }
            NodeKind::Autoescape { is_on, body } => {
                self.push(&format!("{{% autoescape {is_on} %}}"));
                self.nodes(unit, idx, body);
                self.push("{% endautoescape %}");
            }
            NodeKind::Filter { filters, body } => {
                self.capture(unit, idx, body);
                self.mark(span, idx, false);
                let filters = self.names().filters(filters, true);
                self.push_op("{{ _x|_p(", Op::Filter(filters), ") }}");
            }
            NodeKind::Spaceless { body } => {
                self.capture(unit, idx, body);
                self.mark(span, idx, false);
                self.push_op("{{ _x|_p(", Op::Spaceless, ") }}");
            }
            NodeKind::IfChanged { id, values, body, otherwise } => {
                if values.is_empty() {
                    self.capture(unit, idx, body);
                    self.mark(span, idx, false);
                    self.push_op("{% if _x|_p(", Op::ChangedText(*id), ") %}");
                    if has_cycle(body) {
                        // Django renders once more what gave nothing.
                        self.push("{% if _x %}{{ _x }}{% else %}");
                        self.nodes(unit, idx, body);
                        self.push("{% endif %}");
                    } else {
                        self.push("{{ _x }}");
                    }
                } else {
                    let values = self.exprs(values, Mode::Ignore);
                    self.push_op("{% if ", Op::Changed { id: *id, values }, "|_t %}");
                    self.nodes(unit, idx, body);
                }
                if let Some(otherwise) = otherwise {
                    self.push("{% else %}");
                    self.nodes(unit, idx, otherwise);
                }
                self.push("{% endif %}");
            }
            NodeKind::Cycle { id, values, name, is_silent } => {
                if !values.is_empty() {
                    self.cycles.insert((idx, *id), (values, name.as_deref(), *is_silent));
                }
                if let Some((values, name, is_silent)) = self.cycles.get(&(idx, *id)).copied() {
                    let values = self.exprs(values, Mode::Output);
                    let id = idx * 100_000 + id;
                    self.run(Op::Cycle { id, values, name: name.map(Arc::from), is_silent });
                }
            }
            NodeKind::ResetCycle { id } => self.run(Op::Reset(idx * 100_000 + id)),
            NodeKind::FirstOf { values, name } => {
                let values = self.exprs(values, Mode::Ignore);
                self.run(Op::FirstOf { values, name: shared(name) });
            }
            NodeKind::Now { format, name } => {
                self.run(Op::Now { format: format.clone(), name: shared(name) });
            }
            NodeKind::Lorem { count, method, is_common } => {
                let count = self.expr(count, Mode::Output);
                self.run(Op::Lorem { count, method: *method, is_common: *is_common });
            }
            NodeKind::Regroup { list, by, name } => self.regroup(list, by, name),
            NodeKind::WidthRatio { value, max, width, name } => {
                let values = Box::new([value, max, width].map(|expr| self.expr(expr, Mode::Output)));
                self.run(Op::WidthRatio { values, name: shared(name) });
            }
            NodeKind::Include { template, bindings, is_only } => {
                let (template, bindings) = (self.expr(template, Mode::Output), self.bindings(bindings));
                self.n_names += 1;
                let (site, from) = (self.n_names, unit.name.into());
                self.run(Op::Include { site, template, from, is_only: *is_only, bindings });
            }
            // Done where the chain of templates begins.
            NodeKind::Extends { .. } => {}
            NodeKind::Block { name, body } => self.block(unit, idx, name, body),
            NodeKind::Calendar { part, format, name } => {
                self.run(Op::Calendar { part: part.clone(), format: format.clone(), name: shared(name) });
            }
            NodeKind::Currency { value } => {
                let value = self.expr(value, Mode::Output);
                self.run(Op::Currency(value));
            }
        }
    }

    fn print(&mut self, expr: &Expr) {
        let value = self.expr(expr, Mode::Output);
        self.run(Op::Print(value));
    }

    fn capture(&mut self, unit: Unit<'a>, idx: usize, body: &'a [Node]) {
        self.push("{% set _x %}");
        self.n_captures += 1;
        self.nodes(unit, idx, body);
        self.n_captures -= 1;
        self.push("{% endset %}");
    }

    fn branches(
        &mut self,
        unit: Unit<'a>,
        idx: usize,
        span: &Span,
        branches: &'a [(Cond, Vec<Node>)],
        otherwise: &'a [Node],
    ) {
        let is_flat = branches.len() > MAX_NESTED_BRANCHES;
        let flag = if is_flat { self.name("_b") } else { String::new() };
        if is_flat {
            self.push(&format!("{{% set {flag} = true %}}"));
        }
        for (at, (cond, body)) in branches.iter().enumerate() {
            let test = Op::Test(self.names().condition(cond));
            match (is_flat, at) {
                (true, _) => {
                    let before = format!("{{% if {flag} and ");
                    self.push_op(&before, test, &format!("|_t %}}{{% set {flag} = false %}}"));
                }
                (false, 0) => self.push_op("{% if ", test, "|_t %}"),
                (false, _) => self.push_op("{% elif ", test, "|_t %}"),
            }
            self.nodes(unit, idx, body);
            self.mark(span, idx, false);
            if is_flat {
                self.push("{% endif %}");
            }
        }
        if branches.is_empty() {
            return self.nodes(unit, idx, otherwise);
        }
        if !otherwise.is_empty() {
            self.push(&if is_flat { format!("{{% if {flag} %}}") } else { "{% else %}".to_owned() });
            self.nodes(unit, idx, otherwise);
        }
        if !is_flat || !otherwise.is_empty() {
            self.push("{% endif %}");
        }
    }

    fn for_loop(&mut self, unit: Unit<'a>, idx: usize, span: &Span, looped: &'a For) {
        let list = self.expr(&looped.list, Mode::Ignore);
        let names = looped.names.iter().map(|name| Arc::from(name.as_str())).collect();
        self.push_op("{% for _ in ", Op::For { list, names, is_reversed: looped.is_reversed }, "|_for %}");
        self.nodes(unit, idx, &looped.body);
        if !looped.empty.is_empty() {
            self.mark(span, idx, false);
            self.push("{% else %}");
            self.nodes(unit, idx, &looped.empty);
        }
        self.push("{% endfor %}");
    }

    fn regroup(&mut self, list: &Expr, by: &str, name: &str) {
        let source = format!("{name}.{by}");
        let Ok(key) = parse_expr(&source, 0..source.len()) else { return };
        let list = self.expr(list, Mode::Ignore);
        let key = self.expr(&key, Mode::Ignore);
        self.run(Op::Regroup { list, key, name: Arc::from(name) });
    }

    fn block(&mut self, unit: Unit<'a>, idx: usize, name: &'a str, body: &'a [Node]) {
        let stack = self.blocks.get(name).cloned().unwrap_or_else(|| vec![(unit, body, idx)]);
        // An included template sees the block that it is included in, and no text that the block overrides.
        let mut entries = vec![(Arc::from("name"), Value::from(name))];
        if self.n_units > 1 {
            entries.push((Arc::from("super"), safe(String::new())));
        }
        let head = Term::Const(Value::from_object(Dict::new(entries)));
        let seen = program::Expr { head, filters: Box::default(), mode: Mode::Output, invalid: None };
        self.run(Op::With(Box::new([(Arc::from("block"), seen)])));
        let outer = self.block_name.replace(name);
        self.block_layer(&stack);
        self.block_name = outer;
        self.run(Op::Pop);
    }

    fn block_layer(&mut self, stack: &[(Unit<'a>, &'a [Node], usize)]) {
        let Some(((unit, body, idx), parents)) = stack.split_first() else { return };
        let outer = (self.super_name.take(), self.overridden.replace(parents.to_vec()));
        self.nodes(*unit, *idx, body);
        (self.super_name, self.overridden) = outer;
    }

    /// Renders what the block overrides, at the place that reads it, and keeps it under a name of its own.
    fn keep_super(&mut self, node: &Node, idx: usize) {
        let Some(parents) = self.overridden.clone() else { return };
        if parents.is_empty() && self.n_units == 1 {
            // As in Django this fails only where it is read, and not inside of an operator.
            if let NodeKind::If { branches, .. } = &node.kind
                && branches.iter().all(|(cond, _)| !matches!(cond, Cond::Expr(expr) if expr_reads_super(expr)))
            {
                return;
            }
            self.run(Op::Fail("`block.super` stands in a block that overrides nothing"));
            return;
        }
        self.n_layers += 1;
        if self.n_layers > MAX_LAYERS {
            let place = if idx == 0 { node.span.clone() } else { 0..0 };
            self.lowered.errors.push(("`block.super` is read too often".to_owned(), place));
            return;
        }
        self.push("{% set _x %}");
        self.n_captures += 1;
        if !parents.is_empty() {
            self.run(Op::Push);
            self.block_layer(&parents);
            self.run(Op::Pop);
        }
        self.n_captures -= 1;
        self.push("{% endset %}");
        let name = self.name("_s");
        self.push_op("{{ _x|_p(", Op::Keep(Arc::from(name.as_str())), ") }}");
        self.super_name = Some(name);
    }
}

/// Whether the node is text or a print.
fn is_piece(node: &Node) -> bool {
    matches!(node.kind, NodeKind::Text | NodeKind::Literal(_) | NodeKind::Print(_))
}

fn shared(name: &Option<String>) -> Option<Arc<str>> {
    name.as_deref().map(Arc::from)
}

/// Whether a node itself, not the nodes in it, reads `block.super`.
fn reads_super(node: &Node) -> bool {
    let any = |exprs: &[Expr]| exprs.iter().any(expr_reads_super);
    let any_bound = |bindings: &[(String, Expr)]| bindings.iter().any(|(_, expr)| expr_reads_super(expr));
    match &node.kind {
        NodeKind::Print(expr) | NodeKind::Currency { value: expr } | NodeKind::Lorem { count: expr, .. } => {
            expr_reads_super(expr)
        }
        NodeKind::If { branches, .. } => branches.iter().any(|(cond, _)| cond_reads_super(cond)),
        NodeKind::For(looped) => expr_reads_super(&looped.list),
        NodeKind::With { bindings, .. } => any_bound(bindings),
        NodeKind::Filter { filters, .. } => filters.iter().any(filter_reads_super),
        NodeKind::IfChanged { values, .. } | NodeKind::Cycle { values, .. } | NodeKind::FirstOf { values, .. } => {
            any(values)
        }
        NodeKind::Regroup { list, .. } => expr_reads_super(list),
        NodeKind::WidthRatio { value, max, width, .. } => [value, max, width].into_iter().any(expr_reads_super),
        NodeKind::Include { template, bindings, .. } => expr_reads_super(template) || any_bound(bindings),
        NodeKind::Text
        | NodeKind::Literal(_)
        | NodeKind::Autoescape { .. }
        | NodeKind::Spaceless { .. }
        | NodeKind::ResetCycle { .. }
        | NodeKind::Now { .. }
        | NodeKind::Extends { .. }
        | NodeKind::Block { .. }
        | NodeKind::Calendar { .. } => false,
    }
}

fn head_reads_super(head: &Head) -> bool {
    matches!(head, Head::Path(path) if matches!(path.as_slice(), [block, key, ..] if block == "block" && key == "super"))
}

fn filter_reads_super(used: &FilterUse) -> bool {
    used.arg.as_ref().is_some_and(|(arg, _)| head_reads_super(arg))
}

fn expr_reads_super(expr: &Expr) -> bool {
    head_reads_super(&expr.head) || expr.filters.iter().any(filter_reads_super)
}

fn cond_reads_super(cond: &Cond) -> bool {
    match cond {
        Cond::Expr(expr) => expr_reads_super(expr),
        Cond::Not(inner) => cond_reads_super(inner),
        Cond::And(a, b) | Cond::Or(a, b) | Cond::Compare(_, a, b) => cond_reads_super(a) || cond_reads_super(b),
    }
}
