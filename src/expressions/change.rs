//! What would have to be otherwise for a clause to come out differently.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::ast::Binary;
use super::compile::{Code, Comparison, Op, Set};
use super::eval::{Run, Scopes};
use super::explain::{is_constant, shown};
use super::number;
use super::operand::Operand;
use super::suppose::{Supposition, place_of, positions, spelled};

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

/// A change, and how to try it.
pub(super) struct Candidate<'a> {
    pub(super) change: WouldApplyIf,
    pub(super) supposition: Supposition<'a>,
    clause: &'a Code,
    /// How far the posted number is from the one compared with.
    pub(super) distance: Option<Decimal>,
}

impl Candidate<'_> {
    /// Whether the clause is the whole expression, so that there is nothing to try.
    pub(super) fn is_whole(&self, code: &Code) -> bool {
        std::ptr::eq(self.clause, code)
    }
}

/// The change of one value that makes a clause come out as wanted, when it compares a posted value with a constant.
pub(super) fn candidate<'a>(
    run: &mut Run<'_, 'a>,
    clause: &'a Code,
    wanted: bool,
    scope: Scopes<'_, 'a>,
) -> Option<Candidate<'a>> {
    let (subject, operator, value, witness) = match &clause.op {
        Op::Compare(comparison) => compared(comparison, wanted)?,
        Op::Among(among) => {
            let inside = wanted != among.negated;
            let witness = if inside { first_of(&among.set) } else { None };
            (
                &among.subject,
                if inside { "in" } else { "not in" },
                listed(&among.set),
                witness,
            )
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
    let constant = match &constant.op {
        Op::Null => Operand::Null,
        Op::Bool(value) => Operand::Bool(*value),
        Op::Number(number) => Operand::Number(*number),
        Op::Text(text) => Operand::Text(text),
        _ => return None,
    };
    let witness = match (operator, &constant) {
        (Binary::Equal | Binary::LessOrEqual | Binary::GreaterOrEqual, constant) => {
            Some(constant.clone())
        }
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

fn first_of(set: &Set) -> Option<Operand<'_>> {
    let text = set.texts.first().map(|text| Operand::Text(text));
    text.or_else(|| set.numbers.first().map(|number| Operand::Number(*number)))
        .or_else(|| set.bools.first().map(|value| Operand::Bool(*value)))
}

fn listed(set: &Set) -> serde_json::Value {
    let texts = set.texts.iter().map(|text| shown(&Operand::Text(text)));
    let numbers = set
        .numbers
        .iter()
        .map(|number| shown(&Operand::Number(*number)));
    let bools = set.bools.iter().map(|value| (*value).into());
    let null = set.null.then_some(serde_json::Value::Null);
    texts.chain(numbers).chain(bools).chain(null).collect()
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
