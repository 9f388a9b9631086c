//! The settings and capabilities of each type of integration, for frontends that generate forms.
//!
//! The OpenAPI document contains the same JSON Schema, and a test compares it with what the reader accepts.

use serde_json::{Value, json};

use crate::{money::Currency, payment_methods::MethodType};

/// The display name of a type.
pub fn title(kind: MethodType) -> &'static str {
    match kind {
        MethodType::Apruve => "Apruve",
        MethodType::PaymentTerm => "Payment term",
        MethodType::CheckMoneyOrder => "Check or money order",
    }
}

/// The actions on payments of this type.
pub fn actions(kind: MethodType) -> &'static [&'static str] {
    match kind {
        MethodType::Apruve => &["authorize", "invoice", "shipment", "cancel", "refund"],
        MethodType::PaymentTerm | MethodType::CheckMoneyOrder => {
            &["purchase", "capture", "cancel", "refund"]
        }
    }
}

/// JSON Schema of `settings` at creation.
pub fn of_new(kind: MethodType) -> Value {
    settings(kind, &["merchantId", "apiKey"])
}

/// JSON Schema of `settings` in a change, where secrets may be left out.
pub fn of_change(kind: MethodType) -> Value {
    settings(kind, &["merchantId"])
}

fn settings(kind: MethodType, required_of_apruve: &[&str]) -> Value {
    let properties = match kind {
        MethodType::Apruve => apruve(),
        MethodType::PaymentTerm => json!({
            "instructions": {
                "type": "string", "maxLength": 2000, "default": "",
                "description": "The instructions that the buyer sees with the method.",
            },
            "netDays": {
                "type": ["integer", "null"], "minimum": 0, "maximum": 3650, "default": null,
                "description": "The number of days within which a sale is to be paid, unless the payment says otherwise.",
            },
        }),
        MethodType::CheckMoneyOrder => json!({
            "payTo": {
                "type": "string", "maxLength": 255, "default": "",
                "description": "The payee of the check.",
            },
            "sendTo": {
                "type": "string", "maxLength": 2000, "default": "",
                "description": "The address to which the check is sent.",
            },
        }),
    };
    let mut schema =
        json!({ "type": "object", "additionalProperties": false, "properties": properties });
    if kind == MethodType::Apruve {
        schema["required"] = json!(required_of_apruve);
    }
    schema
}

fn apruve() -> Value {
    let currencies: Vec<String> = Currency::all().map(|known| known.to_string()).collect();
    json!({
        "merchantId": {
            "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9_-]+$",
            "description": "The merchant's id at Apruve.",
        },
        "apiKey": {
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$", "writeOnly": true, "format": "password",
            "description": "Apruve's API key. If a change leaves it out, the current key is kept. It is required again when `merchantId`, `testMode` or `baseUrl` changes.",
        },
        "apiKeyHint": { "type": "string", "readOnly": true, "description": "The last characters of the API key." },
        "testMode": {
            "type": "boolean", "default": false,
            "description": "Whether the account belongs to Apruve's test environment.",
        },
        "currencies": {
            "type": "array", "minItems": 1, "maxItems": 50, "uniqueItems": true, "default": ["USD"],
            "items": { "type": "string", "enum": currencies },
            "description": "The currencies of carts that can be paid with this account.",
        },
        "baseUrl": {
            "type": ["string", "null"], "format": "uri", "maxLength": 255, "default": null,
            "description": "The origin of a host other than Apruve's own. `apruve.allowed_hosts` must list it.",
        },
        "webhookPublicKeys": {
            "type": "array", "maxItems": 20,
            "items": { "type": "string", "maxLength": 4096, "contentMediaType": "application/x-pem-file" },
            "description": "RSA public keys in PEM. A webhook is accepted if one of them verifies it. If left out in test mode, the key of Apruve's test environment is used.",
        },
        "financing": {
            "type": "string", "enum": ["apruve", "self"], "default": "apruve",
            "description": "Who waits for the buyer's money: Apruve (`apruve`) or the shop (`self`).",
        },
        "requiresShipment": {
            "type": "boolean", "default": false,
            "description": "Whether Apruve pays an invoice only after it has a shipment.",
        },
        "fundingAlertHours": {
            "type": "integer", "minimum": 1, "maximum": 8760, "default": 24,
            "description": "The number of hours without a payment from Apruve after which an invoice counts as overdue for funding.",
        },
        "credit": credit(),
        "webhookUrlHint": {
            "type": "string", "readOnly": true,
            "description": "The webhook URL with only the last characters of its token.",
        },
    })
}

fn credit() -> Value {
    let word = |words: &[&str], default: &str, description: &str| json!({ "type": "string", "enum": words, "default": default, "description": description });
    let fallbacks = ["offer", "warn", "hide"];
    json!({
        "type": "object", "additionalProperties": false,
        "description": "How the buyer's credit and outages of Apruve affect the method at checkout.",
        "properties": {
            "check": word(&["off", "advise", "require"], "off",
                "`off`: credit is not read. `advise`: credit leads to warnings. `require`: credit decides whether the method is offered, and a payment reads it first."),
            "maxAge": {
                "type": "string", "maxLength": 40, "default": "15m",
                "description": "The maximum age of credit that was read, from `1s` to `30days`. Older credit counts as unknown.",
            },
            "whenUnknown": word(&fallbacks, "offer", "Whether the method is offered while the buyer's credit is not known."),
            "whenUnreachable": word(&fallbacks, "warn",
                "Whether the method is offered while Apruve does not answer, whatever `check` says."),
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Map;
    use utoipa::openapi::Schema;

    use super::*;
    use crate::{
        config,
        http::body::{Fields, Findings},
        integrations::settings,
        outbound::HostPolicy,
    };

    /// The settings that the reader refuses as unknown when a body has every setting of the schemas.
    fn unknown_to(kind: MethodType, names: &BTreeSet<String>) -> BTreeSet<String> {
        let sources = config::Sources {
            environment: Some(Vec::new()),
            ..config::Sources::default()
        };
        let configured = config::Settings::load(sources).expect("the defaults load");
        let policy = HostPolicy::new(&configured).expect("the defaults have a policy");
        let offered: Map<String, Value> = names
            .iter()
            .map(|name| (name.clone(), Value::Null))
            .collect();
        let body = Map::from_iter([("settings".to_owned(), Value::Object(offered))]);
        let findings = Findings::default();
        let _ = settings::read(kind, &Fields::of(&body, &findings), None, &policy);
        let problem = findings
            .into_result(None::<()>)
            .expect_err("nothing is read");
        let unknown = problem
            .errors()
            .iter()
            .filter(|error| error.code == "unknown_field");
        unknown
            .filter_map(|error| error.pointer.as_deref()?.strip_prefix("/settings/"))
            .map(str::to_owned)
            .collect()
    }

    fn names_of(kind: MethodType) -> BTreeSet<String> {
        let schema = of_new(kind);
        let properties = schema["properties"].as_object().expect("properties");
        properties.keys().cloned().collect()
    }

    #[test]
    fn a_schema_names_exactly_the_settings_that_are_read() {
        let all: BTreeSet<String> = MethodType::ALL.iter().copied().flat_map(names_of).collect();
        for kind in MethodType::ALL.iter().copied() {
            let read: BTreeSet<String> = all.difference(&unknown_to(kind, &all)).cloned().collect();
            assert_eq!(read, names_of(kind), "{kind:?}");
        }
    }

    #[test]
    fn every_schema_fits_into_the_openapi_document() {
        for kind in MethodType::ALL.iter().copied() {
            for schema in [of_new(kind), of_change(kind)] {
                let read: Result<Schema, _> = serde_json::from_value(schema);
                assert!(read.is_ok(), "{kind:?}: {:?}", read.err());
            }
        }
    }

    #[test]
    fn only_the_api_key_is_write_only() {
        let schema = of_new(MethodType::Apruve);
        let properties = schema["properties"].as_object().expect("properties");
        let secret: Vec<_> = properties
            .iter()
            .filter(|(_, property)| property["writeOnly"] == true)
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(secret, ["apiKey"]);
    }
}
