//! `GET /v1/integration-types`.

use actix_web::http::header;
use serde_json::Value;

use crate::{
    integrations::{form, schema},
    locale::Wanted,
    money::Currency,
    operation::prelude::*,
    payment_methods::MethodType,
};

/// A type of integration.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IntegrationType {
    /// The word that an integration has as its `type`.
    #[serde(rename = "type")]
    kind: MethodType,
    /// What people call it.
    #[schema(example = "Apruve")]
    title: &'static str,
    /// JSON Schema of `settings`; `writeOnly` marks secrets.
    #[schema(value_type = Object)]
    settings_schema: Value,
    /// Order and widgets of a form for `settings`, as react-jsonschema-form reads them.
    #[schema(value_type = Object)]
    ui_schema: Value,
    /// What payments with this type can do.
    capabilities: Capabilities,
}

/// What a type can do.
#[derive(Serialize, ToSchema)]
struct Capabilities {
    /// What can be done with a payment.
    #[schema(example = json!(["authorize", "invoice", "shipment", "cancel", "refund"]))]
    actions: &'static [&'static str],
    /// The currencies an integration of this type may be set up for.
    #[schema(value_type = Vec<Currency>, example = json!(["USD", "EUR"]))]
    currencies: Vec<String>,
}

#[utoipa::path(
    summary = "List the types of integrations",
    description = "Each type with a title, the JSON Schema of its settings, and its capabilities.",
    params(("Accept-Language" = Option<String>, Header, description = "The language of titles and descriptions: English, German or French.", example = "de-AT")),
    responses((status = 200, description = "All types, on one page.", body = Listed<IntegrationType>)),
)]
#[get("/v1/integration-types")]
pub(super) async fn list_integration_types(
    read: Read<scope::GlobalRead<scope::IntegrationsRead>>,
) -> Result<HttpResponse, Problem> {
    let lines = read.request.headers().get_all(header::ACCEPT_LANGUAGE);
    let wanted = Wanted::from_accept_language(lines.filter_map(|line| line.to_str().ok()));
    let items = MethodType::ALL.map(|kind| {
        let mut settings_schema = schema::of_new(kind);
        form::add_texts(&mut settings_schema, &wanted);
        IntegrationType {
            kind,
            title: schema::title(kind),
            ui_schema: form::ui_schema(kind, &settings_schema),
            settings_schema,
            capabilities: Capabilities {
                actions: schema::actions(kind),
                currencies: Currency::all().map(|it| it.to_string()).collect(),
            },
        }
    });
    Ok(HttpResponse::Ok().json(Listed {
        items: items.into(),
        next_cursor: None,
        total: None,
    }))
}
