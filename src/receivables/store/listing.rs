//! Lists invoices a page at a time.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Timestamp},
};

use super::{InvoiceQuery, of_websites};
use crate::{
    auth::Websites,
    http::pagination::{FilledText, ListRow, Page, Period, list_filter, list_rows},
    ids::{IntegrationId, PaymentId},
    integrations::store::FundingTerms,
    payments::{Receivable, State},
    providers::InvoiceStatus,
    receivables::debtor::Debtors,
    store::{
        Conn, StoreError,
        keyset::{self, RowCondition, equal, sorted, within},
        schema::invoices,
        timestamp,
    },
};

sorted! {
    /// The sort fields of the list.
    ReceivablesSort of invoices by id as String {
        Created = "createdAt": created_at as NaiveDateTime,
        Updated = "updatedAt": updated_at as NaiveDateTime,
        Due = "dueAt": due_at as NaiveDateTime,
    }
}

list_filter! {
    /// The filters of the list; all that are set must match.
    ReceivablesFilter of ReceivablesSort by Created Descending {
        /// Only invoices whose creation is in this state. An offline sale has the state `succeeded`.
        state: Option<State> = "state",
        /// Only invoices in this status. An offline sale is open until it is paid or canceled.
        status: Option<InvoiceStatus> = "status",
        /// Only invoices with a `dueAt`
        due: Period = "due",
        /// Only invoices that are overdue (`true`), or only the others (`false`).
        overdue: Option<bool> = "overdue",
        /// Only invoices for which the provider has paid something (`true`), or only the others (`false`).
        funded: Option<bool> = "funded",
        /// Only invoices of this customer.
        customer_id: Option<FilledText> = "customerId",
        /// Only invoices of this website.
        website: Option<FilledText> = "website",
        /// Only invoices of this integration.
        integration: Option<IntegrationId> = "integrationId",
        /// Only invoices of this payment.
        payment: Option<PaymentId> = "paymentId",
        /// Only invoices of this order.
        order_id: Option<FilledText> = "orderId",
        /// Only invoices with this number.
        number: Option<FilledText> = "number",
        /// Only invoices with this id at the provider.
        provider_id: Option<FilledText> = "providerId",
        /// Only invoices of this purchase order.
        po_number: Option<FilledText> = "poNumber",
        /// Only invoices with an `updatedAt`
        updated: Period = "updated",
    }
    with {
        /// The moment at which invoices are overdue.
        now: DateTime<Utc>,
        /// The terms of the integrations, for `overdue`.
        debtors: Debtors,
        /// The websites of the caller.
        websites: Websites,
    }
}

/// Reads one page, plus one row if there are more.
pub fn list(
    conn: &mut Conn,
    filter: &ReceivablesFilter,
    page: &Page<ReceivablesSort>,
) -> Result<Vec<ListRow<Receivable>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), Receivable)?;
    Ok(list_rows(rows))
}

/// Counts all matching rows.
pub fn count(conn: &mut Conn, filter: &ReceivablesFilter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

fn narrowed(filter: &ReceivablesFilter) -> InvoiceQuery {
    let rows = of_websites(invoices::table.into_boxed(), &filter.websites);
    let rows = equal!(rows, invoices {
        state = filter.state,
        status = filter.status,
        payment_id = filter.payment,
        integration_id = filter.integration,
        customer_id = filter.customer_id,
        website = filter.website,
        number = filter.number,
        provider_id = filter.provider_id,
        order_id = filter.order_id,
        po_number = filter.po_number,
    });
    let rows = within!(rows, invoices::due_at, filter.due);
    let rows = within!(rows, invoices::updated_at, filter.updated);
    let rows = match filter.funded {
        Some(true) => rows.filter(has_funding()),
        Some(false) => rows.filter(invoices::funded_at.eq(timestamp::never())),
        None => rows,
    };
    let overdue = || unpaid().and(past_due(&filter.debtors, filter.now));
    match filter.overdue {
        Some(true) => rows.filter(overdue()),
        Some(false) => rows.filter(diesel::dsl::not(overdue())),
        None => rows,
    }
}

/// The condition that an invoice should have been paid by now.
fn past_due(debtors: &Debtors, now: DateTime<Utc>) -> RowCondition<invoices::table> {
    // The neutral element of `or`: matches no invoice, and uses an index.
    let none: RowCondition<invoices::table> = Box::new(invoices::id.eq(""));
    debtors.all().fold(none, |any, (integration, terms)| {
        let own = invoices::integration_id.eq(integration);
        Box::new(any.or(own.and(was_due(terms, now))))
    })
}

/// Uses a literal and not a parameter, so that the partial index can be used.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn unpaid() -> _ {
    let nothing: diesel::expression::SqlLiteral<BigInt> = sql::<BigInt>("0");
    invoices::remaining.gt(nothing)
}

/// Uses a literal and not a parameter, so that the partial index can be used.
#[diesel::dsl::auto_type(no_type_alias)]
fn has_funding() -> _ {
    let never: diesel::expression::SqlLiteral<Timestamp> =
        sql::<Timestamp>("'9999-12-31 00:00:00'");
    invoices::funded_at.lt(never)
}

/// The condition that an invoice with these terms was due at or before a moment.
pub(super) fn was_due(
    terms: Option<FundingTerms>,
    at: DateTime<Utc>,
) -> RowCondition<invoices::table> {
    match terms {
        Some(terms) => {
            let hours = TimeDelta::hours(i64::from(terms.hours));
            let begun = at.checked_sub_signed(hours).unwrap_or_default();
            let begun = timestamp::to_stored(begun);
            match terms.from_shipment {
                true => Box::new(invoices::shipped_at.le(begun)),
                false => Box::new(invoices::issued_at.le(begun)),
            }
        }
        None => {
            let at = timestamp::to_stored(at);
            // An invoice that is not issued is not owed yet.
            let is_issued = invoices::issued_at.lt(timestamp::never());
            Box::new(invoices::due_at.le(at).and(is_issued))
        }
    }
}
