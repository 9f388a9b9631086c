//! Which payments are listed.

use diesel::prelude::*;

use super::search::NameRange;
use crate::{
    auth::Websites,
    http::pagination::{AmountRange, Period},
    ids::IntegrationId,
    money::Currency,
    payment_methods::PaymentMethodId,
    payments::{deadline::Deadline, status::Status},
    store::{
        MultiBackend,
        keyset::{RowCondition, within},
        schema::{payments, transactions},
        timestamp,
    },
};

/// What a list can be narrowed to; everything given must hold.
#[derive(Clone, Debug, Default)]
pub struct PaymentFilter {
    pub order_id: Option<String>,
    pub po_number: Option<String>,
    /// The shop's id of the company that buys.
    pub customer_id: Option<String>,
    pub provider_order_id: Option<String>,
    pub currency: Option<Currency>,
    pub amounts: AmountRange,
    pub website: Option<String>,
    /// The websites of the caller.
    pub websites: Websites,
    /// Any of these; none are given where it does not matter.
    pub statuses: Vec<Status>,
    pub integration: Option<IntegrationId>,
    pub method: Option<PaymentMethodId>,
    /// The provider's id of anything under the payment, or the caller's own name for it.
    pub reference: Option<String>,
    pub unsettled: Option<bool>,
    /// Whether any of these deadlines has passed.
    pub overdue: Option<(bool, Vec<Deadline>)>,
    pub created: Period,
    pub updated: Period,
    /// What one of the payment's names begins with.
    pub search: Option<String>,
}

/// The selected payments.
pub fn narrowed(filter: &PaymentFilter) -> payments::BoxedQuery<'static, MultiBackend> {
    let mut query = payments::table.into_boxed();
    if let Some(order_id) = &filter.order_id {
        query = query.filter(payments::order_id.eq(order_id.clone()));
    }
    if let Some(number) = &filter.po_number {
        query = query.filter(payments::po_number.eq(number.clone()));
    }
    if let Some(customer) = &filter.customer_id {
        query = query.filter(payments::buyer_customer_id.eq(customer.clone()));
    }
    if let Some(id) = &filter.provider_order_id {
        query = query.filter(payments::provider_order_id.eq(id.clone()));
    }
    if let Some(currency) = filter.currency {
        query = query.filter(payments::currency.eq(currency));
    }
    if let Some(from) = filter.amounts.from_minor {
        query = query.filter(payments::amount.ge(from));
    }
    if let Some(until) = filter.amounts.until_minor {
        query = query.filter(payments::amount.lt(until));
    }
    if let Some(website) = &filter.website {
        query = query.filter(payments::website.eq(website.clone()));
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
    if let Some(integration) = filter.integration {
        query = query.filter(payments::integration_id.eq(integration));
    }
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
    if let Some(text) = &filter.search {
        query = query.filter(NameRange::beginning_with(text));
    }
    query = within!(query, payments::created_at, filter.created);
    query = within!(query, payments::updated_at, filter.updated);
    match &filter.overdue {
        Some((true, deadlines)) => query.filter(passed(deadlines)),
        Some((false, deadlines)) => query.filter(diesel::dsl::not(passed(deadlines))),
        None => query,
    }
}

/// Whether a payment waits for money beyond any of the deadlines.
fn passed(deadlines: &[Deadline]) -> RowCondition<payments::table> {
    // No payment, by an index.
    let none: RowCondition<payments::table> = Box::new(payments::id.eq(""));
    deadlines.iter().fold(none, |any, deadline| {
        let before = timestamp::to_stored(deadline.before);
        let integration = payments::integration_id.eq(deadline.integration);
        if deadline.from_shipment {
            let waits = payments::unfunded_shipped_since.is_not_null();
            let long = payments::unfunded_shipped_since
                .assume_not_null()
                .le(before);
            Box::new(any.or(integration.and(waits).and(long)))
        } else {
            let waits = payments::unfunded_since.is_not_null();
            let long = payments::unfunded_since.assume_not_null().le(before);
            Box::new(any.or(integration.and(waits).and(long)))
        }
    })
}
