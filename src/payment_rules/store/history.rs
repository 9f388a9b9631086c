//! Every version of every rule, and the revisions they came with.
//!
//! A revision of the whole set is not stored: it is the newest version of each rule up to then, less those that are gone.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{exists, max, not},
    prelude::*,
};

use crate::{
    http::pagination::{Page, Position},
    ids::RuleId,
    payment_rules::Rule,
    store::{
        Conn, StoreError, Tx,
        columns::Moment,
        keyset::{self, sorted},
        on_each,
        revisions::Subject,
        schema::{payment_rule_versions, revisions},
    },
};

/// One change of the set: who, when, what.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable)]
#[diesel(table_name = revisions)]
pub struct Revision {
    pub number: i64,
    #[diesel(deserialize_as = Moment)]
    pub changed_at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub summary: String,
}

sorted! {
    /// What revisions can be sorted by.
    ByNumber of revisions by number as i64 {
        Number = "number": number as i64,
    }
}

/// A rule as one revision left it.
#[derive(Clone, Debug, PartialEq)]
pub struct Left {
    pub rule: Rule,
    pub deleted: bool,
}

#[derive(Insertable)]
#[diesel(table_name = payment_rule_versions)]
struct VersionRow {
    rule_id: RuleId,
    version: i64,
    revision: i64,
    deleted: bool,
    body: String,
}

/// How many versions go into one statement.
const CHUNK: usize = 100;

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
        .filter(payment_rule_versions::rule_id.eq(id))
        .order(payment_rule_versions::version.desc())
        .select(payment_rule_versions::body)
        .first(tx.conn())
        .optional()?;
    let row = VersionRow {
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

/// The newest version there ever was of a rule, 0 when there was none: a rule that comes back continues after it.
pub fn last_version(conn: &mut Conn, id: RuleId) -> Result<i64, StoreError> {
    let last: Option<i64> = payment_rule_versions::table
        .filter(payment_rule_versions::rule_id.eq(id))
        .select(max(payment_rule_versions::version))
        .first(conn)?;
    Ok(last.unwrap_or(0))
}

/// A rule as one of its versions was, unless that is its deletion.
pub fn find_version(conn: &mut Conn, id: RuleId, version: i64) -> Result<Option<Rule>, StoreError> {
    let body: Option<String> = payment_rule_versions::table
        .filter(payment_rule_versions::rule_id.eq(id))
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
    Ok(of_rules()
        .filter(revisions::number.eq(number))
        .select(Revision::as_select())
        .first(conn)
        .optional()?)
}

/// The revisions of a page whose cursor is readable, and one more when there is one.
pub fn list(
    conn: &mut Conn,
    page: &Page<ByNumber>,
) -> Result<Vec<(Position, Revision)>, StoreError> {
    keyset::page_of!(conn, page, of_rules().into_boxed(), Revision)
}

/// How many revisions of the rules there are.
pub fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    Ok(of_rules().count().get_result(conn)?)
}

#[diesel::dsl::auto_type]
fn of_rules() -> _ {
    let rules: &'static str = Subject::Rules.as_str();
    revisions::table.filter(revisions::subject.eq(rules))
}

fn version_row(revision: i64, left: &Left) -> VersionRow {
    VersionRow {
        rule_id: left.rule.id,
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
