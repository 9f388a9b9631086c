//! Imports a set of rules from a file that was exported here or by another installation.
//!
//! A rule is matched by its id and, in a file from elsewhere, by its name. A payment method is matched by its id or, if
//! the id is not known here, by the type and name of its integration. A file that was exported here is refused if its
//! rules have changed since, unless the caller overrides that.

mod conflicts;
mod file;
mod matching;
mod offline;
mod patterns;
mod split;

use std::collections::HashSet;

use super::{
    Rule,
    change::Changes,
    difference::{Difference, Others},
    methods::Living,
    refusal::{RuleConflict, RuleRefusal},
    rule_tests, store,
};
use crate::{
    audit::Actor,
    http::precondition::IfMatch,
    idempotency::{self, Key, Once},
    ids::RuleId,
    settings::installation,
    store::{Conn, StoreError, Tx, revisions},
};

pub use self::{
    file::{File, FileReader, resolve},
    offline::read_offline,
    patterns::refused,
};

/// The changes that an import made or would make, and the newest revision of the rules.
#[derive(Clone, Debug)]
pub struct Imported {
    pub difference: Difference,
    /// Rules that have changed since the file was exported.
    pub conflicts: Vec<RuleConflict>,
    pub revision: i64,
}

/// The options of an import.
#[derive(Clone, Debug)]
pub struct ImportTerms {
    pub others: Others,
    /// Whether rules that have changed since the export may be overwritten.
    pub overwrite: bool,
    /// The revision of the rules that the caller has seen.
    pub if_match: Option<IfMatch>,
}

/// The changes that an import would make now.
pub fn foresee(conn: &mut Conn, file: &File, terms: &ImportTerms) -> Result<Imported, RuleRefusal> {
    let revision = store::history::newest(conn)?;
    check_revision(terms, revision)?;
    let is_ours = is_ours(conn, file.installation.as_deref())?;
    let current = match terms.others {
        Others::Delete => store::load_all(conn)?,
        Others::Keep => {
            let ids = concerned(conn, file, is_ours)?;
            store::load_many(conn, &ids)?
        }
    };
    let rules = matching::matched(file, &current, is_ours);
    let difference = Difference::between(current, rules, terms.others);
    let conflicts = conflicts::find(conn, file, is_ours, &difference, None)?;
    Ok(Imported {
        difference,
        conflicts,
        revision,
    })
}

/// Imports a file: adds its new rules and updates the known ones.
pub fn import(
    tx: &mut Tx<'_>,
    actor: &Actor,
    key: Option<&Key>,
    file: &File,
    terms: &ImportTerms,
) -> Result<Once<Imported>, RuleRefusal> {
    idempotency::once(
        tx,
        key,
        actor.at,
        |tx| {
            require_methods(tx, file)?;
            let is_ours = is_ours(tx, file.installation.as_deref())?;
            let current = match terms.others {
                Others::Delete => {
                    // Lock the rules before the revision, in the order of all writers, so that no deadlock is possible.
                    let current = store::load_all_locked(tx)?;
                    revisions::current_locked(tx)?;
                    current
                }
                Others::Keep => lock_concerned(tx, file, is_ours)?,
            };
            check_revision(terms, store::history::newest(tx)?)?;
            let rules = matching::matched(file, &current, is_ours);
            let difference = Difference::between(current, rules, terms.others);
            let conflicts = conflicts::find(tx, file, is_ours, &difference, None)?;
            if !conflicts.is_empty() && !terms.overwrite {
                return Err(RuleRefusal::ChangedSince(conflicts));
            }
            let mut changes = Changes::by(actor);
            difference.apply(tx, &mut changes)?;
            let revision = changes.commit(tx, "import", &difference.summary("Imported rules"))?;
            if let Some(tests) = &file.tests {
                rule_tests::merge(tx, actor, tests, terms.others == Others::Keep)?;
            }
            let operation = difference.operation(revision);
            let imported = Imported {
                difference,
                conflicts,
                revision,
            };
            Ok((operation, imported))
        },
        |tx, operation| {
            let imported = remember(tx, operation, file)?;
            tx.answer_with(imported.revision);
            Ok(imported)
        },
    )
}

/// The stored rules that a file may match: those with its ids and, for a file from elsewhere, those with its names.
fn concerned(conn: &mut Conn, file: &File, is_ours: bool) -> Result<Vec<RuleId>, StoreError> {
    let with_id = file.rules.iter().filter(|one| one.has_id);
    let mut ids: Vec<RuleId> = with_id.map(|one| one.rule.id).collect();
    if !is_ours {
        let mut names: Vec<&str> = file.rules.iter().map(|it| it.rule.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        ids.extend(store::ids_named(conn, &names)?);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Locks the rules that a file may match, and then the revision. This is the lock order of all writers.
fn lock_concerned(tx: &mut Tx<'_>, file: &File, is_ours: bool) -> Result<Vec<Rule>, StoreError> {
    let ids = concerned(tx, file, is_ours)?;
    store::lock_many(tx, &ids)?;
    revisions::current_locked(tx)?;
    // Before the revision was locked, other rules may have been given these names.
    let ids = concerned(tx, file, is_ours)?;
    store::load_many(tx, &ids)
}

/// Whether a file was exported here, by the installation that it names.
fn is_ours(conn: &mut Conn, installation: Option<&str>) -> Result<bool, StoreError> {
    let here = installation::find(conn)?;
    Ok(here.is_some() && here.as_deref() == installation)
}

fn check_revision(terms: &ImportTerms, revision: i64) -> Result<(), RuleRefusal> {
    if let Some(if_match) = &terms.if_match {
        if_match.check(revision)?;
    }
    Ok(())
}

/// The result of an import that was made earlier. Rules of the file that it did not change count as unchanged.
fn remember(conn: &mut Conn, operation: &str, file: &File) -> Result<Imported, StoreError> {
    let (mut difference, revision) = Difference::of_operation(conn, operation)?;
    let is_ours = is_ours(conn, file.installation.as_deref())?;
    let conflicts = conflicts::find(conn, file, is_ours, &difference, Some(revision))?;
    let current = store::load_all(conn)?;
    let wanted = matching::matched(file, &current, is_ours);
    let wanted: HashSet<RuleId> = wanted.iter().map(|rule| rule.id).collect();
    let touched = difference.updated.iter().map(|(_, after)| after);
    let touched = touched.chain(&difference.created);
    let touched: HashSet<RuleId> = touched.map(|rule| rule.id).collect();
    let is_unchanged = |rule: &Rule| wanted.contains(&rule.id) && !touched.contains(&rule.id);
    difference.unchanged = current.into_iter().filter(is_unchanged).collect();
    Ok(Imported {
        difference,
        conflicts,
        revision,
    })
}

/// Checks again that the methods exist: they were looked up before this transaction began.
fn require_methods(tx: &mut Tx<'_>, file: &File) -> Result<(), RuleRefusal> {
    let rules = || file.rules.iter().map(|one| &one.rule);
    let living = Living::among(tx, rules().flat_map(|rule| &rule.payment_methods))?;
    let missing = rules().enumerate().flat_map(|(index, rule)| {
        living.missing(&format!("/rules/{index}"), &rule.payment_methods)
    });
    RuleRefusal::unless_empty(missing.collect())
}
