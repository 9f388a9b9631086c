//! Adds to each operation what follows from its parameters, its body and its security, so that no handler repeats it:
//! the errors of each mechanism, the response headers, and the parameters of the path.

use std::collections::BTreeSet;

use utoipa::openapi::{
    HeaderBuilder, ObjectBuilder, OpenApi, RefOr, Required, Response, Type,
    path::{Operation, ParameterBuilder, ParameterIn},
};

use super::{
    areas,
    parameters::{CURSOR, FORCE, IDEMPOTENCY_KEY, IF_MATCH, IF_NONE_MATCH},
    problems,
};
use crate::http::problem::Kind;

/// The errors of every operation that requires a token.
const SECURED: &[Kind] = &[
    Kind::BadRequest,
    Kind::Unauthorized,
    Kind::MissingScope,
    Kind::UnsupportedMediaType,
    Kind::Invalid,
    Kind::TooManyRequests,
    Kind::Internal,
    Kind::Unavailable,
];
/// The errors of every operation whose method may have a body.
const WITH_BODY: &[Kind] = &[
    Kind::MalformedJson,
    Kind::BadRequest,
    Kind::RequestTimeout,
    Kind::TooLarge,
    Kind::UnsupportedMediaType,
    Kind::Invalid,
];

/// The response headers of every operation with a rate limit.
const LIMITED: [(&str, &str); 2] = [
    (
        "RateLimit",
        "What is left of the limit, as `\"class\";r=99;t=1`.",
    ),
    ("RateLimit-Policy", "The limit, as `\"class\";q=100;w=1`."),
];

/// Path prefix, the noun of its last parameter, and the id prefix for the example.
const IN_PATHS: &[(&str, &str, &str)] = &[
    ("/v1/deliveries/{id}", "delivery", "delivery"),
    ("/v1/findings/{id}", "finding", "finding"),
    ("/v1/integrations/{id}", "integration", "integration"),
    ("/v1/invoices/{id}", "invoice", "txn"),
    ("/v1/notification-endpoints/{id}", "endpoint", "endpoint"),
    ("/v1/payment-rules/{id}", "rule", "rule"),
    ("/v1/payment-rules/what-if/{id}", "trial", "whatif"),
    ("/v1/payments/{id}", "payment", "payment"),
    ("/v1/payments/{id}/invoices/{txn}", "invoice", "txn"),
    (
        "/v1/payments/{id}/invoices/{txn}/shipments/{shipment}",
        "shipment",
        "txn",
    ),
    ("/v1/payments/{id}/shipments/{txn}", "shipment", "txn"),
    ("/v1/payments/{id}/transactions/{txn}", "transaction", "txn"),
    ("/v1/reconciliation/runs/{id}", "run", "reconciliation"),
    ("/v1/webhook-events/{id}", "event", "event"),
    ("/v1/webhook-replays/{id}", "replay", "replay"),
];

/// Adds the conventions to every operation.
pub fn apply(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ] {
            if let Some(operation) = operation {
                areas::complete(path, method, operation);
                describe_path(path, operation);
                complete(path, method, operation);
            }
        }
    }
}

fn describe_path(path: &str, operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    for (known, noun, prefix) in IN_PATHS.iter().rev() {
        let Some((_, name)) = known.rsplit_once('{').filter(|_| path.starts_with(known)) else {
            continue;
        };
        let name = name.trim_end_matches('}');
        // The parameter that the macro derives from the handler has neither description nor example.
        parameters.retain(|it| !matches!(it, RefOr::T(it) if it.name == name));
        let described = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(format!("The {noun}'s id.")))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .example(Some(format!("{prefix}_01h455vb4pex5vsknk084sn02q").into()))
            .build();
        parameters.insert(0, RefOr::T(described));
    }
    if parameters.is_empty() {
        operation.parameters = None;
    }
}

fn complete(path: &str, method: &str, operation: &mut Operation) {
    let parameters = operation.parameters.iter().flatten();
    let required: Vec<(String, bool)> = parameters
        .filter_map(|it| match it {
            RefOr::T(it) => Some((it.name.clone(), it.required == Required::True)),
            RefOr::Ref(_) => None,
        })
        .collect();
    let takes = |name: &str| {
        required
            .iter()
            .find(|(known, _)| known == name)
            .map(|it| it.1)
    };
    let is_secured = operation.security.as_ref().is_some_and(|it| !it.is_empty());
    let mut kinds: Vec<Kind> = Vec::new();
    if !is_secured {
        // An empty list states that no token is needed; without the list the document would leave it open.
        operation.security = Some(Vec::new());
    } else {
        for (name, description) in LIMITED {
            add_header(operation, name, description);
        }
        kinds.extend(SECURED);
        if path.contains('{') {
            kinds.push(Kind::NotFound);
        }
        if method != "get" {
            kinds.extend(WITH_BODY);
        }
    }
    if let Some(is_required) = takes(IDEMPOTENCY_KEY) {
        kinds.push(Kind::KeyReused);
        kinds.extend(is_required.then_some(Kind::IdempotencyKeyRequired));
        add_header(
            operation,
            "Idempotent-Replayed",
            "`true` when an earlier request has done it.",
        );
    }
    if let Some(is_required) = takes(IF_MATCH) {
        kinds.push(Kind::Stale);
        kinds.extend(is_required.then_some(Kind::PreconditionRequired));
    }
    if takes(FORCE).is_some() {
        kinds.push(Kind::RuleTestsFailed);
    }
    if takes(IF_NONE_MATCH).is_some() {
        let current = Response::new("The ETag in `If-None-Match` is current.");
        operation
            .responses
            .responses
            .insert("304".to_owned(), RefOr::T(current));
        add_header(operation, "ETag", "Its version.");
    } else if takes(IF_MATCH).is_some() && method != "delete" {
        add_header(operation, "ETag", "Its version.");
    }
    if takes(CURSOR).is_some() && method == "get" {
        add_header(
            operation,
            "Link",
            "The next page, `rel=\"next\"`, where there is one.",
        );
    }
    let mut seen = BTreeSet::new();
    kinds.retain(|kind| seen.insert(kind.slug()));
    problems::add(operation, &kinds);
}

/// Adds a header to each successful response with content.
fn add_header(operation: &mut Operation, name: &str, description: &str) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if status.starts_with('2') {
            let schema = ObjectBuilder::new().schema_type(Type::String).build();
            let header = HeaderBuilder::new()
                .schema(Some(schema))
                .description(Some(description));
            response
                .headers
                .entry(name.to_owned())
                .or_insert_with(|| RefOr::T(header.build()));
        }
    }
}
