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
    http::pagination::{ListRow, Page, Period, list_rows},
    ids::{IntegrationId, PaymentId},
    integrations::store::FundingTerms,
    payments::{Receivable, State},
    providers::InvoiceStatus,
    receivables::debtor::Debtors,
    store::{
        Conn, StoreError,
        keyset::{self, RowCondition, sorted, within},
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

/// The filters of the list; all that are set must match.
#[derive(Clone, Debug, Default)]
pub struct ReceivablesFilter {
    pub state: Option<State>,
    pub status: Option<InvoiceStatus>,
    pub payment: Option<PaymentId>,
    pub integration: Option<IntegrationId>,
    pub customer_id: Option<String>,
    pub website: Option<String>,
    pub number: Option<String>,
    pub provider_id: Option<String>,
    pub order_id: Option<String>,
    pub po_number: Option<String>,
    pub funded: Option<bool>,
    pub due: Period,
    pub updated: Period,
    /// Only invoices that are overdue at the moment, or only the others.
    pub overdue: Option<(bool, DateTime<Utc>)>,
    /// The terms of the integrations, for [`ReceivablesFilter::overdue`].
    pub debtors: Debtors,
    /// The websites of the caller.
    pub websites: Websites,
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
    let mut rows = of_websites(invoices::table.into_boxed(), &filter.websites);
    macro_rules! equal {
        ($($column:ident = $wanted:expr;)*) => {$(
            if let Some(wanted) = $wanted.clone() {
                rows = rows.filter(invoices::$column.eq(wanted));
            }
        )*};
    }
    equal! {
        state = filter.state;
        status = filter.status;
        payment_id = filter.payment;
        integration_id = filter.integration;
        customer_id = filter.customer_id;
        website = filter.website;
        number = filter.number;
        provider_id = filter.provider_id;
        order_id = filter.order_id;
        po_number = filter.po_number;
    }
    rows = within!(rows, invoices::due_at, filter.due);
    rows = within!(rows, invoices::updated_at, filter.updated);
    rows = match filter.funded {
        Some(true) => rows.filter(has_funding()),
        Some(false) => rows.filter(invoices::funded_at.eq(timestamp::never())),
        None => rows,
    };
    match filter.overdue {
        Some((true, now)) => rows.filter(unpaid().and(past_due(&filter.debtors, now))),
        Some((false, now)) => rows.filter(diesel::dsl::not(
            unpaid().and(past_due(&filter.debtors, now)),
        )),
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
