//! `GET /v1/payment-rules/export`

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::super::{
    Rule,
    rule_tests::{self, RuleTest},
    store,
};
use crate::{
    clock::Clock,
    http::precondition,
    money::Currency,
    operation::prelude::*,
    payment_methods::{self, Method, MethodType, PaymentMethodId, Terms},
    settings::{self, installation},
    store::StoreError,
};

/// The complete set of rules as a file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleExport {
    /// The version of the format.
    #[schema(example = 1)]
    version: u8,
    /// When the file was exported.
    exported_at: DateTime<Utc>,
    /// The id of this service's database: an import recognizes files of its own installation by it.
    #[schema(example = "installation_01h455vb4pex5vsknk084sn02q")]
    installation: String,
    /// The newest revision of the rules; also the ETag.
    #[schema(example = 17)]
    revision: i64,
    /// The rules in the order in which checkout walks them, each with its `etag`. Each payment method also has its
    /// `type` and the `name` of its integration, by which an import finds the method if its id is not known.
    #[schema(value_type = Vec<Versioned<Rule>>)]
    rules: Vec<Map<String, Value>>,
    /// The tests of the rules.
    tests: Vec<RuleTest>,
    /// The payment methods of all integrations as checkout sees them, for running the tests without a database; an
    /// import ignores them.
    payment_methods: Vec<ExportedMethod>,
    /// The setting `merchantCountry`, for the same purpose.
    merchant_country: Option<String>,
}

/// A payment method at the time of the export.
#[derive(Serialize, ToSchema)]
struct ExportedMethod {
    /// The method's id.
    #[schema(value_type = String, example = "apruve_01h455vb4pex5vsknk084sn02q")]
    id: PaymentMethodId,
    /// The type of its integration.
    #[serde(rename = "type")]
    kind: MethodType,
    /// The name of its integration.
    #[schema(example = "Apruve US")]
    name: String,
    /// Whether its integration is on.
    enabled: bool,
    /// The currencies of the carts that it accepts; null means any.
    #[schema(value_type = Option<Vec<Currency>>, example = json!(["USD"]))]
    currencies: Option<Vec<Currency>>,
}

impl From<&Method> for ExportedMethod {
    fn from(method: &Method) -> Self {
        let currencies = match &method.terms {
            Terms::Provider(terms) => Some(terms.currencies.clone()),
            Terms::PaymentTerm { .. } | Terms::CheckMoneyOrder { .. } => None,
        };
        ExportedMethod {
            id: method.id,
            kind: method.id.kind,
            name: method.name.clone(),
            enabled: method.enabled,
            currencies,
        }
    }
}

/// Export all payment rules
///
/// The file for an import, here or in another installation. Send the ETag as `If-Match` with an import that must find
/// the rules unchanged.
#[utoipa::path(
    responses((status = 200, description = "All rules.", body = RuleExport, headers(("ETag" = String, description = "The newest revision of the rules.")))),
)]
#[get("/v1/payment-rules/export")]
pub async fn export_payment_rules(
    _read: Read<scope::RulesRead>,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let installation = installation::id(&store, &clock).await?;
    let (rules, methods, revision, tests, settings) = store
        .snapshot(|conn| {
            let rules = store::load_all(conn)?;
            let methods = payment_methods::store::list(conn)?;
            let revision = store::history::newest(conn)?;
            let tests = rule_tests::store::load(conn)?;
            let settings = settings::store::load(conn)?;
            Ok::<_, StoreError>((rules, methods, revision, tests, settings))
        })
        .await?;
    let export = RuleExport {
        version: 1,
        exported_at: clock.now(),
        installation,
        revision,
        rules: rules.iter().map(|it| with_names(it, &methods)).collect(),
        tests,
        payment_methods: methods.iter().map(ExportedMethod::from).collect(),
        merchant_country: settings.merchant_country,
    };
    Ok(Reply::ok().version(revision).json(export))
}

fn with_names(rule: &Rule, methods: &[Method]) -> Map<String, Value> {
    let mut json = rule.to_json();
    let (_, etag) = precondition::etag(rule.version);
    json.insert("etag".to_owned(), etag.into());
    let entries = json.get_mut("paymentMethods").and_then(Value::as_array_mut);
    for (entry, method) in entries.into_iter().flatten().zip(&rule.payment_methods) {
        let known = methods.iter().find(|known| known.id == method.id);
        if let (Value::Object(entry), Some(known)) = (entry, known) {
            entry.insert("type".to_owned(), known.id.kind.as_str().into());
            entry.insert("name".to_owned(), known.name.clone().into());
        }
    }
    json
}
