//! Reads what changed and compiles it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{CompiledRule, Rulebook};
use crate::{
    ids::RuleId,
    payment_methods::{self, Method},
    payment_rules::{Rule, store as rules},
    settings::{self, ShopSettings},
    store::{Conn, Store, StoreError, Unreadable, revisions},
};

/// How long the database may take to name its newest revision. It hangs when it does not: the network swallows what is
/// sent, or somebody holds a lock on everything.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// A rulebook as it was loaded.
pub(super) struct Loaded {
    pub(super) book: Arc<Rulebook>,
    /// Of its revision.
    pub(super) mark: Option<revisions::Mark>,
    /// Whether the revision keeps all that checkout saw.
    pub(super) is_complete: bool,
    /// Rules and methods that stand in the database but not in it.
    pub(super) unreadable: Vec<Unreadable>,
}

/// How long it may take to send every rule there is.
const LOAD_TIMEOUT: Duration = Duration::from_secs(60);

/// What one look at the database brought.
pub(in super::super) struct Rows {
    revision: i64,
    mark: Option<revisions::Mark>,
    is_complete: bool,
    versions: Vec<(String, i64)>,
    changed: Vec<Rule>,
    methods: Vec<Method>,
    settings: ShopSettings,
    unreadable: Vec<Unreadable>,
}

/// The newest revision there is, and what the known one is there.
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

/// The rulebook of the newest revision, and the rules and methods that stand in the database but not in it. What `before`
/// has compiled is not compiled again.
pub(super) async fn load(store: &Store, before: Arc<Rulebook>) -> Result<Loaded, StoreError> {
    let known = known_in(&before);
    let rows = store.snapshot(move |conn| read(conn, &known));
    let mut rows = within(LOAD_TIMEOUT, rows).await?;
    let unreadable = std::mem::take(&mut rows.unreadable);
    let (mark, is_complete) = (rows.mark.take(), rows.is_complete);
    // Off the request threads.
    tokio::task::spawn_blocking(move || Arc::new(assemble(&before, rows)))
        .await
        .map(|book| Loaded {
            book,
            mark,
            is_complete,
            unreadable,
        })
        .map_err(|_| StoreError::unreadable("the rules: compiling them panicked"))
}

/// The versions of the rules that a rulebook has compiled.
pub(in super::super) fn known_in(book: &Rulebook) -> HashMap<String, i64> {
    let compiled = book.compiled().into_iter();
    compiled
        .map(|(id, compiled)| (id.to_string(), compiled.rule.version))
        .collect()
}

async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(limit, answer)
        .await
        .unwrap_or(Err(StoreError::Unavailable))
}

/// What differs from the versions that are known.
pub(in super::super) fn read(
    conn: &mut Conn,
    known: &HashMap<String, i64>,
) -> Result<Rows, StoreError> {
    let revision = revisions::current(conn)?;
    let versions = rules::list_versions(conn)?;
    let is_new = |(id, version): &&(String, i64)| known.get(id) != Some(version);
    let ids: Vec<String> = versions
        .iter()
        .filter(is_new)
        .map(|(id, _)| id.clone())
        .collect();
    let mut unreadable = Vec::new();
    let changed = readable(rules::load_each(conn, &ids)?, &mut unreadable);
    let methods = readable(payment_methods::store::list_each(conn)?, &mut unreadable);
    Ok(Rows {
        revision,
        mark: revisions::mark(conn, revision)?,
        is_complete: revisions::is_complete(conn, revision)?,
        versions,
        changed,
        methods,
        settings: settings::store::load(conn)?,
        unreadable,
    })
}

fn readable<T>(rows: Vec<Result<T, Unreadable>>, unreadable: &mut Vec<Unreadable>) -> Vec<T> {
    let keep = |row: Result<T, Unreadable>| row.map_err(|row| unreadable.push(row)).ok();
    rows.into_iter().filter_map(keep).collect()
}

/// The rulebook that has what `before` has but for the rows that differ from it.
pub(in super::super) fn assemble(before: &Rulebook, rows: Rows) -> Rulebook {
    let mut compiled: HashMap<RuleId, Arc<CompiledRule>> = before
        .compiled()
        .into_iter()
        .map(|(id, rule)| (id, Arc::clone(rule)))
        .collect();
    for rule in rows.changed {
        compiled.insert(rule.id, Arc::new(CompiledRule::new(rule)));
    }
    let current = rows.versions.iter().filter_map(|(id, version)| {
        let compiled = compiled.remove(&id.parse().ok()?)?;
        // A rule whose new version cannot be read does not go on as it was.
        (compiled.rule.version == *version).then_some(compiled)
    });
    let current = current.collect();
    Rulebook::new(rows.revision, current, rows.methods, &rows.settings)
}
