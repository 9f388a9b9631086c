//! Columns and what they mean.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::SortField;
use crate::{
    findings::{Finding, FindingCode, FindingState},
    http::pagination::{Direction, Position},
    store::{StoreError, schema::findings, timestamp},
};

/// A finding as it is stored.
#[derive(Queryable, Selectable)]
#[diesel(table_name = findings)]
pub struct FindingRow {
    id: String,
    code: String,
    state: String,
    message: String,
    payment_id: Option<String>,
    integration_id: Option<String>,
    provider_reference: Option<String>,
    expected: Option<String>,
    observed: Option<String>,
    opened_at: NaiveDateTime,
    last_seen_at: NaiveDateTime,
    acknowledged_by: Option<String>,
    note: Option<String>,
    resolved_at: Option<NaiveDateTime>,
    version: i64,
}

impl FindingRow {
    /// Where a page that ends with this row ends.
    pub fn position(&self, sort: &[(SortField, Direction)]) -> Position {
        let value = |field: &SortField| match field {
            SortField::OpenedAt => timestamp::to_cursor(timestamp::from_stored(self.opened_at)),
            SortField::LastSeenAt => {
                timestamp::to_cursor(timestamp::from_stored(self.last_seen_at))
            }
        };
        Position {
            values: sort.iter().map(|(field, _)| value(field)).collect(),
            id: self.id.clone(),
        }
    }
}

impl TryFrom<FindingRow> for Finding {
    type Error = StoreError;

    fn try_from(row: FindingRow) -> Result<Self, StoreError> {
        let unreadable = || StoreError::unreadable(format!("the finding {}", row.id));
        let (payment, integration) = (row.payment_id.as_deref(), row.integration_id.as_deref());
        Ok(Finding {
            id: row.id.parse().map_err(|_| unreadable())?,
            code: FindingCode::parse(&row.code).ok_or_else(unreadable)?,
            state: FindingState::parse(&row.state).ok_or_else(unreadable)?,
            payment_id: payment
                .map(str::parse)
                .transpose()
                .map_err(|_| unreadable())?,
            integration_id: integration
                .map(str::parse)
                .transpose()
                .map_err(|_| unreadable())?,
            message: row.message,
            provider_reference: row.provider_reference,
            expected: row.expected,
            observed: row.observed,
            opened_at: timestamp::from_stored(row.opened_at),
            last_seen_at: timestamp::from_stored(row.last_seen_at),
            acknowledged_by: row.acknowledged_by,
            note: row.note,
            resolved_at: row.resolved_at.map(timestamp::from_stored),
            version: row.version,
        })
    }
}
