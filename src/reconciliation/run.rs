//! A run, its counts and its entries. No I/O.

use chrono::{DateTime, Utc};
use diesel::{Insertable, Queryable, Selectable};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ids::{FindingId, PaymentId, ReconciliationId},
    store::{
        columns::{MaybeMoment, Moment},
        schema::{reconciliation_findings, reconciliation_runs},
    },
    string_enum::string_enum,
};

string_enum! {
    /// The trigger of a run.
    Trigger as "ReconciliationTrigger" {
        /// The schedule: payments had become due.
        Scheduled = "scheduled",
        /// A caller: the run compares all open payments and the attempts that ended in the last 120 days.
        Caller = "caller",
    }

    /// The state of a run.
    RunState as "ReconciliationState" {
        /// Some payments are not compared yet.
        Running = "running",
        /// All payments were compared.
        Finished = "finished",
        /// The run made no progress in several attempts.
        Failed = "failed",
    }

    /// The kind of an entry.
    RunFindingKind as "ReconciliationFindingKind" {
        /// The payment was brought in line with the provider.
        Healed = "healed",
        /// The provider has something that the payment does not explain. Nothing was changed.
        Unexplained = "unexplained",
        /// The payment could not be read from the provider.
        Failed = "failed",
    }
}

/// A comparison of many payments with Apruve. The counts grow while the run is in progress.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = reconciliation_runs)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReconciliationRun)]
pub struct Run {
    /// The run's id.
    #[schema(value_type = String, example = "reconciliation_01h455vb4pex5vsknk084sn02q")]
    pub id: ReconciliationId,
    /// Whether a caller or the schedule started the run.
    pub trigger: Trigger,
    /// Whether the run is in progress, and how it ended.
    pub state: RunState,
    /// The subject of the token that requested the run, or `onterms:schedule`.
    #[schema(example = "onterms:schedule")]
    pub requested_by: String,
    /// When the run began.
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub started_at: DateTime<Utc>,
    /// When the run ended; null while it is in progress.
    #[diesel(deserialize_as = MaybeMoment, serialize_as = MaybeMoment)]
    pub finished_at: Option<DateTime<Utc>>,
    /// The number of payments to compare, counted when the run began.
    #[schema(example = 120)]
    pub total: i64,
    /// The number of payments compared so far.
    #[schema(example = 120)]
    pub looked: i64,
    /// The number of compared payments that differed and were brought in line with Apruve.
    #[schema(example = 2)]
    pub changed: i64,
    /// The number of compared payments for which Apruve has something that the payment does not explain.
    #[schema(example = 1)]
    pub unexplained: i64,
    /// The number of payments that could not be read from Apruve.
    #[schema(example = 0)]
    pub failed: i64,
    /// The id of the last payment that was compared; payments are compared in the order of ids.
    #[serde(skip)]
    pub position: String,
}

/// An entry of a run.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reconciliation_findings)]
pub struct RunFinding {
    #[diesel(column_name = payment_id)]
    pub payment: PaymentId,
    pub kind: RunFindingKind,
    /// A stable word.
    pub code: String,
    pub message: String,
    /// The provider's id of what it is about.
    pub reference: Option<String>,
    /// The finding of an unexplained difference; `None` for other entries and for runs from before findings were
    /// stored.
    #[diesel(column_name = finding_id)]
    pub finding: Option<FindingId>,
}

/// The result of one payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedPayment {
    pub payment: PaymentId,
    /// When to compare it again.
    pub next: Option<DateTime<Utc>>,
    pub found: Vec<RunFinding>,
}

impl RunFinding {
    /// An entry about the payment itself.
    pub fn new(payment: PaymentId, kind: RunFindingKind, code: &str, message: &str) -> Self {
        RunFinding {
            payment,
            kind,
            code: code.to_owned(),
            message: message.to_owned(),
            reference: None,
            finding: None,
        }
    }
}

impl Run {
    /// Counts one payment.
    pub fn add(&mut self, seen: &ComparedPayment) {
        let has = |kind| i64::from(seen.found.iter().any(|it| it.kind == kind));
        self.looked += 1;
        self.changed += has(RunFindingKind::Healed);
        self.unexplained += has(RunFindingKind::Unexplained);
        self.failed += has(RunFindingKind::Failed);
    }
}
