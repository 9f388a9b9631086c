//! The constants that an attribute is compared with, and how.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::ast::Binary;
use crate::compile::{Code, Op};

/// What distinguishes the values of one attribute.
#[derive(Debug, Default)]
pub(super) struct Constants {
    pub(super) numbers: Vec<Decimal>,
    pub(super) texts: Vec<Arc<str>>,
    /// Whether an expression compares the order of the attribute's values.
    pub(super) ordered: bool,
    /// Whether whole numbers are distinguished from fractions, as `in 1..5` does.
    pub(super) whole: bool,
    /// Whether an expression reads the attribute at all.
    pub(super) read: bool,
}

impl Constants {
    /// Adds a literal that is compared with the attribute.
    pub(super) fn add(&mut self, literal: &Code) {
        match &literal.op {
            Op::Number(number) => self.numbers.push(*number),
            Op::Text(text) => self.texts.push(text.clone()),
            _ => {}
        }
    }

    /// Adds every literal in a part of an expression, as values worth trying.
    pub(super) fn add_all(&mut self, code: &Code) {
        self.add(code);
        if let Op::Membership(membership) = &code.op {
            for member in &membership.set.written {
                self.add(member);
            }
        }
        for part in code.parts() {
            self.add_all(part);
        }
    }
}

/// Whether an operator compares the order of its operands.
pub(super) fn is_order(operator: Binary) -> bool {
    matches!(
        operator,
        Binary::Less | Binary::Greater | Binary::LessOrEqual | Binary::GreaterOrEqual
    )
}

/// The ends of `first..last` with constant ends.
pub(super) fn range_of(code: &Code) -> Option<[&Code; 2]> {
    let Op::Fold(first, rest) = &code.op else {
        return None;
    };
    match &**rest {
        [link] if link.operator == Binary::Range => {
            let ends = [&**first, &link.operand];
            ends.iter()
                .all(|end| matches!(end.op, Op::Number(_)))
                .then_some(ends)
        }
        _ => None,
    }
}
