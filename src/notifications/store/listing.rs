//! Lists endpoints a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    auth::Websites,
    http::pagination::{ListRow, Page, list_filter, list_rows},
    ids::EndpointId,
    notifications::endpoint::{Endpoint, Words, are_visible_to},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, equal, sorted},
        schema::notification_endpoints,
    },
};

sorted! {
    /// The sort fields of the list.
    EndpointSort of notification_endpoints by id as String {
        CreatedAt = "createdAt": created_at as NaiveDateTime,
        UpdatedAt = "updatedAt": updated_at as NaiveDateTime,
    }
}

list_filter! {
    /// The filters of the list; all that are set must match.
    EndpointFilter of EndpointSort by CreatedAt Ascending {
        /// Only endpoints that are on (`true`) or off (`false`).
        enabled: Option<bool> = "enabled",
    }
    with {
        /// The websites of the caller.
        websites: Websites,
    }
}

/// Reads one page, plus one row if there are more, and the total if it was requested.
pub fn list_page(
    conn: &mut Conn,
    filter: &EndpointFilter,
    page: &Page<EndpointSort>,
) -> Result<(Vec<ListRow<Endpoint>>, Option<i64>), StoreError> {
    let visible = visible_to(conn, &filter.websites)?;
    let rows = keyset::page_each!(conn, page, narrowed(filter, visible.as_ref()), Endpoint)?;
    let total = page.total(|| narrowed(filter, visible.as_ref()).count().get_result(conn))?;
    Ok((list_rows(rows), total))
}

/// The endpoints that a bound caller may see, `None` for all. They are filtered here, because there are few.
fn visible_to(conn: &mut Conn, caller: &Websites) -> Result<Option<Vec<EndpointId>>, StoreError> {
    if !caller.is_bound() {
        return Ok(None);
    }
    let all: Vec<(EndpointId, Option<Words>)> = notification_endpoints::table
        .filter(notification_endpoints::deleted_at.is_null())
        .select((notification_endpoints::id, notification_endpoints::websites))
        .load(conn)?;
    let visible = all
        .into_iter()
        .filter(|(_, websites)| are_visible_to(websites.as_ref(), caller));
    Ok(Some(visible.map(|(id, _)| id).collect()))
}

fn narrowed(
    filter: &EndpointFilter,
    visible: Option<&Vec<EndpointId>>,
) -> notification_endpoints::BoxedQuery<'static, MultiBackend> {
    let rows = notification_endpoints::table.filter(notification_endpoints::deleted_at.is_null());
    let rows = equal!(rows.into_boxed(), notification_endpoints {
        enabled = filter.enabled,
    });
    match visible {
        Some(visible) => rows.filter(notification_endpoints::id.eq_any(visible.clone())),
        None => rows,
    }
}
