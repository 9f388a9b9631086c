//! The request bodies of integrations for the OpenAPI document. `draft` reads them.

use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        schema::{AnyOfBuilder, RefBuilder},
    },
};

use super::document;
use crate::{locale::Labels, payment_methods::MethodType};

/// A new integration. What GET shows besides may be sent along and is not read.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewIntegration {
    /// The type of the integration; it cannot be changed later.
    #[schema(rename = "type")]
    pub kind: MethodType,
    /// For administrators; unique among integrations.
    #[schema(min_length = 3, max_length = 255, example = "Apruve US")]
    pub name: String,
    /// Whether the method may be offered at once.
    #[schema(default = true)]
    pub enabled: Option<bool>,
    /// What buyers read.
    pub label: Labels,
    /// Left out, it is the label.
    pub short_label: Option<Labels>,
    #[schema(schema_with = new_settings)]
    pub settings: Option<Value>,
}

/// All of an integration that can be changed. `type` and `enabled` may be sent as they are.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct IntegrationChange {
    /// May be left out; another type than the present one is refused.
    #[schema(rename = "type")]
    pub kind: Option<MethodType>,
    /// For administrators; unique among integrations.
    #[schema(min_length = 3, max_length = 255, example = "Apruve US")]
    pub name: String,
    /// Changed by `activate` and `deactivate` only.
    pub enabled: Option<bool>,
    /// What buyers read.
    pub label: Labels,
    /// Left out, it is the label.
    pub short_label: Option<Labels>,
    #[schema(schema_with = changed_settings)]
    pub settings: Option<Value>,
}

/// An account to try before it is saved.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountToCheck {
    /// Only `apruve` has a connection.
    #[schema(rename = "type", example = "apruve")]
    pub kind: MethodType,
    #[schema(schema_with = settings_to_check)]
    pub settings: Value,
}

/// How the present webhook token ends.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct Rotation {
    /// For so many seconds the old token still works; 0 when it has leaked.
    #[schema(minimum = 0, maximum = 2_592_000, default = 86_400)]
    pub grace_seconds: Option<i64>,
}

fn new_settings() -> RefOr<Schema> {
    any_of(
        "By type; see `GET /v1/integration-types`. Offline methods may leave it out.",
        document::settings_of_new,
    )
}

fn changed_settings() -> RefOr<Schema> {
    any_of(
        "By type, as at creation. Secrets that are left out stay as they are.",
        document::settings_of_change,
    )
}

fn settings_to_check() -> RefOr<Schema> {
    RefBuilder::new()
        .ref_location_from_schema_name(document::settings_of_new(MethodType::Apruve))
        .description(Some("The settings to try, as at creation."))
        .build()
        .into()
}

fn any_of(description: &str, name: fn(MethodType) -> &'static str) -> RefOr<Schema> {
    let any = MethodType::ALL
        .into_iter()
        .map(|kind| Ref::from_schema_name(name(kind)))
        .fold(AnyOfBuilder::new(), AnyOfBuilder::item);
    any.description(Some(description)).into()
}
