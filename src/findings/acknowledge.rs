//! Acknowledges a finding.

use serde_json::json;

use super::{
    finding::{Finding, FindingState},
    store,
};
use crate::{
    audit::{self, Actor, Change},
    auth::Websites,
    idempotency::{self, Key, KeyReused, Once},
    ids::FindingId,
    store::{Conn, Store, StoreError, Tx},
};

/// Why a finding was not acknowledged.
#[derive(Debug, thiserror::Error)]
pub enum NotAcknowledged {
    #[error("there is no such finding")]
    NotFound,
    #[error("the finding is resolved")]
    Resolved,
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Acknowledges a finding. Repeating it with the same note has no effect; another note replaces the first.
pub async fn acknowledge(
    store: &Store,
    actor: Actor,
    key: Option<Key>,
    id: FindingId,
    note: Option<String>,
    websites: Websites,
) -> Result<Once<Finding>, NotAcknowledged> {
    store
        .write(move |tx| {
            find_visible(tx, id, &websites)?;
            idempotency::once(
                tx,
                key.as_ref(),
                actor.at,
                |tx| Ok((id.to_string(), write(tx, &actor, id, note.clone())?)),
                |tx, _| store::find(tx, id)?.ok_or(NotAcknowledged::NotFound),
            )
        })
        .await
}

/// The finding with this id, if its payment belongs to one of the caller's websites.
pub fn find_visible(
    conn: &mut Conn,
    id: FindingId,
    websites: &Websites,
) -> Result<Finding, NotAcknowledged> {
    let finding = store::find(conn, id)?.ok_or(NotAcknowledged::NotFound)?;
    match !websites.is_bound() || store::is_of_websites(conn, &finding, websites)? {
        true => Ok(finding),
        false => Err(NotAcknowledged::NotFound),
    }
}

fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: FindingId,
    note: Option<String>,
) -> Result<Finding, NotAcknowledged> {
    let before = store::find_locked(tx, id)?.ok_or(NotAcknowledged::NotFound)?;
    if before.state == FindingState::Resolved {
        return Err(NotAcknowledged::Resolved);
    }
    let after = Finding {
        state: FindingState::Acknowledged,
        acknowledged_by: Some(actor.subject.clone()),
        note: note.or_else(|| before.note.clone()),
        version: before.version + 1,
        ..before.clone()
    };
    if before.state == after.state && before.note == after.note {
        return Ok(before);
    }
    store::save_acknowledgement(tx, &after)?;
    let fields = json!({
        "state": { "from": before.state, "to": after.state },
        "note": { "from": before.note, "to": after.note },
    });
    audit::record(tx, actor, &Change::of("acknowledge", "finding", id, fields))?;
    Ok(after)
}
