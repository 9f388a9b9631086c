//! Lists integrations a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::IntegrationRow;
use crate::{
    http::pagination::{ListRow, Page, list_rows},
    integrations::integration::Integration,
    payment_methods::MethodType,
    store::{
        Conn, MultiBackend, StoreError, folded,
        keyset::{self, sorted},
        schema::integrations,
    },
};

sorted! {
    /// The sort fields of the list.
    IntegrationSort of integrations by id as String {
        Name = "name": name as String,
        CreatedAt = "createdAt": created_at as NaiveDateTime,
        UpdatedAt = "updatedAt": updated_at as NaiveDateTime,
        Type = "type": type_ as String,
    }
}

/// The filters of the list; all that are set must match.
#[derive(Clone, Debug, Default)]
pub struct IntegrationFilter {
    pub kind: Option<MethodType>,
    pub enabled: Option<bool>,
    /// A part of the name, in any case.
    pub name: Option<String>,
}

/// Reads one page, plus one row if there are more.
pub fn list(
    conn: &mut Conn,
    filter: &IntegrationFilter,
    page: &Page<IntegrationSort>,
) -> Result<Vec<ListRow<Integration>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), IntegrationRow)?;
    let rows = rows.into_iter();
    Ok(list_rows(rows.map(|(position, row)| {
        (position, row.and_then(Integration::try_from))
    })))
}

/// Counts all matching rows.
pub fn count(conn: &mut Conn, filter: &IntegrationFilter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

fn narrowed(filter: &IntegrationFilter) -> integrations::BoxedQuery<'static, MultiBackend> {
    let mut query = integrations::table
        .filter(integrations::archived_at.is_null())
        .into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(integrations::type_.eq(kind));
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
