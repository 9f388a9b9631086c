//! Checks operators for operands that certainly fail.

use super::{Checker, Inferred};
use crate::ast::{Binary, ChainLink, Node, NodeKind};
use crate::diagnostic::Finding;
use crate::number;
use crate::pattern::containing;
use crate::types::Type;

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        left: &Inferred,
        first: &Node,
        link: &ChainLink,
        right: &Inferred,
    ) -> Type {
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
            | Binary::BitOr
            | Binary::Range => {
                self.wants_number(word, left, first);
                self.wants_number(word, right, &link.operand);
                match link.operator {
                    Binary::Range => Type::List(Box::new(Type::Number)),
                    _ => Type::Number,
                }
            }
            Binary::Concat => {
                for (inferred, node) in [(left, first), (right, &link.operand)] {
                    if !inferred.kind.may_be_text() && !inferred.kind.may_be_number() {
                        self.wrong_kind("`~` joins texts and numbers", inferred, node);
                    }
                    self.not_null(inferred, node);
                }
                Type::Text
            }
            Binary::In | Binary::NotIn => {
                self.membership(left, first, right, link);
                Type::Boolean
            }
            Binary::Equal | Binary::Unequal => {
                self.equality(left, first, right, link);
                Type::Boolean
            }
            _ => {
                self.order(left, first, right, link);
                Type::Boolean
            }
        }
    }

    fn membership(&mut self, left: &Inferred, first: &Node, right: &Inferred, link: &ChainLink) {
        self.not_null(right, &link.operand);
        let unlike = match &right.kind {
            Type::List(items) if !left.kind.equates_with(items) => Some((**items).clone()),
            // A list of several kinds fails on an incomparable member, unless the list contains the value.
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
            let alike = self.converted(&link.operand, &left.kind);
            let finding = Finding::warning("unlike_types", link.operand.range, message);
            self.findings.push(finding.suggesting_if(alike));
        }
        if right.kind.may_be_list() {
            return;
        }
        let message = self.wrong_kind_message("`in` looks into a list", right, &link.operand);
        let finding = Finding::error("type_mismatch", link.operand.range, message);
        self.findings.push(match (&first.kind, &link.operand.kind) {
            // `'US' in currency` looks for a text in a text: suggest `matches`.
            (NodeKind::Text(part), NodeKind::Name(_) | NodeKind::Access { .. }) => {
                let not = match link.operator {
                    Binary::NotIn => "not ",
                    _ => "",
                };
                let (text, pattern) = (link.operand.range.of(self.text), containing(part));
                finding
                    .at(first.range.to(link.operand.range))
                    .suggesting(format!("{not}({text} matches {pattern})"))
            }
            (_, kind) => {
                let is_constant = matches!(kind, NodeKind::Text(_) | NodeKind::Number(_));
                let listed = format!("[{}]", link.operand.inner.of(self.text));
                finding.suggesting_if(is_constant.then_some(listed))
            }
        });
    }

    fn equality(&mut self, left: &Inferred, first: &Node, right: &Inferred, link: &ChainLink) {
        let range = first.range.to(link.operand.range);
        if let (Type::Object(_), Type::Object(_)) = (&left.kind, &right.kind) {
            let message = "two objects are equal only if they are one and the same: compare an attribute of each";
            self.findings
                .push(Finding::warning("compares_objects", range, message));
        } else if !left.kind.equates_with(&right.kind) {
            let word = link.operator.word();
            let (left_is, right_is) = (left.kind.described(), right.kind.described());
            let message = format!(
                "`{word}` cannot compare {left_is} with {right_is}: the expression fails here"
            );
            let finding = Finding::warning("unlike_types", range, message);
            let alike = self.alike(left, first, right, link);
            self.findings.push(finding.suggesting_if(alike));
        }
    }

    fn order(&mut self, left: &Inferred, first: &Node, right: &Inferred, link: &ChainLink) {
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
        let amount = [(left, first), (right, &link.operand)]
            .into_iter()
            .find_map(|(inferred, node)| Some((node.range, self.amount(inferred, node)?)));
        let finding = match amount {
            Some((range, amount)) => {
                Finding::error("type_mismatch", range, message).suggesting(amount)
            }
            None => {
                let range = first.range.to(link.operand.range);
                let alike = self.alike(left, first, right, link);
                Finding::error("type_mismatch", range, message).suggesting_if(alike)
            }
        };
        self.findings.push(finding);
    }

    /// A comparison with its constant rewritten as the kind of the other side.
    fn alike(
        &self,
        left: &Inferred,
        first: &Node,
        right: &Inferred,
        link: &ChainLink,
    ) -> Option<String> {
        let (one, other) = (first.range.of(self.text), link.operand.range.of(self.text));
        let between = first.range.gap(link.operand.range).of(self.text);
        if let Some(right) = self.converted(&link.operand, &left.kind) {
            return Some(format!("{one}{between}{right}"));
        }
        let left = self.converted(first, &right.kind)?;
        Some(format!("{left}{between}{other}"))
    }

    /// A constant, or a list of constants, rewritten as another kind: `'5'` as `5` and `5` as `'5'`.
    fn converted(&self, node: &Node, to: &Type) -> Option<String> {
        match (&node.kind, to) {
            (NodeKind::Number(_), Type::Number) | (NodeKind::Text(_), Type::Text) => {
                Some(node.inner.of(self.text).to_owned())
            }
            (NodeKind::Number(_), Type::Text) => Some(format!("'{}'", node.inner.of(self.text))),
            (NodeKind::Text(text), Type::Number) => number::read(text.trim())
                .ok()
                .map(|number| number.to_string()),
            (NodeKind::List(items), _) => {
                let items = items.iter().map(|item| self.converted(item, to));
                Some(format!(
                    "[{}]",
                    items.collect::<Option<Vec<_>>>()?.join(", ")
                ))
            }
            _ => None,
        }
    }

    /// The path of an object's attribute `value`, such as `subtotal.value` for `subtotal`; `None` if it has none.
    fn amount(&self, inferred: &Inferred, node: &Node) -> Option<String> {
        inferred.kind.shape(self.schema)?.slot_of("value")?;
        Some(format!("{}.value", node.range.of(self.text)))
    }

    pub(super) fn wants_number(&mut self, operator: &str, inferred: &Inferred, node: &Node) {
        self.not_null(inferred, node);
        if inferred.kind.may_be_number() {
            return;
        }
        let message =
            self.wrong_kind_message(&format!("`{operator}` takes numbers"), inferred, node);
        let suggestion = match inferred.kind {
            Type::Text => Some(format!("decimal({})", node.range.of(self.text))),
            _ => self.amount(inferred, node),
        };
        let finding = Finding::error("type_mismatch", node.range, message);
        self.findings.push(finding.suggesting_if(suggestion));
    }
}

/// The kinds of the constants among the members of a list.
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
