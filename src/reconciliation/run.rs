//! A run, its counts and its entries. No I/O.

use chrono::{DateTime, Utc};
use diesel::{AsChangeset, Insertable, Queryable, Selectable};

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

/// A run.
#[derive(Clone, Debug, Insertable, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reconciliation_runs)]
pub struct Run {
    pub id: ReconciliationId,
    pub trigger: Trigger,
    pub state: RunState,
    pub requested_by: String,
    #[diesel(deserialize_as = Moment, serialize_as = Moment)]
    pub started_at: DateTime<Utc>,
    #[diesel(deserialize_as = MaybeMoment, serialize_as = MaybeMoment)]
    pub finished_at: Option<DateTime<Utc>>,
    /// How many payments there were to compare when it began.
    pub total: i64,
    #[diesel(embed)]
    pub counts: Counts,
    /// The id of the last payment that was compared; payments are compared in the order of ids.
    pub position: String,
}

/// The results of the payments that were compared.
#[derive(
    AsChangeset, Clone, Copy, Debug, Default, Insertable, PartialEq, Eq, Queryable, Selectable,
)]
#[diesel(table_name = reconciliation_runs)]
pub struct Counts {
    pub looked: i64,
    pub changed: i64,
    pub unexplained: i64,
    pub failed: i64,
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

impl Counts {
    /// Adds one payment.
    pub fn add(&mut self, seen: &ComparedPayment) {
        let has = |kind| i64::from(seen.found.iter().any(|it| it.kind == kind));
        self.looked += 1;
        self.changed += has(RunFindingKind::Healed);
        self.unexplained += has(RunFindingKind::Unexplained);
        self.failed += has(RunFindingKind::Failed);
    }
}
