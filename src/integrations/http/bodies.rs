//! What integrations look like in bodies, for the OpenAPI document. They are read by `draft`, which finds everything that is
//! wrong at once.

use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{AnyOfBuilder, ObjectBuilder},
    },
};

use crate::{integrations::schema, locale::Labels, payment_methods::MethodType};

/// A new integration. What GET shows besides may be sent along and is not read.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct NewIntegration {
    #[schema(rename = "type")]
    pub kind: MethodType,
    #[schema(min_length = 3, max_length = 255, example = "Apruve US")]
    pub name: String,
    #[schema(default = true)]
    pub enabled: Option<bool>,
    pub label: Labels,
    /// Left out, it is the label.
    pub short_label: Option<Labels>,
    /// By type; see `GET /v1/integration-types`. Offline methods may leave it out.
    #[schema(schema_with = new_settings)]
    pub settings: Option<Value>,
}

/// All of an integration that can be changed. `type` and `enabled` may be sent as they are.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub struct IntegrationChange {
    #[schema(rename = "type")]
    pub kind: Option<MethodType>,
    #[schema(min_length = 3, max_length = 255, example = "Apruve US")]
    pub name: String,
    /// Changed by `activate` and `deactivate` only.
    pub enabled: Option<bool>,
    pub label: Labels,
    /// Left out, it is the label.
    pub short_label: Option<Labels>,
    /// Secrets that are left out stay as they are.
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
    any_of(MethodType::ALL.map(schema::of_new))
}

fn changed_settings() -> RefOr<Schema> {
    any_of(MethodType::ALL.map(schema::of_change))
}

fn settings_to_check() -> RefOr<Schema> {
    any_of([schema::of_new(MethodType::Apruve)])
}

fn any_of<const N: usize>(schemas: [Value; N]) -> RefOr<Schema> {
    let any = schemas
        .into_iter()
        // What utoipa does not know of JSON Schema would be any object; a test sees that this does not happen.
        .map(|schema| {
            serde_json::from_value(schema).unwrap_or_else(|_| ObjectBuilder::new().into())
        })
        .fold(AnyOfBuilder::new(), |any, schema: Schema| any.item(schema));
    any.into()
}
