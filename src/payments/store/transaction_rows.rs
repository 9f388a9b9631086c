//! A transaction as its row, both ways.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    ids::{IntegrationId, PaymentId, TransactionId},
    payments::{
        natural_key::{ContentHash, NaturalKey},
        payment::Payment,
        transaction::{Action, Failure, FailureCode, Origin, Search, State, Transaction},
    },
    providers::ProviderId,
    store::{
        StoreError,
        columns::{Moment, MomentOrNever},
        schema::transactions,
    },
};

/// A transaction as columns, to insert or to write over. The details are JSON that is made before the write.
#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = transactions, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct TransactionRow {
    id: TransactionId,
    payment_id: PaymentId,
    integration_id: IntegrationId,
    parent_id: Option<TransactionId>,
    action: Action,
    origin: Origin,
    state: State,
    amount: i64,
    reference: Option<ProviderId>,
    number: Option<String>,
    failure_code: Option<FailureCode>,
    failure_message: Option<String>,
    details: String,
    call_until: Option<Moment>,
    reads: i32,
    absences: i32,
    absent_since: Option<Moment>,
    next_read_at: Option<Moment>,
    created_at: Moment,
    updated_at: Moment,
    ordinal: i32,
    natural_key: Option<String>,
    content_hash: Option<ContentHash>,
    earlier_key: Option<String>,
    caller_reference: Option<String>,
    booked_at: MomentOrNever,
}

impl TransactionRow {
    pub fn of(it: &Transaction, payment: &Payment) -> Self {
        let key = it.natural_key.as_ref();
        let content = key.and_then(|key| key.content.clone());
        let name = key.map(|key| key.name.clone());
        let (natural_key, earlier_key) = match content {
            Some(_) => (name, None),
            None => (None, name),
        };
        TransactionRow {
            id: it.id,
            payment_id: payment.id,
            integration_id: payment.integration_id,
            parent_id: it.parent_id,
            action: it.action,
            origin: it.origin,
            state: it.state,
            amount: it.amount,
            reference: it.reference.clone(),
            number: it.number.clone(),
            failure_code: it.failure.as_ref().map(|failure| failure.code),
            failure_message: it.failure.as_ref().map(|failure| failure.message.clone()),
            details: serde_json::json!(it.details).to_string(),
            call_until: it.call_until.map(Into::into),
            reads: i32::try_from(it.search.reads).unwrap_or(i32::MAX),
            absences: i32::try_from(it.search.absences).unwrap_or(i32::MAX),
            absent_since: it.search.absent_since.map(Into::into),
            next_read_at: it.search.next_at.map(Into::into),
            created_at: it.created_at.into(),
            updated_at: it.updated_at.into(),
            ordinal: i32::try_from(it.ordinal).unwrap_or(i32::MAX),
            natural_key,
            content_hash: content,
            earlier_key,
            caller_reference: it.caller_reference.clone(),
            booked_at: it.booked_at.into(),
        }
    }
}

/// The details of a transaction that cannot be read.
pub fn unreadable_details(id: TransactionId) -> StoreError {
    StoreError::unreadable(format!("the details of transaction {id}"))
}

impl TryFrom<TransactionRow> for Transaction {
    type Error = StoreError;

    fn try_from(row: TransactionRow) -> Result<Self, StoreError> {
        let unreadable = |_| unreadable_details(row.id);
        // Older versions do not store when a transaction was booked.
        let updated_at: DateTime<Utc> = row.updated_at.into();
        let booked_at: Option<DateTime<Utc>> = row.booked_at.into();
        let is_done = row.state == State::Succeeded && row.action != Action::Purchase;
        Ok(Transaction {
            id: row.id,
            parent_id: row.parent_id,
            action: row.action,
            origin: row.origin,
            state: row.state,
            amount: row.amount,
            reference: row.reference,
            number: row.number,
            natural_key: row.natural_key.or(row.earlier_key).map(|name| NaturalKey {
                name,
                content: row.content_hash,
            }),
            caller_reference: row.caller_reference,
            failure: row.failure_code.map(|code| Failure {
                code,
                message: row.failure_message.unwrap_or_default(),
            }),
            details: serde_json::from_str(&row.details).map_err(unreadable)?,
            call_until: row.call_until.map(Into::into),
            search: Search {
                reads: u32::try_from(row.reads).unwrap_or(0),
                absences: u32::try_from(row.absences).unwrap_or(0),
                absent_since: row.absent_since.map(Into::into),
                next_at: row.next_read_at.map(Into::into),
            },
            ordinal: u32::try_from(row.ordinal).unwrap_or(0),
            booked_at: booked_at.or(is_done.then_some(updated_at)),
            created_at: row.created_at.into(),
            updated_at,
        })
    }
}
