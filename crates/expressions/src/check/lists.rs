//! Lists: `any`, `all`, `sum`, and the functions that take one.

use std::sync::Arc;

use super::clause::Clause;
use super::{Checker, Item, Seen};
use crate::ast::{Function, Node, Quantifier};
use crate::types::Type;

impl Checker<'_> {
    pub(super) fn quantified(
        &mut self,
        quantifier: Quantifier,
        receiver: &Node,
        item: &Arc<str>,
        body: &Node,
    ) -> Seen {
        let seen = self.visit(receiver);
        self.not_null(&seen, receiver);
        if !seen.kind.may_be_list() {
            let message = format!(
                "{} is {}, not a list",
                self.quoted(receiver),
                seen.kind.described()
            );
            self.error("type_mismatch", receiver.range, message);
        }
        let kind = match &seen.kind {
            Type::List(items) => (**items).clone(),
            _ => Type::Any,
        };
        self.items.push(Item {
            name: item.clone(),
            kind,
            origin: seen.origin.map(|origin| format!("{origin}[]")),
        });
        if quantifier == Quantifier::Sum {
            self.within(Clause::summand(body), |this| {
                let result = this.visit(body);
                this.wants_number("sum", &result, body);
            });
        } else {
            self.clause(body, Clause::condition);
        }
        self.items.pop();
        Seen::of(if quantifier == Quantifier::Sum {
            Type::Number
        } else {
            Type::Boolean
        })
    }

    pub(super) fn call(&mut self, function: Function, arguments: &[Node]) -> Seen {
        let seen: Vec<Seen> = arguments
            .iter()
            .map(|argument| self.visit(argument))
            .collect();
        let (Some(first), Some(node)) = (seen.first(), arguments.first()) else {
            return Seen::of(Type::Any);
        };
        let only = arguments.len() == 1;
        match function {
            Function::Count => {
                self.not_null(first, node);
                if !first.kind.may_be_list() {
                    let message = format!(
                        "`count` takes a list; {} is {}",
                        self.quoted(node),
                        first.kind.described()
                    );
                    self.error("type_mismatch", node.range, message);
                }
                Seen::of(Type::Number)
            }
            Function::Decimal => {
                self.not_null(first, node);
                if !first.kind.may_be_text() && !first.kind.may_be_number() {
                    let message = format!(
                        "`decimal` takes a text or a number, not {}",
                        first.kind.described()
                    );
                    self.error("type_mismatch", node.range, message);
                }
                Seen::of(Type::Number)
            }
            Function::Min | Function::Max if only => match &first.kind {
                Type::List(items) => Seen::of((**items).clone()),
                Type::Any | Type::Map => Seen::of(Type::Any),
                other => {
                    let message = format!(
                        "with one argument that must be a list, not {}",
                        other.described()
                    );
                    self.error("type_mismatch", node.range, message);
                    Seen::of(Type::Any)
                }
            },
            Function::Min | Function::Max => {
                for (other, argument) in seen.iter().zip(arguments) {
                    self.not_null(other, argument);
                    if !other.kind.orders_with(&first.kind) {
                        let message = format!(
                            "{} and {} have no order",
                            first.kind.described(),
                            other.kind.described()
                        );
                        self.error("type_mismatch", argument.range, message);
                    }
                }
                Seen::of(first.kind.clone())
            }
        }
    }
}
