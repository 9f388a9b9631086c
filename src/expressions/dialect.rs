//! The documents of expressions: their schema, how they are read, and the cost limits of an expression.

use std::cell::Cell;

use onterms_expressions::{Budget, Expression, Record, Schema, Severity};

use super::field_error;
use crate::http::problem::{FieldError, Problem};

/// The documents of this service, of which the language itself is independent.
#[derive(Clone, Copy)]
pub struct Dialect {
    pub schema: fn() -> &'static Schema,
    /// Reads a document; returns it with the budget of one request for expressions over it.
    pub read: fn(&str) -> Result<(Record<'_>, Budget), Problem>,
    /// Writes a document whose main list has this number of items; other lists and texts have ordinary lengths.
    pub sample: fn(usize) -> String,
}

/// The number of items of the sample document for measuring costs.
const ITEMS: usize = 200;
/// An expression that costs more than 1/20 of a request's budget gets a warning.
const FAIR_PARTS: u64 = 20;
/// An expression whose cost grows faster than the list gets a warning from 1/100 of the budget on, because a longer
/// list would use up the whole budget.
const STEEP_PARTS: u64 = 100;

/// The maximum number of steps for measuring the costs of many expressions together.
const MOST_STEPS: u64 = 10_000_000;

/// Sample documents for measuring costs, read once for many expressions.
pub struct Samples<'s> {
    whole: Record<'s>,
    half: Record<'s>,
    /// The budget of one request over the whole document.
    budget: u64,
    left: Cell<u64>,
}

impl Samples<'_> {
    /// Whether the steps for measuring are used up, so that further expressions are not measured.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    fn is_costly(&self, expression: &Expression) -> bool {
        let fair = self.budget / FAIR_PARTS;
        let cost = expression.worst_case_cost(&self.whole, fair);
        self.left
            .set(self.left.get().saturating_sub(cost.unwrap_or(fair)));
        let Some(cost) = cost else {
            return true;
        };
        let is_steep = |half: u64| cost > half.saturating_mul(3);
        cost > self.budget / STEEP_PARTS
            && expression
                .worst_case_cost(&self.half, cost)
                .is_some_and(is_steep)
    }
}

impl Dialect {
    /// Calls `work` with the samples; with `None` if they cannot be read, which a test rules out.
    pub fn with_samples<T>(&self, work: impl FnOnce(Option<&Samples<'_>>) -> T) -> T {
        let (whole, half) = ((self.sample)(ITEMS), (self.sample)(ITEMS / 2));
        let samples = match ((self.read)(&whole), (self.read)(&half)) {
            (Ok((whole, budget)), Ok((half, _))) => Some(Samples {
                whole,
                half,
                budget: budget.left(),
                left: Cell::new(MOST_STEPS),
            }),
            _ => None,
        };
        work(samples.as_ref())
    }
}

/// The warnings about the text of an expression and about its cost, as field errors of the field that holds it.
pub fn warnings(
    expression: &Expression,
    pointer: &str,
    samples: Option<&Samples<'_>>,
) -> Vec<FieldError> {
    let mut warnings: Vec<_> = expression
        .warnings()
        .iter()
        .filter(|found| found.severity == Severity::Warning)
        .map(|found| field_error(found, pointer))
        .collect();
    if samples.is_some_and(|samples| samples.is_costly(expression)) {
        let message = format!(
            "On a large cart this may take more than {} % of what all rules together may spend: go through a list once, not inside another list and not for a long range.",
            100 / FAIR_PARTS
        );
        warnings.push(FieldError::at(pointer, "costly", message));
    }
    warnings
}
