//! Lists findings a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    auth::Websites,
    findings::{Finding, FindingCode, FindingState},
    http::pagination::{ListRow, Page, Period, list_filter, list_rows},
    ids::{IntegrationId, PaymentId},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, equal, sorted, within},
        schema::{findings, payments},
    },
};

sorted! {
    /// The sort fields of the list.
    FindingSort of findings by id as String {
        OpenedAt = "openedAt": opened_at as NaiveDateTime,
        LastSeenAt = "lastSeenAt": last_seen_at as NaiveDateTime,
    }
}

list_filter! {
    /// The filters of the list; all that are set must match.
    FindingFilter of FindingSort by OpenedAt Descending {
        /// Only findings in this state.
        state: Option<FindingState> = "state",
        /// Only findings with this code.
        code: Option<FindingCode> = "code",
        /// Only findings about this payment.
        payment: Option<PaymentId> = "paymentId",
        /// Only findings about this integration and its payments.
        integration: Option<IntegrationId> = "integrationId",
        /// Only findings opened
        opened: Period = "opened",
    }
    with {
        /// The websites of the caller. A finding without a payment belongs to no website.
        websites: Websites,
    }
}

/// Reads one page, plus one row if there are more.
pub fn list(
    conn: &mut Conn,
    filter: &FindingFilter,
    page: &Page<FindingSort>,
) -> Result<Vec<ListRow<Finding>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), Finding)?;
    Ok(list_rows(rows))
}

/// Counts all matching rows.
pub fn count(conn: &mut Conn, filter: &FindingFilter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

fn narrowed(filter: &FindingFilter) -> findings::BoxedQuery<'static, MultiBackend> {
    let mut query = findings::table.into_boxed();
    query = equal!(query, findings {
        state = filter.state,
        code = filter.code,
        payment_id = filter.payment,
        integration_id = filter.integration,
    });
    query = within!(query, findings::opened_at, filter.opened);
    if let Some(names) = filter.websites.names() {
        let visible = payments::table
            .filter(payments::website.eq_any(names.to_vec()))
            .select(payments::id.nullable());
        query = query.filter(findings::payment_id.eq_any(visible));
    }
    query
}

/// The website of the payment that a finding is about.
pub fn website_of(conn: &mut Conn, finding: &Finding) -> Result<Option<String>, StoreError> {
    let Some(payment) = finding.payment_id else {
        return Ok(None);
    };
    let website = payments::table.find(payment).select(payments::website);
    let website: Option<Option<String>> = website.first(conn).optional()?;
    Ok(website.flatten())
}

/// Whether a finding is about a payment of one of these websites.
pub fn is_of_websites(
    conn: &mut Conn,
    finding: &Finding,
    websites: &Websites,
) -> Result<bool, StoreError> {
    let website = website_of(conn, finding)?;
    Ok(websites.include(website.as_deref()))
}
