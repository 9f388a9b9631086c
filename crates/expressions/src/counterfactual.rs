//! The change of one value in the document that would give a clause the other verdict.
//!
//! A change is only suggested after it was tried: the value is assumed, and the whole expression runs again.

mod reads;

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::assumption::Assumption;
use crate::ast::Binary;
use crate::compile::{Code, Comparison, MemberSet, Membership, Op, Path};
use crate::document_path::DocumentPath;
use crate::eval::Run;
use crate::number;
use crate::observed::shown;
use crate::operand::Operand;
use crate::scope::{Scopes, indexes};
use reads::is_read_elsewhere;

/// A condition that would make the expression hold.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WouldApplyIf {
    /// The path of the value that would have to change.
    #[schema(example = "total")]
    pub path: String,
    /// One of `=`, `!=`, `<`, `>`, `<=`, `>=`, `in`, `not in`, `matches`, `not matches`.
    #[schema(example = "<=")]
    pub operator: &'static str,
    /// The value to compare with; decimals as strings.
    #[schema(value_type = serde_json::Value, example = "1000")]
    pub value: Value,
}

/// The maximum number of list members that are tried.
const MAX_MEMBERS: usize = 16;

/// A possible change, and how to try it.
pub(super) struct Candidate<'a> {
    pub(super) change: WouldApplyIf,
    assumption: Assumption<'a>,
    clause: &'a Code,
    subject: &'a Path,
    /// The members of the list of an `in`.
    members: &'a [Code],
    /// The distance between the posted number and the number that would give the wanted verdict.
    pub(super) distance: Option<Decimal>,
}

impl<'a> Candidate<'a> {
    /// The change, if it makes the whole expression hold. For a list, it contains only the members that do.
    pub(super) fn proven(
        self,
        whole: &Code,
        mut holds: impl FnMut(&Assumption<'a>) -> bool,
    ) -> Option<WouldApplyIf> {
        // If the clause is the whole expression, there is nothing to try.
        if std::ptr::eq(self.clause, whole) {
            return Some(self.change);
        }
        let path = match &self.assumption {
            Assumption::Value { path, .. } if !self.members.is_empty() => path,
            Assumption::Value { .. } => return holds(&self.assumption).then_some(self.change),
            Assumption::Verdict { .. } => {
                let once = !is_read_elsewhere(whole, self.subject);
                return (once && holds(&self.assumption)).then_some(self.change);
            }
        };
        let mut proven = Vec::new();
        let members = self.members.iter().filter_map(Code::literal);
        for value in members.take(MAX_MEMBERS) {
            let (member, path) = (shown(&value), path.clone());
            if holds(&Assumption::Value { path, value }) {
                proven.push(member);
            }
        }
        (!proven.is_empty()).then(|| WouldApplyIf {
            value: proven.into(),
            ..self.change
        })
    }
}

impl<'a> Run<'_, 'a> {
    /// The change of one value that gives a clause the wanted verdict; `None` unless the clause compares a posted value
    /// with a constant.
    pub(super) fn candidate(
        &mut self,
        clause: &'a Code,
        wanted: bool,
        scope: Scopes<'_, 'a>,
    ) -> Option<Candidate<'a>> {
        let mut members: &[Code] = &[];
        let (subject, operator, value, witness) = match &clause.op {
            Op::Compare(comparison) => compared(comparison, wanted)?,
            Op::Membership(membership) => {
                let Membership { subject, set, .. } = &**membership;
                let inside = wanted != membership.negated;
                if !inside && membership.strict && set.is_mixed() {
                    return None;
                }
                let literals = set.written.iter().filter_map(Code::literal);
                let listed = literals.map(|member| shown(&member)).collect();
                if inside {
                    members = &set.written;
                    let first = members.first().and_then(Code::literal);
                    (subject, "in", listed, first)
                } else {
                    (subject, "not in", listed, non_member(set))
                }
            }
            Op::Matches(subject, pattern) => {
                let operator = if wanted { "matches" } else { "not matches" };
                let witness = pattern.example().filter(|_| wanted).map(Operand::Text);
                (&**subject, operator, pattern.source().into(), witness)
            }
            Op::Path(_) => match (self.eval(clause, scope).ok()?, wanted) {
                (Operand::Bool(_), _) => (clause, "=", wanted.into(), Some(Operand::Bool(wanted))),
                (Operand::Null, true) => (clause, "!=", Value::Null, None),
                _ => return None,
            },
            _ => return None,
        };
        let Op::Path(read) = &subject.op else {
            return None;
        };
        let path = DocumentPath::of(read, scope)?;
        let distance = match (self.eval(subject, scope), &witness) {
            (Ok(Operand::Number(posted)), Some(Operand::Number(witness))) => {
                let difference = number::subtract(posted, *witness).ok();
                difference.map(|difference| difference.abs())
            }
            _ => None,
        };
        Some(Candidate {
            change: WouldApplyIf {
                path: path.to_string(),
                operator,
                value,
            },
            assumption: match witness {
                Some(value) => Assumption::Value { path, value },
                None => Assumption::Verdict {
                    clause,
                    indexes: indexes(scope),
                    verdict: wanted,
                },
            },
            clause,
            subject: read,
            members,
            distance,
        })
    }
}

/// The subject of a clause, the operator and the value to compare it with, and a value that makes the clause hold.
type Compared<'a> = (&'a Code, &'static str, Value, Option<Operand<'a>>);

fn compared(comparison: &Comparison, wanted: bool) -> Option<Compared<'_>> {
    let (left, right, operator) = (&comparison.left, &comparison.right, comparison.operator);
    let (subject, constant, operator) = match (left.is_constant(), right.is_constant()) {
        (false, true) => (left, right, operator),
        (true, false) => (right, left, mirrored(operator)),
        _ => return None,
    };
    let operator = if wanted { operator } else { opposite(operator) };
    let constant = constant.literal()?;
    let witness = match (operator, &constant) {
        (Binary::Equal | Binary::LessOrEqual | Binary::GreaterOrEqual, constant) => {
            Some(constant.clone())
        }
        (Binary::Unequal | Binary::Greater, Operand::Text(text)) => Some(other_text(text)),
        (Binary::Unequal, Operand::Bool(value)) => Some(Operand::Bool(!value)),
        (Binary::Less, Operand::Number(number)) => another(*number, -Decimal::ONE),
        (Binary::Greater | Binary::Unequal, Operand::Number(number)) => {
            another(*number, Decimal::ONE)
        }
        _ => None,
    };
    Some((subject, operator.word(), shown(&constant), witness))
}

/// The operator of the same comparison with its sides exchanged.
fn mirrored(operator: Binary) -> Binary {
    match operator {
        Binary::Less => Binary::Greater,
        Binary::Greater => Binary::Less,
        Binary::LessOrEqual => Binary::GreaterOrEqual,
        Binary::GreaterOrEqual => Binary::LessOrEqual,
        same => same,
    }
}

/// The operator of the comparison that is true when this one is false.
fn opposite(operator: Binary) -> Binary {
    match operator {
        Binary::Equal => Binary::Unequal,
        Binary::Unequal => Binary::Equal,
        Binary::Less => Binary::GreaterOrEqual,
        Binary::Greater => Binary::LessOrEqual,
        Binary::LessOrEqual => Binary::Greater,
        Binary::GreaterOrEqual => Binary::Less,
        same => same,
    }
}

/// A value of the same kind as the members, but not one of them.
fn non_member<'a>(set: &MemberSet) -> Option<Operand<'a>> {
    match (set.texts.last(), set.numbers.last()) {
        (Some(last), _) => Some(other_text(last)),
        (None, Some(last)) => another(*last, Decimal::ONE),
        (None, None) => None,
    }
}

/// A number at this distance.
fn another<'a>(number: Decimal, distance: Decimal) -> Option<Operand<'a>> {
    number::add(number, distance).ok().map(Operand::Number)
}

/// A different text that sorts after this one.
fn other_text<'a>(text: &str) -> Operand<'a> {
    Operand::MadeText(format!("{text}~").into())
}

/// Nearest first; candidates without a distance last.
pub(super) fn by_distance(one: Option<Decimal>, other: Option<Decimal>) -> Ordering {
    // `None` would come first.
    let key = |distance: Option<Decimal>| (distance.is_none(), distance);
    key(one).cmp(&key(other))
}
