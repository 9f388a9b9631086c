//! What would have to be otherwise for a clause to come out differently.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::ast::Binary;
use super::compile::{Code, Comparison, Op, Path, Set};
use super::eval::{Run, Scopes};
use super::number;
use super::observe::{is_constant, literal, shown};
use super::operand::Operand;
use super::suppose::{Supposition, is_read_elsewhere, place_of, positions, spelled};

/// A condition that would make the expression hold.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WouldApplyIf {
    /// The value that would have to be otherwise.
    #[schema(example = "total")]
    pub path: String,
    /// One of `=`, `!=`, `<`, `>`, `<=`, `>=`, `in`, `not in`, `matches`, `not matches`.
    #[schema(example = "<=")]
    pub operator: &'static str,
    /// What it would have to be compared with; decimals as strings.
    #[schema(value_type = serde_json::Value, example = "1000")]
    pub value: serde_json::Value,
}

/// How many members of a list are tried.
const MAX_MEMBERS: usize = 16;

/// A change, and how to try it.
pub(super) struct Candidate<'a> {
    pub(super) change: WouldApplyIf,
    supposition: Supposition<'a>,
    clause: &'a Code,
    subject: &'a Path,
    /// What `in` offers to choose from.
    members: &'a [Code],
    /// How far the posted number is from the one compared with.
    pub(super) distance: Option<Decimal>,
}

impl<'a> Candidate<'a> {
    /// The change, if it is proven to make the whole expression hold; of a list, the members that do.
    pub(super) fn proven(
        self,
        whole: &Code,
        mut holds: impl FnMut(&Supposition<'a>) -> bool,
    ) -> Option<WouldApplyIf> {
        // Where the clause is the whole expression there is nothing to try.
        if std::ptr::eq(self.clause, whole) {
            return Some(self.change);
        }
        let place = match &self.supposition {
            Supposition::Value { place, .. } if !self.members.is_empty() => place,
            Supposition::Value { .. } => return holds(&self.supposition).then_some(self.change),
            Supposition::Verdict { .. } => {
                let once = !is_read_elsewhere(whole, self.subject);
                return (once && holds(&self.supposition)).then_some(self.change);
            }
        };
        let mut proven = Vec::new();
        for value in self.members.iter().filter_map(literal).take(MAX_MEMBERS) {
            let member = shown(&value);
            if holds(&Supposition::Value {
                place: place.clone(),
                value,
            }) {
                proven.push(member);
            }
        }
        (!proven.is_empty()).then(|| WouldApplyIf {
            value: proven.into(),
            ..self.change
        })
    }
}

/// The change of one value that makes a clause come out as wanted, when it compares a posted value with a constant.
pub(super) fn candidate<'a>(
    run: &mut Run<'_, 'a>,
    clause: &'a Code,
    wanted: bool,
    scope: Scopes<'_, 'a>,
) -> Option<Candidate<'a>> {
    let mut members: &[Code] = &[];
    let (subject, operator, value, witness) = match &clause.op {
        Op::Compare(comparison) => compared(comparison, wanted)?,
        Op::Among(among) => {
            let inside = wanted != among.negated;
            if !inside && among.strict && among.set.is_mixed() {
                return None;
            }
            let written = &among.set.written;
            let listed = written
                .iter()
                .filter_map(literal)
                .map(|member| shown(&member))
                .collect();
            if inside {
                members = written;
                (
                    &among.subject,
                    "in",
                    listed,
                    written.first().and_then(literal),
                )
            } else {
                (&among.subject, "not in", listed, outside(&among.set))
            }
        }
        Op::Matches(subject, pattern) => {
            let witness = pattern.example().filter(|_| wanted).map(Operand::Text);
            (
                &**subject,
                if wanted { "matches" } else { "not matches" },
                pattern.source().into(),
                witness,
            )
        }
        Op::Path(_) => match (run.eval(clause, scope).ok()?, wanted) {
            (Operand::Bool(_), wanted) => (clause, "=", wanted.into(), Some(Operand::Bool(wanted))),
            (Operand::Null, true) => (clause, "!=", serde_json::Value::Null, None),
            _ => return None,
        },
        _ => return None,
    };
    let Op::Path(path) = &subject.op else {
        return None;
    };
    let place = place_of(path, scope)?;
    let distance = match (run.eval(subject, scope), &witness) {
        (Ok(Operand::Number(posted)), Some(Operand::Number(witness))) => {
            number::subtract(posted, *witness)
                .ok()
                .map(|difference| difference.abs())
        }
        _ => None,
    };
    let change = WouldApplyIf {
        path: spelled(&place),
        operator,
        value,
    };
    let supposition = match witness {
        Some(value) => Supposition::Value { place, value },
        None => Supposition::Verdict {
            clause,
            items: positions(scope),
            verdict: wanted,
        },
    };
    Some(Candidate {
        change,
        supposition,
        clause,
        subject: path,
        members,
        distance,
    })
}

type Compared<'a> = (
    &'a Code,
    &'static str,
    serde_json::Value,
    Option<Operand<'a>>,
);

fn compared(comparison: &Comparison, wanted: bool) -> Option<Compared<'_>> {
    let Comparison {
        operator,
        left,
        right,
    } = comparison;
    let (subject, constant, operator) = match (is_constant(left), is_constant(right)) {
        (false, true) => (left, right, *operator),
        (true, false) => (right, left, mirrored(*operator)),
        _ => return None,
    };
    let operator = if wanted { operator } else { opposite(operator) };
    let constant = literal(constant)?;
    let witness = match (operator, &constant) {
        (Binary::Equal | Binary::LessOrEqual | Binary::GreaterOrEqual, constant) => {
            Some(constant.clone())
        }
        (Binary::Unequal | Binary::Greater, Operand::Text(text)) => Some(unlike(text)),
        (Binary::Unequal, Operand::Bool(value)) => Some(Operand::Bool(!value)),
        (Binary::Less, Operand::Number(number)) => number::subtract(*number, Decimal::ONE)
            .ok()
            .map(Operand::Number),
        (Binary::Greater | Binary::Unequal, Operand::Number(number)) => {
            number::add(*number, Decimal::ONE).ok().map(Operand::Number)
        }
        _ => None,
    };
    Some((subject, operator.word(), shown(&constant), witness))
}

/// The same comparison with its sides exchanged.
fn mirrored(operator: Binary) -> Binary {
    match operator {
        Binary::Less => Binary::Greater,
        Binary::Greater => Binary::Less,
        Binary::LessOrEqual => Binary::GreaterOrEqual,
        Binary::GreaterOrEqual => Binary::LessOrEqual,
        same => same,
    }
}

/// The comparison that is true when this one is false.
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

/// A value like those of a set, and not in it.
fn outside<'a>(set: &Set) -> Option<Operand<'a>> {
    match (set.texts.last(), set.numbers.last()) {
        (Some(last), _) => Some(unlike(last)),
        (None, Some(last)) => number::add(*last, Decimal::ONE).ok().map(Operand::Number),
        (None, None) => None,
    }
}

/// Another text, behind this one in order.
fn unlike<'a>(text: &str) -> Operand<'a> {
    Operand::MadeText(format!("{text}~").into())
}

/// Nearer first; what has no distance last.
pub(super) fn by_distance(one: Option<Decimal>, other: Option<Decimal>) -> Ordering {
    match (one, other) {
        (Some(one), Some(other)) => one.cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
