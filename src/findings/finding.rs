//! Findings, and the observations from which they are made.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::code::FindingCode;
use crate::{
    events::FindingEventData,
    ids::{FindingId, IntegrationId, PaymentId},
    store::{
        columns::{MaybeMoment, Moment},
        schema::findings,
    },
    string_enum::string_enum,
};

string_enum! {
    /// The state of a finding.
    FindingState as "FindingState" {
        /// The finding is not acknowledged yet.
        Open = "open",
        /// The finding was acknowledged. The difference still exists.
        Acknowledged = "acknowledged",
        /// The difference was no longer found.
        Resolved = "resolved",
    }
}

/// A difference between a payment and its provider that a person has to check.
#[skip_serializing_none]
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = findings)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The finding's id.
    #[schema(value_type = String, example = "finding_01h455vb4pex5vsknk084sn02q")]
    pub id: FindingId,
    /// The kind of difference.
    pub code: FindingCode,
    /// The difference, and what would help.
    #[schema(example = "The provider has a second order for this payment; cancel it there.")]
    pub message: String,
    /// Whether the finding is still open.
    pub state: FindingState,
    /// The payment that the finding is about.
    #[schema(value_type = Option<String>, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub payment_id: Option<PaymentId>,
    /// The integration of the payment, or the integration that the finding is about.
    #[schema(value_type = Option<String>, example = "integration_01h455vb4pex5vsknk084sn02q")]
    pub integration_id: Option<IntegrationId>,
    /// The provider's id of the order, invoice or return that the finding is about.
    #[schema(example = "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6")]
    pub provider_reference: Option<String>,
    /// The expected value: an amount, a currency or another word.
    #[schema(example = "60.00")]
    pub expected: Option<String>,
    /// The value that was found instead.
    #[schema(example = "50.00")]
    pub observed: Option<String>,
    /// When the difference was first noticed.
    #[diesel(deserialize_as = Moment)]
    pub opened_at: DateTime<Utc>,
    /// When the difference was last noticed.
    #[diesel(deserialize_as = Moment)]
    pub last_seen_at: DateTime<Utc>,
    /// The subject of the token that acknowledged the finding.
    pub acknowledged_by: Option<String>,
    /// The note of the person who acknowledged the finding.
    pub note: Option<String>,
    /// When the difference was resolved. Absent while it exists.
    #[diesel(deserialize_as = MaybeMoment)]
    pub resolved_at: Option<DateTime<Utc>>,
    /// Counts changes; it is the ETag.
    #[serde(skip)]
    pub version: i64,
}

impl Finding {
    /// The `data` of the finding's events, without the message, which is for people.
    pub fn event_data(&self) -> FindingEventData {
        FindingEventData {
            id: self.id,
            version: self.version,
            code: self.code.as_str(),
            state: self.state.as_str(),
            payment_id: self.payment_id,
            integration_id: self.integration_id,
            provider_reference: self.provider_reference.clone(),
            expected: self.expected.clone(),
            observed: self.observed.clone(),
            opened_at: self.opened_at,
        }
    }
}

/// A difference that was noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    pub code: FindingCode,
    /// What is where, and what would help.
    pub message: String,
    /// The provider's id of what it is about.
    pub reference: Option<String>,
    pub expected: Option<String>,
    pub observed: Option<String>,
}

impl Observation {
    /// An observation about an object with this id at the provider.
    pub fn of(code: FindingCode, reference: impl ToString, message: impl Into<String>) -> Self {
        Observation {
            code,
            message: message.into(),
            reference: Some(reference.to_string()),
            expected: None,
            observed: None,
        }
    }

    /// Adds the expected and the observed value.
    pub fn with(mut self, expected: impl ToString, observed: impl ToString) -> Self {
        self.expected = Some(expected.to_string());
        self.observed = Some(observed.to_string());
        self
    }
}

/// The subject of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingSubject {
    /// A payment of an integration.
    Payment(PaymentId, IntegrationId),
    /// An integration as a whole.
    Integration(IntegrationId),
}

impl FindingSubject {
    /// The payment, if the subject is one.
    pub fn payment(self) -> Option<PaymentId> {
        match self {
            FindingSubject::Payment(payment, _) => Some(payment),
            FindingSubject::Integration(_) => None,
        }
    }

    /// The integration.
    pub fn integration(self) -> IntegrationId {
        match self {
            FindingSubject::Payment(_, integration) | FindingSubject::Integration(integration) => {
                integration
            }
        }
    }

    /// The unique key of an unresolved finding: repeated observations with the same key update one row.
    pub(super) fn open_key(self, code: FindingCode, reference: Option<&str>) -> String {
        let subject = match self {
            FindingSubject::Payment(payment, _) => payment.to_string(),
            FindingSubject::Integration(integration) => integration.to_string(),
        };
        let reference = reference.unwrap_or_default();
        format!("{} {subject} {reference}", code.as_str())
    }
}

/// The ETag of a resource that includes findings.
pub fn state_of(version: i64, findings: &[Finding]) -> String {
    if findings.is_empty() {
        return version.to_string();
    }
    let states: String = findings
        .iter()
        .map(|it| format!("{} {};", it.id, it.version))
        .collect();
    let states = digest(&SHA256, states.as_bytes());
    format!("{version}-{}", URL_SAFE_NO_PAD.encode(states))
}
