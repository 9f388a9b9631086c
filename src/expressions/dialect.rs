//! What expressions are about: the schema of documents, how one is read, and what one may cost.

use super::{Budget, Expression, Record, Schema, Severity};
use crate::problem::{FieldError, Problem};

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

impl Expression {
    /// What may not be meant as it is written, and whether it is costly; as warnings about the field that holds it.
    pub fn warnings_at(&self, pointer: &str, dialect: &Dialect) -> Vec<FieldError> {
        let mut warnings: Vec<_> = self
            .warnings()
            .iter()
            .filter(|found| found.severity == Severity::Warning)
            .map(|found| found.to_field_error(pointer))
            .collect();
        if self.is_costly(dialect) {
            let message = format!(
                "On a large cart this may take more than {} % of what all rules together may spend: go through a list once, not inside another list and not for a long range.",
                100 / FAIR_PARTS
            );
            warnings.push(FieldError::at(pointer, "costly", message));
        }
        warnings
    }

    fn is_costly(&self, dialect: &Dialect) -> bool {
        let sample = (dialect.sample)(ITEMS);
        let half = (dialect.sample)(ITEMS / 2);
        // The samples are read in a test; without one nothing can be said.
        let (Ok((sample, budget)), Ok((half, _))) =
            ((dialect.read)(&sample), (dialect.read)(&half))
        else {
            return false;
        };
        let Some(cost) = self.most_over(&sample, budget.left() / FAIR_PARTS) else {
            return true;
        };
        let is_steep = |half: u64| cost > half.saturating_mul(3);
        cost > budget.left() / STEEP_PARTS && self.most_over(&half, cost).is_some_and(is_steep)
    }
}
