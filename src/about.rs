//! `GET /`: the name and version of the service, and the paths of its document.

use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::routing::Routes;

/// What answers here.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct About {
    /// The name of the program, always `onterms`.
    #[schema(example = "onterms")]
    name: &'static str,
    /// The version of the program.
    #[schema(example = "0.2.0")]
    version: &'static str,
    /// Path of the OpenAPI document.
    #[schema(example = "/openapi.json")]
    openapi: &'static str,
    /// Path of the same document for people.
    #[schema(example = "/docs/")]
    docs: &'static str,
}

/// Mounts the operation at `/`.
pub fn routes(config: &mut impl Routes) {
    config.routing(about);
}

/// Tell what this service is
///
/// Names the program and its version, and says where this document is. Needs no token.
#[utoipa::path(tag = "Service", operation_id = "get_service",
    responses((status = 200, description = "What answers here.", body = About)))]
#[get("/")]
async fn about() -> HttpResponse {
    HttpResponse::Ok().json(About {
        name: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        openapi: "/openapi.json",
        docs: "/docs/",
    })
}
