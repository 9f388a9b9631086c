//! The document under construction during a search.

use super::super::atom::{Atom, Term};
use super::super::domain::Sample;
use super::super::formula::{Outcomes, Unassigned, Values};
use super::super::space::KnownPath;
use super::super::variable::{CellKind, CellValue, Variable};
use super::Guarded;
use crate::budget::Budget;
use crate::error::ErrorCode;
use crate::eval::Run;
use crate::operand::json::{write_record, write_text, write_value};
use crate::schema::{Kind, Shape};
use crate::value::{Record, Value};

/// The budget of one evaluation of an atom, in steps.
const ATOM_BUDGET: u64 = 100_000;

pub(super) struct Document<'q> {
    variables: &'q [Variable<'q>],
    guarded: &'q Guarded,
    /// The cell of each attribute that has a value.
    assigned: Vec<Option<usize>>,
    record: Record<'q>,
}

/// The outcomes that a term can still have with the values assigned so far.
#[derive(Clone, Copy)]
pub(super) struct Possible {
    pub(super) outcomes: Outcomes,
    /// The next attribute whose value narrows the outcomes; `None` if none does.
    pub(super) waits_for: Option<usize>,
}

impl Possible {
    fn new(outcomes: Outcomes, waits_for: Option<usize>) -> Self {
        Self {
            outcomes,
            waits_for,
        }
    }
}

impl<'q> Document<'q> {
    pub(super) fn new(
        root: &'static Shape,
        variables: &'q [Variable<'q>],
        guarded: &'q Guarded,
    ) -> Self {
        Self {
            variables,
            guarded,
            assigned: vec![None; variables.len()],
            record: Record::new(Some(root)),
        }
    }

    /// Assigns to an attribute the value of one of its cells, or removes its value. Its parent object must be assigned.
    pub(super) fn assign(&mut self, variable: usize, cell: Option<usize>) {
        let Variable {
            slots,
            cells,
            shape,
            ..
        } = &self.variables[variable];
        self.assigned[variable] = cell;
        let value = cell
            .and_then(|cell| cells.get(cell))
            .map_or(Value::Null, |cell| cell.value.posted(*shape));
        let Some((last, before)) = slots.split_last() else {
            return;
        };
        let mut record = &mut self.record;
        for slot in before {
            match record.slot_mut(*slot) {
                Some(Value::Record(inner)) => record = inner.to_mut(),
                _ => return,
            }
        }
        record.set_slot(*last, value);
    }

    /// Assigns a value to each attribute that every witness has, and returns those attributes.
    pub(super) fn give_always_given(&mut self) -> Vec<usize> {
        let mut given = Vec::new();
        for (place, variable) in self.variables.iter().enumerate() {
            let is_there = variable.parent.is_none_or(|parent| self.is_object(parent));
            if self.assigned[place].is_none() && is_there && variable.is_always_given() {
                self.assign(place, Some(0));
                given.push(place);
            }
        }
        given
    }

    fn is_object(&self, variable: usize) -> bool {
        let cell =
            self.assigned[variable].and_then(|cell| self.variables[variable].cells.get(cell));
        cell.is_some_and(|cell| matches!(cell.value, CellValue::Object))
    }

    pub(super) fn record(&self) -> &Record<'q> {
        &self.record
    }

    pub(super) fn to_json(&self) -> String {
        let mut json = String::new();
        write_posted(&self.record, &mut json);
        json
    }

    /// The outcomes that a term can have for any values of the unassigned attributes.
    pub(super) fn possible(&self, term: &Term<'_>, asked: &mut u64) -> Possible {
        match term {
            Term::And(all) => self.sequence(all, Outcomes::TRUE, asked),
            Term::Or(all) => self.sequence(all, Outcomes::FALSE, asked),
            Term::Not(operand) => {
                let possible = self.possible(operand, asked);
                Possible::new(possible.outcomes.negated(), possible.waits_for)
            }
            Term::Choice { condition, yes, no } => {
                let asked_first = self.possible(condition, asked);
                let mut outcomes = asked_first.outcomes.and(Outcomes::FAILURE);
                let mut waits_for = asked_first.waits_for;
                let mut branch = |on: Outcomes, taken: Option<&Term<'_>>, otherwise: Outcomes| {
                    if !asked_first.outcomes.meets(on) {
                        return;
                    }
                    match taken {
                        Some(taken) => {
                            let possible = self.possible(taken, asked);
                            outcomes = outcomes.or(possible.outcomes);
                            waits_for = waits_for.or(possible.waits_for);
                        }
                        None => outcomes = outcomes.or(otherwise),
                    }
                };
                branch(Outcomes::TRUE, yes.as_deref(), Outcomes::TRUE);
                branch(Outcomes::FALSE, no.as_deref(), Outcomes::FALSE);
                Possible::new(outcomes, waits_for)
            }
            Term::Atom(atom) => {
                *asked += 1;
                self.atom(atom)
            }
        }
    }

    /// The outcomes of `and` or `or`; the next operand is evaluated if the one before it has the outcome `goes_on`.
    fn sequence(&self, all: &[Term<'_>], goes_on: Outcomes, asked: &mut u64) -> Possible {
        let mut outcomes = Outcomes::NONE;
        let mut waits_for = None;
        for operand in all {
            let possible = self.possible(operand, asked);
            waits_for = waits_for.or(possible.waits_for);
            outcomes = outcomes.or(possible.outcomes.without(goes_on));
            if !possible.outcomes.meets(goes_on) {
                return Possible::new(outcomes, waits_for);
            }
        }
        Possible::new(outcomes.or(goes_on), waits_for)
    }

    fn atom(&self, atom: &Atom<'_>) -> Possible {
        let mut is_settled = !atom.is_dark;
        for read in &atom.reads {
            match self.is_settled(read, atom.is_plain) {
                Ok(settled) => is_settled &= settled,
                Err(Unassigned(variable)) => {
                    return Possible::new(Outcomes::ANY, Some(variable));
                }
            }
        }
        let ran = self.run(atom);
        // The representative does not tell whether all texts of a cell match, but it tells that matching does not fail.
        let outcomes = match ran {
            Some(outcome) if is_settled => outcome,
            Some(outcome) if atom.is_match && !outcome.meets(Outcomes::FAILURE) => {
                Outcomes::TRUE.or(Outcomes::FALSE)
            }
            _ => Outcomes::ANY,
        };
        Possible::new(outcomes, None)
    }

    /// Whether the representative value decides the outcome for the whole cell.
    fn is_settled(&self, read: &KnownPath, is_plain: bool) -> Result<bool, Unassigned> {
        let mut kind = CellKind::Exact;
        for variable in &read.chain {
            let cell = self.assigned[*variable].ok_or(Unassigned(*variable))?;
            let cell = &self.variables[*variable].cells[cell];
            // Evaluation ends at null, so the rest of the path does not matter.
            if cell.is_null() {
                return Ok(true);
            }
            kind = cell.kind;
        }
        Ok(!read.goes_on
            && match kind {
                CellKind::Exact => true,
                CellKind::Alike => is_plain,
                CellKind::Unlike => false,
            })
    }

    /// The outcome of an atom for the representative values; `None` if it exceeds the budget.
    fn run(&self, atom: &Atom<'_>) -> Option<Outcomes> {
        let mut budget = Budget::new(ATOM_BUDGET);
        let mut run = Run {
            text: atom.text,
            root: &self.record,
            budget: &mut budget,
            assumption: None,
        };
        match run.test(atom.code, None) {
            Ok(true) => Some(Outcomes::TRUE),
            Ok(false) => Some(Outcomes::FALSE),
            Err(failure) if failure.code() == ErrorCode::BudgetExceeded => None,
            Err(_) => Some(Outcomes::FAILURE),
        }
    }

    fn chain_of(&self, path: &str) -> &'q [usize] {
        let guarded = self.guarded.iter().find(|(known, _)| *known == path);
        guarded.map_or(&[], |(_, chain)| chain)
    }

    fn text_of(&self, chain: &[usize]) -> Result<Option<&str>, Unassigned> {
        let mut text = None;
        for variable in chain {
            let cell = self.assigned[*variable].ok_or(Unassigned(*variable))?;
            let cell = &self.variables[*variable].cells[cell];
            text = match &cell.value {
                CellValue::Sample(Sample::Null) => return Ok(None),
                CellValue::Sample(Sample::Text(text)) => Some(text.as_str()),
                _ => None,
            };
        }
        Ok(text)
    }
}

impl Values for Document<'_> {
    fn text(&self, path: &'static str) -> Result<Option<&str>, Unassigned> {
        self.text_of(self.chain_of(path))
    }
}

/// A document with unassigned attributes counted as missing.
pub(super) struct Posted<'d, 'q>(pub(super) &'d Document<'q>);

impl Values for Posted<'_, '_> {
    fn text(&self, path: &'static str) -> Result<Option<&str>, Unassigned> {
        Ok(self.0.text_of(self.0.chain_of(path)).unwrap_or_default())
    }
}

/// Writes a record as a postable JSON object. Amounts are written as texts, because JSON readers may round numbers.
fn write_posted(record: &Record<'_>, json: &mut String) {
    write_record(record, json, &|attribute, value, json| match value {
        Value::Record(inner) => write_posted(inner, json),
        Value::Number(number) if *attribute.kind() != Kind::Scalar => {
            write_text(&number.to_string(), json);
        }
        value => write_value(value, json),
    });
}
