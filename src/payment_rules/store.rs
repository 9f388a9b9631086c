//! The rows of payment rules.
//!
//! A rule is one row; its methods and the countries of its destinations, by which lists are filtered, are rows in
//! tables of their own. All functions that change a rule keep the three consistent. None of them makes a revision;
//! `change` does.

pub mod history;
pub mod list;
mod place;
mod row;

use std::collections::HashMap;

use diesel::prelude::*;

use self::row::{MethodRow, RuleRow};
use super::{Rule, RuleMethod};
use crate::{
    ids::{IntegrationId, RuleId},
    locale::Labels,
    store::{
        Conn, StoreError, Tx, UnreadableRow, first_locked, on_each,
        schema::{integrations, payment_rule_countries, payment_rule_methods, payment_rules},
    },
};

/// The maximum number of ids in one statement.
const CHUNK: usize = 500;

/// The maximum number of rows in one statement.
const ROWS: usize = 100;

/// Every rule, in the order in which checkout walks them.
pub fn load_all(conn: &mut Conn) -> Result<Vec<Rule>, StoreError> {
    let rows = payment_rules::table
        .order((payment_rules::sort_order, payment_rules::id))
        .select(RuleRow::as_select())
        .load(conn)?;
    let methods = methods().load(conn)?;
    all(assemble(rows, methods))
}

/// The id and version of every rule, to find the rules that have changed since they were loaded.
pub fn list_versions(conn: &mut Conn) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(payment_rules::table
        .select((payment_rules::id, payment_rules::version))
        .load(conn)?)
}

/// The rules with these ids, in no order. Unknown ids are ignored.
pub fn load_many(conn: &mut Conn, ids: &[RuleId]) -> Result<Vec<Rule>, StoreError> {
    all(load_each(conn, &texts(ids))?)
}

/// As [`load_many`], with an error for each rule that cannot be read.
pub fn load_each(
    conn: &mut Conn,
    ids: &[String],
) -> Result<Vec<Result<Rule, UnreadableRow>>, StoreError> {
    let mut rules = Vec::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let rows = payment_rules::table
            .filter(payment_rules::id.eq_any(ids))
            .select(RuleRow::as_select())
            .load(conn)?;
        rules.extend(each_with_methods(conn, rows)?);
    }
    Ok(rules)
}

/// One rule.
pub fn find(conn: &mut Conn, id: RuleId) -> Result<Option<Rule>, StoreError> {
    Ok(load_many(conn, &[id])?.pop())
}

/// One rule, locked against other writers until the transaction ends.
pub fn find_locked(tx: &mut Tx<'_>, id: RuleId) -> Result<Option<Rule>, StoreError> {
    // Written inline, because the macro builds a statement of another type for each database.
    let row: Option<RuleRow> = first_locked!(
        tx,
        payment_rules::table.find(id).select(RuleRow::as_select())
    )
    .optional()?;
    let row = row.into_iter().collect();
    Ok(all(each_with_methods(tx.conn(), row)?)?.pop())
}

/// Rules, locked against other writers until the transaction ends. They are locked in the order of ids, so that no
/// deadlock is possible.
pub fn load_many_locked(tx: &mut Tx<'_>, ids: &[RuleId]) -> Result<Vec<Rule>, StoreError> {
    lock_many(tx, ids)?;
    load_many(tx.conn(), ids)
}

/// Locks rules against other writers until the transaction ends.
pub fn lock_many(tx: &mut Tx<'_>, ids: &[RuleId]) -> Result<(), StoreError> {
    let mut texts = texts(ids);
    texts.sort_unstable();
    // SQLite has a single writer, so its transaction is the lock.
    if let Conn::Pg(conn) = tx.conn() {
        for ids in texts.chunks(CHUNK) {
            payment_rules::table
                .filter(payment_rules::id.eq_any(ids))
                .order(payment_rules::id)
                .select(payment_rules::id)
                .for_update()
                .load::<String>(conn)?;
        }
    }
    Ok(())
}

/// Every rule, locked against other writers until the transaction ends.
pub fn load_all_locked(tx: &mut Tx<'_>) -> Result<Vec<Rule>, StoreError> {
    if let Conn::Pg(conn) = tx.conn() {
        payment_rules::table
            .order(payment_rules::id)
            .select(payment_rules::id)
            .for_update()
            .load::<String>(conn)?;
    }
    load_all(tx.conn())
}

/// The ids of the rules with one of these names.
pub fn ids_named(conn: &mut Conn, names: &[&str]) -> Result<Vec<RuleId>, StoreError> {
    let mut found = Vec::new();
    for names in names.chunks(CHUNK) {
        let named = payment_rules::table.filter(payment_rules::name.eq_any(names));
        let ids: Vec<RuleId> = named.select(payment_rules::id).load(conn)?;
        found.extend(ids);
    }
    Ok(found)
}

/// Adds rules, many in a statement.
pub fn insert_all(tx: &mut Tx<'_>, rules: &[Rule]) -> Result<(), StoreError> {
    for rules in rules.chunks(ROWS) {
        let rows: Vec<RuleRow> = rules.iter().map(RuleRow::of).collect::<Result<_, _>>()?;
        on_each!(tx, conn => diesel::insert_into(payment_rules::table)
            .values(rows)
            .execute(conn))?;
    }
    insert_methods(tx, rules)?;
    insert_countries(tx, rules)
}

/// Replaces a locked rule. The rows of methods and countries are written only if they differ: a new row for a method
/// locks its integration, and archiving locks the integration before the rules, so that a deadlock would be possible.
pub fn save(tx: &mut Tx<'_>, before: &Rule, after: &Rule) -> Result<(), StoreError> {
    diesel::update(payment_rules::table.find(after.id))
        .set(RuleRow::of(after)?)
        .execute(tx.conn())?;
    if before.payment_methods != after.payment_methods {
        delete_methods(tx, after.id)?;
        insert_methods(tx, std::slice::from_ref(after))?;
    }
    if before.destinations != after.destinations {
        delete_countries(tx, after.id)?;
        insert_countries(tx, std::slice::from_ref(after))?;
    }
    Ok(())
}

/// Deletes a rule; its versions stay.
pub fn delete(tx: &mut Tx<'_>, id: RuleId) -> Result<(), StoreError> {
    delete_methods(tx, id)?;
    delete_countries(tx, id)?;
    diesel::delete(payment_rules::table.find(id)).execute(tx.conn())?;
    Ok(())
}

/// The version and name of a rule, even if the rest of it cannot be read.
pub fn find_version(conn: &mut Conn, id: RuleId) -> Result<Option<(i64, String)>, StoreError> {
    Ok(payment_rules::table
        .find(id)
        .select((payment_rules::version, payment_rules::name))
        .first(conn)
        .optional()?)
}

/// The rules that offer the method of an integration, in the order in which checkout walks them.
pub fn ids_using(conn: &mut Conn, integration: IntegrationId) -> Result<Vec<RuleId>, StoreError> {
    Ok(payment_rule_methods::table
        .inner_join(payment_rules::table)
        .filter(payment_rule_methods::integration_id.eq(integration))
        .order((payment_rules::sort_order, payment_rules::id))
        .select(payment_rules::id)
        .load(conn)?)
}

/// The types of those of these integrations that exist, locked against archiving until the transaction ends.
pub fn living_integrations(
    tx: &mut Tx<'_>,
    ids: &[IntegrationId],
) -> Result<HashMap<IntegrationId, String>, StoreError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let query = integrations::table
            .filter(integrations::id.eq_any(ids))
            .filter(integrations::archived_at.is_null())
            .order(integrations::id)
            .select((integrations::id, integrations::type_));
        let rows: Vec<(IntegrationId, String)> = match tx.conn() {
            Conn::Pg(conn) => query.for_share().load(conn)?,
            Conn::Sqlite(conn) => query.load(conn)?,
        };
        found.extend(rows);
    }
    Ok(found)
}

/// Adds the labels to the methods of rules, for answers.
pub fn add_labels<'r>(
    conn: &mut Conn,
    rules: impl IntoIterator<Item = &'r mut Rule>,
) -> Result<(), StoreError> {
    let methods = rules.into_iter().flat_map(|rule| &mut rule.payment_methods);
    let mut methods: Vec<&mut RuleMethod> = methods.collect();
    let mut ids: Vec<IntegrationId> = methods.iter().map(|it| it.id.integration).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut labels: HashMap<IntegrationId, String> = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let rows: Vec<(IntegrationId, String)> = integrations::table
            .filter(integrations::id.eq_any(ids))
            .select((integrations::id, integrations::label))
            .load(conn)?;
        let read = |(id, text): (IntegrationId, String)| {
            // An unreadable label is reported where its integration is read.
            let labels: Labels = serde_json::from_str(&text).ok()?;
            Some((id, labels.default))
        };
        labels.extend(rows.into_iter().filter_map(read));
    }
    for method in &mut methods {
        method.label = labels.get(&method.id.integration).cloned();
    }
    Ok(())
}

fn insert_methods(tx: &mut Tx<'_>, rules: &[Rule]) -> Result<(), StoreError> {
    let methods: Vec<_> = rules.iter().flat_map(row::method_values).collect();
    for rows in methods.chunks(ROWS) {
        on_each!(tx, conn => diesel::insert_into(payment_rule_methods::table)
            .values(rows)
            .execute(conn))?;
    }
    Ok(())
}

fn insert_countries(tx: &mut Tx<'_>, rules: &[Rule]) -> Result<(), StoreError> {
    let countries: Vec<_> = rules.iter().flat_map(row::country_values).collect();
    for rows in countries.chunks(ROWS) {
        on_each!(tx, conn => diesel::insert_into(payment_rule_countries::table)
            .values(rows)
            .execute(conn))?;
    }
    Ok(())
}

fn delete_methods(tx: &mut Tx<'_>, id: RuleId) -> Result<(), StoreError> {
    let of_rule = payment_rule_methods::rule_id.eq(id);
    diesel::delete(payment_rule_methods::table.filter(of_rule)).execute(tx.conn())?;
    Ok(())
}

fn delete_countries(tx: &mut Tx<'_>, id: RuleId) -> Result<(), StoreError> {
    let of_rule = payment_rule_countries::rule_id.eq(id);
    diesel::delete(payment_rule_countries::table.filter(of_rule)).execute(tx.conn())?;
    Ok(())
}

fn all(rules: Vec<Result<Rule, UnreadableRow>>) -> Result<Vec<Rule>, StoreError> {
    let all: Result<_, UnreadableRow> = rules.into_iter().collect();
    Ok(all?)
}

/// Adds the methods to rows that were just loaded.
fn each_with_methods(
    conn: &mut Conn,
    rows: Vec<RuleRow>,
) -> Result<Vec<Result<Rule, UnreadableRow>>, StoreError> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let methods = methods()
        .filter(payment_rule_methods::rule_id.eq_any(ids))
        .load(conn)?;
    Ok(assemble(rows, methods))
}

#[diesel::dsl::auto_type]
fn methods() -> _ {
    payment_rule_methods::table
        .inner_join(integrations::table)
        .order((
            payment_rule_methods::rule_id,
            payment_rule_methods::position,
        ))
        .select((
            payment_rule_methods::rule_id,
            integrations::type_,
            integrations::id,
            payment_rule_methods::options,
        ))
}

fn assemble(rows: Vec<RuleRow>, methods: Vec<MethodRow>) -> Vec<Result<Rule, UnreadableRow>> {
    let mut by_rule: HashMap<String, Vec<MethodRow>> = HashMap::with_capacity(rows.len());
    for method in methods {
        by_rule.entry(method.0.clone()).or_default().push(method);
    }
    rows.into_iter()
        .map(|row| {
            let (id, version) = (row.id.clone(), row.version);
            let methods = by_rule.remove(&row.id).unwrap_or_default();
            row.into_rule(methods)
                .map_err(|why| UnreadableRow { id, version, why })
        })
        .collect()
}

fn texts(ids: &[RuleId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
