//! `GET /v1/payment-rules/export`

use std::collections::HashMap;

use actix_web::{HttpResponse, get, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::{Rule, store};
use crate::{
    auth::scope,
    clock::Clock,
    http::{pagination::Versioned, precondition, problem::Problem, reply::Reply},
    operation::Read,
    payment_methods::{self, Method, PaymentMethodId},
    settings::installation,
    store::{Store, StoreError},
};

/// The whole set of rules as a file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleExport {
    /// Of the format.
    #[schema(example = 1)]
    version: u8,
    /// When the file was made.
    exported_at: DateTime<Utc>,
    /// Of this service and its database: an import knows its own files by it.
    #[schema(example = "installation_01h455vb4pex5vsknk084sn02q")]
    installation: String,
    /// The newest revision of the rules; also the ETag.
    #[schema(example = 17)]
    revision: i64,
    /// In the order in which checkout walks them, each with its `etag`. Each payment method also has its `type` and the `name` of its
    /// integration, by which an import finds it where its id names nothing.
    #[schema(value_type = Vec<Versioned<Rule>>)]
    rules: Vec<Map<String, Value>>,
}

/// Export all payment rules
///
/// What an import takes, here or in another installation. Send the ETag as `If-Match` to an import that is to find the rules
/// as they were.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:read"])),
    responses(
        (status = 200, description = "All rules.", body = RuleExport, headers(("ETag" = String, description = "The newest revision of the rules."))),
    ),
)]
#[get("/v1/payment-rules/export")]
pub async fn export_payment_rules(
    _read: Read<scope::RulesRead>,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let installation = installation::id(&store, &clock).await?;
    let (rules, methods, revision) = store
        .snapshot(|conn| {
            let rules = store::load_all(conn)?;
            let methods = payment_methods::store::list(conn)?;
            Ok::<_, StoreError>((rules, methods, store::history::newest(conn)?))
        })
        .await?;
    let methods: HashMap<PaymentMethodId, Method> = methods
        .into_iter()
        .map(|method| (method.id, method))
        .collect();
    let export = RuleExport {
        version: 1,
        exported_at: clock.now(),
        installation,
        revision,
        rules: rules
            .iter()
            .map(|rule| with_names(rule, &methods))
            .collect(),
    };
    Ok(Reply::ok().version(revision).json(export))
}

fn with_names(rule: &Rule, methods: &HashMap<PaymentMethodId, Method>) -> Map<String, Value> {
    let mut json = rule.to_json();
    let (_, etag) = precondition::etag(rule.version);
    json.insert("etag".to_owned(), etag.into());
    let entries = json.get_mut("paymentMethods").and_then(Value::as_array_mut);
    for (entry, method) in entries.into_iter().flatten().zip(&rule.payment_methods) {
        if let (Value::Object(entry), Some(known)) = (entry, methods.get(&method.id)) {
            entry.insert("type".to_owned(), known.id.kind.as_str().into());
            entry.insert("name".to_owned(), known.name.clone().into());
        }
    }
    json
}
