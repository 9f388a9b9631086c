//! The rows of the audit log.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::log::{Actor, Change, Entry};
use crate::{
    http::pagination::{Direction, Page, Position},
    ids::{self, AuditId},
    store::{Conn, MultiBackend, StoreError, Tx, keyset, schema::audit_log, timestamp},
};

/// Which entries are meant; what is `None` does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub resource_type: Option<String>,
    pub resource_id: Option<String>,
    pub actor: Option<String>,
    pub action: Option<String>,
    /// This moment is the first that belongs.
    pub from: Option<DateTime<Utc>>,
    /// This moment is the first that no longer belongs.
    pub until: Option<DateTime<Utc>>,
}

/// What entries are sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByMoment;

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_log)]
struct Row {
    id: String,
    happened_at: NaiveDateTime,
    actor: String,
    action: String,
    resource_type: String,
    resource_id: String,
    request_id: Option<String>,
    changes: String,
}

/// Adds an entry to the transaction of the change itself.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, change: &Change<'_>) -> Result<(), StoreError> {
    let id: AuditId = ids::fresh(actor.at);
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(id.to_string()),
            audit_log::happened_at.eq(timestamp::to_stored(actor.at)),
            audit_log::actor.eq(&actor.subject),
            audit_log::action.eq(change.action),
            audit_log::resource_type.eq(change.resource_type),
            audit_log::resource_id.eq(&change.resource_id),
            audit_log::request_id.eq(&actor.request_id),
            audit_log::changes.eq(change.fields.to_string()),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// The entries of a page whose cursor is readable, and one more when there is one.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    page: &Page<ByMoment>,
) -> Result<Vec<Entry>, StoreError> {
    let direction = page
        .sort
        .first()
        .map_or(Direction::Descending, |(ByMoment, direction)| *direction);
    let mut query = matching(filter).select(Row::as_select());
    if let Some((moment, id)) = page.after.as_ref().and_then(read_position) {
        let step = keyset::step!(audit_log::happened_at, direction, moment);
        query = query.filter(keyset::after(vec![step], Box::new(audit_log::id.gt(id))));
    }
    query = match direction {
        Direction::Ascending => query.order(audit_log::happened_at.asc()),
        Direction::Descending => query.order(audit_log::happened_at.desc()),
    };
    let rows: Vec<Row> = query
        .then_order_by(audit_log::id)
        .limit(page.limit + 1)
        .load(conn)?;
    rows.into_iter().map(entry).collect()
}

/// How many entries are meant.
pub fn count(conn: &mut Conn, filter: &Filter) -> Result<i64, StoreError> {
    Ok(matching(filter).count().get_result(conn)?)
}

/// Where a page ends that ends with this entry.
pub fn position(entry: &Entry) -> Position {
    Position {
        values: vec![timestamp::to_cursor(entry.happened_at)],
        id: entry.id.to_string(),
    }
}

/// Whether the page's cursor is one of ours.
pub fn has_readable_cursor(page: &Page<ByMoment>) -> bool {
    page.after
        .as_ref()
        .is_none_or(|after| read_position(after).is_some())
}

fn read_position(after: &Position) -> Option<(NaiveDateTime, String)> {
    let moment = timestamp::from_cursor(after.values.first()?)?;
    Some((moment, after.id.clone()))
}

fn matching(filter: &Filter) -> audit_log::BoxedQuery<'_, MultiBackend> {
    let mut query = audit_log::table.into_boxed();
    if let Some(resource_type) = &filter.resource_type {
        query = query.filter(audit_log::resource_type.eq(resource_type));
    }
    if let Some(resource_id) = &filter.resource_id {
        query = query.filter(audit_log::resource_id.eq(resource_id));
    }
    if let Some(actor) = &filter.actor {
        query = query.filter(audit_log::actor.eq(actor));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit_log::action.eq(action));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_log::happened_at.ge(timestamp::to_stored(from)));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_log::happened_at.lt(timestamp::to_stored(until)));
    }
    query
}

fn entry(row: Row) -> Result<Entry, StoreError> {
    let unreadable = || StoreError::unreadable(format!("the audit entry {}", row.id));
    Ok(Entry {
        id: row.id.parse().map_err(|_| unreadable())?,
        changes: serde_json::from_str(&row.changes).map_err(|_| unreadable())?,
        happened_at: timestamp::from_stored(row.happened_at),
        actor: row.actor,
        action: row.action,
        resource_type: row.resource_type,
        resource_id: row.resource_id,
        request_id: row.request_id,
    })
}
