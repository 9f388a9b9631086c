//! Where a page of a list begins: after the last row of the page before, in the order the caller picked.
//!
//! Rows that come or go between two pages do not shift it, which an offset would.

use diesel::{BoolExpressionMethods, BoxableExpression, sql_types::Bool};

use super::MultiBackend;

/// A condition on the rows of a table `T`.
pub type Condition<T> = Box<dyn BoxableExpression<T, MultiBackend, SqlType = Bool>>;

/// What one sort field says of a row and the last row of the page before.
pub struct Step<T> {
    /// The row comes later by this field alone.
    pub beyond: Condition<T>,
    /// The field says nothing; the next one decides.
    pub level: Condition<T>,
}

/// The rows after the last one seen: `steps` in order of weight, then `last`, which compares the ids.
pub fn after<T: 'static>(steps: Vec<Step<T>>, last: Condition<T>) -> Condition<T> {
    steps
        .into_iter()
        .rev()
        .fold(last, |rest, Step { beyond, level }| {
            Box::new(beyond.or(level.and(rest)))
        })
}

/// The step of one column, which must not be nullable.
#[macro_export]
macro_rules! keyset_step {
    ($column:expr, $direction:expr, $value:expr) => {{
        use diesel::ExpressionMethods;
        let value = $value;
        $crate::store::keyset::Step {
            beyond: match $direction {
                $crate::pagination::Direction::Ascending => Box::new($column.gt(value.clone())),
                $crate::pagination::Direction::Descending => Box::new($column.lt(value.clone())),
            },
            level: Box::new($column.eq(value)),
        }
    }};
}

pub use crate::keyset_step as step;
