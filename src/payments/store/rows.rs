//! Columns and what they mean.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::buyers;
use crate::{
    ids::PaymentId,
    money::Currency,
    payment_methods::MethodType,
    payments::{
        details::Details,
        event::{PaymentEvent, Source},
        natural_key::{ContentHash, NaturalKey},
        payment::{Payment, ProviderOrderRef},
        projection::Projection,
        status::Ended,
        transaction::{Action, Failure, Origin, Search, State, Transaction},
    },
    providers::ProviderId,
    store::{
        StoreError,
        schema::{payments, transactions},
        timestamp,
    },
};

pub type Columns = (
    payments::id,
    payments::integration_id,
    payments::method_type,
    payments::method_label,
    payments::website,
    payments::order_id,
    payments::po_number,
    payments::currency,
    payments::amount,
    payments::provider_account,
    payments::merchant_order_id,
    payments::provider_order_id,
    payments::provider_order_status,
    payments::ended,
    payments::live,
    payments::expires_at,
    payments::version,
    payments::created_at,
    payments::updated_at,
    buyers::Columns,
);
/// In the order of [`PaymentRow`]'s fields.
pub const COLUMNS: Columns = (
    payments::id,
    payments::integration_id,
    payments::method_type,
    payments::method_label,
    payments::website,
    payments::order_id,
    payments::po_number,
    payments::currency,
    payments::amount,
    payments::provider_account,
    payments::merchant_order_id,
    payments::provider_order_id,
    payments::provider_order_status,
    payments::ended,
    payments::live,
    payments::expires_at,
    payments::version,
    payments::created_at,
    payments::updated_at,
    buyers::COLUMNS,
);

/// A payment without its projection.
#[derive(Clone, Debug, Queryable)]
pub struct PaymentRow {
    id: String,
    integration_id: String,
    method_type: String,
    method_label: String,
    website: Option<String>,
    pub(super) order_id: String,
    po_number: Option<String>,
    currency: String,
    pub(super) amount: i64,
    provider_account: Option<String>,
    merchant_order_id: Option<String>,
    provider_order_id: Option<String>,
    provider_order_status: Option<String>,
    ended: Option<String>,
    live: bool,
    expires_at: Option<NaiveDateTime>,
    version: i64,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
    kept: buyers::KeptRow,
}

impl PaymentRow {
    /// The payment's id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl TryFrom<PaymentRow> for Payment {
    type Error = StoreError;

    fn try_from(row: PaymentRow) -> Result<Self, StoreError> {
        let unreadable =
            |what: &str| StoreError::unreadable(format!("{what} of payment {}", row.id));
        let provider_order = match (row.provider_account, row.merchant_order_id) {
            (Some(account), Some(merchant_order_id)) => Some(ProviderOrderRef {
                account,
                number: merchant_order_id,
                id: reference(row.provider_order_id, || unreadable("the order"))?,
                order_status: row.provider_order_status,
            }),
            _ => None,
        };
        let ended = row
            .ended
            .as_deref()
            .map(|word| Ended::parse(word).ok_or_else(|| unreadable("the end")));
        Ok(Payment {
            id: super::parse_id(&row.id)?,
            integration_id: row
                .integration_id
                .parse()
                .map_err(|_| unreadable("the integration"))?,
            method_type: MethodType::parse(&row.method_type)
                .ok_or_else(|| unreadable("the method"))?,
            currency: Currency::parse(&row.currency).ok_or_else(|| unreadable("the currency"))?,
            ended: ended.transpose()?,
            live: row.live,
            method_label: row.method_label,
            payment_term: row.kept.payment_term(),
            buyer: row.kept.buyer(),
            due_at: row.kept.due_at.map(timestamp::from_stored),
            method_short_label: row.kept.method_short_label,
            website: row.website,
            order_id: row.order_id,
            po_number: row.po_number,
            amount: row.amount,
            provider_order,
            expires_at: row.expires_at.map(timestamp::from_stored),
            version: row.version,
            created_at: timestamp::from_stored(row.created_at),
            updated_at: timestamp::from_stored(row.updated_at),
        })
    }
}

fn reference(
    id: Option<String>,
    unreadable: impl Fn() -> StoreError,
) -> Result<Option<ProviderId>, StoreError> {
    id.map(|id| ProviderId::parse(&id).ok_or_else(&unreadable))
        .transpose()
}

/// A payment's own fields as columns.
pub struct Head {
    pub integration_id: String,
    pub method_type: &'static str,
    pub method_label: String,
    pub website: Option<String>,
    pub order_id: String,
    pub po_number: Option<String>,
    pub currency: String,
    pub amount: i64,
    pub created_at: NaiveDateTime,
    changing: Changing,
}

/// Those that change.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = payments, treat_none_as_null = true)]
pub struct Changing {
    provider_account: Option<String>,
    merchant_order_id: Option<String>,
    provider_order_id: Option<String>,
    provider_order_status: Option<String>,
    ended: Option<&'static str>,
    expires_at: Option<NaiveDateTime>,
    version: i64,
    updated_at: NaiveDateTime,
}

impl Head {
    pub fn of(payment: &Payment) -> Self {
        let provider_order = payment.provider_order.as_ref();
        Head {
            integration_id: payment.integration_id.to_string(),
            method_type: payment.method_type.as_str(),
            method_label: payment.method_label.clone(),
            website: payment.website.clone(),
            order_id: payment.order_id.clone(),
            po_number: payment.po_number.clone(),
            currency: payment.currency.code().to_owned(),
            amount: payment.amount,
            created_at: timestamp::to_stored(payment.created_at),
            changing: Changing {
                provider_account: provider_order.map(|it| it.account.clone()),
                merchant_order_id: provider_order.map(|it| it.number.clone()),
                provider_order_id: provider_order
                    .and_then(|it| it.id.as_ref())
                    .map(ToString::to_string),
                provider_order_status: provider_order.and_then(|it| it.order_status.clone()),
                ended: payment.ended.map(Ended::as_str),
                expires_at: payment.expires_at.map(timestamp::to_stored),
                version: payment.version,
                updated_at: timestamp::to_stored(payment.updated_at),
            },
        }
    }

    pub fn changing(&self) -> &Changing {
        &self.changing
    }
}

/// The projection as columns.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = payments, treat_none_as_null = true)]
pub struct Projected {
    status: &'static str,
    live: bool,
    active: bool,
    unsettled: bool,
    authorized: i64,
    invoiced: i64,
    captured: i64,
    returned: i64,
    refunded: i64,
    canceled: i64,
    rests_since: Option<NaiveDateTime>,
    unfunded_since: Option<NaiveDateTime>,
    unfunded_shipped_since: Option<NaiveDateTime>,
    next_look_at: Option<NaiveDateTime>,
}

/// The projection as columns; the caller, which knows the order's other payments, sets `live`.
pub fn projected(it: &Projection, live: bool) -> Projected {
    Projected {
        status: it.status.as_str(),
        live,
        active: it.active,
        unsettled: it.unsettled,
        authorized: it.amounts.authorized,
        invoiced: it.amounts.invoiced,
        captured: it.amounts.captured,
        returned: it.amounts.returned,
        refunded: it.amounts.refunded,
        canceled: it.amounts.canceled,
        rests_since: it.rests_since.map(timestamp::to_stored),
        unfunded_since: it.unfunded_since.map(timestamp::to_stored),
        unfunded_shipped_since: it.unfunded_shipped_since.map(timestamp::to_stored),
        next_look_at: it.next_look_at.map(timestamp::to_stored),
    }
}

/// A transaction as columns, to insert or to write over.
#[derive(AsChangeset, Insertable)]
#[diesel(table_name = transactions, treat_none_as_null = true)]
pub struct NewTransaction {
    id: String,
    payment_id: String,
    integration_id: String,
    parent_id: Option<String>,
    action: &'static str,
    origin: &'static str,
    state: &'static str,
    amount: i64,
    reference: Option<String>,
    number: Option<String>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    details: String,
    call_until: Option<NaiveDateTime>,
    reads: i32,
    absences: i32,
    absent_since: Option<NaiveDateTime>,
    next_read_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    ordinal: i32,
    natural_key: Option<String>,
    content_hash: Option<String>,
    earlier_key: Option<String>,
    caller_reference: Option<String>,
}

impl NewTransaction {
    pub fn of(it: &Transaction, payment: PaymentId, integration: &str) -> Self {
        let key = it.natural_key.as_ref();
        let content = key.and_then(|key| key.content.as_ref());
        let name = key.map(|key| key.name.clone());
        let (natural_key, earlier_key) = match content {
            Some(_) => (name, None),
            None => (None, name),
        };
        NewTransaction {
            id: it.id.to_string(),
            payment_id: payment.to_string(),
            integration_id: integration.to_owned(),
            parent_id: it.parent_id.map(|id| id.to_string()),
            action: it.action.as_str(),
            origin: it.origin.as_str(),
            state: it.state.as_str(),
            amount: it.amount,
            reference: it.reference.as_ref().map(ToString::to_string),
            number: it.number.clone(),
            failure_code: it.failure.as_ref().map(|failure| failure.code.clone()),
            failure_message: it.failure.as_ref().map(|failure| failure.message.clone()),
            details: serde_json::json!(it.details).to_string(),
            call_until: it.call_until.map(timestamp::to_stored),
            reads: i32::try_from(it.search.reads).unwrap_or(i32::MAX),
            absences: i32::try_from(it.search.absences).unwrap_or(i32::MAX),
            absent_since: it.search.absent_since.map(timestamp::to_stored),
            next_read_at: it.search.next_at.map(timestamp::to_stored),
            created_at: timestamp::to_stored(it.created_at),
            updated_at: timestamp::to_stored(it.updated_at),
            ordinal: i32::try_from(it.ordinal).unwrap_or(i32::MAX),
            natural_key,
            content_hash: content.map(ToString::to_string),
            earlier_key,
            caller_reference: it.caller_reference.clone(),
        }
    }
}

#[derive(Queryable)]
pub struct TransactionRow {
    id: String,
    payment_id: String,
    _integration_id: String,
    parent_id: Option<String>,
    action: String,
    origin: String,
    state: String,
    amount: i64,
    reference: Option<String>,
    number: Option<String>,
    failure_code: Option<String>,
    failure_message: Option<String>,
    details: String,
    call_until: Option<NaiveDateTime>,
    reads: i32,
    absences: i32,
    absent_since: Option<NaiveDateTime>,
    next_read_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    ordinal: i32,
    natural_key: Option<String>,
    content_hash: Option<String>,
    earlier_key: Option<String>,
    caller_reference: Option<String>,
}

impl TransactionRow {
    /// Whose it is.
    pub fn payment_id(&self) -> &str {
        &self.payment_id
    }
}

impl TryFrom<TransactionRow> for Transaction {
    type Error = StoreError;

    fn try_from(row: TransactionRow) -> Result<Self, StoreError> {
        let unreadable =
            |what: &str| StoreError::unreadable(format!("{what} of transaction {}", row.id));
        let parent = row
            .parent_id
            .as_deref()
            .map(|id| id.parse().map_err(|_| unreadable("the parent")));
        let details: Details =
            serde_json::from_str(&row.details).map_err(|_| unreadable("the details"))?;
        Ok(Transaction {
            id: row.id.parse().map_err(|_| unreadable("the id"))?,
            parent_id: parent.transpose()?,
            action: Action::parse(&row.action).ok_or_else(|| unreadable("the action"))?,
            origin: Origin::parse(&row.origin).ok_or_else(|| unreadable("the origin"))?,
            state: State::parse(&row.state).ok_or_else(|| unreadable("the state"))?,
            amount: row.amount,
            reference: reference(row.reference, || StoreError::unreadable("a reference"))?,
            number: row.number,
            caller_reference: row.caller_reference,
            failure: row.failure_code.map(|code| Failure {
                code,
                message: row.failure_message.unwrap_or_default(),
            }),
            details,
            natural_key: row.natural_key.or(row.earlier_key).map(|name| NaturalKey {
                name,
                content: row.content_hash.map(ContentHash::from_stored),
            }),
            call_until: row.call_until.map(timestamp::from_stored),
            search: Search {
                reads: u32::try_from(row.reads).unwrap_or(0),
                absences: u32::try_from(row.absences).unwrap_or(0),
                absent_since: row.absent_since.map(timestamp::from_stored),
                next_at: row.next_read_at.map(timestamp::from_stored),
            },
            ordinal: u32::try_from(row.ordinal).unwrap_or(0),
            created_at: timestamp::from_stored(row.created_at),
            updated_at: timestamp::from_stored(row.updated_at),
        })
    }
}

#[derive(Queryable)]
pub struct HappeningRow {
    id: String,
    _payment_id: String,
    version: i64,
    happened_at: NaiveDateTime,
    source: String,
    kind: String,
    transaction_id: Option<String>,
    changed: bool,
    message: String,
}

impl TryFrom<HappeningRow> for PaymentEvent {
    type Error = StoreError;

    fn try_from(row: HappeningRow) -> Result<Self, StoreError> {
        let unreadable =
            |what: &str| StoreError::unreadable(format!("{what} of history entry {}", row.id));
        let transaction = row
            .transaction_id
            .as_deref()
            .map(|id| id.parse().map_err(|_| unreadable("the transaction")));
        Ok(PaymentEvent {
            transaction_id: transaction.transpose()?,
            id: row.id.parse().map_err(|_| unreadable("the id"))?,
            version: row.version,
            at: timestamp::from_stored(row.happened_at),
            source: Source::parse(&row.source).ok_or_else(|| unreadable("the source"))?,
            kind: row.kind,
            changed: row.changed,
            message: row.message,
        })
    }
}
