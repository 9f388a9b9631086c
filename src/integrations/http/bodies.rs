//! The request bodies of integrations. `draft` reads those with settings, which depend on the type.

use chrono::TimeDelta;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        schema::{AnyOfBuilder, RefBuilder},
    },
};

use super::document;
use crate::{
    http::body::{Fields, declare_body},
    locale::Labels,
    payment_methods::MethodType,
};

/// A new integration. The other fields that GET returns may be sent and are ignored.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewIntegration {
    /// The type of the integration; it cannot be changed later.
    #[schema(rename = "type")]
    pub kind: MethodType,
    /// The name that administrators see; unique among integrations.
    #[schema(min_length = 3, max_length = 255, example = "Apruve US")]
    pub name: String,
    /// Whether the method may be offered at once.
    #[schema(default = true)]
    pub enabled: Option<bool>,
    /// The label of the method that buyers see.
    pub label: Labels,
    /// A shorter label. If left out, it is the label.
    pub short_label: Option<Labels>,
    #[schema(schema_with = new_settings)]
    pub settings: Option<Value>,
}

/// All fields of an integration that can be changed. `type` and `enabled` may be sent with their current values.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct IntegrationChange {
    /// The type of the integration. It may be left out; a value other than the current type is refused.
    #[schema(rename = "type")]
    pub kind: Option<MethodType>,
    /// The name that administrators see; unique among integrations.
    #[schema(min_length = 3, max_length = 255, example = "Apruve US")]
    pub name: String,
    /// Whether the integration is active. Only `activate` and `deactivate` change it.
    pub enabled: Option<bool>,
    /// The label of the method that buyers see.
    pub label: Labels,
    /// A shorter label. If left out, it is the label.
    pub short_label: Option<Labels>,
    #[schema(schema_with = changed_settings)]
    pub settings: Option<Value>,
}

/// An account to check before it is saved.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountToCheck {
    /// The type of the integration. Only `apruve` has a connection.
    #[schema(rename = "type", example = "apruve")]
    pub kind: MethodType,
    #[schema(schema_with = settings_to_check)]
    pub settings: Value,
}

declare_body! {
    by Fields<'_>;

    /// The time until the current webhook token expires.
    #[serde(deny_unknown_fields)]
    Rotation {
        /// The number of seconds for which the old token still works, at most 2592000 (30 days). Use 0 if the token has
        /// leaked.
        #[schema(rename = "graceSeconds", value_type = Option<i64>, minimum = 0, maximum = 2_592_000, default = 86_400)]
        grace: TimeDelta = grace(),
    }
}

fn new_settings() -> RefOr<Schema> {
    any_of(
        "The settings of the integration's type; see `GET /v1/integration-types`. Offline methods may leave it out.",
        document::settings_of_new,
    )
}

fn changed_settings() -> RefOr<Schema> {
    any_of(
        "The settings of the integration's type, as at creation. Secrets that are left out are kept.",
        document::settings_of_change,
    )
}

fn settings_to_check() -> RefOr<Schema> {
    RefBuilder::new()
        .ref_location_from_schema_name(document::settings_of_new(MethodType::Apruve))
        .description(Some("The settings to check, as at creation."))
        .build()
        .into()
}

fn any_of(description: &str, name: fn(MethodType) -> &'static str) -> RefOr<Schema> {
    let any = MethodType::ALL
        .iter()
        .map(|kind| Ref::from_schema_name(name(*kind)))
        .fold(AnyOfBuilder::new(), AnyOfBuilder::item);
    any.description(Some(description)).into()
}
