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
    /// What a list can be sorted by.
    ReceivablesSort of invoices by id as String {
        Created = "createdAt": created_at as NaiveDateTime,
        Updated = "updatedAt": updated_at as NaiveDateTime,
        Due = "dueAt": due_at as NaiveDateTime,
    }
}

/// What a list can be narrowed to; everything given must hold.
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
    /// Whether it is overdue at this moment.
    pub overdue: Option<(bool, DateTime<Utc>)>,
    /// The integrations, for [`ReceivablesFilter::overdue`].
    pub debtors: Debtors,
    /// The websites of the caller.
    pub websites: Websites,
}

/// One page, and one invoice more where there is one.
pub fn list(
    conn: &mut Conn,
    filter: &ReceivablesFilter,
    page: &Page<ReceivablesSort>,
) -> Result<Vec<ListRow<Receivable>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), Receivable)?;
    Ok(list_rows(rows))
}

/// How many there are in all.
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

/// Whether an invoice should have been paid by now.
fn past_due(debtors: &Debtors, now: DateTime<Utc>) -> RowCondition<invoices::table> {
    // No invoice, by an index.
    let none: RowCondition<invoices::table> = Box::new(invoices::id.eq(""));
    debtors.all().fold(none, |any, (integration, terms)| {
        let own = invoices::integration_id.eq(integration);
        Box::new(any.or(own.and(was_due(terms, now))))
    })
}

/// Not a parameter: an index holds only those.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn unpaid() -> _ {
    let nothing: diesel::expression::SqlLiteral<BigInt> = sql::<BigInt>("0");
    invoices::remaining.gt(nothing)
}

/// Not a parameter: an index holds only those.
#[diesel::dsl::auto_type(no_type_alias)]
fn has_funding() -> _ {
    let never: diesel::expression::SqlLiteral<Timestamp> =
        sql::<Timestamp>("'9999-12-31 00:00:00'");
    invoices::funded_at.lt(never)
}

/// Whether an invoice by these terms was due at a moment, or at that very moment.
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
            // A draft is not owed yet.
            let is_issued = invoices::issued_at.lt(timestamp::never());
            Box::new(invoices::due_at.le(at).and(is_issued))
        }
    }
}
