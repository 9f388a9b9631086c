//! An event's row, without its body unless that is asked for.

use chrono::NaiveDateTime;
use diesel::{dsl::IsNotNull, prelude::*};

use super::{SortField, findings::with_findings};
use crate::{
    http::pagination::{Direction, Position},
    ids::EventId,
    providers::ProviderId,
    store::{Conn, StoreError, schema::webhook_events, timestamp},
    webhooks::{
        event::{Event, Subject},
        state::State,
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhook_events)]
pub(super) struct Row {
    id: String,
    integration_id: String,
    event: Option<String>,
    verified: bool,
    state: String,
    outcome: Option<String>,
    attempts: i32,
    repeats: i64,
    apruve_order_id: Option<String>,
    apruve_invoice_id: Option<String>,
    merchant_order_id: Option<String>,
    payment_id: Option<String>,
    replay_id: Option<String>,
    version: i64,
    received_at: NaiveDateTime,
    occurred_at: Option<NaiveDateTime>,
    settled_at: Option<NaiveDateTime>,
    due_at: Option<NaiveDateTime>,
    #[diesel(select_expression = webhook_events::body_sealed.is_not_null())]
    #[diesel(select_expression_type = IsNotNull<webhook_events::body_sealed>)]
    has_body: bool,
}

impl Row {
    /// Where a page that ends with this row ends.
    pub(super) fn position(&self, sort: &[(SortField, Direction)]) -> Position {
        let value = |field: &SortField| match field {
            SortField::ReceivedAt => timestamp::to_cursor(timestamp::from_stored(self.received_at)),
            SortField::State => self.state.clone(),
        };
        Position {
            values: sort.iter().map(|(field, _)| value(field)).collect(),
            id: self.id.clone(),
        }
    }
}

impl TryFrom<Row> for Event {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = || StoreError::unreadable(format!("the webhook event {}", row.id));
        let at = |stored: Option<NaiveDateTime>| stored.map(timestamp::from_stored);
        let known = |text: Option<String>| text.as_deref().and_then(ProviderId::parse);
        Ok(Event {
            id: row.id.parse().map_err(|_| unreadable())?,
            integration: row.integration_id.parse().map_err(|_| unreadable())?,
            state: State::parse(&row.state).ok_or_else(unreadable)?,
            payment: row
                .payment_id
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| unreadable())?,
            replay: row
                .replay_id
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| unreadable())?,
            findings: Vec::new(),
            name: row.event,
            verified: row.verified,
            outcome: row.outcome,
            attempts: row.attempts,
            repeats: row.repeats,
            subject: Subject {
                order: known(row.apruve_order_id),
                invoice: known(row.apruve_invoice_id),
                merchant_order_id: row.merchant_order_id,
            },
            version: row.version,
            received_at: timestamp::from_stored(row.received_at),
            occurred_at: at(row.occurred_at),
            settled_at: at(row.settled_at),
            due_at: at(row.due_at),
            has_body: row.has_body,
        })
    }
}

/// The event with this id.
pub fn find(conn: &mut Conn, id: EventId) -> Result<Option<Event>, StoreError> {
    let row: Option<Row> = webhook_events::table
        .find(id.to_string())
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let events = with_findings(conn, vec![row.try_into()?])?;
    Ok(events.into_iter().next())
}

/// The event with this id, and its sealed body where that is still there.
pub fn find_with_body(
    conn: &mut Conn,
    id: EventId,
) -> Result<Option<(Event, Option<String>)>, StoreError> {
    let row: Option<(Row, Option<String>)> = webhook_events::table
        .find(id.to_string())
        .select((Row::as_select(), webhook_events::body_sealed))
        .first(conn)
        .optional()?;
    let Some((row, body)) = row else {
        return Ok(None);
    };
    let events = with_findings(conn, vec![row.try_into()?])?;
    Ok(events.into_iter().next().map(|event| (event, body)))
}
