//! The rows of the audit log.

use diesel::prelude::*;

use super::log::{Actor, Change};
use crate::{
    ids::{self, AuditId},
    store::{StoreError, Tx, schema::audit_log, timestamp},
};

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
