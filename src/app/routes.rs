//! All routes of the service, and the OpenAPI document that describes them, from the same list.

use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

use actix_web::App;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;
use utoipa_actix_web::AppExt;

use crate::{
    about, audit, checkout, events, expressions, findings,
    front_door::AllowedMethods,
    health,
    http::{openapi, problem, routing::Routes},
    integrations, notifications, payment_rules, payments, receivables, reconciliation, settings,
    tokens, webhooks, what_if,
};

/// The stored document, which a test compares with [`document`]. It is served from the binary, because building it
/// costs megabytes.
pub(super) const KEPT: &str = include_str!("../../openapi/openapi.json");

/// Registers every feature. The hot path is first: the router tries routes in this order.
pub fn routes(config: &mut impl Routes) {
    checkout::routes(config);
    what_if::routes(config);
    payment_rules::routes(config);
    integrations::routes(config);
    payments::routes(config);
    receivables::routes(config);
    findings::routes(config);
    events::routes(config);
    notifications::routes(config);
    reconciliation::routes(config);
    webhooks::routes(config);
    expressions::routes(config);
    settings::routes(config);
    tokens::routes(config);
    audit::routes(config);
    health::routes(config);
    about::routes(config);
    problem::routes(config);
}

/// The OpenAPI document of everything that is mounted.
pub fn document() -> Value {
    let mut document = App::new()
        .into_utoipa_app()
        .openapi(openapi::frame())
        .configure(|config| routes(config))
        .split_for_parts()
        .1;
    openapi::apply_conventions(&mut document);
    events::describe_webhooks(&mut document);
    integrations::describe_settings(&mut document);
    checkout::rule_tests::describe(&mut document);
    // Each of these descriptions ends with a table that is defined in the code.
    for tag in document.tags.iter_mut().flatten() {
        let table = match tag.name.as_str() {
            "Payments" => payments::status_table(),
            "Findings" => findings::code_table(),
            "Events" => events::type_table(),
            _ => continue,
        };
        let text = tag.description.take().unwrap_or_default();
        tag.description = Some(format!("{text}\n\n{table}"));
    }
    openapi::tidy(&document, &integrations::typed_resources())
}

/// The methods of each path; read once, because every request carries a reference to them.
pub fn methods() -> &'static AllowedMethods {
    static METHODS: OnceLock<AllowedMethods> = OnceLock::new();
    METHODS.get_or_init(read_methods)
}

fn read_methods() -> AllowedMethods {
    #[derive(Deserialize)]
    struct DocumentPaths {
        paths: HashMap<String, HashMap<String, IgnoredAny>>,
    }
    // If the document could not be read, which a test excludes, every wrong method would be a 404.
    let document: Option<DocumentPaths> = serde_json::from_str(KEPT).ok();
    let paths = document.map(|document| document.paths).unwrap_or_default();
    let mut methods: HashMap<String, String> = paths
        .into_iter()
        .map(|(path, item)| (path, allowed(&item)))
        .collect();
    for path in ["/openapi.json", "/docs"] {
        methods.insert(path.to_owned(), "GET, HEAD".to_owned());
    }
    AllowedMethods(methods)
}

fn allowed(item: &HashMap<String, IgnoredAny>) -> String {
    const METHODS: [&str; 5] = ["delete", "get", "patch", "post", "put"];
    let names = METHODS
        .into_iter()
        .filter(|method| item.contains_key(*method));
    let mut names: BTreeSet<String> = names.map(str::to_ascii_uppercase).collect();
    if names.contains("GET") {
        names.insert("HEAD".to_owned());
    }
    names.into_iter().collect::<Vec<_>>().join(", ")
}
