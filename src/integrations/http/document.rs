//! Integrations in the API document: each type has a named schema of settings, and `type` is the discriminator.

use utoipa::openapi::{OpenApi, RefOr, Schema};

use crate::{
    http::openapi::{TypedResource, TypedShape},
    integrations::schema,
    payment_methods::MethodType,
};

/// The component name of the `settings` of a new integration.
pub fn settings_of_new(kind: MethodType) -> &'static str {
    match kind {
        MethodType::Apruve => "NewApruveSettings",
        // Without secrets, a creation and a change have the same fields.
        MethodType::PaymentTerm | MethodType::CheckMoneyOrder => settings_of_change(kind),
    }
}

/// The component name of the `settings` in a change.
pub fn settings_of_change(kind: MethodType) -> &'static str {
    match kind {
        MethodType::Apruve => "ApruveSettingsChange",
        MethodType::PaymentTerm => "PaymentTermSettingsChange",
        MethodType::CheckMoneyOrder => "CheckMoneyOrderSettingsChange",
    }
}

/// Adds the schemas of the settings in requests, for each type.
pub fn describe_settings(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    for kind in MethodType::ALL.iter().copied() {
        let (new, change) = (settings_of_new(kind), settings_of_change(kind));
        for (name, mut schema, part) in [
            (change, schema::of_change(kind), " in a change"),
            (new, schema::of_new(kind), " of a new integration"),
        ] {
            let part = if new == change { "" } else { part };
            schema["description"] =
                format!("Settings of the type `{}`{part}.", kind.as_str()).into();
            // A test fails if utoipa cannot represent a schema.
            if let Ok(schema) = serde_json::from_value::<Schema>(schema) {
                components.schemas.insert(name.to_owned(), RefOr::T(schema));
            }
        }
    }
}

/// The schemas with `type` as discriminator.
pub fn typed_resources() -> [TypedResource; 2] {
    let resource = |component, shape: fn(MethodType) -> TypedShape| TypedResource {
        component,
        member: "settings",
        shapes: MethodType::ALL.iter().copied().map(shape).collect(),
    };
    [
        resource("Integration", shown),
        resource("NewIntegration", new),
    ]
}

fn shown(kind: MethodType) -> TypedShape {
    let (component, schema) = match kind {
        MethodType::Apruve => ("ApruveIntegration", "ApruveSettings"),
        MethodType::PaymentTerm => ("PaymentTermIntegration", "PaymentTermSettings"),
        MethodType::CheckMoneyOrder => ("CheckMoneyOrderIntegration", "CheckMoneyOrderSettings"),
    };
    TypedShape {
        word: kind.as_str(),
        component,
        schema,
        is_required: true,
    }
}

fn new(kind: MethodType) -> TypedShape {
    let component = match kind {
        MethodType::Apruve => "NewApruveIntegration",
        MethodType::PaymentTerm => "NewPaymentTermIntegration",
        MethodType::CheckMoneyOrder => "NewCheckMoneyOrderIntegration",
    };
    TypedShape {
        word: kind.as_str(),
        component,
        schema: settings_of_new(kind),
        is_required: kind == MethodType::Apruve,
    }
}
