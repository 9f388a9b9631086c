//! What expressions are about: the schema of documents, how a document is read, and what an expression may cost.

use std::cell::Cell;

use onterms_expressions::{Budget, Expression, Record, Schema, Severity};

use super::field_error;
use crate::http::problem::{FieldError, Problem};

/// The documents of this service. The language itself does not know them.
#[derive(Clone, Copy)]
pub struct Dialect {
    pub schema: fn() -> &'static Schema,
    /// Reads a document; the budget is what one request may spend on expressions over it.
    pub read: fn(&str) -> Result<(Record<'_>, Budget), Problem>,
    /// Writes a document with a main list of so many items, every other list and text of ordinary length.
    pub sample: fn(usize) -> String,
}

/// The number of items of the sample document by which costs are judged.
const ITEMS: usize = 200;
/// One expression may take this fraction of a request's budget without a warning.
const FAIR_PARTS: u64 = 20;
/// An expression whose cost grows faster than the list gets a warning from this fraction on: a longer list would use up
/// the whole budget.
const STEEP_PARTS: u64 = 100;

/// The most steps that judging many expressions may take in all.
const MOST_STEPS: u64 = 10_000_000;

/// Documents of ordinary length by which costs are judged, read once for many expressions.
pub struct Samples<'s> {
    whole: Record<'s>,
    half: Record<'s>,
    /// What one request over the whole may spend.
    budget: u64,
    left: Cell<u64>,
}

impl Samples<'_> {
    /// Whether judging has used up its steps, so that further expressions are not judged.
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
    /// Calls `work` with the samples; `None` where they cannot be read, which a test excludes.
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
