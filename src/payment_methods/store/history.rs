//! The versions of payment methods by revision: everything that checkout sees of integrations, without secrets.

use std::collections::HashSet;

use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use serde_json::Value;

use super::{Method, MethodBody, PaymentMethodRow, rows};
use crate::{
    ids::IntegrationId,
    store::{
        Conn, StoreError, Tx, on_each,
        schema::{integration_versions, integrations},
    },
};

/// A method as of one revision.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodVersion {
    pub method: Method,
    /// The JSON form of the method.
    pub json: Value,
    /// Whether the revision deleted the integration; then the other fields are those of the version before.
    pub deleted: bool,
}

type MethodVersionRow = (String, i64, bool, String);

/// Stores the version of one integration for a revision. An archived or unreadable integration is stored as deleted.
pub fn insert(tx: &mut Tx<'_>, revision: i64, id: IntegrationId) -> Result<(), StoreError> {
    let row: Option<PaymentMethodRow> = rows()
        .filter(integrations::id.eq(id))
        .first(tx.conn())
        .optional()?;
    let version = match &row {
        Some(row) => row.7,
        None => integrations::table
            .find(id)
            .select(integrations::version)
            .first(tx.conn())?,
    };
    let body = row.and_then(|row| body(&row));
    insert_row(tx, revision, &id.to_string(), version, body)
}

/// Stores the versions of all integrations, for a revision that does not depend on earlier ones.
pub fn insert_all(tx: &mut Tx<'_>, revision: i64) -> Result<(), StoreError> {
    let rows: Vec<PaymentMethodRow> = rows().load(tx.conn())?;
    let mut gone: HashSet<String> = integration_versions::table
        .filter(integration_versions::deleted.eq(false))
        .select(integration_versions::integration_id)
        .distinct()
        .load(tx.conn())?
        .into_iter()
        .collect();
    for row in &rows {
        gone.remove(&row.0);
        insert_row(tx, revision, &row.0, row.7, body(row))?;
    }
    for id in gone {
        insert_row(tx, revision, &id, 0, None)?;
    }
    Ok(())
}

/// All methods as of a revision, oldest first.
pub fn as_of(conn: &mut Conn, revision: i64) -> Result<Vec<MethodVersion>, StoreError> {
    let newer = diesel::alias!(integration_versions as newer);
    let newer_revision = newer.field(integration_versions::revision);
    let superseded = newer
        .filter(
            newer
                .field(integration_versions::integration_id)
                .eq(integration_versions::integration_id),
        )
        .filter(newer_revision.gt(integration_versions::revision))
        .filter(newer_revision.le(revision));
    let rows: Vec<MethodVersionRow> = integration_versions::table
        .filter(integration_versions::revision.le(revision))
        .filter(integration_versions::deleted.eq(false))
        .filter(not(exists(superseded)))
        .order(integration_versions::integration_id)
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

/// The versions that one revision has written.
pub fn left_by(conn: &mut Conn, revision: i64) -> Result<Vec<MethodVersion>, StoreError> {
    let rows: Vec<MethodVersionRow> = integration_versions::table
        .filter(integration_versions::revision.eq(revision))
        .filter(integration_versions::body.ne(NOTHING))
        .order(integration_versions::integration_id)
        .select(columns())
        .load(conn)?;
    rows.into_iter().map(read).collect()
}

#[diesel::dsl::auto_type]
fn columns() -> _ {
    (
        integration_versions::integration_id,
        integration_versions::version,
        integration_versions::deleted,
        integration_versions::body,
    )
}

/// The body of a deleted integration that has no earlier version.
const NOTHING: &str = "{}";

fn body(row: &PaymentMethodRow) -> Option<String> {
    let body = MethodBody::of(row).ok()?;
    serde_json::to_string(&body).ok()
}

fn insert_row(
    tx: &mut Tx<'_>,
    revision: i64,
    id: &str,
    version: i64,
    body: Option<String>,
) -> Result<(), StoreError> {
    let deleted = body.is_none();
    let body = match body {
        Some(body) => body,
        None => last_body(tx, id)?,
    };
    let row = (
        integration_versions::integration_id.eq(id),
        integration_versions::revision.eq(revision),
        integration_versions::version.eq(version),
        integration_versions::deleted.eq(deleted),
        integration_versions::body.eq(body),
    );
    on_each!(tx, conn => diesel::insert_into(integration_versions::table)
        .values(row)
        .execute(conn))?;
    Ok(())
}

/// The last stored body of an integration that is deleted.
fn last_body(conn: &mut Conn, id: &str) -> Result<String, StoreError> {
    let last: Option<String> = integration_versions::table
        .filter(integration_versions::integration_id.eq(id))
        .order(integration_versions::revision.desc())
        .select(integration_versions::body)
        .first(conn)
        .optional()?;
    Ok(last.unwrap_or_else(|| NOTHING.to_owned()))
}

fn read((id, version, deleted, body): MethodVersionRow) -> Result<MethodVersion, StoreError> {
    let unreadable = |_| StoreError::unreadable(format!("a version of {id}"));
    let json: Value = serde_json::from_str(&body).map_err(unreadable)?;
    let body: MethodBody = serde_json::from_str(&body).map_err(unreadable)?;
    Ok(MethodVersion {
        method: body.method(&id, version)?,
        json,
        deleted,
    })
}
