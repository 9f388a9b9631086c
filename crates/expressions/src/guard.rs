//! Finds the paths that cannot be null in a part of an expression, because an earlier part tested them.
//!
//! `billingAddress and billingAddress.city = 'Bonn'` tests first; so does `billingAddress = null or …`. A path whose member
//! was read without failing was not null either.

use super::ast::{Accessor, Binary, Node, NodeKind, Unary};

/// The path of a node as text, such as `lineItem.product`; `None` when it is not a plain path.
pub(super) fn spelled(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Name(name) => Some(name.text.to_string()),
        NodeKind::Access { base, steps } => {
            let mut path = spelled(base)?;
            for step in steps {
                path = with(&path, step)?;
            }
            Some(path)
        }
        _ => None,
    }
}

/// A path with one more accessor.
pub(super) fn with(path: &str, step: &Accessor) -> Option<String> {
    match step {
        Accessor::Attribute { name, .. } => Some(format!("{path}.{name}")),
        Accessor::Index {
            index:
                Node {
                    kind: NodeKind::Number(number),
                    ..
                },
            ..
        } => Some(format!("{path}[{number}]")),
        Accessor::Index { .. } => None,
    }
}

/// Paths that are not null when the node has this verdict.
pub(super) fn known(node: &Node, verdict: bool) -> Vec<String> {
    let mut paths = Vec::new();
    collect(node, verdict, &mut paths);
    paths
}

fn collect(node: &Node, verdict: bool, paths: &mut Vec<String>) {
    match &node.kind {
        NodeKind::Name(_) | NodeKind::Access { .. } => add_read(node, verdict, paths),
        NodeKind::Unary {
            operator: Unary::Not,
            operand,
        } => collect(operand, !verdict, paths),
        NodeKind::Chain { first, rest } => match rest.first().map(|link| link.operator) {
            Some(Binary::And) if verdict => each(first, rest, true, paths),
            Some(Binary::Or) if !verdict => each(first, rest, false, paths),
            // Whatever the verdict, the first operand was evaluated without failing.
            Some(Binary::And | Binary::Or) => add_read(first, false, paths),
            Some(operator) => compared(operator, first, rest, verdict, paths),
            None => {}
        },
        NodeKind::Matches { subject, .. } => add_read(subject, true, paths),
        NodeKind::Quantified { receiver, .. } => add_read(receiver, true, paths),
        _ => {}
    }
}

fn each(first: &Node, rest: &[super::ast::ChainLink], verdict: bool, paths: &mut Vec<String>) {
    collect(first, verdict, paths);
    for link in rest {
        collect(&link.operand, verdict, paths);
    }
}

fn compared(
    operator: Binary,
    first: &Node,
    rest: &[super::ast::ChainLink],
    verdict: bool,
    paths: &mut Vec<String>,
) {
    let is_null = |node: &Node| matches!(node.kind, NodeKind::Null);
    let is_literal = |node: &Node| {
        matches!(
            node.kind,
            NodeKind::Bool(_) | NodeKind::Number(_) | NodeKind::Text(_)
        )
    };
    for (one, other) in rest
        .iter()
        .flat_map(|link| [(first, &link.operand), (&link.operand, first)])
    {
        let present = match operator {
            Binary::Equal => verdict && is_literal(other) || !verdict && is_null(other),
            Binary::Unequal => verdict && is_null(other) || !verdict && is_literal(other),
            Binary::In => verdict && !other.children().into_iter().any(is_null),
            Binary::NotIn => false,
            _ => true,
        };
        add_read(one, present, paths);
    }
}

/// Adds what a successful read of a path proves: every prefix of the path is not null, and the path itself is not null
/// if it is `present`.
fn add_read(node: &Node, present: bool, paths: &mut Vec<String>) {
    let Some(path) = spelled(node) else { return };
    let inner = path
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | '['))
        .map(|(end, _)| path[..end].to_owned());
    paths.extend(inner);
    if present {
        paths.push(path);
    }
}
