//! Checks an expression against the schema of its documents.
//!
//! What certainly fails is an error; what may fail, or may not be intended, is a warning. Attributes that the schema
//! does not describe are allowed below the root, because carts have them.

mod access;
mod clause;
mod lists;
mod operators;
mod warnings;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::ast::{Binary, ChainLink, Node, NodeKind, Unary, operands};
use super::diagnostic::{Finding, Range};
use super::guard;
use super::schema::{Attribute, Schema};
use super::types::Type;
use clause::Clause;

/// The result of the check.
pub(super) struct Checked {
    pub(super) findings: Vec<Finding>,
    pub(super) result: Type,
    /// The attributes of the document that the expression reads; items of lists as `lineItems[].quantity`.
    pub(super) attributes: BTreeSet<String>,
}

pub(super) fn check(node: &Node, text: &str, schema: &'static Schema) -> Checked {
    let mut checker = Checker {
        text,
        schema,
        findings: Vec::new(),
        attributes: BTreeSet::new(),
        items: Vec::new(),
        present: Vec::new(),
        clauses: Vec::new(),
    };
    let result = checker.clause(node).kind;
    let mut findings = checker.findings;
    if matches!(
        result,
        Type::Number | Type::Text | Type::List(_) | Type::Map | Type::Null
    ) {
        let message = format!(
            "this is {}, not a condition: it counts as true unless it is null, 0 or empty",
            result.described()
        );
        findings.push(Finding::warning("not_a_condition", node.range, message));
    }
    findings.sort_by_key(|finding| finding.range.start);
    Checked {
        findings,
        result,
        attributes: checker.attributes,
    }
}

struct Checker<'t> {
    text: &'t str,
    schema: &'static Schema,
    findings: Vec<Finding>,
    attributes: BTreeSet<String>,
    /// Item variables in scope, outermost first.
    items: Vec<Item>,
    /// Paths known not to be null here.
    present: Vec<String>,
    /// The clauses around the current node, outermost first.
    clauses: Vec<Clause>,
}

/// An item variable.
#[derive(Clone)]
struct Item {
    name: Arc<str>,
    kind: Type,
    /// Its path in the document; `None` if it is not read from the document.
    origin: Option<String>,
}

/// The static knowledge about the value of a node.
struct Inferred {
    kind: Type,
    /// Whether the value may be null in addition to its kind.
    nullable: bool,
    /// Its path in the document; `None` if it is not read from the document.
    origin: Option<String>,
}

impl Inferred {
    fn of(kind: Type) -> Self {
        Self::read(kind, false, None)
    }

    fn read(kind: Type, nullable: bool, origin: Option<String>) -> Self {
        Self {
            kind,
            nullable,
            origin,
        }
    }

    /// What is known of the attribute in a slot.
    fn of_attribute(attribute: &Attribute, origin: Option<String>) -> Self {
        Self::read(Type::of(attribute), attribute.is_nullable(), origin)
    }
}

impl Checker<'_> {
    fn mismatch(&mut self, range: Range, message: String) {
        self.findings
            .push(Finding::error("type_mismatch", range, message));
    }

    /// Reports a value that is not what its place takes.
    fn wrong_kind(&mut self, takes: &str, inferred: &Inferred, node: &Node) {
        self.mismatch(node.range, self.wrong_kind_message(takes, inferred, node));
    }

    fn wrong_kind_message(&self, takes: &str, inferred: &Inferred, node: &Node) -> String {
        let value = node.range.of(self.text);
        format!("{takes}; `{value}` is {}", inferred.kind.described())
    }

    fn visit(&mut self, node: &Node) -> Inferred {
        match &node.kind {
            NodeKind::Null => Inferred::of(Type::Null),
            NodeKind::Bool(_) => Inferred::of(Type::Boolean),
            NodeKind::Number(_) => Inferred::of(Type::Number),
            NodeKind::Text(_) => Inferred::of(Type::Text),
            NodeKind::List(items) => {
                let kinds: Vec<Type> = items.iter().map(|item| self.visit(item).kind).collect();
                let first = kinds.first().cloned().unwrap_or(Type::Any);
                let same = kinds.iter().all(|kind| *kind == first);
                Inferred::of(Type::List(Box::new(if same { first } else { Type::Any })))
            }
            NodeKind::Map(entries) => {
                for (key, value) in entries {
                    self.visit(key);
                    self.visit(value);
                }
                Inferred::of(Type::Map)
            }
            NodeKind::Name(name) => self.name(&name.text, name.item, node.range),
            NodeKind::Access { base, steps } => self.access(base, steps),
            NodeKind::Quantified {
                quantifier,
                receiver,
                item,
                body,
            } => self.quantified(*quantifier, receiver, item, body),
            NodeKind::Call {
                function,
                arguments,
            } => self.call(*function, arguments),
            NodeKind::Unary {
                operator: Unary::Not,
                operand,
            } => {
                self.visit(operand);
                Inferred::of(Type::Boolean)
            }
            NodeKind::Unary { operator, operand } => {
                let inferred = self.visit(operand);
                let sign = if *operator == Unary::Minus { "-" } else { "+" };
                self.wants_number(sign, &inferred, operand);
                Inferred::of(Type::Number)
            }
            NodeKind::Chain { first, rest } => self.chain(first, rest, node.range),
            NodeKind::Choice { condition, yes, no } => {
                self.choice(node, condition, yes.as_deref(), no.as_deref())
            }
            NodeKind::Matches { subject, .. } => {
                self.tight_not(subject, node.range);
                let inferred = self.visit(subject);
                if !inferred.kind.may_be_text() {
                    self.wrong_kind("`matches` takes a text", &inferred, subject);
                }
                self.not_null(&inferred, subject);
                Inferred::of(Type::Boolean)
            }
        }
    }

    fn choice(
        &mut self,
        node: &Node,
        condition: &Node,
        yes: Option<&Node>,
        no: Option<&Node>,
    ) -> Inferred {
        let is_clause = self.is_clause(node);
        let asked = match yes {
            Some(_) => self.clause(condition),
            None => self.visit(condition),
        };
        let branch = |this: &mut Self, branch: &Node| match is_clause {
            true => this.clause(branch).kind,
            false => this.visit(branch).kind,
        };
        let taken = match yes {
            Some(yes) => self.knowing(guard::known(condition, true), |this| branch(this, yes)),
            None => asked.kind,
        };
        let other = match no {
            Some(no) => self.knowing(guard::known(condition, false), |this| branch(this, no)),
            None => Type::Null,
        };
        Inferred::of(if taken == other { taken } else { Type::Any })
    }

    fn knowing<T>(&mut self, present: Vec<String>, visit: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.present.len();
        self.present.extend(present);
        let result = visit(self);
        self.present.truncate(before);
        result
    }

    fn chain(&mut self, first: &Node, rest: &[ChainLink], range: Range) -> Inferred {
        self.precedence(first, rest, range);
        if let Some(logical @ (Binary::And | Binary::Or)) = rest.first().map(|link| link.operator) {
            let verdict = logical == Binary::And;
            let before = self.present.len();
            for operand in operands(first, rest) {
                self.clause(operand);
                self.present.extend(guard::known(operand, verdict));
            }
            self.present.truncate(before);
            return Inferred::of(Type::Boolean);
        }
        let mut left = self.visit(first);
        for link in rest {
            let right = self.visit(&link.operand);
            let kind = self.binary(&left, first, link, &right);
            left = Inferred::of(kind);
        }
        left
    }
}
