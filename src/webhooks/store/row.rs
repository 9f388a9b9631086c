//! The rows of events, with or without the body, and the sealed bodies.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::findings::with_findings;
use crate::{
    ids::{EventId, IntegrationId, PaymentId, ReplayId},
    privacy::{SealedColumn, sealed_column},
    providers::ProviderId,
    store::{
        Conn, StoreError, Tx,
        columns::{MaybeMoment, Moment},
        schema::webhook_events,
    },
    webhooks::{
        event::{WebhookEvent, body_place},
        state::WebhookState,
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_events)]
pub(super) struct WebhookEventRow {
    id: EventId,
    integration_id: IntegrationId,
    event: Option<String>,
    verified: bool,
    state: WebhookState,
    outcome: Option<String>,
    attempts: i32,
    repeats: i64,
    apruve_order_id: Option<String>,
    apruve_invoice_id: Option<String>,
    payment_id: Option<PaymentId>,
    replay_id: Option<ReplayId>,
    version: i64,
    #[diesel(deserialize_as = Moment)]
    received_at: DateTime<Utc>,
    #[diesel(deserialize_as = MaybeMoment)]
    occurred_at: Option<DateTime<Utc>>,
    #[diesel(deserialize_as = MaybeMoment)]
    settled_at: Option<DateTime<Utc>>,
    #[diesel(deserialize_as = MaybeMoment)]
    due_at: Option<DateTime<Utc>>,
}

impl From<WebhookEventRow> for WebhookEvent {
    fn from(row: WebhookEventRow) -> Self {
        // A text that is not a valid id counts as absent.
        let known = |text: Option<String>| text.as_deref().and_then(ProviderId::parse);
        WebhookEvent {
            id: row.id,
            integration_id: row.integration_id,
            event: row.event,
            state: row.state,
            verified: row.verified,
            outcome: row.outcome,
            attempts: row.attempts,
            repeats: row.repeats,
            apruve_order_id: known(row.apruve_order_id),
            apruve_invoice_id: known(row.apruve_invoice_id),
            payment_id: row.payment_id,
            findings: Vec::new(),
            replay_id: row.replay_id,
            received_at: row.received_at,
            occurred_at: row.occurred_at,
            settled_at: row.settled_at,
            next_attempt_at: row.due_at,
            version: row.version,
        }
    }
}

/// The event with this id.
pub fn find(conn: &mut Conn, id: EventId) -> Result<Option<WebhookEvent>, StoreError> {
    let row: Option<WebhookEventRow> = webhook_events::table
        .find(id)
        .select(WebhookEventRow::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let events = with_findings(conn, vec![row.into()])?;
    Ok(events.into_iter().next())
}

/// The event with this id, and its sealed body unless it was erased.
pub fn find_with_body(
    conn: &mut Conn,
    id: EventId,
) -> Result<Option<(WebhookEvent, Option<String>)>, StoreError> {
    let row: Option<(WebhookEventRow, Option<String>)> = webhook_events::table
        .find(id)
        .select((WebhookEventRow::as_select(), webhook_events::body_sealed))
        .first(conn)
        .optional()?;
    let Some((row, body)) = row else {
        return Ok(None);
    };
    let events = with_findings(conn, vec![row.into()])?;
    Ok(events.into_iter().next().map(|event| (event, body)))
}

/// The column of the bodies; a small batch, because a body may have two megabytes.
pub const BODIES: SealedColumn =
    sealed_column!(webhook_events.body_sealed by id, body_place, batch = 20);

/// Every sealed column of this feature.
pub const SEALED: &[SealedColumn] = &[BODIES];

/// Erases the body of an event. False if it has none.
pub fn erase_body(tx: &mut Tx<'_>, id: &str) -> Result<bool, StoreError> {
    let nothing: Option<String> = None;
    let kept = webhook_events::table
        .find(id)
        .filter(webhook_events::body_sealed.is_not_null());
    let rows = diesel::update(kept)
        .set((
            webhook_events::body_sealed.eq(nothing),
            webhook_events::version.eq(webhook_events::version + 1_i64),
        ))
        .execute(tx.conn())?;
    Ok(rows == 1)
}
