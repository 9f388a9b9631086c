//! The `data` of events about findings, integrations, companies, rules and notification endpoints.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::{disabled_reason, finding_code, finding_state, health_reason, health_state};
use crate::{
    ids::{EndpointId, FindingId, IntegrationId, PaymentId},
    payment_methods::{MethodType, PaymentMethodId},
};

/// A finding that was opened.
#[skip_serializing_none]
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FindingEventData {
    /// The finding's id.
    #[schema(value_type = String, example = "finding_01h455vb4pex5vsknk084sn02q")]
    pub id: FindingId,
    /// The version of the finding. It grows with every change.
    #[schema(example = 1)]
    pub version: i64,
    #[schema(schema_with = finding_code)]
    pub code: &'static str,
    #[schema(schema_with = finding_state)]
    pub state: &'static str,
    /// The payment that the finding is about.
    #[schema(value_type = Option<String>, example = "payment_01h455vb4pex5vsknk084sn02q")]
    pub payment_id: Option<PaymentId>,
    /// The integration of the payment, or the integration that the finding is about.
    #[schema(value_type = Option<String>, example = "integration_01h455vb4pex5vsknk084sn02q")]
    pub integration_id: Option<IntegrationId>,
    /// The provider's id of the order, invoice or return that the finding is about.
    pub provider_reference: Option<String>,
    /// The expected value: an amount, a currency or another word.
    #[schema(example = "60.00")]
    pub expected: Option<String>,
    /// The value that was found instead.
    #[schema(example = "50.00")]
    pub observed: Option<String>,
    /// When the difference was first noticed.
    pub opened_at: DateTime<Utc>,
}

/// An integration that was switched off, or whose account changed its state.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationEventData {
    /// The integration's id.
    #[schema(value_type = String, example = "integration_01h455vb4pex5vsknk084sn02q")]
    pub id: IntegrationId,
    /// The version of the integration. It grows with every change.
    #[schema(example = 2)]
    pub version: i64,
    /// The type of the integration.
    #[serde(rename = "type")]
    pub kind: MethodType,
    /// The integration's name, as administrators see it.
    #[schema(example = "Apruve US")]
    pub name: String,
    /// Whether the method is offered and can create payments.
    pub enabled: bool,
    /// The id of the method that rules offer.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    pub payment_method_id: PaymentMethodId,
    /// The health of the account. Present only in `integration.unreachable`, `integration.invalid` and
    /// `integration.recovered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthEventData>,
    /// When the integration was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The health of the account of an integration.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HealthEventData {
    #[schema(schema_with = health_state)]
    pub state: &'static str,
    /// When the account entered this state.
    pub since: DateTime<Utc>,
    /// Why the account is not `ok`. Absent if it is `ok`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = health_reason, required = false)]
    pub reason: Option<&'static str>,
}

/// A buying company with an account at a provider. `POST /v1/checkout/credit` returns its figures.
#[skip_serializing_none]
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompanyEventData {
    /// The provider's id of the company's account. Absent if the provider gave none.
    #[schema(example = "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6")]
    pub id: Option<String>,
    /// The integration whose merchant at Apruve the company buys from.
    #[schema(value_type = String, example = "integration_01h455vb4pex5vsknk084sn02q")]
    pub integration_id: IntegrationId,
    /// The company's name at Apruve.
    #[schema(example = "Acme Manufacturing")]
    pub name: Option<String>,
    /// The status of the account, as the provider writes it.
    #[schema(example = "approved")]
    pub status: Option<String>,
    /// The time since which the company may not order.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// A change of the payment rules.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RulesEventData {
    /// The number of the revision. `GET /v1/revisions/{number}` returns it.
    #[schema(example = 17)]
    pub version: i64,
    /// The action, as in the revision.
    #[schema(example = "update")]
    pub action: String,
    /// When the change was made.
    pub changed_at: DateTime<Utc>,
}

/// A notification endpoint that was tried or switched off.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndpointEventData {
    /// The notification endpoint's id.
    #[schema(value_type = String, example = "endpoint_01h455vb4pex5vsknk084sn02q")]
    pub id: EndpointId,
    /// The version of the endpoint. It grows with every change.
    #[schema(example = 3)]
    pub version: i64,
    /// Whether events are posted to the endpoint.
    pub enabled: bool,
    /// Why the service switched the endpoint off.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = disabled_reason, required = false)]
    pub disabled_reason: Option<&'static str>,
    /// When the endpoint was last changed.
    pub updated_at: DateTime<Utc>,
}
