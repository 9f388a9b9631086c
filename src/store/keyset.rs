//! Where a page of a list begins: after the last row of the page before, in the order the caller picked.
//!
//! Rows that come or go between two pages do not shift it, which an offset would.

use diesel::{BoolExpressionMethods, BoxableExpression, sql_types::Bool};

use super::{MultiBackend, StoreError};
use crate::http::pagination::Position;

/// A condition on the rows of a table `T`.
pub type Condition<T> = Box<dyn BoxableExpression<T, MultiBackend, SqlType = Bool>>;

/// What one sort field says of a row and the last row of the page before.
pub struct Step<T> {
    /// The row comes later by this field, or not earlier.
    pub from: Condition<T>,
    /// The row comes later by this field alone.
    pub beyond: Condition<T>,
    /// The field says nothing; the next one decides.
    pub level: Condition<T>,
}

/// The rows after the last one seen: `steps` in order of weight, then `last`, which compares the ids.
pub fn after<T: 'static>(steps: Vec<Step<T>>, last: Condition<T>) -> Condition<T> {
    let later = steps.into_iter().rev().fold(
        (None, last),
        |(_, rest),
         Step {
             from,
             beyond,
             level,
         }| {
            let later: Condition<T> = Box::new(beyond.or(level.and(rest)));
            (Some(from), later)
        },
    );
    match later {
        // Says nothing new, but where in an index to begin; the rest alone does not.
        (Some(from), later) => Box::new(from.and(later)),
        (None, later) => later,
    }
}

/// The same rows as ranges, one behind the other: those that are level by every field, then those that are beyond by the
/// last one, and so on. Each is one piece of an index, however many rows are level.
pub fn ranges<T: 'static>(
    steps: impl Fn() -> Option<Vec<Step<T>>>,
    last: impl FnOnce() -> Condition<T>,
) -> Option<Vec<Condition<T>>> {
    let count = steps()?.len();
    let mut ranges = Vec::with_capacity(count + 1);
    ranges.push(level(steps()?, last()));
    for beyond in (0..count).rev() {
        let mut steps = steps()?;
        steps.truncate(beyond + 1);
        if let Some(step) = steps.pop() {
            ranges.push(level(steps, step.beyond));
        }
    }
    Some(ranges)
}

fn level<T: 'static>(steps: Vec<Step<T>>, rest: Condition<T>) -> Condition<T> {
    steps
        .into_iter()
        .rev()
        .fold(rest, |rest, step| Box::new(step.level.and(rest)))
}

/// Reads the rows of a page: the first ones, or those behind a position, one range after the other until the page is full.
pub fn page<T, R>(
    after: Option<&Position>,
    ranges: impl FnOnce(&Position) -> Option<Vec<Condition<T>>>,
    limit: i64,
    mut load: impl FnMut(Option<Condition<T>>, i64) -> Result<Vec<R>, StoreError>,
) -> Result<Vec<R>, StoreError> {
    let Some(after) = after else {
        return load(None, limit);
    };
    let ranges = ranges(after).ok_or_else(|| StoreError::unreadable("a cursor"))?;
    let mut rows = Vec::new();
    for range in ranges {
        let read = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        if read >= limit {
            break;
        }
        rows.extend(load(Some(range), limit - read)?);
    }
    Ok(rows)
}

/// The step of one column, which must not be nullable.
#[macro_export]
macro_rules! keyset_step {
    ($column:expr, $direction:expr, $value:expr) => {{
        use diesel::ExpressionMethods;
        let value = $value;
        $crate::store::keyset::Step {
            from: match $direction {
                $crate::http::pagination::Direction::Ascending => {
                    Box::new($column.ge(value.clone()))
                }
                $crate::http::pagination::Direction::Descending => {
                    Box::new($column.le(value.clone()))
                }
            },
            beyond: match $direction {
                $crate::http::pagination::Direction::Ascending => {
                    Box::new($column.gt(value.clone()))
                }
                $crate::http::pagination::Direction::Descending => {
                    Box::new($column.lt(value.clone()))
                }
            },
            level: Box::new($column.eq(value)),
        }
    }};
}

pub use crate::keyset_step as step;
