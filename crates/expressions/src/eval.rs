//! Runs compiled code over a document.
//!
//! Evaluation is total and pure: every run ends with a value or a failure, and the budget limits its cost. The steps
//! outside loops are charged once, when a run begins; a loop is charged for each item, and reading text by the byte.
//! The common case, an attribute compared with a constant, allocates nothing.

mod access;
mod lists;
mod operators;

use std::rc::Rc;

use super::assumption::Assumption;
use super::ast::Quantifier;
use super::budget::{BYTES_A_STEP, Budget};
use super::compile::{Choice, Code, Op};
use super::diagnostic::Range;
use super::error::{ErrorCode, Failure};
use super::number;
use super::operand::Operand;
use super::scope::Scopes;
use super::value::Record;

pub(super) type Evaluated<'a> = Result<Operand<'a>, Failure>;

/// One run of an expression.
pub(super) struct Run<'r, 'a> {
    pub(super) text: &'a str,
    pub(super) root: &'a Record<'a>,
    pub(super) budget: &'r mut Budget,
    /// The difference from the posted document that an explanation assumes.
    pub(super) assumption: Option<&'r Assumption<'a>>,
}

impl<'a> Run<'_, 'a> {
    /// Whether the value of the code counts as true.
    pub(super) fn test(&mut self, code: &'a Code, scope: Scopes<'_, 'a>) -> Result<bool, Failure> {
        if let Some(assumed) = self
            .assumption
            .and_then(|assumption| assumption.verdict_of(code, scope))
        {
            return Ok(assumed);
        }
        match &code.op {
            Op::And(all) => {
                for operand in all {
                    if !self.test(operand, scope)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Op::Or(all) => {
                for operand in all {
                    if self.test(operand, scope)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Op::Not(operand) => Ok(!self.test(operand, scope)?),
            Op::Compare(comparison) => self.compare(comparison, code.range, scope),
            Op::Membership(membership) => self.membership(membership, code.range, scope),
            Op::Matches(subject, pattern) => self.matches(subject, pattern, code.range, scope),
            Op::Quantified(quantified) if quantified.quantifier != Quantifier::Sum => {
                let wanted = quantified.quantifier == Quantifier::Any;
                Ok(self.first_item(quantified, wanted, scope)?.is_some() == wanted)
            }
            _ => Ok(self.eval(code, scope)?.truthy()),
        }
    }

    pub(super) fn eval(&mut self, code: &'a Code, scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        match &code.op {
            Op::Path(path) => self.path(path, code.range, scope),
            Op::Number(number) => Ok(Operand::Number(*number)),
            Op::Text(text) => Ok(Operand::Text(text)),
            Op::Null => Ok(Operand::Null),
            Op::Bool(value) => Ok(Operand::Bool(*value)),
            Op::And(_)
            | Op::Or(_)
            | Op::Not(_)
            | Op::Compare(_)
            | Op::Membership(_)
            | Op::Matches(..) => Ok(Operand::Bool(self.test(code, scope)?)),
            Op::Quantified(quantified) if quantified.quantifier == Quantifier::Sum => {
                self.sum(quantified, scope)
            }
            Op::Quantified(_) => Ok(Operand::Bool(self.test(code, scope)?)),
            Op::List(items) => {
                let mut made = Vec::with_capacity(items.len());
                for item in items {
                    let value = self.eval(item, scope)?;
                    self.spend_bytes(value.weight(), item.range)?;
                    made.push(value);
                }
                Ok(Operand::Items(made.into()))
            }
            Op::Map(entries) => self.map(entries, scope),
            Op::Call(function, arguments) => self.call(*function, arguments, code.range, scope),
            Op::Minus(operand) => {
                let number = self.number(operand, "`-` takes a number", scope)?;
                Ok(Operand::Number(number::negate(number)))
            }
            Op::Plus(operand) => {
                let number = self.number(operand, "`+` takes a number", scope)?;
                Ok(Operand::Number(number))
            }
            Op::Fold(first, rest) => self.fold(first, rest, scope),
            Op::Choice(choice) => self.choose(choice, scope),
        }
    }

    fn choose(&mut self, choice: &'a Choice, scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        let Choice { condition, yes, no } = choice;
        let Some(yes) = yes else {
            let value = self.eval(condition, scope)?;
            return match no {
                Some(no) if !value.truthy() => self.eval(no, scope),
                _ => Ok(value),
            };
        };
        if self.test(condition, scope)? {
            return self.eval(yes, scope);
        }
        no.as_ref()
            .map_or(Ok(Operand::Null), |no| self.eval(no, scope))
    }

    fn map(&mut self, entries: &'a [(Code, Code)], scope: Scopes<'_, 'a>) -> Evaluated<'a> {
        let mut map: Vec<(Rc<str>, Operand<'a>)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let name = self.eval(key, scope)?;
            let wrong_kind = || wrong_kind(key.range, KEY, &name);
            let name = map_key(&name).ok_or_else(wrong_kind)?;
            let value = self.eval(value, scope)?;
            match map.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => map.push((name, value)),
            }
        }
        Ok(Operand::Map(map.into()))
    }

    pub(super) fn spend(&mut self, steps: u64, range: Range) -> Result<(), Failure> {
        match self.budget.spend(steps) {
            true => Ok(()),
            false => Err(exhausted(range)),
        }
    }

    fn spend_bytes(&mut self, bytes: usize, range: Range) -> Result<(), Failure> {
        self.spend((bytes / BYTES_A_STEP) as u64, range)
    }
}

fn map_key(key: &Operand<'_>) -> Option<Rc<str>> {
    match key {
        Operand::Number(number) => Some(number.normalize().to_string().into()),
        other => other.as_text().map(Rc::from),
    }
}

/// A value in a message, shortened.
pub(super) fn show(operand: &Operand<'_>) -> String {
    const LONGEST: usize = 60;
    match operand {
        Operand::Null | Operand::Bool(_) | Operand::Number(_) => {
            let mut shown = String::new();
            operand.write_json(&mut shown);
            shown
        }
        Operand::Text(_) | Operand::MadeText(_) => {
            let text = operand.as_text().unwrap_or_default();
            let (kept, more) = match text.char_indices().nth(LONGEST) {
                Some((cut, _)) => (&text[..cut], "…"),
                None => (text, ""),
            };
            let mut shown = String::new();
            Operand::Text(kept).write_json(&mut shown);
            shown.insert_str(shown.len() - 1, more);
            shown
        }
        other => match other.items() {
            Some(items) => format!("a list of {}", items.len()),
            None => other.kind().to_owned(),
        },
    }
}

/// What a key of a map is.
const KEY: &str = "a key is a text or a number";

/// The failure for a value that is not what its place takes.
#[cold]
fn wrong_kind(range: Range, takes: &str, value: &Operand<'_>) -> Failure {
    mismatch(range, format!("{takes}, not {}", value.kind()))
}

#[cold]
fn mismatch(range: Range, message: String) -> Failure {
    Failure::new(ErrorCode::TypeMismatch, range, message)
}

#[cold]
fn unusable(range: Range) -> Failure {
    let message = "the posted value cannot be used: its number is too long or its text broken";
    Failure::new(ErrorCode::UnusableValue, range, message)
}

#[cold]
fn exhausted(range: Range) -> Failure {
    let message =
        "this request has spent what it may on expressions: a list, text or range is too long";
    Failure::new(ErrorCode::BudgetExceeded, range, message)
}
