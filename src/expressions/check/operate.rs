//! Operators: what they take, and what they certainly cannot.

use super::{Checker, Seen};
use crate::expressions::ast::{Binary, Link, Node, NodeKind};
use crate::expressions::diagnostic::{Finding, Range};
use crate::expressions::types::Type;

impl Checker<'_> {
    pub(super) fn binary(&mut self, left: &Seen, first: &Node, link: &Link, right: &Seen) -> Type {
        let range = first.range.to(link.operand.range);
        let word = link.operator.word();
        match link.operator {
            Binary::Plus
            | Binary::Minus
            | Binary::Times
            | Binary::Over
            | Binary::Modulo
            | Binary::Power
            | Binary::BitAnd
            | Binary::BitXor
            | Binary::BitOr => {
                self.wants_number(word, left, first);
                self.wants_number(word, right, &link.operand);
                Type::Number
            }
            Binary::Concat => {
                for (seen, node) in [(left, first), (right, &link.operand)] {
                    if !seen.kind.may_be_text() && !seen.kind.may_be_number() {
                        let message = format!(
                            "`~` joins texts and numbers; {} is {}",
                            self.quoted(node),
                            seen.kind.described()
                        );
                        self.error("type_mismatch", node.range, message);
                    }
                    self.not_null(seen, node);
                }
                Type::Text
            }
            Binary::Range => {
                self.wants_number(word, left, first);
                self.wants_number(word, right, &link.operand);
                Type::List(Box::new(Type::Number))
            }
            Binary::In | Binary::NotIn => {
                self.membership(left, right, link, range);
                Type::Boolean
            }
            Binary::Equal | Binary::Unequal => {
                self.equality(left, right, word, range);
                Type::Boolean
            }
            _ => {
                self.order(left, first, right, link, range);
                Type::Boolean
            }
        }
    }

    fn membership(&mut self, left: &Seen, right: &Seen, link: &Link, range: Range) {
        self.not_null(right, &link.operand);
        let unlike = match &right.kind {
            Type::List(items) if !left.kind.equates_with(items) => Some((**items).clone()),
            // Of a list of several kinds one unlike member is enough, unless the value is found before.
            Type::List(_) => members(&link.operand).find(|kind| !left.kind.equates_with(kind)),
            _ => None,
        };
        if let Some(unlike) = unlike {
            let message = format!(
                "`{}` cannot compare {} with {}: the expression fails where the value is not in the list",
                link.operator.word(),
                left.kind.described(),
                unlike.described()
            );
            self.findings
                .push(Finding::warning("unlike_types", range, message));
        }
        match &right.kind {
            kind if !kind.may_be_list() => {
                let message = format!(
                    "`in` looks into a list; {} is {}",
                    self.quoted(&link.operand),
                    kind.described()
                );
                let part = (*kind == Type::Text).then(|| "matches '/part/'".to_owned());
                self.findings.push(
                    Finding::error("type_mismatch", link.operand.range, message)
                        .suggesting_if(part),
                );
            }
            _ => {}
        }
    }

    fn equality(&mut self, left: &Seen, right: &Seen, word: &str, range: Range) {
        if matches!(
            (&left.kind, &right.kind),
            (Type::Object(_), Type::Object(_))
        ) {
            let message = "two objects are equal only if they are one and the same: compare an attribute of each";
            self.findings
                .push(Finding::warning("compares_objects", range, message));
        } else if !left.kind.equates_with(&right.kind) {
            let (left, right) = (left.kind.described(), right.kind.described());
            let message =
                format!("`{word}` cannot compare {left} with {right}: the expression fails here");
            self.findings
                .push(Finding::warning("unlike_types", range, message));
        }
    }

    fn order(&mut self, left: &Seen, first: &Node, right: &Seen, link: &Link, range: Range) {
        self.not_null(left, first);
        self.not_null(right, &link.operand);
        if left.kind.orders_with(&right.kind) {
            return;
        }
        let word = link.operator.word();
        let message = format!(
            "`{word}` compares numbers with numbers and texts with texts, not {} with {}",
            left.kind.described(),
            right.kind.described()
        );
        let value = [(left, first), (right, &link.operand)]
            .into_iter()
            .find_map(|(seen, node)| self.amount(seen, node));
        self.findings
            .push(Finding::error("type_mismatch", range, message).suggesting_if(value));
    }

    /// The amount of an object that has one: `subtotal.value` for `subtotal`.
    fn amount(&self, seen: &Seen, node: &Node) -> Option<String> {
        seen.kind.shape(self.schema)?.slot_of("value")?;
        Some(format!("{}.value", node.range.of(self.text)))
    }

    pub(super) fn wants_number(&mut self, operator: &str, seen: &Seen, node: &Node) {
        self.not_null(seen, node);
        if seen.kind.may_be_number() {
            return;
        }
        let message = format!(
            "`{operator}` takes numbers; {} is {}",
            self.quoted(node),
            seen.kind.described()
        );
        let suggestion = match seen.kind {
            Type::Text => Some(format!("decimal({})", node.range.of(self.text))),
            _ => self.amount(seen, node),
        };
        self.findings
            .push(Finding::error("type_mismatch", node.range, message).suggesting_if(suggestion));
    }
}

/// What the constants among the members of a list are.
fn members(list: &Node) -> impl Iterator<Item = Type> {
    let items = match &list.kind {
        NodeKind::List(items) => &items[..],
        _ => &[],
    };
    items.iter().filter_map(|item| match item.kind {
        NodeKind::Number(_) => Some(Type::Number),
        NodeKind::Text(_) => Some(Type::Text),
        NodeKind::Bool(_) => Some(Type::Boolean),
        _ => None,
    })
}
