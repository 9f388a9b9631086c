//! Tasks of the first start after an upgrade.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Rule, store as rules};
use crate::{
    ids::RuleId,
    payment_methods, postal, settings,
    store::{
        Store, StoreError, Tx,
        revisions::{self, RevisionSubject},
    },
};

/// The setting that the migration to country-specific postal codes stores. It is removed after the patterns were
/// logged.
const PENDING: &str = "upgrade.listPostalPatterns";

/// Logs, once after the upgrade, the postal patterns whose meaning has changed since they were stored.
pub async fn log_changed_patterns(store: &Store) -> Result<(), StoreError> {
    let changed = store.write(take_changed_patterns).await?;
    for (rule, country, patterns) in changed {
        tracing::warn!(
            rule_id = rule.to_string(),
            country,
            patterns,
            "these postal patterns match other codes than before the upgrade, or none; please check the rule"
        );
    }
    Ok(())
}

/// Records everything that checkout sees as one revision, unless the newest revision is complete: at the first start,
/// after the upgrade to complete revisions, and after a change by an older version of the service. Only one replica
/// does it.
pub async fn complete_history(store: &Store, at: DateTime<Utc>) -> Result<(), StoreError> {
    let is_complete = store.read(|conn| {
        let newest = revisions::current(conn)?;
        revisions::is_complete(conn, newest)
    });
    if is_complete.await? {
        return Ok(());
    }
    store.write(move |tx| record_everything(tx, at)).await
}

fn record_everything(tx: &mut Tx<'_>, at: DateTime<Utc>) -> Result<(), StoreError> {
    let newest = revisions::current_locked(tx)?;
    if revisions::is_complete(tx, newest)? {
        return Ok(());
    }
    // The history of rules is always complete.
    let (subject, summary) = (
        RevisionSubject::Integrations,
        "Recorded all integrations and settings",
    );
    let number = revisions::next_in_full(tx, at, "onterms", subject, "record", summary)?;
    payment_methods::store::history::insert_all(tx, number)?;
    let settings = settings::store::load(tx)?;
    settings::store::insert_version(tx, number, &settings)
}

/// A rule, a country, and the changed patterns for that country.
type UpgradedPatterns = (RuleId, String, String);

fn take_changed_patterns(tx: &mut Tx<'_>) -> Result<Vec<UpgradedPatterns>, StoreError> {
    if !settings::store::take(tx, PENDING)? {
        return Ok(Vec::new());
    }
    let versions = rules::list_versions(tx.conn())?.into_iter();
    let ids: Vec<String> = versions.map(|(id, _)| id).collect();
    // The rulebook cache logs rules that cannot be read.
    let readable = rules::load_each(tx.conn(), &ids)?.into_iter().flatten();
    Ok(readable.flat_map(|rule| changed_in(&rule)).collect())
}

fn changed_in(rule: &Rule) -> Vec<UpgradedPatterns> {
    let mut changed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let patterns = rule.destinations.iter().flat_map(|to| to.patterns());
    for (country, pattern) in patterns {
        if postal::has_changed_meaning(country, pattern) {
            changed.entry(country).or_default().push(pattern);
        }
    }
    let changed = changed.into_iter();
    let changed = changed.map(|(country, them)| (rule.id, country.to_owned(), them.join(", ")));
    changed.collect()
}
