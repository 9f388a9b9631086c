//! What expressions are about: the schema of documents, how one is read, and what one may cost.

use std::cell::Cell;

use super::{Budget, Expression, Record, Schema, Severity};
use crate::http::problem::{FieldError, Problem};

/// The documents of a service. The language itself knows none.
#[derive(Clone, Copy)]
pub struct Dialect {
    pub schema: fn() -> &'static Schema,
    /// Reads a document, and tells what one request may spend on expressions over it.
    pub read: fn(&str) -> Result<(Record<'_>, Budget), Problem>,
    /// Writes a document with a main list of so many items, every other list and text of ordinary length.
    pub sample: fn(usize) -> String,
}

/// How many items the sample has by which costs are judged.
const ITEMS: usize = 200;
/// Of what a request may spend, one expression may take one part in so many without a warning.
const FAIR_PARTS: u64 = 20;
/// An expression whose cost grows faster than the list is warned of from one part in so many on: a longer list would take all.
const STEEP_PARTS: u64 = 100;

/// What judging many expressions may take in all, in steps; whoever judges stops there.
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
    /// Whether judging has taken as much as it may, so that further expressions had better wait.
    pub fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    fn is_costly(&self, expression: &Expression) -> bool {
        let fair = self.budget / FAIR_PARTS;
        let cost = expression.most_over(&self.whole, fair);
        self.left
            .set(self.left.get().saturating_sub(cost.unwrap_or(fair)));
        let Some(cost) = cost else {
            return true;
        };
        let is_steep = |half: u64| cost > half.saturating_mul(3);
        cost > self.budget / STEEP_PARTS
            && expression.most_over(&self.half, cost).is_some_and(is_steep)
    }
}

impl Dialect {
    /// Lends the samples; without samples that can be read, which a test sees to, nothing can be said of costs.
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

impl Expression {
    /// What may not be meant as it is written, and whether it is costly; as warnings about the field that holds it.
    pub fn warnings_at(&self, pointer: &str, samples: Option<&Samples<'_>>) -> Vec<FieldError> {
        let mut warnings: Vec<_> = self
            .warnings()
            .iter()
            .filter(|found| found.severity == Severity::Warning)
            .map(|found| found.to_field_error(pointer))
            .collect();
        if samples.is_some_and(|samples| samples.is_costly(self)) {
            let message = format!(
                "On a large cart this may take more than {} % of what all rules together may spend: go through a list once, not inside another list and not for a long range.",
                100 / FAIR_PARTS
            );
            warnings.push(FieldError::at(pointer, "costly", message));
        }
        warnings
    }
}
