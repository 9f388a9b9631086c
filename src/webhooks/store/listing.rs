//! Lists events a page at a time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{findings::with_findings, row::WebhookEventRow};
use crate::{
    http::pagination::{ListRow, Page, Period, complete_readable, list_filter, list_rows},
    ids::{IntegrationId, PaymentId},
    store::{
        Conn, MultiBackend, StoreError,
        keyset::{self, equal, sorted, within},
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

list_filter! {
    /// The filters of the list; all that are set must match.
    WebhookFilter of WebhookSort by ReceivedAt Descending {
        /// Only events in this state.
        state: Option<WebhookState> = "state",
        /// Only events of this type, as Apruve writes it.
        event: Option<String> = "event" such as "invoice.closed",
        /// Only events of this integration.
        integration: Option<IntegrationId> = "integrationId",
        /// Only events that were applied to this payment.
        payment: Option<PaymentId> = "paymentId",
        /// Only events that a key of the integration verified (`true`), or only the others (`false`).
        verified: Option<bool> = "verified",
        /// Only events received
        received: Period = "received" such as "2026-03-01T00:00:00Z",
    }
    formerly {
        "integration" => "integrationId",
        "receivedTo" => "receivedUntil",
    }
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
    let query = equal!(webhook_events::table.into_boxed(), webhook_events {
        state = filter.state,
        event = filter.event,
        integration_id = filter.integration,
        payment_id = filter.payment,
        verified = filter.verified,
    });
    within!(query, webhook_events::received_at, filter.received)
}
