//! The links from events to the findings that they caused.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::{
    findings::Finding,
    ids::{EventId, FindingId},
    store::{
        Conn, StoreError, Tx,
        each::each,
        on_each,
        schema::{findings, webhook_event_findings},
    },
    webhooks::event::WebhookEvent,
};

/// Links an event to findings, in addition to those that it is linked to.
pub fn link_findings(
    tx: &mut Tx<'_>,
    event: EventId,
    found: &[FindingId],
) -> Result<(), StoreError> {
    for finding in found {
        let row = (
            webhook_event_findings::event_id.eq(event),
            webhook_event_findings::finding_id.eq(finding),
        );
        on_each!(tx.conn(), conn => diesel::insert_into(webhook_event_findings::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(conn))?;
    }
    Ok(())
}

/// Fills in the findings of events, in their present state, with one query.
pub fn with_findings(
    conn: &mut Conn,
    mut events: Vec<WebhookEvent>,
) -> Result<Vec<WebhookEvent>, StoreError> {
    let ids: Vec<EventId> = events.iter().map(|it| it.id).collect();
    let found = webhook_event_findings::table
        .inner_join(findings::table)
        .filter(webhook_event_findings::event_id.eq_any(ids))
        .order(findings::id.asc())
        .select((webhook_event_findings::event_id, Finding::as_select()));
    let mut by_event: HashMap<EventId, Vec<Finding>> = HashMap::new();
    for row in each(found.load_iter(conn))? {
        match row {
            Ok((event, finding)) => by_event.entry(event).or_default().push(finding),
            // The event is shown without an unreadable finding.
            Err(error) => tracing::warn!(%error, "a finding was left out of its event"),
        }
    }
    for event in &mut events {
        event.findings = by_event.remove(&event.id).unwrap_or_default();
    }
    Ok(events)
}
