//! Which payments are listed.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Nullable, Timestamp},
};

use super::search::NameRange;
use crate::{
    auth::Websites,
    http::pagination::{AmountRange, FilledText, Period, SearchText, list_filter},
    ids::IntegrationId,
    money::Currency,
    payment_methods::PaymentMethodId,
    payments::status::Status,
    store::{
        MultiBackend,
        keyset::{RowCondition, equal, sorted, within},
        schema::{payments, transactions},
        timestamp,
    },
};

/// The deadline for the provider's money: invoices of the integration that have waited since `before` or longer are
/// overdue now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    pub integration: IntegrationId,
    /// Whether an invoice waits from its shipment on, and not from its issue.
    pub from_shipment: bool,
    pub before: DateTime<Utc>,
}

sorted! {
    /// The sort fields of the list.
    PaymentSort of payments by id as String {
        CreatedAt = "createdAt": created_at as NaiveDateTime,
        UpdatedAt = "updatedAt": updated_at as NaiveDateTime,
        OrderId = "orderId": order_id as String,
        Amount = "amount": amount as i64,
    }
}

list_filter! {
    /// The filters of the list; all that are set must match.
    PaymentFilter of PaymentSort by CreatedAt Descending {
        /// Only payments of which one of these names begins with this text, whatever the case of the letters A to Z: the
        /// order id, the PO number, the provider's order id, the buyer's `customerId` and `customerName`, and of every
        /// transaction the provider's id, the caller's own reference and the number. No character stands for others.
        search: Option<SearchText> = "q" such as "SO-10",
        /// Only payments of this order.
        order_id: Option<String> = "orderId",
        /// Only payments with this PO number.
        po_number: Option<String> = "poNumber",
        /// Only payments of this company, by the shop's id of it.
        customer_id: Option<String> = "customerId",
        /// Only payments of this website.
        website: Option<String> = "website",
        /// Only payments in this status. If it is repeated, payments in any of the statuses.
        statuses: Vec<Status> = "status",
        /// Only payments with this integration.
        integration: Option<IntegrationId> = "integrationId",
        /// Only payments with this method.
        method: Option<PaymentMethodId> = "paymentMethodId",
        /// Only the payment with this order at its provider.
        provider_order_id: Option<FilledText> = "providerOrderId",
        /// Only payments in this ISO 4217 currency.
        currency: Option<Currency> = "currency" such as "USD",
        /// Only payments
        amounts: AmountRange = "amount" such as "100.00",
        /// Only payments with a transaction of this name: the provider's id, or the caller's own reference, for example the
        /// number of a check.
        reference: Option<String> = "reference" such as "CHK-1",
        /// Only payments with an unknown result (`true`), or only the others (`false`).
        unsettled: Option<bool> = "unsettled",
        /// Only payments that the provider should have paid by now (`true`), or only the others (`false`).
        funding_overdue: Option<bool> = "fundingOverdue",
        /// Only payments created
        created: Period = "created",
        /// Only payments last changed
        updated: Period = "updated",
    }
    with {
        /// The deadlines for `fundingOverdue`.
        deadlines: Vec<Deadline>,
        /// The websites of the caller.
        websites: Websites,
    }
}

/// The selected payments.
pub fn narrowed(filter: &PaymentFilter) -> payments::BoxedQuery<'static, MultiBackend> {
    let mut query = equal!(payments::table.into_boxed(), payments {
        order_id = filter.order_id,
        po_number = filter.po_number,
        buyer_customer_id = filter.customer_id,
        provider_order_id = filter.provider_order_id,
        currency = filter.currency,
        website = filter.website,
        integration_id = filter.integration,
    });
    if let Some(from) = filter.amounts.from_minor {
        query = query.filter(payments::amount.ge(from));
    }
    if let Some(until) = filter.amounts.until_minor {
        query = query.filter(payments::amount.lt(until));
    }
    if let Some(names) = filter.websites.names() {
        query = query.filter(payments::website.eq_any(names.to_vec()));
    }
    query = match filter.statuses.as_slice() {
        [] => query,
        // By an index in the order of the list.
        [status] => query.filter(payments::status.eq(*status)),
        several => query.filter(payments::status.eq_any(several.to_vec())),
    };
    if let Some(method) = filter.method {
        query = query
            .filter(payments::integration_id.eq(method.integration))
            .filter(payments::method_type.eq(method.kind));
    }
    if let Some(reference) = &filter.reference {
        let named = transactions::table
            .filter(
                transactions::reference
                    .eq(reference.clone())
                    .or(transactions::caller_reference.eq(reference.clone())),
            )
            .select(transactions::payment_id);
        query = query.filter(payments::id.eq_any(named));
    }
    if let Some(unsettled) = filter.unsettled {
        // Not as a parameter: an index holds only those that are.
        query = match unsettled {
            true => query.filter(payments::unsettled),
            false => query.filter(diesel::dsl::not(payments::unsettled)),
        };
    }
    if let Some(SearchText(text)) = &filter.search {
        query = query.filter(NameRange::beginning_with(text));
    }
    query = within!(query, payments::created_at, filter.created);
    query = within!(query, payments::updated_at, filter.updated);
    match filter.funding_overdue {
        Some(true) => query.filter(passed(&filter.deadlines)),
        Some(false) => query.filter(diesel::dsl::not(passed(&filter.deadlines))),
        None => query,
    }
}

/// Whether a payment waits for money beyond any of the deadlines.
fn passed(deadlines: &[Deadline]) -> RowCondition<payments::table> {
    // No payment, by an index.
    let none: RowCondition<payments::table> = Box::new(payments::id.eq(""));
    deadlines
        .iter()
        .fold(none, |any, deadline| Box::new(any.or(is_over(deadline))))
}

/// Whether a payment waits for its money beyond a deadline.
pub fn is_over(deadline: &Deadline) -> RowCondition<payments::table> {
    let integration = payments::integration_id.eq(deadline.integration);
    let waits = waits_since(deadline).is_not_null();
    let before = timestamp::to_stored(deadline.before);
    let long = waits_since(deadline).assume_not_null().le(before);
    Box::new(integration.and(waits).and(long))
}

type NullableMoment = Box<
    dyn BoxableExpression<payments::table, MultiBackend, SqlType = Nullable<Timestamp>> + 'static,
>;

/// Since when a payment waits for its money.
pub fn waits_since(deadline: &Deadline) -> NullableMoment {
    match deadline.from_shipment {
        true => Box::new(payments::unfunded_shipped_since),
        false => Box::new(payments::unfunded_since),
    }
}
