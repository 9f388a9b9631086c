//! Which paths cannot be null where a part of an expression runs, because an earlier part saw to it.
//!
//! `billingAddress and billingAddress.city = 'Bonn'` asks first; so does `billingAddress = null or …`. A path that was
//! looked into without failing was not null either.

use super::ast::{Binary, Node, NodeKind, Step, Unary};

/// The spelled path of a node, such as `lineItem.product`; `None` when it is no plain path.
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

/// A path and one step more.
pub(super) fn with(path: &str, step: &Step) -> Option<String> {
    match step {
        Step::Attribute { name, .. } => Some(format!("{path}.{name}")),
        Step::Index {
            index:
                Node {
                    kind: NodeKind::Number(number),
                    ..
                },
            ..
        } => Some(format!("{path}[{number}]")),
        Step::Index { .. } => None,
    }
}

/// Paths that are not null when the node came out as `verdict`.
pub(super) fn known(node: &Node, verdict: bool) -> Vec<String> {
    let mut paths = Vec::new();
    collect(node, verdict, &mut paths);
    paths
}

fn collect(node: &Node, verdict: bool, paths: &mut Vec<String>) {
    match &node.kind {
        NodeKind::Name(_) | NodeKind::Access { .. } => looked_into(node, verdict, paths),
        NodeKind::Unary {
            operator: Unary::Not,
            operand,
        } => collect(operand, !verdict, paths),
        NodeKind::Chain { first, rest } => match rest.first().map(|link| link.operator) {
            Some(Binary::And) if verdict => each(first, rest, true, paths),
            Some(Binary::Or) if !verdict => each(first, rest, false, paths),
            // Whatever the verdict, the first operand was evaluated without failing.
            Some(Binary::And | Binary::Or) => looked_into(first, false, paths),
            Some(operator) => compared(operator, first, rest, verdict, paths),
            None => {}
        },
        NodeKind::Matches { subject, .. } => looked_into(subject, true, paths),
        NodeKind::Quantified { receiver, .. } => looked_into(receiver, true, paths),
        _ => {}
    }
}

fn each(first: &Node, rest: &[super::ast::Link], verdict: bool, paths: &mut Vec<String>) {
    collect(first, verdict, paths);
    for link in rest {
        collect(&link.operand, verdict, paths);
    }
}

fn compared(
    operator: Binary,
    first: &Node,
    rest: &[super::ast::Link],
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
        looked_into(one, present, paths);
    }
}

/// A path that was looked into: everything before its last step, and itself when it is `present`.
fn looked_into(node: &Node, present: bool, paths: &mut Vec<String>) {
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
