//! Lists integrations a page at a time.

use diesel::prelude::*;

use super::{COLUMNS, Row};
use crate::{
    http::pagination::{Direction, ListRow, Page, Position},
    integrations::integration::Integration,
    payment_methods::MethodType,
    store::{
        Conn, MultiBackend, StoreError, folded,
        keyset::{self, Condition, step},
        schema::integrations,
        timestamp,
    },
};

/// What a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortField {
    Name,
    CreatedAt,
    UpdatedAt,
    Type,
}

/// What a list can be narrowed to; everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub kind: Option<MethodType>,
    pub enabled: Option<bool>,
    /// A part of the name, in any case.
    pub name: Option<String>,
}

type Rows = integrations::BoxedQuery<'static, MultiBackend>;

/// One page, and one row more where there is one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page<SortField>,
) -> Result<Vec<ListRow<Integration>>, StoreError> {
    let mut query = narrowed(filter).limit(page.limit + 1);
    if let Some(after) = &page.after {
        let behind = behind(&page.sort, after);
        query = query.filter(behind.ok_or_else(|| StoreError::unreadable("a cursor"))?);
    }
    for (field, direction) in &page.sort {
        query = ordered(query, *field, *direction);
    }
    let rows: Vec<Row> = query
        .then_order_by(integrations::id.asc())
        .select(COLUMNS)
        .load(conn)?;
    let read = |row: Row| {
        let position = raw_position(page, &row);
        ListRow::of(Integration::try_from(row), position)
    };
    Ok(rows.into_iter().map(read).collect())
}

/// How many there are in all.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

/// Where a page that ends with a row ends that may not be readable.
fn raw_position(page: &Page<SortField>, last: &Row) -> Position {
    let moment = |at| timestamp::to_cursor(timestamp::from_stored(at));
    let value = |field: &SortField| match field {
        SortField::Name => last.name.clone(),
        SortField::Type => last.type_.clone(),
        SortField::CreatedAt => moment(last.created_at),
        SortField::UpdatedAt => moment(last.updated_at),
    };
    Position {
        values: page.sort.iter().map(|(field, _)| value(field)).collect(),
        id: last.id.clone(),
    }
}

/// Where a page that ends with this row ends.
pub fn position(page: &Page<SortField>, last: &Integration) -> Position {
    let value = |field: &SortField| match field {
        SortField::Name => last.name.clone(),
        SortField::Type => last.kind().as_str().to_owned(),
        SortField::CreatedAt => timestamp::to_cursor(last.created_at),
        SortField::UpdatedAt => timestamp::to_cursor(last.updated_at),
    };
    Position {
        values: page.sort.iter().map(|(field, _)| value(field)).collect(),
        id: last.id.to_string(),
    }
}

fn narrowed(filter: &Filter) -> Rows {
    let mut query = integrations::table
        .filter(integrations::archived_at.is_null())
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(integrations::type_.eq(kind.as_str()));
    }
    if let Some(enabled) = filter.enabled {
        query = query.filter(integrations::enabled.eq(enabled));
    }
    if let Some(part) = &filter.name {
        let pattern = folded::containing(part);
        query = query.filter(integrations::name_folded.like(pattern).escape('\\'));
    }
    query
}

fn ordered(query: Rows, field: SortField, direction: Direction) -> Rows {
    macro_rules! by {
        ($column:expr) => {
            match direction {
                Direction::Ascending => query.then_order_by($column.asc()),
                Direction::Descending => query.then_order_by($column.desc()),
            }
        };
    }
    match field {
        SortField::Name => by!(integrations::name),
        SortField::Type => by!(integrations::type_),
        SortField::CreatedAt => by!(integrations::created_at),
        SortField::UpdatedAt => by!(integrations::updated_at),
    }
}

/// Whether the page's cursor holds what its sort fields can have.
pub fn has_readable_cursor(page: &Page<SortField>) -> bool {
    page.after
        .as_ref()
        .is_none_or(|after| behind(&page.sort, after).is_some())
}

/// Rows behind a position; `None` when it holds what a field cannot have, which only a forged cursor does.
fn behind(
    sort: &[(SortField, Direction)],
    after: &Position,
) -> Option<Condition<integrations::table>> {
    let step = |field: SortField, direction: Direction, value: &str| {
        Some(match field {
            SortField::Name => step!(integrations::name, direction, value.to_owned()),
            SortField::Type => step!(integrations::type_, direction, value.to_owned()),
            SortField::CreatedAt => {
                step!(
                    integrations::created_at,
                    direction,
                    timestamp::from_cursor(value)?
                )
            }
            SortField::UpdatedAt => {
                step!(
                    integrations::updated_at,
                    direction,
                    timestamp::from_cursor(value)?
                )
            }
        })
    };
    let steps: Option<Vec<_>> = sort
        .iter()
        .zip(&after.values)
        .map(|((field, direction), value)| step(*field, *direction, value))
        .collect();
    let last = Box::new(integrations::id.gt(after.id.clone()));
    Some(keyset::after(steps?, last))
}
