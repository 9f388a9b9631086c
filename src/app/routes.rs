//! Every address of the service, and the document that describes them: both come from the same list.

use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};

use actix_web::{App, HttpResponse, web};
use utoipa::openapi::{OpenApi, PathItem};
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{
    audit, checkout, expressions, front_door::Methods, health, integrations, openapi,
    payment_rules, problem, settings,
};

/// Mounts every feature. The hot path comes first: the router tries addresses in this order.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(checkout::routes)
        .configure(payment_rules::routes)
        .configure(integrations::routes)
        .configure(expressions::routes)
        .configure(settings::routes)
        .configure(audit::routes)
        .configure(health::routes)
        .configure(problem::routes);
}

/// The OpenAPI document of everything that is mounted.
pub fn document() -> OpenApi {
    App::new()
        .into_utoipa_app()
        .openapi(openapi::frame())
        .configure(routes)
        .split_for_parts()
        .1
}

/// Serves the document, and Swagger UI for people, without a network.
pub fn documentation(config: &mut web::ServiceConfig) {
    static TEXT: OnceLock<String> = OnceLock::new();
    let serve = || async {
        let text = TEXT.get_or_init(|| openapi::print(&document()));
        HttpResponse::Ok()
            .content_type("application/json")
            .body(text.as_str())
    };
    config
        .route("/openapi.json", web::get().to(serve))
        .service(web::redirect("/docs", "/docs/"))
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")));
}

/// Which methods each address takes.
pub fn methods(document: &OpenApi) -> Methods {
    let mut methods: HashMap<String, String> = document
        .paths
        .paths
        .iter()
        .map(|(path, item)| (path.clone(), allowed(item)))
        .collect();
    for path in ["/openapi.json", "/docs"] {
        methods.insert(path.to_owned(), "GET".to_owned());
    }
    Methods(methods)
}

fn allowed(item: &PathItem) -> String {
    let names = [
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    let names: BTreeSet<_> = names
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(name, _)| name)
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
