//! Columns and what they mean.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::{
    reconciliation::run::{Counts, Found, Kind, Run, State, Trigger},
    store::{
        StoreError,
        schema::{reconciliation_findings, reconciliation_runs},
        timestamp,
    },
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = reconciliation_runs)]
pub struct Row {
    id: String,
    trigger: String,
    state: String,
    requested_by: String,
    started_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
    total: i64,
    looked: i64,
    changed: i64,
    unexplained: i64,
    failed: i64,
    position: String,
}

impl TryFrom<Row> for Run {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = || StoreError::unreadable(format!("the reconciliation run {}", row.id));
        Ok(Run {
            id: row.id.parse().map_err(|_| unreadable())?,
            trigger: Trigger::parse(&row.trigger).ok_or_else(unreadable)?,
            state: State::parse(&row.state).ok_or_else(unreadable)?,
            requested_by: row.requested_by,
            started_at: timestamp::from_stored(row.started_at),
            finished_at: row.finished_at.map(timestamp::from_stored),
            total: row.total,
            counts: Counts {
                looked: row.looked,
                changed: row.changed,
                unexplained: row.unexplained,
                failed: row.failed,
            },
            position: row.position,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = reconciliation_findings)]
pub struct FoundRow {
    payment_id: String,
    kind: String,
    code: String,
    message: String,
    reference: Option<String>,
    finding_id: Option<String>,
}

impl TryFrom<FoundRow> for Found {
    type Error = StoreError;

    fn try_from(row: FoundRow) -> Result<Self, StoreError> {
        let unreadable = || StoreError::unreadable("what a reconciliation run came upon");
        Ok(Found {
            payment: row.payment_id.parse().map_err(|_| unreadable())?,
            kind: Kind::parse(&row.kind).ok_or_else(unreadable)?,
            code: row.code,
            message: row.message,
            reference: row.reference,
            finding: row
                .finding_id
                .as_deref()
                .map(str::parse)
                .transpose()
                .map_err(|_| unreadable())?,
        })
    }
}
