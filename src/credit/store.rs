//! The rows of credit entries, and the log of their changes.
//!
//! Every change takes the next number from one counter, whose row stays locked until the commit. So a replica that has
//! seen a number has seen all lower numbers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    cache::CreditChange,
    entry::{CreditEntry, CreditKey, Outdated},
};
use crate::{
    ids::IntegrationId,
    privacy::{EmailHash, SealedColumn, sealed_column},
    seal::SealedField,
    store::{
        Conn, StoreError, Tx,
        columns::Moment,
        on_each,
        schema::{credit_changes, credit_counter, credit_entries, credit_entry_accounts},
        timestamp,
    },
};

/// The account id in the log for entries without an account.
const WITHOUT_ACCOUNT: &str = "";

/// The row of an entry.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = credit_entries)]
pub struct CreditRow {
    pub id: String,
    pub integration_id: IntegrationId,
    pub sealed: String,
    #[diesel(deserialize_as = Moment)]
    pub read_at: DateTime<Utc>,
    pub number: i64,
}

/// An entry to be stored.
#[derive(Clone, Debug)]
pub struct NewCredit {
    pub key: CreditKey,
    pub entry: CreditEntry,
    pub sealed: String,
}

/// The sealed column of an entry.
pub fn place(id: &str) -> SealedField<'_> {
    SealedField::of("credit_entries", id, "sealed")
}

/// The number of the last change.
pub fn last_change(conn: &mut Conn) -> Result<i64, StoreError> {
    let last = credit_counter::table.select(credit_counter::last);
    Ok(last.first(conn)?)
}

/// The changes with higher numbers than `after`, in order.
pub fn list_changes(conn: &mut Conn, after: i64) -> Result<Vec<CreditChange>, StoreError> {
    Ok(credit_changes::table
        .filter(credit_changes::number.gt(after))
        .order(credit_changes::number)
        .select(CreditChange::as_select())
        .load(conn)?)
}

/// The row with this id, if any, and the number of the last change when it was read.
pub fn find(conn: &mut Conn, id: &str) -> Result<(Option<CreditRow>, i64), StoreError> {
    let found = credit_entries::table
        .find(id)
        .select(CreditRow::as_select());
    let row = found.first(conn).optional()?;
    Ok((row, last_change(conn)?))
}

/// The rows of a buyer in all integrations.
pub fn list_by_email(conn: &mut Conn, email: &EmailHash) -> Result<Vec<CreditRow>, StoreError> {
    Ok(credit_entries::table
        .filter(credit_entries::email_hash.eq(email))
        .order(credit_entries::id)
        .select(CreditRow::as_select())
        .load(conn)?)
}

/// Stores an entry whose read began when `began` was the last change, and returns its number. `None` if a change since
/// then has made it outdated.
pub fn save(tx: &mut Tx<'_>, new: &NewCredit, began: i64) -> Result<Option<i64>, StoreError> {
    let number = next_number(tx)?;
    let changes: Vec<CreditChange> = credit_changes::table
        .filter(credit_changes::number.gt(began))
        .filter(credit_changes::outdated)
        .filter(credit_changes::integration_id.eq(new.key.integration))
        .select(CreditChange::as_select())
        .load(tx.conn())?;
    let entry = Some(&new.entry);
    if changes.iter().any(|it| it.concerns(&new.key, entry)) {
        return Ok(None);
    }
    let id = new.key.row();
    let values = (
        credit_entries::sealed.eq(&new.sealed),
        credit_entries::read_at.eq(timestamp::to_stored(new.entry.read_at)),
        credit_entries::number.eq(number),
    );
    on_each!(tx.conn(), conn => diesel::insert_into(credit_entries::table)
        .values((
            credit_entries::id.eq(&id),
            credit_entries::integration_id.eq(new.key.integration),
            credit_entries::email_hash.eq(&new.key.email),
            values,
        ))
        .on_conflict(credit_entries::id)
        .do_update()
        .set(values)
        .execute(conn))?;
    let named = credit_entry_accounts::table.filter(credit_entry_accounts::entry_id.eq(&id));
    diesel::delete(named).execute(tx.conn())?;
    for account in &new.entry.accounts {
        on_each!(tx.conn(), conn => diesel::insert_into(credit_entry_accounts::table)
            .values((
                credit_entry_accounts::entry_id.eq(&id),
                credit_entry_accounts::account_id.eq(&account.id),
            ))
            .on_conflict_do_nothing()
            .execute(conn))?;
    }
    let change = CreditChange {
        number,
        integration: new.key.integration,
        email: Some(new.key.email.clone()),
        account: None,
    };
    log(tx, &change, false, new.entry.read_at)?;
    Ok(Some(number))
}

/// Deletes outdated entries and logs the change.
pub fn drop_outdated(
    tx: &mut Tx<'_>,
    integration: IntegrationId,
    outdated: &Outdated,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (email, account) = match outdated {
        Outdated::Buyer(email) => (Some(email.clone()), None),
        Outdated::Account(account) => (None, Some(account.to_string())),
        Outdated::WithoutAccount => (None, Some(WITHOUT_ACCOUNT.to_owned())),
        Outdated::All => (None, None),
    };
    let change = CreditChange {
        number: next_number(tx)?,
        integration,
        email,
        account,
    };
    let ids = outdated_rows(tx.conn(), integration, outdated)?;
    for some in ids.chunks(500) {
        delete(tx, some)?;
    }
    log(tx, &change, true, now)
}

/// Deletes entries, and returns their number.
fn delete(tx: &mut Tx<'_>, ids: &[String]) -> Result<usize, StoreError> {
    on_each!(tx.conn(), conn => diesel::delete(credit_entry_accounts::table)
        .filter(credit_entry_accounts::entry_id.eq_any(ids))
        .execute(conn))?;
    let deleted = on_each!(tx.conn(), conn => diesel::delete(credit_entries::table)
        .filter(credit_entries::id.eq_any(ids))
        .execute(conn))?;
    Ok(deleted)
}

fn outdated_rows(
    conn: &mut Conn,
    integration: IntegrationId,
    outdated: &Outdated,
) -> Result<Vec<String>, StoreError> {
    let rows = credit_entries::table
        .filter(credit_entries::integration_id.eq(integration))
        .select(credit_entries::id)
        .into_boxed();
    let named =
        credit_entry_accounts::table.filter(credit_entry_accounts::entry_id.eq(credit_entries::id));
    let rows = match outdated {
        Outdated::Buyer(email) => rows.filter(credit_entries::email_hash.eq(email)),
        Outdated::Account(account) => {
            let with_account = credit_entry_accounts::table
                .filter(credit_entry_accounts::account_id.eq(account.as_str()))
                .select(credit_entry_accounts::entry_id);
            rows.filter(credit_entries::id.eq_any(with_account))
        }
        Outdated::WithoutAccount => rows.filter(diesel::dsl::not(diesel::dsl::exists(named))),
        Outdated::All => rows,
    };
    Ok(rows.load(conn)?)
}

fn next_number(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(diesel::update(credit_counter::table)
        .set(credit_counter::last.eq(credit_counter::last + 1))
        .returning(credit_counter::last)
        .get_result(tx.conn())?)
}

fn log(
    tx: &mut Tx<'_>,
    change: &CreditChange,
    outdated: bool,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::insert_into(credit_changes::table)
        .values((
            change,
            credit_changes::outdated.eq(outdated),
            credit_changes::changed_at.eq(timestamp::to_stored(at)),
        ))
        .execute(tx.conn())?;
    Ok(())
}

/// Deletes expired entries, and returns their number.
pub fn forget_before(
    tx: &mut Tx<'_>,
    oldest: DateTime<Utc>,
    most: i64,
) -> Result<usize, StoreError> {
    let ids: Vec<String> = credit_entries::table
        .filter(credit_entries::read_at.lt(timestamp::to_stored(oldest)))
        .order(credit_entries::read_at)
        .limit(most)
        .select(credit_entries::id)
        .load(tx.conn())?;
    delete(tx, &ids)
}

/// Deletes changes that every replica has read, and returns their number.
pub fn forget_changes(tx: &mut Tx<'_>, oldest: DateTime<Utc>) -> Result<usize, StoreError> {
    let old = credit_changes::changed_at.lt(timestamp::to_stored(oldest));
    Ok(diesel::delete(credit_changes::table.filter(old)).execute(tx.conn())?)
}

/// The sealed columns of this module.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(credit_entries.sealed by id, place, batch = 200)];
