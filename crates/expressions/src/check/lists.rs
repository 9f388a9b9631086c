//! Checks `any`, `all`, `sum` and function calls.

use std::sync::Arc;

use super::clause::Clause;
use super::{Checker, Inferred, Item};
use crate::ast::{Function, Node, Quantifier};
use crate::types::Type;

impl Checker<'_> {
    pub(super) fn quantified(
        &mut self,
        quantifier: Quantifier,
        receiver: &Node,
        item: &Arc<str>,
        body: &Node,
    ) -> Inferred {
        let inferred = self.visit(receiver);
        self.not_null(&inferred, receiver);
        if !inferred.kind.may_be_list() {
            let (list, kind) = (receiver.range.of(self.text), inferred.kind.described());
            self.mismatch(receiver.range, format!("`{list}` is {kind}, not a list"));
        }
        let kind = match &inferred.kind {
            Type::List(items) => (**items).clone(),
            _ => Type::Any,
        };
        self.items.push(Item {
            name: item.clone(),
            kind,
            origin: inferred.origin.map(|origin| format!("{origin}[]")),
        });
        let result = match quantifier {
            Quantifier::Sum => {
                self.within(Clause::new(body, Some("0")), |this| {
                    let result = this.visit(body);
                    this.wants_number("sum", &result, body);
                });
                Type::Number
            }
            Quantifier::Any | Quantifier::All => {
                self.clause(body);
                Type::Boolean
            }
        };
        self.items.pop();
        Inferred::of(result)
    }

    pub(super) fn call(&mut self, function: Function, arguments: &[Node]) -> Inferred {
        let inferred = arguments.iter().map(|argument| self.visit(argument));
        let inferred: Vec<Inferred> = inferred.collect();
        let (Some(first), Some(node)) = (inferred.first(), arguments.first()) else {
            return Inferred::of(Type::Any);
        };
        let only = arguments.len() == 1;
        match function {
            Function::Count => {
                self.not_null(first, node);
                if !first.kind.may_be_list() {
                    self.wrong_kind("`count` takes a list", first, node);
                }
                Inferred::of(Type::Number)
            }
            Function::Decimal => {
                self.not_null(first, node);
                if !first.kind.may_be_text() && !first.kind.may_be_number() {
                    let kind = first.kind.described();
                    let message = format!("`decimal` takes a text or a number, not {kind}");
                    self.mismatch(node.range, message);
                }
                Inferred::of(Type::Number)
            }
            Function::Min | Function::Max if only => match &first.kind {
                Type::List(items) => Inferred::of((**items).clone()),
                Type::Any | Type::Map => Inferred::of(Type::Any),
                other => {
                    let kind = other.described();
                    let message = format!("with one argument that must be a list, not {kind}");
                    self.mismatch(node.range, message);
                    Inferred::of(Type::Any)
                }
            },
            Function::Min | Function::Max => {
                for (other, argument) in inferred.iter().zip(arguments) {
                    self.not_null(other, argument);
                    if !other.kind.orders_with(&first.kind) {
                        let (one, other) = (first.kind.described(), other.kind.described());
                        let message = format!("{one} and {other} have no order");
                        self.mismatch(argument.range, message);
                    }
                }
                Inferred::of(first.kind.clone())
            }
        }
    }
}
