//! Which piece of the template a place belongs to.
//!
//! In: a tree and a place in the source. Out: the printed value, the loop or the condition there.
//! Invariant: answers from the tree alone.

use std::ops::Range;

use crate::domain::template::lower::nodes::children;
use crate::domain::template::parse::ast::{Expr, For, Node, NodeKind};

/// The value whose tag is at exactly this range.
pub fn printed_at<'a>(nodes: &'a [Node], span: &Range<usize>) -> Option<&'a Expr> {
    nodes.iter().find_map(|node| match &node.kind {
        NodeKind::Print(expr) if node.span == *span => Some(expr),
        _ => children(node).into_iter().find_map(|body| printed_at(body, span)),
    })
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

/// Where the body of the plain `if` (one branch, no `else`) begins that follows the place with white space between.
pub fn optional_after(source: &str, nodes: &[Node], at: usize) -> Option<usize> {
    for (idx, node) in nodes.iter().enumerate() {
        if matches!(node.kind, NodeKind::Text) && node.span.contains(&at) {
            let between = source.get(at + 1..node.span.end)?;
            let next = nodes.get(idx + 1)?;
            return match &next.kind {
                NodeKind::If { branches, otherwise }
                    if branches.len() == 1 && otherwise.is_empty() && between.trim().is_empty() =>
                {
                    Some(next.span.end)
                }
                _ => None,
            };
        }
        if let Some(found) = children(node).into_iter().find_map(|body| optional_after(source, body, at)) {
            return Some(found);
        }
    }
    None
}
