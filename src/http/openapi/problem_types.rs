//! The problems of the document: a schema for each type with further members, and the types that a response can have.

use serde_json::{Map, Value, json};

use super::schema_parts::reference;
use crate::http::problem::Kind;

const BASE: &str = "Problem";
const MEDIA_TYPE: &str = "application/problem+json";

/// A member of a problem beside those that every problem has.
struct Member {
    name: &'static str,
    is_required: bool,
    schema: Value,
}

fn always(name: &'static str, schema: Value) -> Member {
    Member {
        name,
        is_required: true,
        schema,
    }
}

fn sometimes(name: &'static str, schema: Value) -> Member {
    Member {
        is_required: false,
        ..always(name, schema)
    }
}

/// The further members of a problem of this kind. The features above this module add them to problems; a test over all
/// answers finds a member that is missing here.
fn members(kind: Kind) -> Vec<Member> {
    match kind {
        Kind::Invalid => vec![
            always("errors", list("FieldError", "All invalid values.")),
            sometimes(
                "websites",
                texts("The websites that have an order with this number."),
            ),
        ],
        Kind::TooLarge => vec![always(
            "limit",
            whole("The most bytes that the body may have.", 262_144),
        )],
        Kind::CursorExpired => vec![always(
            "oldest",
            text(
                "The oldest cursor that can be read from.",
                "00000000000000000042",
            ),
        )],
        Kind::InUse => vec![
            always(
                "rules",
                list("RuleRef", "The rules that offer the integration's method."),
            ),
            always(
                "openPayments",
                whole("How many payments with the integration are not at rest.", 2),
            ),
        ],
        Kind::ChangedSinceExport => vec![
            always(
                "rules",
                list(
                    "RuleConflict",
                    "The rules that have changed since the file was exported.",
                ),
            ),
            sometimes(
                "errors",
                list("FieldError", "Where these rules are in the file."),
            ),
        ],
        Kind::NotEligible => vec![always(
            "reasons",
            list("Reason", "Why the method is not offered for the cart."),
        )],
        Kind::WrongState => vec![
            sometimes(
                "paymentStatus",
                named("PaymentStatus", "The payment's status."),
            ),
            sometimes(
                "possible",
                texts("What can be done with the payment in this status."),
            ),
        ],
        Kind::ExceedsRemaining => vec![
            always(
                "remaining",
                text("How much is left, in the payment's currency.", "790.50"),
            ),
            always(
                "errors",
                list(
                    "FieldError",
                    "Every value of which more is asked for than is left.",
                ),
            ),
        ],
        Kind::AnotherPaymentIsLive => vec![always(
            "paymentId",
            text(
                "The live payment of the order.",
                "payment_01h455vb4pex5vsknk084sn02q",
            ),
        )],
        Kind::KnownOtherwise => vec![always(
            "state",
            named("TransactionState", "The outcome that the provider reports."),
        )],
        Kind::RuleTestsFailed => vec![
            always(
                "tests",
                list("FailedRuleTest", "The tests that pass now and would fail."),
            ),
            sometimes("moreTests", whole("How many further tests would fail.", 1)),
        ],
        Kind::AmbiguousAccount => vec![always("candidates", candidates())],
        Kind::InsufficientCredit => vec![always(
            "available",
            text(
                "What is left of the credit line, in the order's currency.",
                "400.00",
            ),
        )],
        Kind::Conflict | Kind::ProviderRefused | Kind::KeyRefused => {
            vec![failure()]
        }
        Kind::Unavailable => vec![
            failure(),
            sometimes(
                "reasons",
                list(
                    "Reason",
                    "Why the method is not offered while the provider does not answer.",
                ),
            ),
        ],
        Kind::GatewayUnreachable => vec![
            failure(),
            sometimes(
                "breaker",
                json!({
                    "type": "string", "enum": ["open"],
                    "description": "`open` where nothing was sent, because the last calls failed.",
                }),
            ),
        ],
        _ => Vec::new(),
    }
}

fn failure() -> Member {
    let text = "Why the transaction failed; absent where none was begun.";
    sometimes("failure", named("TransactionFailure", text))
}

fn candidates() -> Value {
    json!({
        "type": "array",
        "description": "The companies that list the buyer.",
        "items": reference("AccountCandidate"),
    })
}

fn account_candidate() -> Value {
    json!({
        "type": "object",
        "description": "A company that could pay for the order.",
        "required": ["corporateAccountId"],
        "properties": {
            "corporateAccountId": {
                "type": "string", "example": "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6",
                "description": "The provider's id of the account, to be sent as `corporateAccountId`.",
            },
            "name": { "type": ["string", "null"], "example": "Acme Manufacturing", "description": "The company's name at the provider." },
            "creditAvailable": { "type": ["string", "null"], "example": "97500.00", "description": "What is left of its credit line, in `currency`." },
            "currency": { "type": ["string", "null"], "example": "USD", "description": "Currency of the credit line." },
        },
    })
}

fn named(component: &str, description: &str) -> Value {
    let mut named = reference(component);
    named["description"] = description.into();
    named
}

fn list(component: &str, description: &str) -> Value {
    json!({ "type": "array", "items": reference(component), "description": description })
}

fn texts(description: &str) -> Value {
    json!({ "type": "array", "items": { "type": "string" }, "description": description })
}

fn text(description: &str, example: &str) -> Value {
    json!({ "type": "string", "description": description, "example": example })
}

fn whole(description: &str, example: u64) -> Value {
    json!({ "type": "integer", "format": "int64", "minimum": 0, "description": description, "example": example })
}

/// The component name of a kind: `not-eligible` is a `NotEligibleProblem`; a kind without further members is a
/// `Problem`.
fn component_of(kind: Kind) -> String {
    if members(kind).is_empty() {
        return BASE.to_owned();
    }
    let words = kind.slug().split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    format!("{}{BASE}", words.collect::<String>())
}

/// Adds the schemas of problems.
pub fn add_components(schemas: &mut Map<String, Value>) {
    let base = schemas.get(BASE).cloned().unwrap_or_default();
    schemas.insert("AccountCandidate".to_owned(), account_candidate());
    for kind in Kind::ALL.iter().copied() {
        let members = members(kind);
        if members.is_empty() {
            continue;
        }
        let mut schema = base.clone();
        schema["description"] = format!("{}.", kind.title()).into();
        schema["properties"]["type"] = json!({
            "type": "string",
            "enum": [format!("/problems/{}", kind.slug())],
            "description": "The problem type, as a path of this service that explains it.",
        });
        for member in members {
            schema["properties"][member.name] = member.schema;
            if let Some(required) = schema["required"]
                .as_array_mut()
                .filter(|_| member.is_required)
            {
                required.push(member.name.into());
            }
        }
        schemas.insert(component_of(kind), schema);
    }
}

/// Lets each error response refer to the schemas of the problem types in its description. Each list ends with the
/// schema of all problems, because later versions may add problem types.
pub fn refer(document: &mut Value) {
    let items = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = items
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut);
    let responses = operations
        .filter_map(|it| it.get_mut("responses")?.as_object_mut())
        .flat_map(Map::values_mut);
    for response in responses {
        let text = response["description"].as_str().unwrap_or_default();
        let mut names: Vec<String> = Kind::ALL
            .iter()
            .filter(|kind| text.contains(&format!("`/problems/{}`", kind.slug())))
            .map(|kind| component_of(*kind))
            .filter(|name| name != BASE)
            .collect();
        let content = response
            .get_mut("content")
            .and_then(|it| it.get_mut(MEDIA_TYPE));
        let Some(content) = content.filter(|_| !names.is_empty()) else {
            continue;
        };
        names.push(BASE.to_owned());
        let any: Vec<Value> = names.iter().map(|name| reference(name)).collect();
        content["schema"] = json!({ "anyOf": any });
    }
}
