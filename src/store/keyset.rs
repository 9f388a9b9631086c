//! Lists in the order of the caller's choice, one page at a time. A page begins after the last row of the previous
//! page, so that rows that are added or removed between two pages do not shift it.
//!
//! [`sorted!`] declares the sort fields of a list; [`page_of!`] and [`page_each!`] read a page of it.

use chrono::NaiveDateTime;
use diesel::{BoolExpressionMethods, BoxableExpression, sql_types::Bool};

use super::{MultiBackend, StoreError, timestamp};
use crate::http::pagination::{Direction, Page, Position, SortFields};

/// A condition on the rows of a table `T`.
pub type RowCondition<T> = Box<dyn BoxableExpression<T, MultiBackend, SqlType = Bool>>;

/// The comparison of a row with the last row of the previous page by one sort field.
pub struct KeysetStep<T> {
    /// The row is later by this field.
    pub beyond: RowCondition<T>,
    /// The row is equal by this field; the next field decides.
    pub level: RowCondition<T>,
}

/// The sort fields of a table, as [`sorted!`] declares them.
pub trait Sorted: SortFields {
    type Table: 'static;
    type Rows<'a>;
    /// The id and the sort values of a row.
    type Key;

    /// The comparison with a value; `None` if the text is no value of the field.
    fn step(self, direction: Direction, value: &str) -> Option<KeysetStep<Self::Table>>;

    /// The rows with a greater id.
    fn behind(id: &str) -> Option<RowCondition<Self::Table>>;

    /// The first `limit` rows of a range, in order.
    fn arrange<'a>(
        rows: Self::Rows<'a>,
        sort: &[(Self, Direction)],
        range: Option<RowCondition<Self::Table>>,
        limit: i64,
    ) -> Self::Rows<'a>;

    /// The position after the row with this key.
    fn position(key: &Self::Key, sort: &[(Self, Direction)]) -> Position;
}

/// A value of a sort field in the form that a cursor contains.
pub trait CursorValue: Sized {
    fn to_cursor(&self) -> String;
    /// Returns `None` for a value that no row can have, which only a forged cursor contains.
    fn from_cursor(text: &str) -> Option<Self>;
}

macro_rules! plain_cursor_values {
    ($($type:ty),*) => {$(
        impl CursorValue for $type {
            fn to_cursor(&self) -> String {
                self.to_string()
            }

            fn from_cursor(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}
plain_cursor_values!(String, bool, i32, i64);

impl CursorValue for NaiveDateTime {
    fn to_cursor(&self) -> String {
        timestamp::to_cursor(timestamp::from_stored(*self))
    }

    fn from_cursor(text: &str) -> Option<Self> {
        timestamp::from_cursor(text)
    }
}

/// Reads the rows of a page and, if there is one, the row after it. Without a position it reads the first rows;
/// otherwise it reads one range behind the position after the other until the page is full. `load` runs the given query
/// and selects the key with each row.
pub fn page<'a, F: Sorted, R>(
    page: &Page<F>,
    rows: impl Fn() -> F::Rows<'a>,
    mut load: impl FnMut(
        &dyn Fn() -> Result<F::Rows<'a>, StoreError>,
    ) -> Result<Vec<(F::Key, R)>, StoreError>,
) -> Result<Vec<(Position, R)>, StoreError> {
    let most = page.limit + 1;
    let ranges = page.after.as_ref().map_or(1, |_| page.sort.len() + 1);
    let mut found = Vec::new();
    for range in 0..ranges {
        let left = most - i64::try_from(found.len()).unwrap_or(i64::MAX);
        if left <= 0 {
            break;
        }
        found.extend(load(&|| {
            let after = page.after.as_ref();
            let range = after.map(|after| condition(&page.sort, after, range));
            Ok(F::arrange(rows(), &page.sort, range.transpose()?, left))
        })?);
    }
    let placed = found
        .into_iter()
        .map(|(key, row)| (F::position(&key, &page.sort), row));
    Ok(placed.collect())
}

/// The rows after a position as consecutive ranges: first the rows that are equal by every field, then those that are
/// later by the last field, and so on. Each range is one section of an index, however many rows are equal.
fn condition<F: Sorted>(
    sort: &[(F, Direction)],
    after: &Position,
    range: usize,
) -> Result<RowCondition<F::Table>, StoreError> {
    let steps = || {
        let fields = sort
            .iter()
            .zip(&after.values)
            .rev()
            .skip(range.saturating_sub(1));
        let mut steps: Vec<_> = fields
            .map(|((field, direction), value)| field.step(*direction, value))
            .collect::<Option<_>>()?;
        let last = match range {
            0 => F::behind(&after.id)?,
            _ => steps.remove(0).beyond,
        };
        Some(level(steps, last))
    };
    steps().ok_or_else(|| StoreError::unreadable("a cursor"))
}

/// Restricts `rest` to rows that are equal by all these fields.
fn level<T: 'static>(steps: Vec<KeysetStep<T>>, rest: RowCondition<T>) -> RowCondition<T> {
    steps
        .into_iter()
        .fold(rest, |rest, step| Box::new(step.level.and(rest)))
}

/// Declares the sort fields of a list: each with its name in `sort`, its column, which must not be nullable, and the
/// type that the column is read as. Generates the enum, and `SortKey`, which is selected with each row.
#[macro_export]
macro_rules! sorted {
    (
        $(#[$doc:meta])*
        $fields:ident of $table:ident by $id:ident as $id_type:ty {
            $($field:ident = $name:literal: $column:ident as $type:ty,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $fields {
            $($field,)*
        }

        /// The id and the sort values of a row.
        #[derive(diesel::Queryable, diesel::Selectable)]
        #[diesel(table_name = $table)]
        pub struct SortKey {
            #[diesel(column_name = $id)]
            row_id: $id_type,
            $($column: $type,)*
        }

        const _: () = {
            use diesel::{ExpressionMethods, QueryDsl};
            use $crate::{
                http::pagination::{Direction, Position, SortFields},
                store::{
                    MultiBackend,
                    keyset::{RowCondition, CursorValue, Sorted, KeysetStep},
                },
            };

            impl SortFields for $fields {
                const FIELDS: &'static [(&'static str, Self)] = &[$(($name, Self::$field)),*];

                fn is_value(self, text: &str) -> bool {
                    match self {
                        $(Self::$field => <$type>::from_cursor(text).is_some(),)*
                    }
                }

                fn is_id(text: &str) -> bool {
                    <$id_type>::from_cursor(text).is_some()
                }
            }

            impl Sorted for $fields {
                type Table = $table::table;
                type Rows<'a> = $table::BoxedQuery<'a, MultiBackend>;
                type Key = SortKey;

                fn step(self, direction: Direction, value: &str) -> Option<KeysetStep<$table::table>> {
                    match self {
                        $(Self::$field => {
                            let value = <$type>::from_cursor(value)?;
                            Some(KeysetStep {
                                beyond: match direction {
                                    Direction::Ascending => Box::new($table::$column.gt(value.clone())),
                                    Direction::Descending => Box::new($table::$column.lt(value.clone())),
                                },
                                level: Box::new($table::$column.eq(value)),
                            })
                        })*
                    }
                }

                fn behind(id: &str) -> Option<RowCondition<$table::table>> {
                    Some(Box::new($table::$id.gt(<$id_type>::from_cursor(id)?)))
                }

                fn arrange<'a>(
                    mut rows: Self::Rows<'a>,
                    sort: &[(Self, Direction)],
                    range: Option<RowCondition<$table::table>>,
                    limit: i64,
                ) -> Self::Rows<'a> {
                    if let Some(range) = range {
                        rows = rows.filter(range);
                    }
                    for field in sort {
                        rows = match field {
                            $((Self::$field, Direction::Ascending) => {
                                rows.then_order_by($table::$column.asc())
                            }
                            (Self::$field, Direction::Descending) => {
                                rows.then_order_by($table::$column.desc())
                            })*
                        };
                    }
                    rows.then_order_by($table::$id.asc()).limit(limit)
                }

                fn position(key: &SortKey, sort: &[(Self, Direction)]) -> Position {
                    let value = |field: &Self| match field {
                        $(Self::$field => key.$column.to_cursor(),)*
                    };
                    Position {
                        values: sort.iter().map(|(field, _)| value(field)).collect(),
                        id: key.row_id.to_cursor(),
                    }
                }
            }
        };
    };
}

/// Reads a page of `$rows`, each row as a `$row`. Needs the `SortKey` of the list in scope.
#[macro_export]
macro_rules! page_of {
    ($conn:expr, $page:expr, $rows:expr, $row:ty) => {
        $crate::store::keyset::page(
            $page,
            || $rows,
            |query| {
                let row = (SortKey::as_select(), <$row>::as_select());
                Ok(query()?.select(row).load($conn)?)
            },
        )
    };
}

/// Like [`page_of!`], for lists with rows that may be unreadable: each row is a result. Must run in one snapshot.
#[macro_export]
macro_rules! page_each {
    ($conn:expr, $page:expr, $rows:expr, $row:ty) => {
        $crate::store::keyset::page(
            $page,
            || $rows,
            |query| {
                let row = (SortKey::as_select(), <$row>::as_select());
                let read = $crate::store::each::each(query()?.select(row).load_iter($conn))?;
                $crate::store::each::keyed(read, || {
                    Ok(query()?.select(SortKey::as_select()).load($conn)?)
                })
            },
        )
    };
}

/// Restricts a boxed query to the rows whose columns have these values, of those that are given.
#[macro_export]
macro_rules! equal {
    ($query:expr, $table:ident { $($column:ident = $wanted:expr,)+ }) => {{
        let mut query = $query;
        $(
            if let Some(wanted) = $wanted.clone() {
                query = query.filter($table::$column.eq(wanted));
            }
        )+
        query
    }};
}

/// Restricts a boxed query to the rows whose column is in a [`Period`](crate::http::pagination::Period).
#[macro_export]
macro_rules! within {
    ($query:expr, $column:expr, $period:expr) => {{
        let (mut query, period) = ($query, $period);
        if let Some(from) = period.from {
            query = query.filter($column.ge($crate::store::timestamp::to_stored(from)));
        }
        if let Some(until) = period.until {
            query = query.filter($column.lt($crate::store::timestamp::to_stored(until)));
        }
        query
    }};
}

pub use crate::{equal, page_each, page_of, sorted, within};
