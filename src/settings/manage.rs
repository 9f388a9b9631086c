//! Changes of the settings by an administrator.

use serde_json::json;

use super::{ShopSettings, store};
use crate::{
    audit::{self, Actor, Change},
    http::{precondition::IfMatch, problem::Problem},
    store::{
        StoreError, Tx,
        revisions::{self, RevisionSubject},
    },
};

/// Why the settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// Another change came first, or tests of the rules would fail.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Problem> for NotChanged {
    fn from(problem: Problem) -> Self {
        NotChanged::Refused(Box::new(problem))
    }
}

/// Replaces the settings and returns the newest revision of them.
pub fn replace(
    tx: &mut Tx<'_>,
    actor: &Actor,
    if_match: Option<&IfMatch>,
    after: &ShopSettings,
) -> Result<i64, NotChanged> {
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
    let change = Change {
        action: "update",
        resource_type: "settings",
        resource_id: "settings".to_owned(),
        fields: audit::changed_fields(Some(&json!(before)), Some(&json!(after))),
    };
    audit::record(tx, actor, &change)?;
    let summary = "Changed the settings";
    let number = revisions::next(
        tx,
        actor.at,
        &actor.subject,
        RevisionSubject::Settings,
        "update",
        summary,
    )?;
    store::insert_version(tx, number, after)?;
    Ok(number)
}
