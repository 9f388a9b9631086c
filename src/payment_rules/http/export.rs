//! `GET /v1/payment-rules/export`

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::super::{Rule, store};
use crate::{
    auth::{Caller, scope},
    clock::Clock,
    openapi::Guarded,
    pagination::Query,
    payment_methods::{self, Method, PaymentMethodId},
    precondition,
    problem::Problem,
    store::{Store, StoreError},
};

/// The whole set of rules as a file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleExport {
    /// Of the format.
    #[schema(example = 1)]
    version: u8,
    exported_at: DateTime<Utc>,
    /// The newest revision of the rules; also the ETag.
    #[schema(example = 17)]
    revision: i64,
    /// In the order in which checkout walks them. Each payment method also has its `type` and the `name` of its
    /// integration, by which an import finds it where its id names nothing.
    #[schema(value_type = Vec<Rule>)]
    rules: Vec<Map<String, Value>>,
}

/// Export all payment rules
///
/// What an import takes, here or in another installation.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:read"])),
    responses(
        (status = 200, description = "All rules.", body = RuleExport, headers(("ETag" = String, description = "The newest revision of the rules."))),
        Guarded,
    ),
)]
#[get("/v1/payment-rules/export")]
pub async fn export_payment_rules(
    _caller: Caller<scope::RulesRead>,
    request: HttpRequest,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
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
        revision,
        rules: rules
            .iter()
            .map(|rule| with_names(rule, &methods))
            .collect(),
    };
    let mut response = HttpResponse::Ok();
    Ok(response
        .insert_header(precondition::etag(revision))
        .json(export))
}

fn with_names(rule: &Rule, methods: &HashMap<PaymentMethodId, Method>) -> Map<String, Value> {
    let mut json = rule.to_json();
    let entries = json.get_mut("paymentMethods").and_then(Value::as_array_mut);
    for (entry, method) in entries.into_iter().flatten().zip(&rule.payment_methods) {
        if let (Value::Object(entry), Some(known)) = (entry, methods.get(&method.id)) {
            entry.insert("type".to_owned(), known.id.kind.as_str().into());
            entry.insert("name".to_owned(), known.name.clone().into());
        }
    }
    json
}
