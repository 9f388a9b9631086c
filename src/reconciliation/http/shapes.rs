//! Runs and what they came upon, as callers see them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reconciliation::run::{Found, Kind, Run, State, Trigger};

/// A comparison of many payments with Apruve. The counts grow while it is running.
#[derive(Serialize, ToSchema)]
#[schema(as = ReconciliationRun)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    #[schema(example = "reconciliation_01h455vb4pex5vsknk084sn02q")]
    id: String,
    trigger: Trigger,
    state: State,
    /// The subject of the token that asked for it, or `onterms:schedule`.
    #[schema(example = "onterms:schedule")]
    requested_by: String,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    /// How many payments there were to look at when it began.
    #[schema(example = 120)]
    total: i64,
    /// How many were looked at so far.
    #[schema(example = 120)]
    looked: i64,
    /// How many of those had drifted and now are as Apruve says.
    #[schema(example = 2)]
    changed: i64,
    /// For how many Apruve has something that they do not explain.
    #[schema(example = 1)]
    unexplained: i64,
    /// How many could not be read back.
    #[schema(example = 0)]
    failed: i64,
}

impl From<Run> for Shown {
    fn from(run: Run) -> Self {
        Shown {
            id: run.id.to_string(),
            trigger: run.trigger,
            state: run.state,
            requested_by: run.requested_by,
            started_at: run.started_at,
            finished_at: run.finished_at,
            total: run.total,
            looked: run.counts.looked,
            changed: run.counts.changed,
            unexplained: run.counts.unexplained,
            failed: run.counts.failed,
        }
    }
}

/// A run with what it came upon.
#[derive(Serialize, ToSchema)]
#[schema(as = ReconciliationRunDetails)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detailed {
    #[serde(flatten)]
    pub(super) run: Shown,
    /// What it came upon, by payment; no more than 1000 of them.
    pub(super) findings: Vec<ShownFinding>,
    /// How many there are in all.
    #[schema(example = 1)]
    pub(super) finding_count: i64,
}

/// Something that a run came upon.
#[derive(Serialize, ToSchema)]
#[schema(as = ReconciliationRunFinding)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownFinding {
    #[schema(example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: String,
    kind: Kind,
    /// A stable word.
    #[schema(example = "second_order")]
    code: String,
    /// What is where, and what would help.
    #[schema(example = "Apruve has a second order for this payment; cancel it there.")]
    message: String,
    /// Apruve's id of what it is about.
    #[schema(example = "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6")]
    reference: Option<String>,
}

impl From<Found> for ShownFinding {
    fn from(found: Found) -> Self {
        ShownFinding {
            payment_id: found.payment.to_string(),
            kind: found.kind,
            code: found.code,
            message: found.message,
            reference: found.reference,
        }
    }
}
