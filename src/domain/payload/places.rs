//! Which piece of the template a place belongs to.
//!
//! In: a tree and a place in the source. Out: the printed value, the loop or the condition there.
//! Invariant: answers from the tree alone.

use std::ops::Range;

use crate::domain::template::lower::nodes::children;
use crate::domain::template::parse::ast::{Expr, For, Node, NodeKind};

/// Every printed value with its tag's range, in the order of the source.
pub fn prints(nodes: &[Node]) -> Vec<(Range<usize>, &Expr)> {
    let mut found = Vec::new();
    collect_prints(nodes, &mut found);
    found
}

fn collect_prints<'a>(nodes: &'a [Node], found: &mut Vec<(Range<usize>, &'a Expr)>) {
    for node in nodes {
        if let NodeKind::Print(expr) = &node.kind {
            found.push((node.span.clone(), expr));
        }
        for body in children(node) {
            collect_prints(body, found);
        }
    }
}

/// The first value whose tag lies within the range.
pub fn printed_within<'a>(nodes: &'a [Node], range: &Range<usize>) -> Option<(&'a Expr, Range<usize>)> {
    nodes.iter().find_map(|node| match &node.kind {
        NodeKind::Print(expr) if range.start <= node.span.start && node.span.end <= range.end => {
            Some((expr, node.span.clone()))
        }
        _ => children(node).into_iter().find_map(|body| printed_within(body, range)),
    })
}

/// The loop whose body holds the text at this place directly, not inside an `if`.
pub fn loop_around(nodes: &[Node], at: usize) -> Option<&For> {
    nodes.iter().find_map(|node| {
        if let NodeKind::For(looped) = &node.kind
            && looped.body.iter().any(|inner| matches!(inner.kind, NodeKind::Text) && inner.span.contains(&at))
        {
            return Some(&**looped);
        }
        children(node).into_iter().find_map(|body| loop_around(body, at))
    })
}

/// The innermost loop around a place.
pub fn innermost_loop(nodes: &[Node], at: usize) -> Option<&For> {
    nodes.iter().find_map(|node| {
        if let NodeKind::For(looped) = &node.kind
            && node.span.end <= at
            && at <= looped.body_end
        {
            return innermost_loop(&looped.body, at).or(Some(looped));
        }
        children(node).into_iter().find_map(|body| innermost_loop(body, at))
    })
}

/// The first condition or loop whose tag lies within the range; the outermost of several.
pub fn block_within<'a>(nodes: &'a [Node], range: &Range<usize>) -> Option<&'a Node> {
    nodes.iter().find_map(|node| match &node.kind {
        NodeKind::If { .. } | NodeKind::For(_) if range.start <= node.span.start && node.span.end <= range.end => {
            Some(node)
        }
        _ => children(node).into_iter().find_map(|body| block_within(body, range)),
    })
}

/// The names that a loop, and the loops in it, give.
pub fn loop_names(node: &Node) -> Vec<&str> {
    let mut names = Vec::new();
    if let NodeKind::For(looped) = &node.kind {
        names.push("forloop");
        names.extend(looped.names.iter().map(String::as_str));
    }
    for inner in children(node).into_iter().flatten() {
        names.extend(loop_names(inner));
    }
    names
}

/// The plain `if` (one branch, no `else`) or the loop that follows the place with white space between.
pub fn optional_after<'a>(source: &str, nodes: &'a [Node], at: usize) -> Option<&'a Node> {
    for (idx, node) in nodes.iter().enumerate() {
        if matches!(node.kind, NodeKind::Text) && node.span.contains(&at) {
            let between = source.get(at + 1..node.span.end)?;
            let next = nodes.get(idx + 1)?;
            let is_optional = match &next.kind {
                NodeKind::If { branches, otherwise } => branches.len() == 1 && otherwise.is_empty(),
                NodeKind::For(looped) => looped.empty.is_empty(),
                _ => false,
            };
            return (is_optional && between.trim().is_empty()).then_some(next);
        }
        if let Some(found) = children(node).into_iter().find_map(|body| optional_after(source, body, at)) {
            return Some(found);
        }
    }
    None
}
