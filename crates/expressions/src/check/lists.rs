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
            let message = format!(
                "{} is {}, not a list",
                self.quoted(receiver),
                inferred.kind.described()
            );
            self.error("type_mismatch", receiver.range, message);
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
        if quantifier == Quantifier::Sum {
            self.within(Clause::summand(body), |this| {
                let result = this.visit(body);
                this.wants_number("sum", &result, body);
            });
        } else {
            self.clause(body, Clause::condition);
        }
        self.items.pop();
        Inferred::of(if quantifier == Quantifier::Sum {
            Type::Number
        } else {
            Type::Boolean
        })
    }

    pub(super) fn call(&mut self, function: Function, arguments: &[Node]) -> Inferred {
        let inferred: Vec<Inferred> = arguments
            .iter()
            .map(|argument| self.visit(argument))
            .collect();
        let (Some(first), Some(node)) = (inferred.first(), arguments.first()) else {
            return Inferred::of(Type::Any);
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
                Inferred::of(Type::Number)
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
                Inferred::of(Type::Number)
            }
            Function::Min | Function::Max if only => match &first.kind {
                Type::List(items) => Inferred::of((**items).clone()),
                Type::Any | Type::Map => Inferred::of(Type::Any),
                other => {
                    let message = format!(
                        "with one argument that must be a list, not {}",
                        other.described()
                    );
                    self.error("type_mismatch", node.range, message);
                    Inferred::of(Type::Any)
                }
            },
            Function::Min | Function::Max => {
                for (other, argument) in inferred.iter().zip(arguments) {
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
                Inferred::of(first.kind.clone())
            }
        }
    }
}
