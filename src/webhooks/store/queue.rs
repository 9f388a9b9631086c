//! The queue of events: leases and results.
//!
//! Claiming an event moves its due time to the end of the lease and stores the worker's mark. If the worker is killed,
//! the event becomes due again and another worker claims it. The result of a worker whose mark was replaced is dropped.

use chrono::{DateTime, Utc};
use diesel::{dsl::AssumeNotNull, prelude::*};

use super::{findings::link_findings, watched::oldest_due_event};
use crate::{
    events::{self, EventDraft},
    ids::{EventId, FindingId, IntegrationId, PaymentId},
    jobs::Lease,
    store::{
        Conn, StoreError, Tx,
        columns::{MaybeMoment, Moment},
        load_unlocked, on_each,
        schema::webhook_events,
        timestamp,
    },
    webhooks::{event::EventSubject, state::WebhookState},
};

/// An event that a worker has claimed.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_events)]
pub struct ClaimedEvent {
    pub id: EventId,
    #[diesel(column_name = integration_id)]
    pub integration: IntegrationId,
    pub state: WebhookState,
    /// The number of attempts, including this one.
    pub attempts: i32,
    pub body_sealed: Option<String>,
    /// Whether a key of the integration signed it.
    pub verified: bool,
    #[diesel(deserialize_as = Moment)]
    pub received_at: DateTime<Utc>,
    #[diesel(deserialize_as = MaybeMoment)]
    pub occurred_at: Option<DateTime<Utc>>,
    /// The mark of the worker's lease.
    #[diesel(select_expression = webhook_events::lease.assume_not_null())]
    #[diesel(select_expression_type = AssumeNotNull<webhook_events::lease>)]
    pub lease: String,
}

/// The result of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventSettlement {
    pub state: WebhookState,
    pub outcome: String,
    /// `None` keeps the stored subject.
    pub subject: Option<EventSubject>,
    pub payment: Option<PaymentId>,
    /// The findings that the attempt caused.
    pub findings: Vec<FindingId>,
    /// The event to append to the feed.
    pub announced: Option<EventDraft>,
    /// Whether to set `settledAt`: true for every result except a postponed attempt.
    pub settled: bool,
    /// When to try again; `None` if there is no further attempt.
    pub due_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

/// Whether anything is due.
pub fn has_due(conn: &mut Conn, now: DateTime<Utc>) -> Result<bool, StoreError> {
    Ok(oldest_due_event(conn, now)?.is_some())
}

/// Claims up to `limit` due events, the longest due first.
pub fn claim(tx: &mut Tx<'_>, lease: &Lease, limit: i64) -> Result<Vec<ClaimedEvent>, StoreError> {
    let due = webhook_events::table
        .filter(webhook_events::due_at.le(timestamp::to_stored(lease.now)))
        .order((webhook_events::due_at, webhook_events::id))
        .limit(limit)
        .select(webhook_events::id);
    let ids: Vec<EventId> = load_unlocked!(tx.conn(), due)?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let taken = (
        webhook_events::due_at.eq(timestamp::to_stored(lease.until)),
        webhook_events::attempts.eq(webhook_events::attempts + 1),
        webhook_events::lease.eq(&lease.mark),
        webhook_events::version.eq(webhook_events::version + 1),
    );
    let claimed = on_each!(tx.conn(), conn => diesel::update(webhook_events::table)
        .filter(webhook_events::id.eq_any(&ids))
        .set(taken)
        .returning(ClaimedEvent::as_returning())
        .get_results(conn))?;
    Ok(claimed)
}

/// Writes the result of an attempt. Returns false and changes nothing if another worker has claimed the event.
pub fn settle(
    tx: &mut Tx<'_>,
    event: &ClaimedEvent,
    to: &EventSettlement,
) -> Result<bool, StoreError> {
    let still_ours = webhook_events::table
        .find(event.id)
        .filter(webhook_events::lease.eq(&event.lease));
    let subject = to.subject.as_ref().map(|subject| {
        (
            webhook_events::apruve_order_id.eq(&subject.order),
            webhook_events::apruve_invoice_id.eq(&subject.invoice),
            webhook_events::merchant_order_id.eq(&subject.merchant_order_id),
        )
    });
    let payment = to.payment.map(|id| webhook_events::payment_id.eq(id));
    let settled_at = to
        .settled
        .then(|| webhook_events::settled_at.eq(timestamp::to_stored(to.now)));
    let rows = diesel::update(still_ours)
        .set((
            webhook_events::state.eq(to.state),
            webhook_events::outcome.eq(&to.outcome),
            // Diesel leaves an assignment of `None` out of the statement.
            subject,
            payment,
            settled_at,
            webhook_events::due_at.eq(to.due_at.map(timestamp::to_stored)),
            webhook_events::lease.eq(None::<String>),
            webhook_events::version.eq(webhook_events::version + 1),
        ))
        .execute(tx.conn())?;
    if rows == 1 {
        link_findings(tx, event.id, &to.findings)?;
        events::append(tx, to.announced.as_slice())?;
    }
    Ok(rows == 1)
}
