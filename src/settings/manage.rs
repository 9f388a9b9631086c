//! Changes of the settings by an administrator.

use serde_json::json;

use super::{ShopSettings, store};
use crate::{
    audit::{self, Actor, Change},
    http::{precondition::IfMatch, problem::Problem},
    store::{
        Tx,
        revisions::{self, RevisionSubject},
    },
};

/// Replaces the settings and returns the newest revision of them.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    if_match: Option<&IfMatch>,
    after: &ShopSettings,
) -> Result<i64, Problem> {
    // There may be no row to lock yet, so the counter serves as the lock.
    revisions::current_locked(tx)?;
    let version = revisions::newest(tx, RevisionSubject::Settings)?;
    if let Some(if_match) = if_match {
        if_match.check(version)?;
    }
    let before = store::load(tx)?;
    if before == *after {
        tx.answer_with(version);
        return Ok(version);
    }
    store::save(tx, after)?;
    let fields = audit::changed_fields(Some(&json!(before)), Some(&json!(after)));
    let change = Change::of("update", "settings", "settings", fields);
    audit::record(tx, actor, &change)?;
    let number = revisions::next(
        tx,
        actor.at,
        &actor.subject,
        RevisionSubject::Settings,
        change.action,
        "Changed the settings",
    )?;
    store::insert_version(tx, number, after)?;
    Ok(number)
}
