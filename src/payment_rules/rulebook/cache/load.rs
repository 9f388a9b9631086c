//! Reads the changed rules and compiles them.

use std::{sync::Arc, time::Duration};

use super::{super::RulebookChange, Rulebook};
use crate::{
    ids::RuleId,
    payment_methods,
    payment_rules::store as rules,
    settings,
    store::{Conn, Store, StoreError, UnreadableRow, revisions},
};

/// The time limit for reading the newest revision. A database that takes longer hangs, for instance because the network
/// drops packets or a lock blocks every read.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// The time limit for reading all rules.
const LOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// The result of one read of the database.
pub(in super::super) struct LoadedRows {
    pub(in super::super) change: RulebookChange,
    /// Whether the revision keeps everything that checkout saw.
    is_complete: bool,
    /// Rules and methods that are in the database but not in the rulebook.
    unreadable: Vec<UnreadableRow>,
}

/// The newest revision, and the mark that the known revision has in the database.
pub(super) async fn newest(
    store: &Store,
    known: i64,
) -> Result<(i64, Option<revisions::Mark>), StoreError> {
    let read = store.read(move |conn| {
        let newest = revisions::current(conn)?;
        Ok((newest, revisions::mark(conn, known)?))
    });
    within(ANSWER_TIMEOUT, read).await
}

/// The rulebook of the newest revision, whether the revision keeps everything that checkout saw, and the rules and
/// methods that had to be left out. Unchanged rules of `before` are not compiled again; rules in `left_out` are read
/// again.
pub(super) async fn load(
    store: &Store,
    before: Arc<Rulebook>,
    left_out: Vec<String>,
) -> Result<(Arc<Rulebook>, bool, Vec<UnreadableRow>), StoreError> {
    let known = Arc::clone(&before);
    let rows = store.snapshot(move |conn| read(conn, &known, left_out.clone()));
    let rows = within(LOAD_TIMEOUT, rows).await?;
    // Compiling takes long, so it must not block a request thread.
    let book = tokio::task::spawn_blocking(move || Arc::new(before.changed(rows.change))).await;
    let book = book.map_err(|_| StoreError::unreadable("the rules: compiling them panicked"))?;
    Ok((book, rows.is_complete, rows.unreadable))
}

async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(limit, answer)
        .await
        .unwrap_or(Err(StoreError::Unavailable))
}

/// Reads the rows that differ from a rulebook, and the rules with these ids.
pub(in super::super) fn read(
    conn: &mut Conn,
    before: &Rulebook,
    mut ids: Vec<String>,
) -> Result<LoadedRows, StoreError> {
    let revision = revisions::current(conn)?;
    match goes_on(conn, before, revision)? {
        true => ids.extend(rules::history::changed_between(
            conn,
            before.revision(),
            None,
        )?),
        false => ids.extend(differing(conn, before)?),
    }
    ids.sort_unstable();
    ids.dedup();
    let mut unreadable = Vec::new();
    let fresh = readable(rules::load_each(conn, &ids)?, &mut unreadable);
    let methods = readable(payment_methods::store::list_each(conn)?, &mut unreadable);
    Ok(LoadedRows {
        change: RulebookChange {
            revision,
            mark: revisions::mark(conn, revision)?,
            gone: ids.iter().filter_map(|id| id.parse().ok()).collect(),
            fresh,
            methods,
            settings: settings::store::load(conn)?,
        },
        is_complete: revisions::is_complete(conn, revision)?,
        unreadable,
    })
}

/// Whether the history contains all changes since a rulebook was loaded: the database was not reset to an older state,
/// and no older version of the service changed anything.
fn goes_on(conn: &mut Conn, before: &Rulebook, revision: i64) -> Result<bool, StoreError> {
    let known = before.revision();
    if before.mark().is_none() || revisions::mark(conn, known)?.as_ref() != before.mark() {
        return Ok(false);
    }
    let counted = revisions::count_complete(conn, known, revision)?;
    Ok(counted == revision - known)
}

/// The ids of the rules whose versions differ from those of a rulebook, found by comparing all rules.
fn differing(conn: &mut Conn, before: &Rulebook) -> Result<Vec<String>, StoreError> {
    let mut known = before.versions();
    let mut ids = Vec::new();
    for (id, version) in rules::list_versions(conn)? {
        let before = id.parse().ok().and_then(|id: RuleId| known.remove(&id));
        if before != Some(version) {
            ids.push(id);
        }
    }
    ids.extend(known.keys().map(ToString::to_string));
    Ok(ids)
}

fn readable<T>(rows: Vec<Result<T, UnreadableRow>>, unreadable: &mut Vec<UnreadableRow>) -> Vec<T> {
    let keep = |row: Result<T, UnreadableRow>| row.map_err(|row| unreadable.push(row)).ok();
    rows.into_iter().filter_map(keep).collect()
}
