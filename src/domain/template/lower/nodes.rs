//! Lowers the pieces of a template.
//!
//! In: a tree, and blocks that children of the template define. Out: Jinja source with its marks.
//! Invariant: the depth of lowered blocks is bounded by `MAX_LOWERED_DEPTH`, also when templates extend each other.

use std::collections::BTreeMap;

use crate::domain::template::lower::expr::{
    Mode, UsedFilters, lower_condition, lower_expr, lower_filters, text_literal,
};
use crate::domain::template::lower::{Mark, Marks};
use crate::domain::template::parse::ast::{Cond, Expr, For, Head, Node, NodeKind, Span};
use crate::domain::template::parse::expression::parse_expr;

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
    pub used: UsedFilters,
    /// What is wrong, with its place in the first template.
    pub errors: Vec<(String, Span)>,
}

type Blocks<'a> = BTreeMap<&'a str, Vec<(Unit<'a>, &'a [Node], usize)>>;

/// A cycle's values, its name, and whether it is silent.
type CycleOf<'a> = (&'a [Expr], Option<&'a str>, bool);

struct Lowerer<'a> {
    lowered: Lowered,
    blocks: Blocks<'a>,
    /// Values of cycles, for those that repeat one by its name.
    cycles: BTreeMap<(usize, usize), CycleOf<'a>>,
    invalid: &'a str,
    depth: usize,
    n_names: usize,
    super_name: Option<String>,
}

/// Lowers a chain of templates, from the one rendered to the one that extends nothing; `invalid` stands for what is missing.
pub fn lower(chain: &[Unit<'_>], invalid: &str) -> Lowered {
    let mut blocks: Blocks<'_> = BTreeMap::new();
    for (idx, unit) in chain.iter().enumerate() {
        collect_blocks(*unit, unit.nodes, idx, &mut blocks);
    }
    let mut lowerer = Lowerer {
        lowered: Lowered::default(),
        blocks,
        cycles: BTreeMap::new(),
        invalid,
        depth: 0,
        n_names: 0,
        super_name: None,
    };
    if let Some((root, idx)) = chain.last().zip(chain.len().checked_sub(1)) {
        // A parent whose name only a rendering knows: everything else is done there.
        match root.nodes.iter().find(|node| matches!(node.kind, NodeKind::Extends { .. })) {
            Some(extends) => lowerer.node(*root, idx, extends),
            None => lowerer.nodes(*root, idx, root.nodes),
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

impl<'a> Lowerer<'a> {
    fn push(&mut self, text: &str) {
        self.lowered.text.push_str(text);
    }

    fn mark(&mut self, source: &Span, idx: usize, is_raw: bool) {
        // Only the first template's places are known to the reader of marks.
        let source = if idx == 0 { source.clone() } else { 0..0 };
        let lowered = self.lowered.text.len();
        self.lowered.marks.0.push(Mark { lowered, is_raw: is_raw && idx == 0, source });
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

    fn expr(&mut self, expr: &Expr, mode: Mode) -> String {
        lower_expr(expr, mode, self.super_name.as_deref(), &mut self.lowered.used)
    }

    fn exprs(&mut self, exprs: &[Expr], mode: Mode) -> String {
        exprs.iter().map(|expr| format!(",{}", self.expr(expr, mode))).collect()
    }

    fn name(&mut self, prefix: &str) -> String {
        self.n_names += 1;
        format!("{prefix}{}", self.n_names)
    }

    /// A value that is printed, or set as a name when the tag says `as`.
    fn print_or_set(&mut self, value: &str, name: Option<&str>) {
        match name {
            Some(name) => self.push(&format!("{{% set _ = _c|_let({},{value}) %}}", text_literal(name))),
            None => self.push(&format!("{{{{ {value} }}}}")),
        }
    }

    fn nodes(&mut self, unit: Unit<'a>, idx: usize, nodes: &'a [Node]) {
        if self.depth >= MAX_LOWERED_DEPTH {
            self.lowered.errors.push(("the template's blocks nest too deeply".to_owned(), 0..0));
            return;
        }
        self.depth += 1;
        for node in nodes {
            self.node(unit, idx, node);
        }
        self.depth -= 1;
    }

    fn node(&mut self, unit: Unit<'a>, idx: usize, node: &'a Node) {
        let span = &node.span;
        if let NodeKind::Text = &node.kind {
            return self.raw(unit.source.get(span.clone()).unwrap_or_default(), span, idx);
        }
        self.mark(span, idx, false);
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
            NodeKind::Literal(text) => self.push(&format!("{{{{ {} }}}}", text_literal(text))),
            NodeKind::Print(expr) => self.print(expr),
            NodeKind::With { bindings, body } => {
                let pairs = self.bindings(bindings);
                let pairs = pairs.strip_prefix(',').unwrap_or_default();
                self.push(&format!("{{% set _ = _c|_with({pairs}) %}}"));
                self.nodes(unit, idx, body);
                self.push("{% set _ = _c|_pop %}");
            }
            NodeKind::Autoescape { is_on, body } => {
                self.push(&format!("{{% autoescape {is_on} %}}"));
                self.nodes(unit, idx, body);
                self.push("{% endautoescape %}");
            }
            NodeKind::Filter { filters, body } => {
                self.capture(unit, idx, body);
                self.mark(span, idx, false);
                let mut value = "_x|_m".to_owned();
                lower_filters(&mut value, filters, Mode::Output, true, &mut self.lowered.used);
                self.push(&format!("{{{{ {value}|_raw }}}}"));
            }
            NodeKind::Spaceless { body } => {
                self.capture(unit, idx, body);
                self.mark(span, idx, false);
                self.push("{{ _x|_spaceless }}");
            }
            NodeKind::IfChanged { id, values, body, otherwise } => {
                if values.is_empty() {
                    self.capture(unit, idx, body);
                    self.mark(span, idx, false);
                    self.push(&format!("{{% if _c|_changed({id},_x) %}}{{{{ _x|_raw }}}}"));
                } else {
                    let values = self.exprs(values, Mode::Ignore);
                    self.push(&format!("{{% if _c|_changed({id}{values}) %}}"));
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
                    let name = name.map_or_else(|| "none".to_owned(), text_literal);
                    let id = idx * 100_000 + id;
                    self.push(&format!("{{{{ _c|_cycle({id},{is_silent},{name}{values}) }}}}"));
                }
            }
            NodeKind::ResetCycle { id } => self.push(&format!("{{% set _ = _c|_reset({}) %}}", idx * 100_000 + id)),
            NodeKind::FirstOf { values, name } => {
                let values = self.exprs(values, Mode::Ignore);
                let values = values.strip_prefix(',').unwrap_or_default();
                let shown = if name.is_some() { "|_shown" } else { "" };
                self.print_or_set(&format!("_c|_firstof({values}){shown}"), name.as_deref());
            }
            NodeKind::Now { format, name } => {
                self.print_or_set(&format!("_c|_now({})", text_literal(format)), name.as_deref());
            }
            NodeKind::Lorem { count, method, is_common } => {
                let count = self.expr(count, Mode::Output);
                self.push(&format!("{{{{ _c|_lorem({count},\"{method}\",{is_common}) }}}}"));
            }
            NodeKind::Regroup { list, by, name } => self.regroup(list, by, name),
            NodeKind::WidthRatio { value, max, width, name } => {
                let values: Vec<String> = [value, max, width].map(|expr| self.expr(expr, Mode::Output)).into();
                self.print_or_set(&format!("_c|_widthratio({})", values.join(",")), name.as_deref());
            }
            NodeKind::Include { template, bindings, is_only } => {
                let template = self.expr(template, Mode::Output);
                let pairs = self.bindings(bindings);
                let from = text_literal(unit.name);
                self.n_names += 1;
                let site = self.n_names;
                self.push(&format!("{{{{ _c|_include({site},{template},{from},{is_only}{pairs}) }}}}"));
            }
            NodeKind::Extends { parent } => {
                // Only a parent whose name is not written out is left for rendering to find.
                let parent = self.expr(parent, Mode::Output);
                let from = text_literal(unit.name);
                self.push(&format!("{{{{ _c|_extends({parent},{from}) }}}}"));
            }
            NodeKind::Block { name, body } => self.block(unit, idx, name, body),
            NodeKind::Calendar { part, format, name } => {
                let value = format!("_c|_calendar({},{})", text_literal(part), text_literal(format));
                self.print_or_set(&value, name.as_deref());
            }
            NodeKind::Currency { value } => {
                let value = self.expr(value, Mode::Output);
                self.push(&format!("{{{{ _c|_currency({value}) }}}}"));
            }
        }
    }

    fn print(&mut self, expr: &Expr) {
        let value = self.expr(expr, Mode::Output);
        if self.invalid.is_empty() || !matches!(expr.head, Head::Path(_)) {
            return self.push(&format!("{{{{ {value} }}}}"));
        }
        let Head::Path(path) = &expr.head else { return };
        let bare = Expr { filters: Vec::new(), ..expr.clone() };
        let head = self.expr(&bare, Mode::Output);
        let shown = text_literal(&self.invalid.replace("%s", &path.join(".")));
        self.push(&format!("{{% if {head}|_ok %}}{{{{ {value} }}}}{{% else %}}{{{{ {shown} }}}}{{% endif %}}"));
    }

    fn bindings(&mut self, bindings: &[(String, Expr)]) -> String {
        let lowered =
            bindings.iter().map(|(name, expr)| format!(",{},{}", text_literal(name), self.expr(expr, Mode::Output)));
        lowered.collect()
    }

    fn capture(&mut self, unit: Unit<'a>, idx: usize, body: &'a [Node]) {
        self.push("{% set _x %}");
        self.nodes(unit, idx, body);
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
            let cond = lower_condition(cond, self.super_name.as_deref(), &mut self.lowered.used);
            match (is_flat, at) {
                (true, _) => self.push(&format!("{{% if {flag} and ({cond}) %}}{{% set {flag} = false %}}")),
                (false, 0) => self.push(&format!("{{% if {cond} %}}")),
                (false, _) => self.push(&format!("{{% elif {cond} %}}")),
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
        let names: String = looped.names.iter().map(|name| format!(",{}", text_literal(name))).collect();
        let function = if looped.is_reversed { "_rfor" } else { "_for" };
        self.push(&format!("{{% for _ in _c|{function}({list}{names}) %}}"));
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
        let item = Expr { head: Head::Path(vec![name.to_owned()]), head_span: 0..0, filters: Vec::new(), span: 0..0 };
        let item = self.expr(&item, Mode::Ignore);
        let name = text_literal(name);
        self.n_names += 1;
        let id = 50_000 + self.n_names;
        self.push(&format!(
            "{{% set _ = _c|_rgbegin({id}) %}}{{% for _ in _c|_for({list},{name}) %}}\
             {{% set _ = _c|_rgadd({id},{key},{item}) %}}{{% endfor %}}{{% set _ = _c|_rgend({id},{name}) %}}"
        ));
    }

    fn block(&mut self, unit: Unit<'a>, idx: usize, name: &'a str, body: &'a [Node]) {
        let stack = self.blocks.get(name).cloned().unwrap_or_else(|| vec![(unit, body, idx)]);
        self.push("{% set _ = _c|_push %}");
        self.block_layer(&stack);
        self.push("{% set _ = _c|_pop %}");
    }

    fn block_layer(&mut self, stack: &[(Unit<'a>, &'a [Node], usize)]) {
        let Some(((unit, body, idx), parents)) = stack.split_first() else { return };
        let outer = self.super_name.take();
        let places = super_places(body);
        if let Some(place) = places.into_iter().next() {
            if parents.is_empty() {
                let place = if *idx == 0 { place } else { 0..0 };
                self.lowered.errors.push(("`block.super` stands in a block that overrides nothing".to_owned(), place));
            } else {
                let name = self.name("_s");
                self.push(&format!("{{% set {name} %}}"));
                self.block_layer(parents);
                self.push("{% endset %}");
                self.super_name = Some(format!("{name}|_m"));
            }
        }
        self.nodes(*unit, *idx, body);
        self.super_name = outer;
    }
}

/// Where a block's own body reads `block.super`.
fn super_places(nodes: &[Node]) -> Vec<Span> {
    let mut places = Vec::new();
    for node in nodes {
        let is_super = |expr: &Expr| matches!(&expr.head, Head::Path(path) if path.len() > 1 && path.first().is_some_and(|name| name == "block") && path.get(1).is_some_and(|name| name == "super"));
        match &node.kind {
            NodeKind::Print(expr) if is_super(expr) => places.push(expr.span.clone()),
            NodeKind::With { bindings, .. } if bindings.iter().any(|(_, expr)| is_super(expr)) => {
                places.push(node.span.clone());
            }
            _ => {}
        }
        if !matches!(node.kind, NodeKind::Block { .. }) {
            for body in children(node) {
                places.extend(super_places(body));
            }
        }
    }
    places
}
