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
    /// The `type` of such an integration.
    #[serde(rename = "type")]
    kind: MethodType,
    /// The display name of the type.
    #[schema(example = "Apruve")]
    title: &'static str,
    /// The JSON Schema of `settings`. `writeOnly` marks secrets.
    #[schema(value_type = Object)]
    settings_schema: Value,
    /// The order of the fields and the widgets of a form for `settings`, in the format of react-jsonschema-form.
    #[schema(value_type = Object)]
    ui_schema: Value,
    /// The capabilities of payments with this type.
    capabilities: Capabilities,
}

/// The capabilities of a type.
#[derive(Serialize, ToSchema)]
struct Capabilities {
    /// The actions that are possible on a payment.
    #[schema(example = json!(["authorize", "invoice", "shipment", "cancel", "refund"]))]
    actions: &'static [&'static str],
    /// The currencies for which an integration of this type can be set up.
    #[schema(value_type = Vec<Currency>, example = json!(["USD", "EUR"]))]
    currencies: Vec<String>,
}

#[utoipa::path(
    summary = "List the types of integrations",
    description = "Lists each type with its title, the JSON Schema of its settings, and its capabilities.",
    params(("Accept-Language" = Option<String>, Header, description = "The language of titles and descriptions: English, German or French.", example = "de-AT")),
    responses((status = 200, description = "All types, on one page.", body = Listed<IntegrationType>)),
)]
#[get("/v1/integration-types")]
pub(super) async fn list_integration_types(
    read: Read<scope::GlobalRead<scope::IntegrationsRead>>,
) -> Result<HttpResponse, Problem> {
    let lines = read.request.headers().get_all(header::ACCEPT_LANGUAGE);
    let wanted = Wanted::from_accept_language(lines.filter_map(|line| line.to_str().ok()));
    let items = MethodType::ALL.iter().copied().map(|kind| {
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
    Ok(HttpResponse::Ok().json(Listed::all(items.collect())))
}
