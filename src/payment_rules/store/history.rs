//! All versions of all rules, and the revisions that made them.
//!
//! The whole set of a revision is not stored: it is the newest version of each rule up to the revision, without deleted
//! rules.

mod readable;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{exists, max, not},
    prelude::*,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::pagination::{Page, Position, list_filter},
    ids::RuleId,
    payment_rules::Rule,
    store::{
        Conn, MultiBackend, StoreError, Tx,
        columns::Moment,
        keyset::{self, sorted},
        on_each,
        revisions::RevisionSubject,
        schema::{payment_rule_versions, payment_rule_versions as versions, revisions},
    },
};

pub use readable::{concerning, count_for, list_for};

/// A change of the rules, methods or settings that checkout uses.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = revisions)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// The number that checkout answers as `revision`.
    #[schema(example = 17)]
    pub number: i64,
    /// When the revision was made.
    #[diesel(deserialize_as = Moment)]
    pub changed_at: DateTime<Utc>,
    /// The subject of the token.
    #[schema(example = "alice")]
    pub actor: String,
    /// What was changed: `rules`, `integrations` or `settings`.
    #[schema(value_type = RevisionSubject, example = "rules")]
    pub subject: String,
    /// What was done, such as `create`, `update` or `delete`.
    #[schema(example = "update")]
    pub action: String,
    /// The change as a sentence.
    #[schema(example = "Changed “Small US orders”")]
    pub summary: String,
    /// Whether everything that checkout saw is kept. Of revisions from before complete revisions, only the rules are
    /// kept.
    pub complete: bool,
}

sorted! {
    /// The sort fields of revisions.
    RevisionSort of revisions by number as i64 {
        Number = "number": number as i64,
    }
}

list_filter! {
    /// The filters of the list of all revisions.
    RevisionFilter of RevisionSort by Number Descending {
        /// Only changes of `rules`, `integrations` or `settings`.
        subject: Option<RevisionSubject> = "subject" such as "rules",
    }
}

list_filter! {
    /// The list of the revisions of the rules has no filters.
    RuleRevisionFilter of RevisionSort by Number Descending {}
}

/// A rule after a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    pub rule: Rule,
    pub deleted: bool,
}

#[derive(Insertable)]
#[diesel(table_name = payment_rule_versions)]
struct RuleVersionRow {
    rule_id: RuleId,
    version: i64,
    revision: i64,
    deleted: bool,
    body: String,
}

/// The maximum number of versions in one statement.
const CHUNK: usize = 100;

/// Inserts the versions that a revision made.
pub fn insert(tx: &mut Tx<'_>, revision: i64, left: &[Left]) -> Result<(), StoreError> {
    for left in left.chunks(CHUNK) {
        let rows = left.iter().map(|Left { rule, deleted }| RuleVersionRow {
            rule_id: rule.id,
            version: rule.version,
            revision,
            deleted: *deleted,
            body: serde_json::Value::Object(rule.to_json()).to_string(),
        });
        let rows: Vec<_> = rows.collect();
        on_each!(tx, conn => diesel::insert_into(payment_rule_versions::table)
            .values(rows)
            .execute(conn))?;
    }
    Ok(())
}

/// Inserts the deletion of an unreadable rule, with the body of its last version.
pub fn insert_gone(
    tx: &mut Tx<'_>,
    revision: i64,
    id: RuleId,
    version: i64,
) -> Result<(), StoreError> {
    let last: Option<String> = versions::table
        .filter(versions::rule_id.eq(id))
        .order(versions::version.desc())
        .select(versions::body)
        .first(tx.conn())
        .optional()?;
    let row = RuleVersionRow {
        rule_id: id,
        version,
        revision,
        deleted: true,
        body: last.unwrap_or_else(|| "{}".to_owned()),
    };
    diesel::insert_into(payment_rule_versions::table)
        .values(row)
        .execute(tx.conn())?;
    Ok(())
}

/// The last version number of each of these rules, also of deleted ones, after which a rule that is created again
/// continues. Rules without any version are missing.
pub fn last_versions(conn: &mut Conn, ids: &[RuleId]) -> Result<HashMap<RuleId, i64>, StoreError> {
    let mut found = HashMap::new();
    for ids in ids.chunks(CHUNK) {
        let rows: Vec<(RuleId, Option<i64>)> = versions::table
            .filter(versions::rule_id.eq_any(ids))
            .group_by(versions::rule_id)
            .select((versions::rule_id, max(versions::version)))
            .load(conn)?;
        found.extend(rows.into_iter().filter_map(|(id, last)| Some((id, last?))));
    }
    Ok(found)
}

/// A version of a rule; `None` for its deletion.
pub fn find_version(conn: &mut Conn, id: RuleId, version: i64) -> Result<Option<Rule>, StoreError> {
    let body: Option<String> = versions::table
        .filter(versions::rule_id.eq(id))
        .filter(versions::version.eq(version))
        .filter(versions::deleted.eq(false))
        .select(versions::body)
        .first(conn)
        .optional()?;
    body.map(|body| read_body(version, &body)).transpose()
}

/// The ids of the rules that changed after one revision and before another.
pub fn changed_between(
    conn: &mut Conn,
    after: i64,
    before: Option<i64>,
) -> Result<HashSet<String>, StoreError> {
    let ids: Vec<String> = versions::table
        .filter(versions::revision.gt(after))
        .filter(versions::revision.lt(before.unwrap_or(i64::MAX)))
        .select(versions::rule_id)
        .distinct()
        .load(conn)?;
    Ok(ids.into_iter().collect())
}

/// The rules that one revision changed: each before, unless it did not exist, and after.
pub fn changed_by(conn: &mut Conn, revision: i64) -> Result<Vec<(Option<Rule>, Left)>, StoreError> {
    let steps = steps_of(conn, &[revision])?.into_iter();
    let changed = steps.map(|step| {
        let before = step.body_before.filter(|_| step.was_deleted == Some(false));
        let before = before.map(|body| read_body(step.version - 1, &body));
        let left = Left {
            rule: read_body(step.version, &step.body)?,
            deleted: step.deleted,
        };
        Ok((before.transpose()?, left))
    });
    changed.collect()
}

/// A version of a rule, and the version before it, if any.
#[derive(Queryable)]
struct VersionStep {
    revision: i64,
    version: i64,
    deleted: bool,
    body: String,
    was_deleted: Option<bool>,
    body_before: Option<String>,
}

/// The versions that these revisions made.
fn steps_of(conn: &mut Conn, numbers: &[i64]) -> Result<Vec<VersionStep>, StoreError> {
    let earlier = diesel::alias!(payment_rule_versions as earlier);
    let same_rule = earlier.field(versions::rule_id).eq(versions::rule_id);
    let one_before = earlier.field(versions::version).eq(versions::version - 1);
    Ok(versions::table
        .left_join(earlier.on(same_rule.and(one_before)))
        .filter(versions::revision.eq_any(numbers))
        .order(versions::rule_id)
        .select((
            versions::revision,
            versions::version,
            versions::deleted,
            versions::body,
            earlier.field(versions::deleted).nullable(),
            earlier.field(versions::body).nullable(),
        ))
        .load(conn)?)
}

/// The version of each rule after a revision.
pub fn versions_as_of(conn: &mut Conn, revision: i64) -> Result<Vec<(RuleId, i64)>, StoreError> {
    Ok(left_as_of(revision)
        .select((versions::rule_id, versions::version))
        .load(conn)?)
}

/// All rules after a revision, in the order in which checkout walked them.
pub fn as_of(conn: &mut Conn, revision: i64) -> Result<Vec<Rule>, StoreError> {
    let rows: Vec<(i64, String)> = left_as_of(revision)
        .select((versions::version, versions::body))
        .load(conn)?;
    let mut rules = read_bodies(rows)?;
    rules.sort_by_key(|rule| (rule.sort_order, rule.id.to_string()));
    Ok(rules)
}

/// The rules in these versions, in no order.
pub fn load_versions(conn: &mut Conn, versions: &[(RuleId, i64)]) -> Result<Vec<Rule>, StoreError> {
    let mut rules = Vec::with_capacity(versions.len());
    for wanted in versions.chunks(CHUNK) {
        let (ids, numbers): (Vec<RuleId>, Vec<i64>) = wanted.iter().copied().unzip();
        let wanted: HashSet<_> = wanted.iter().copied().collect();
        let rows: Vec<(RuleId, i64, String)> = versions::table
            .filter(versions::rule_id.eq_any(ids))
            .filter(versions::version.eq_any(numbers))
            .select((versions::rule_id, versions::version, versions::body))
            .load(conn)?;
        let rows = rows.into_iter();
        let rows = rows.filter(|(id, version, _)| wanted.contains(&(*id, *version)));
        rules.extend(read_bodies(rows.map(|(_, version, body)| (version, body)))?);
    }
    Ok(rules)
}

fn read_bodies(rows: impl IntoIterator<Item = (i64, String)>) -> Result<Vec<Rule>, StoreError> {
    let rows = rows.into_iter();
    rows.map(|(version, body)| read_body(version, &body))
        .collect()
}

/// The newest version up to a revision of each rule that was not deleted.
fn left_as_of(revision: i64) -> versions::BoxedQuery<'static, MultiBackend> {
    let newer = diesel::alias!(payment_rule_versions as newer);
    let replaced = newer
        .filter(newer.field(versions::rule_id).eq(versions::rule_id))
        .filter(newer.field(versions::version).gt(versions::version))
        .filter(newer.field(versions::revision).le(revision));
    versions::table
        .filter(versions::revision.le(revision))
        .filter(versions::deleted.eq(false))
        .filter(not(exists(replaced)))
        .into_boxed()
}

/// The newest revision of the rules; 0 if there is none.
pub fn newest(conn: &mut Conn) -> Result<i64, StoreError> {
    crate::store::revisions::newest(conn, RevisionSubject::Rules)
}

/// One revision.
pub fn find(conn: &mut Conn, number: i64) -> Result<Option<Revision>, StoreError> {
    Ok(revisions::table
        .find(number)
        .select(Revision::as_select())
        .first(conn)
        .optional()?)
}

/// The revisions of a page, all or those of one subject, and one more if there is one.
pub fn list(
    conn: &mut Conn,
    subject: Option<RevisionSubject>,
    page: &Page<RevisionSort>,
) -> Result<Vec<(Position, Revision)>, StoreError> {
    keyset::page_of!(conn, page, of_subject(subject), Revision)
}

/// The number of revisions.
pub fn count(conn: &mut Conn, subject: Option<RevisionSubject>) -> Result<i64, StoreError> {
    Ok(of_subject(subject).count().get_result(conn)?)
}

fn of_subject(subject: Option<RevisionSubject>) -> revisions::BoxedQuery<'static, MultiBackend> {
    let all = revisions::table.into_boxed();
    match subject {
        Some(subject) => all.filter(revisions::subject.eq(subject.as_str())),
        None => all,
    }
}

fn read_body(version: i64, body: &str) -> Result<Rule, StoreError> {
    let rule: Rule =
        serde_json::from_str(body).map_err(|_| StoreError::unreadable("a version of a rule"))?;
    Ok(Rule { version, ..rule })
}
