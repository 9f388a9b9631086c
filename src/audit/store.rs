//! The rows of the audit log.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::log::{Actor, Change, Entry};
use crate::{
    http::pagination::{Page, Period, Position, list_filter},
    ids::{self, AuditId},
    store::{
        Conn, MultiBackend, StoreError, Tx,
        keyset::{self, equal, sorted, within},
        on_each,
        schema::audit_log,
        timestamp,
    },
};

list_filter! {
    /// The filters of the list; all that are set must match.
    AuditFilter of AuditSort by HappenedAt Descending {
        /// Only changes of resources of this type, such as `payment_rule`, `integration` or `settings`.
        resource_type: Option<String> = "resourceType" such as "payment_rule",
        /// Only changes of the resource with this id.
        resource_id: Option<String> = "resourceId",
        /// Only changes by this caller: the subject of a token.
        actor: Option<String> = "actor",
        /// Only changes with this action, such as `create`, `update` or `delete`.
        action: Option<String> = "action" such as "update",
        /// Only changes
        happened: Period = "happened" such as "2026-03-01T00:00:00Z",
    }
    formerly {
        "from" => "happenedFrom",
        "until" => "happenedUntil",
    }
}

sorted! {
    /// What entries are sorted by.
    AuditSort of audit_log by id as String {
        HappenedAt = "happenedAt": happened_at as NaiveDateTime,
    }
}

/// The maximum number of rows per statement.
const ROWS: usize = 100;

/// A new entry as its row.
#[derive(Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
pub struct NewEntry<'a> {
    id: AuditId,
    happened_at: NaiveDateTime,
    actor: &'a str,
    action: &'a str,
    resource_type: &'a str,
    resource_id: &'a str,
    request_id: Option<&'a str>,
    changes: String,
}

impl<'a> NewEntry<'a> {
    /// The entry of a change.
    pub fn of(actor: &'a Actor, change: &'a Change<'_>) -> Self {
        NewEntry {
            id: ids::fresh(actor.at),
            happened_at: timestamp::to_stored(actor.at),
            actor: &actor.subject,
            action: change.action,
            resource_type: change.resource_type,
            resource_id: &change.resource_id,
            request_id: actor.request_id.as_deref(),
            changes: change.fields.to_string(),
        }
    }
}

/// Adds an entry to the transaction of the change itself.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, change: &Change<'_>) -> Result<(), StoreError> {
    let insert = diesel::insert_into(audit_log::table).values(NewEntry::of(actor, change));
    on_each!(tx.conn(), conn => insert.execute(conn))?;
    Ok(())
}

/// Adds many entries with few statements.
pub fn record_all<'a>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    changes: impl Iterator<Item = Change<'a>>,
) -> Result<(), StoreError> {
    let mut changes = changes.peekable();
    while changes.peek().is_some() {
        let batch: Vec<Change<'_>> = changes.by_ref().take(ROWS).collect();
        let rows: Vec<_> = batch.iter().map(|it| NewEntry::of(actor, it)).collect();
        on_each!(tx, conn => diesel::insert_into(audit_log::table)
            .values(rows)
            .execute(conn))?;
    }
    Ok(())
}

/// The entries of a page, and the next one if there is one.
pub fn list(
    conn: &mut Conn,
    filter: &AuditFilter,
    page: &Page<AuditSort>,
) -> Result<Vec<(Position, Entry)>, StoreError> {
    keyset::page_of!(conn, page, matching(filter), Entry)
}

/// The number of matching entries.
pub fn count(conn: &mut Conn, filter: &AuditFilter) -> Result<i64, StoreError> {
    Ok(matching(filter).count().get_result(conn)?)
}

fn matching(filter: &AuditFilter) -> audit_log::BoxedQuery<'_, MultiBackend> {
    let query = equal!(audit_log::table.into_boxed(), audit_log {
        resource_type = filter.resource_type,
        resource_id = filter.resource_id,
        actor = filter.actor,
        action = filter.action,
    });
    within!(query, audit_log::happened_at, filter.happened)
}
