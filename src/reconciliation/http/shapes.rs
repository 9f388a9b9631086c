//! Runs and their entries in the API.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::{
    findings::{Finding, FindingState},
    ids::{FindingId, IntegrationId},
    reconciliation::run::{Run, RunFinding, RunFindingKind},
};

/// A run with its entries.
#[derive(Serialize, ToSchema)]
#[schema(as = ReconciliationRunDetails)]
#[serde(rename_all = "camelCase")]
pub(super) struct Detailed {
    #[serde(flatten)]
    pub(super) run: Run,
    /// The entries of the run by payment, at most 1000.
    pub(super) findings: Vec<ShownFinding>,
    /// The number of all entries of the run.
    #[schema(example = 1)]
    pub(super) finding_count: i64,
}

/// An entry of a run: a difference that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = ReconciliationRunFinding)]
#[serde(rename_all = "camelCase")]
pub(super) struct ShownFinding {
    /// The payment that was compared.
    #[schema(example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: String,
    /// The kind of the entry.
    kind: RunFindingKind,
    /// A stable code of the difference.
    #[schema(example = "second_order")]
    code: String,
    /// The difference, and what would help.
    #[schema(example = "The provider has a second order for this payment; cancel it there.")]
    message: String,
    /// Apruve's id of the object that the entry is about.
    #[schema(example = "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6")]
    reference: Option<String>,
    /// The finding, if the difference is unexplained.
    #[serde(flatten)]
    finding: Option<RowOfFinding>,
}

/// The finding in its current state. Entries of runs from before findings were stored have none.
#[skip_serializing_none]
#[derive(Serialize, ToSchema)]
#[schema(as = ReconciliationRunFindingState)]
#[serde(rename_all = "camelCase")]
struct RowOfFinding {
    /// The finding's id.
    #[schema(value_type = String, example = "finding_01h455vb4pex5vsknk084sn02q")]
    id: FindingId,
    /// Whether the finding is still open.
    state: FindingState,
    /// The integration of the payment.
    #[schema(value_type = Option<String>, example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: Option<IntegrationId>,
    /// The provider's id of the order, invoice or return that the finding is about.
    provider_reference: Option<String>,
    /// The expected value: an amount, a currency or another word.
    expected: Option<String>,
    /// The value that was found instead.
    observed: Option<String>,
    /// When the difference was first noticed.
    opened_at: DateTime<Utc>,
    /// When the difference was last noticed.
    last_seen_at: DateTime<Utc>,
    /// The subject of the token that acknowledged the finding.
    acknowledged_by: Option<String>,
    /// The note of the person who acknowledged the finding.
    note: Option<String>,
    /// When the difference was resolved. Absent while it exists.
    resolved_at: Option<DateTime<Utc>>,
}

impl From<(RunFinding, Option<Finding>)> for ShownFinding {
    fn from((found, finding): (RunFinding, Option<Finding>)) -> Self {
        ShownFinding {
            payment_id: found.payment.to_string(),
            kind: found.kind,
            code: found.code,
            message: found.message,
            reference: found.reference,
            finding: finding.map(RowOfFinding::from),
        }
    }
}

impl From<Finding> for RowOfFinding {
    fn from(finding: Finding) -> Self {
        RowOfFinding {
            id: finding.id,
            state: finding.state,
            integration_id: finding.integration_id,
            provider_reference: finding.provider_reference,
            expected: finding.expected,
            observed: finding.observed,
            opened_at: finding.opened_at,
            last_seen_at: finding.last_seen_at,
            acknowledged_by: finding.acknowledged_by,
            note: finding.note,
            resolved_at: finding.resolved_at,
        }
    }
}
