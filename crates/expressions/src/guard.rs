//! Finds the paths that cannot be null in a part of an expression, because an earlier part tested them.
//!
//! `billingAddress and billingAddress.city = 'Bonn'` tests first; so does `billingAddress = null or …`. A path whose member
//! was read without failing was not null either.

use super::ast::{Accessor, Binary, ChainLink, Node, NodeKind, Unary, operands};

/// The path of a node as text, such as `lineItem.product`; `None` when it is not a plain path.
pub(super) fn spelled(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Name(name) => Some(name.text.to_string()),
        NodeKind::Access { base, steps } => {
            let mut steps = steps.iter();
            steps.try_fold(spelled(base)?, |path, step| with(&path, step))
        }
        _ => None,
    }
}

/// A path with one more accessor.
pub(super) fn with(path: &str, step: &Accessor) -> Option<String> {
    match step {
        Accessor::Attribute { name, .. } => Some(format!("{path}.{name}")),
        Accessor::Index { index, .. } => match &index.kind {
            NodeKind::Number(number) => Some(format!("{path}[{number}]")),
            _ => None,
        },
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
            // Every operand has this verdict.
            Some(operator @ (Binary::And | Binary::Or)) if verdict == (operator == Binary::And) => {
                operands(first, rest).for_each(|operand| collect(operand, verdict, paths));
            }
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

fn compared(
    operator: Binary,
    first: &Node,
    rest: &[ChainLink],
    verdict: bool,
    paths: &mut Vec<String>,
) {
    use NodeKind::{Bool, Null, Number, Text};
    let is_null = |node: &Node| matches!(node.kind, Null);
    let is_literal = |node: &Node| matches!(node.kind, Bool(_) | Number(_) | Text(_));
    let operands = rest.iter().map(|link| &link.operand);
    for (one, other) in operands.flat_map(|operand| [(first, operand), (operand, first)]) {
        let present = match operator {
            Binary::Equal => verdict && is_literal(other) || !verdict && is_null(other),
            Binary::Unequal => verdict && is_null(other) || !verdict && is_literal(other),
            Binary::In => verdict && !other.kind.children().into_iter().any(is_null),
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
    let ends = path.match_indices(['.', '[']);
    paths.extend(ends.map(|(end, _)| path[..end].to_owned()));
    if present {
        paths.push(path);
    }
}
