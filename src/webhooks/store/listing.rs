//! Lists events a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{findings::with_findings, row::WebhookEventRow};
use crate::{
    http::pagination::{ListRow, Page, Period, complete_readable, list_rows},
    ids::{IntegrationId, PaymentId},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, sorted, within},
        schema::webhook_events,
    },
    webhooks::{event::WebhookEvent, state::WebhookState},
};

sorted! {
    /// The sort fields of the list.
    WebhookSort of webhook_events by id as String {
        ReceivedAt = "receivedAt": received_at as NaiveDateTime,
        State = "state": state as String,
    }
}

/// The filters of the list; all that are set must match.
#[derive(Clone, Debug, Default)]
pub struct WebhookFilter {
    pub state: Option<WebhookState>,
    pub event: Option<String>,
    pub integration: Option<IntegrationId>,
    pub payment: Option<PaymentId>,
    pub verified: Option<bool>,
    pub received: Period,
}

/// Reads one page, plus one row if there are more.
pub fn list(
    conn: &mut Conn,
    filter: &WebhookFilter,
    page: &Page<WebhookSort>,
) -> Result<Vec<ListRow<WebhookEvent>>, StoreError> {
    let rows = keyset::page_each!(conn, page, narrowed(filter), WebhookEventRow)?;
    let rows = rows.into_iter();
    let rows = list_rows(rows.map(|(position, row)| (position, row.map(WebhookEvent::from))));
    complete_readable(rows, |events| with_findings(conn, events))
}

/// Counts all matching rows.
pub fn count(conn: &mut Conn, filter: &WebhookFilter) -> Result<i64, StoreError> {
    Ok(narrowed(filter).count().get_result(conn)?)
}

fn narrowed(filter: &WebhookFilter) -> webhook_events::BoxedQuery<'static, MultiBackend> {
    let mut query = webhook_events::table.into_boxed();
    if let Some(state) = filter.state {
        query = query.filter(webhook_events::state.eq(state));
    }
    if let Some(event) = &filter.event {
        query = query.filter(webhook_events::event.eq(event.clone()));
    }
    if let Some(integration) = filter.integration {
        query = query.filter(webhook_events::integration_id.eq(integration));
    }
    if let Some(payment) = filter.payment {
        query = query.filter(webhook_events::payment_id.eq(payment));
    }
    if let Some(verified) = filter.verified {
        query = query.filter(webhook_events::verified.eq(verified));
    }
    within!(query, webhook_events::received_at, filter.received)
}
