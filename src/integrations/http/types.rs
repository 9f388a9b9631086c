//! `GET /v1/integration-types`.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    auth::scope,
    http::{pagination::Listed, problem::Problem},
    integrations::schema,
    money::Currency,
    operation::Read,
    payment_methods::MethodType,
};

/// A type of integration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IntegrationType {
    #[serde(rename = "type")]
    kind: MethodType,
    /// What people call it.
    #[schema(example = "Apruve")]
    title: &'static str,
    /// JSON Schema of `settings`; `writeOnly` marks secrets.
    #[schema(value_type = Object)]
    settings_schema: Value,
    capabilities: Capabilities,
}

/// What a type can do.
#[derive(Serialize, ToSchema)]
struct Capabilities {
    /// What can be done with a payment.
    #[schema(example = json!(["authorize", "invoice", "shipment", "cancel", "refund"]))]
    actions: &'static [&'static str],
    /// The currencies an integration of this type may be set up for.
    #[schema(example = json!(["USD", "EUR"]))]
    currencies: Vec<String>,
}

#[utoipa::path(
    tag = "Integrations",
    summary = "List the types of integrations",
    description = "Each type with a title, the JSON Schema of its settings, and its capabilities.",
    responses((status = 200, description = "All types, on one page.", body = Listed<IntegrationType>)),
    security(("bearer" = ["integrations:read"])),
)]
#[get("/v1/integration-types")]
pub(super) async fn list_integration_types(
    _read: Read<scope::GlobalRead<scope::IntegrationsRead>>,
) -> Result<HttpResponse, Problem> {
    let items = MethodType::ALL.map(|kind| IntegrationType {
        kind,
        title: schema::title(kind),
        settings_schema: schema::of_new(kind),
        capabilities: Capabilities {
            actions: schema::actions(kind),
            currencies: Currency::all().map(|it| it.to_string()).collect(),
        },
    });
    Ok(HttpResponse::Ok().json(Listed {
        items: items.into(),
        next_cursor: None,
        total: None,
    }))
}
