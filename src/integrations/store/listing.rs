//! Lists integrations a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    http::pagination::{ListRow, NamePart, Page, list_filter, list_rows},
    integrations::integration::Integration,
    payment_methods::MethodType,
    store::{
        Conn, MultiBackend, StoreError, folded,
        keyset::{self, equal, sorted},
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

list_filter! {
    /// The filters of the list; all that are set must match.
    IntegrationFilter of IntegrationSort by Name Ascending {
        /// Only integrations of this type.
        kind: Option<MethodType> = "type",
        /// Only active integrations (`true`) or inactive ones (`false`).
        enabled: Option<bool> = "enabled",
        /// Only integrations whose name contains this text, in upper or lower case.
        name: Option<NamePart> = "name",
    }
}

/// Reads one page, plus one row if there are more.
pub fn list(
    conn: &mut Conn,
    filter: &IntegrationFilter,
    page: &Page<IntegrationSort>,
) -> Result<Vec<ListRow<Integration>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), Integration)?;
    Ok(list_rows(rows))
}

/// Counts all matching rows.
pub fn count(conn: &mut Conn, filter: &IntegrationFilter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

fn narrowed(filter: &IntegrationFilter) -> integrations::BoxedQuery<'static, MultiBackend> {
    let query = integrations::table.filter(integrations::archived_at.is_null());
    let query = equal!(query.into_boxed(), integrations {
        type_ = filter.kind,
        enabled = filter.enabled,
    });
    match &filter.name {
        Some(NamePart(part)) => {
            let pattern = folded::containing(part);
            query.filter(integrations::name_folded.like(pattern).escape('\\'))
        }
        None => query,
    }
}
