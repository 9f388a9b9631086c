//! Every version of every rule, and the revisions they came with.
//!
//! A revision of the whole set is not stored: it is the newest version of each rule up to then, less those that are gone.

use std::collections::HashSet;

use diesel::{
    dsl::{exists, max, not},
    prelude::*,
};

use crate::{
    http::pagination::{Direction, Page, Position},
    ids::RuleId,
    payment_rules::Rule,
    store::{
        Conn, StoreError, Tx, keyset, on_each,
        revisions::Subject,
        schema::{payment_rule_versions, revisions},
        timestamp,
    },
};

/// One change of the set: who, when, what.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    pub number: i64,
    pub changed_at: chrono::DateTime<chrono::Utc>,
    pub actor: String,
    pub action: String,
    pub summary: String,
}

/// What revisions can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByNumber;

/// A rule as one revision left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    pub rule: Rule,
    pub deleted: bool,
}

#[derive(Insertable)]
#[diesel(table_name = payment_rule_versions)]
struct VersionRow {
    rule_id: String,
    version: i64,
    revision: i64,
    deleted: bool,
    body: String,
}

/// How many versions go into one statement.
const CHUNK: usize = 100;

type RevisionRow = (i64, chrono::NaiveDateTime, String, String, String);

/// Writes down what a revision left.
pub fn insert(tx: &mut Tx<'_>, revision: i64, left: &[Left]) -> Result<(), StoreError> {
    for left in left.chunks(CHUNK) {
        let rows: Vec<_> = left
            .iter()
            .map(|left| version_row(revision, left))
            .collect();
        on_each!(tx, conn => diesel::insert_into(payment_rule_versions::table)
            .values(rows)
            .execute(conn))?;
    }
    Ok(())
}

/// Keeps that a rule that could not be read is gone, with what it was when it was written last.
pub fn insert_gone(
    tx: &mut Tx<'_>,
    revision: i64,
    id: RuleId,
    version: i64,
) -> Result<(), StoreError> {
    let last: Option<String> = payment_rule_versions::table
        .filter(payment_rule_versions::rule_id.eq(id.to_string()))
        .order(payment_rule_versions::version.desc())
        .select(payment_rule_versions::body)
        .first(tx.conn())
        .optional()?;
    let row = VersionRow {
        rule_id: id.to_string(),
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

/// The newest version there ever was of a rule, 0 when there was none: a rule that comes back continues after it.
pub fn last_version(conn: &mut Conn, id: RuleId) -> Result<i64, StoreError> {
    let last: Option<i64> = payment_rule_versions::table
        .filter(payment_rule_versions::rule_id.eq(id.to_string()))
        .select(max(payment_rule_versions::version))
        .first(conn)?;
    Ok(last.unwrap_or(0))
}

/// A rule as one of its versions was, unless that is its deletion.
pub fn find_version(conn: &mut Conn, id: RuleId, version: i64) -> Result<Option<Rule>, StoreError> {
    let body: Option<String> = payment_rule_versions::table
        .filter(payment_rule_versions::rule_id.eq(id.to_string()))
        .filter(payment_rule_versions::version.eq(version))
        .filter(payment_rule_versions::deleted.eq(false))
        .select(payment_rule_versions::body)
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
    let ids: Vec<String> = payment_rule_versions::table
        .filter(payment_rule_versions::revision.gt(after))
        .filter(payment_rule_versions::revision.lt(before.unwrap_or(i64::MAX)))
        .select(payment_rule_versions::rule_id)
        .distinct()
        .load(conn)?;
    Ok(ids.into_iter().collect())
}

/// What one revision changed.
pub fn left_by(conn: &mut Conn, revision: i64) -> Result<Vec<Left>, StoreError> {
    let rows: Vec<(i64, bool, String)> = payment_rule_versions::table
        .filter(payment_rule_versions::revision.eq(revision))
        .order(payment_rule_versions::rule_id)
        .select((
            payment_rule_versions::version,
            payment_rule_versions::deleted,
            payment_rule_versions::body,
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(version, deleted, body)| {
            let rule = read_body(version, &body)?;
            Ok(Left { rule, deleted })
        })
        .collect()
}

/// What the rules that one revision changed were before; those it made are missing.
pub fn before(conn: &mut Conn, revision: i64) -> Result<Vec<Rule>, StoreError> {
    let earlier = diesel::alias!(payment_rule_versions as earlier);
    let previous = earlier
        .field(payment_rule_versions::rule_id)
        .eq(payment_rule_versions::rule_id)
        .and(
            earlier
                .field(payment_rule_versions::version)
                .eq(payment_rule_versions::version - 1),
        );
    let rows: Vec<(i64, String)> = payment_rule_versions::table
        .inner_join(earlier.on(previous))
        .filter(payment_rule_versions::revision.eq(revision))
        .filter(earlier.field(payment_rule_versions::deleted).eq(false))
        .select((
            earlier.field(payment_rule_versions::version),
            earlier.field(payment_rule_versions::body),
        ))
        .load(conn)?;
    rows.into_iter()
        .map(|(version, body)| read_body(version, &body))
        .collect()
}

/// The whole set as a revision left it, in the order in which checkout walked it.
pub fn as_of(conn: &mut Conn, revision: i64) -> Result<Vec<Rule>, StoreError> {
    let newer = diesel::alias!(payment_rule_versions as newer);
    let rows: Vec<(i64, String)> = payment_rule_versions::table
        .filter(payment_rule_versions::revision.le(revision))
        .filter(payment_rule_versions::deleted.eq(false))
        .filter(not(exists(
            newer
                .filter(
                    newer
                        .field(payment_rule_versions::rule_id)
                        .eq(payment_rule_versions::rule_id),
                )
                .filter(
                    newer
                        .field(payment_rule_versions::version)
                        .gt(payment_rule_versions::version),
                )
                .filter(newer.field(payment_rule_versions::revision).le(revision)),
        )))
        .select((payment_rule_versions::version, payment_rule_versions::body))
        .load(conn)?;
    let mut rules = rows
        .into_iter()
        .map(|(version, body)| read_body(version, &body))
        .collect::<Result<Vec<_>, _>>()?;
    rules.sort_by_key(|rule| (rule.sort_order, rule.id.to_string()));
    Ok(rules)
}

/// The newest revision of the rules; 0 when there is none.
pub fn newest(conn: &mut Conn) -> Result<i64, StoreError> {
    crate::store::revisions::newest(conn, Subject::Rules)
}

/// One revision of the rules.
pub fn find(conn: &mut Conn, number: i64) -> Result<Option<Revision>, StoreError> {
    let row: Option<RevisionRow> = revisions::table
        .find(number)
        .filter(revisions::subject.eq(Subject::Rules.as_str()))
        .select((
            revisions::number,
            revisions::changed_at,
            revisions::actor,
            revisions::action,
            revisions::summary,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(read_revision))
}

/// The revisions of a page whose cursor is readable, and one more when there is one.
pub fn list(conn: &mut Conn, page: &Page<ByNumber>) -> Result<Vec<Revision>, StoreError> {
    let mut query = revisions::table
        .filter(revisions::subject.eq(Subject::Rules.as_str()))
        .select((
            revisions::number,
            revisions::changed_at,
            revisions::actor,
            revisions::action,
            revisions::summary,
        ))
        .into_boxed();
    let direction = page
        .sort
        .first()
        .map_or(Direction::Descending, |(_, direction)| *direction);
    if let Some(number) = page
        .after
        .as_ref()
        .and_then(|after| after.id.parse::<i64>().ok())
    {
        query = query.filter(keyset::step!(revisions::number, direction, number).beyond);
    }
    query = match direction {
        Direction::Ascending => query.order(revisions::number.asc()),
        Direction::Descending => query.order(revisions::number.desc()),
    };
    let rows: Vec<RevisionRow> = query.limit(page.limit + 1).load(conn)?;
    Ok(rows.into_iter().map(read_revision).collect())
}

/// How many revisions of the rules there are.
pub fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(revisions::table
        .filter(revisions::subject.eq(Subject::Rules.as_str()))
        .count()
        .get_result(conn)?)
}

/// Where a page ends that ends with this revision.
pub fn position(revision: &Revision) -> Position {
    let number = revision.number.to_string();
    Position {
        values: vec![number.clone()],
        id: number,
    }
}

/// Whether the page's cursor is one of ours.
pub fn has_readable_cursor(page: &Page<ByNumber>) -> bool {
    page.after
        .as_ref()
        .is_none_or(|after| after.id.parse::<i64>().is_ok())
}

fn read_revision((number, changed_at, actor, action, summary): RevisionRow) -> Revision {
    Revision {
        number,
        changed_at: timestamp::from_stored(changed_at),
        actor,
        action,
        summary,
    }
}

fn version_row(revision: i64, left: &Left) -> VersionRow {
    VersionRow {
        rule_id: left.rule.id.to_string(),
        version: left.rule.version,
        revision,
        deleted: left.deleted,
        body: serde_json::Value::Object(left.rule.to_json()).to_string(),
    }
}

fn read_body(version: i64, body: &str) -> Result<Rule, StoreError> {
    let rule: Rule =
        serde_json::from_str(body).map_err(|_| StoreError::unreadable("a version of a rule"))?;
    Ok(Rule { version, ..rule })
}
