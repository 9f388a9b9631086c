//! A payment as its row.

use chrono::DateTime;
use diesel::prelude::*;

use crate::{
    ids::{IntegrationId, PaymentId},
    money::Currency,
    payment_methods::MethodType,
    payments::{
        buyer::BuyerIdentity,
        payment::{Payment, ProviderOrderRef},
        projection::Projection,
        status::Ended,
    },
    providers::{AccountKey, ProviderId},
    store::{columns::Moment, schema::payments},
};

/// A payment without its projection.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = payments)]
pub struct PaymentRow {
    #[diesel(embed)]
    pub head: Head,
    live: bool,
}

/// A payment's own fields as columns.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = payments, treat_none_as_default_value = false)]
pub struct Head {
    pub id: PaymentId,
    pub integration_id: IntegrationId,
    method_type: MethodType,
    method_label: String,
    method_short_label: Option<String>,
    payment_term: Option<String>,
    #[diesel(embed)]
    buyer: BuyerIdentity,
    due_at: Option<Moment>,
    pub website: Option<String>,
    pub order_id: String,
    po_number: Option<String>,
    currency: Currency,
    amount: i64,
    created_at: Moment,
    #[diesel(embed)]
    pub changing: Changing,
}

/// The columns that change.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = payments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Changing {
    provider_account: Option<AccountKey>,
    merchant_order_id: Option<String>,
    provider_order_id: Option<ProviderId>,
    provider_order_status: Option<String>,
    ended: Option<Ended>,
    expires_at: Option<Moment>,
    version: i64,
    /// The version at which the rows of its invoices were written.
    listed_version: i64,
    updated_at: Moment,
}

impl From<PaymentRow> for Payment {
    fn from(PaymentRow { head, live }: PaymentRow) -> Self {
        let changing = head.changing;
        let place = changing.provider_account.zip(changing.merchant_order_id);
        let term = head.payment_term;
        Payment {
            id: head.id,
            integration_id: head.integration_id,
            method_type: head.method_type,
            method_label: head.method_label,
            method_short_label: head.method_short_label,
            payment_term: term.and_then(|term| serde_json::from_str(&term).ok()),
            buyer: head.buyer,
            due_at: head.due_at.map(Into::into),
            website: head.website,
            order_id: head.order_id,
            po_number: head.po_number,
            currency: head.currency,
            amount: head.amount,
            provider_order: place.map(|(account, number)| ProviderOrderRef {
                account,
                number,
                id: changing.provider_order_id,
                order_status: changing.provider_order_status,
            }),
            ended: changing.ended,
            live,
            expires_at: changing.expires_at.map(Into::into),
            version: changing.version,
            created_at: head.created_at.into(),
            updated_at: changing.updated_at.into(),
        }
    }
}

impl Head {
    pub fn of(payment: &Payment) -> Self {
        let provider_order = payment.provider_order.as_ref();
        let term = payment.payment_term.as_ref();
        Head {
            id: payment.id,
            integration_id: payment.integration_id,
            method_type: payment.method_type,
            method_label: payment.method_label.clone(),
            method_short_label: payment.method_short_label.clone(),
            payment_term: term.map(|term| serde_json::json!(term).to_string()),
            buyer: payment.buyer.clone(),
            due_at: payment.due_at.map(Into::into),
            website: payment.website.clone(),
            order_id: payment.order_id.clone(),
            po_number: payment.po_number.clone(),
            currency: payment.currency,
            amount: payment.amount,
            created_at: payment.created_at.into(),
            changing: Changing {
                provider_account: provider_order.map(|it| it.account.clone()),
                merchant_order_id: provider_order.map(|it| it.number.clone()),
                provider_order_id: provider_order.and_then(|it| it.id.clone()),
                provider_order_status: provider_order.and_then(|it| it.order_status.clone()),
                ended: payment.ended,
                expires_at: payment.expires_at.map(Into::into),
                version: payment.version,
                listed_version: payment.version,
                updated_at: payment.updated_at.into(),
            },
        }
    }
}

/// The projection as columns.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = payments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ProjectionRow {
    /// A text, so that `verify` can report any word.
    status: String,
    pub live: bool,
    active: bool,
    unsettled: bool,
    authorized: i64,
    invoiced: i64,
    captured: i64,
    returned: i64,
    refunded: i64,
    canceled: i64,
    rests_since: Option<Moment>,
    unfunded_since: Option<Moment>,
    unfunded_shipped_since: Option<Moment>,
    next_look_at: Option<Moment>,
}

impl ProjectionRow {
    /// The projection as columns; the caller, which knows the order's other payments, sets `live`.
    pub fn of(it: &Projection, live: bool) -> Self {
        ProjectionRow {
            status: it.status.as_str().to_owned(),
            live,
            active: it.active,
            unsettled: it.unsettled,
            authorized: it.amounts.authorized,
            invoiced: it.amounts.invoiced,
            captured: it.amounts.captured,
            returned: it.amounts.returned,
            refunded: it.amounts.refunded,
            canceled: it.amounts.canceled,
            rests_since: it.rests_since.map(Into::into),
            unfunded_since: it.unfunded_since.map(Into::into),
            unfunded_shipped_since: it.unfunded_shipped_since.map(Into::into),
            next_look_at: it.next_look_at.map(Into::into),
        }
    }

    /// The columns by name, as `verify` compares them.
    pub fn columns(&self) -> [(&'static str, String); 14] {
        let text = |at: Option<Moment>| {
            at.map_or_else(
                || "nothing".to_owned(),
                |at| DateTime::from(at).to_rfc3339(),
            )
        };
        [
            ("status", self.status.clone()),
            ("live", self.live.to_string()),
            ("active", self.active.to_string()),
            ("unsettled", self.unsettled.to_string()),
            // A claim moves it, so that only whether there is one can be compared.
            ("has next_look_at", self.next_look_at.is_some().to_string()),
            ("authorized", self.authorized.to_string()),
            ("invoiced", self.invoiced.to_string()),
            ("captured", self.captured.to_string()),
            ("returned", self.returned.to_string()),
            ("refunded", self.refunded.to_string()),
            ("canceled", self.canceled.to_string()),
            ("rests_since", text(self.rests_since)),
            ("unfunded_since", text(self.unfunded_since)),
            ("unfunded_shipped_since", text(self.unfunded_shipped_since)),
        ]
    }
}
