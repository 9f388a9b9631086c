//! The shop's page, and the calls its script makes.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode, header},
    web,
};
use serde_json::{Value, json};

use super::{
    Shop,
    calls::{self, ServiceResponse},
    order, with_cart,
};
use crate::context::SandboxContext;

const PAGE: &str = include_str!("shop.html");
const SCRIPT: &str = include_str!("shop.js");

/// Everything below `/shop`.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/shop", web::get().to(page))
        .route("/shop/shop.js", web::get().to(script))
        .route("/shop/api/orders", web::post().to(new_order))
        .route("/shop/api/{path:.*}", web::to(pass_on));
}

async fn page(context: web::Data<SandboxContext>) -> HttpResponse {
    match context.shop.get() {
        Some(_) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .body(PAGE),
        None => closed(),
    }
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}

async fn new_order(context: web::Data<SandboxContext>) -> HttpResponse {
    let id = context.state().ids.fresh();
    HttpResponse::Created().json(order(id.get(..8).unwrap_or(&id)))
}

/// Forwards the calls that the page may make to the service.
async fn pass_on(
    request: HttpRequest,
    path: web::Path<String>,
    body: web::Bytes,
    context: web::Data<SandboxContext>,
) -> HttpResponse {
    let Some(shop) = context.shop.get() else {
        return closed();
    };
    match answer(shop, &request, &path, &body).await {
        Ok(answered) => HttpResponse::build(answered.status)
            .insert_header((header::CONTENT_TYPE, answered.content_type))
            .body(answered.body),
        Err((status, detail)) => HttpResponse::build(status).json(json!({ "detail": detail })),
    }
}

async fn answer(
    shop: &Shop,
    request: &HttpRequest,
    path: &str,
    body: &web::Bytes,
) -> Result<ServiceResponse, (StatusCode, String)> {
    let role = calls::role(request.method(), path);
    let unknown = || {
        (
            StatusCode::NOT_FOUND,
            "The shop makes no such call.".to_owned(),
        )
    };
    let role = role.ok_or_else(unknown)?;
    // Also excludes pages of other sites: a browser needs a preflight for a header of this name.
    let key = request.headers().get("Idempotency-Key");
    let key = key.and_then(|key| key.to_str().ok());
    let broken = || {
        (
            StatusCode::BAD_REQUEST,
            "The body is no JSON object.".to_owned(),
        )
    };
    let body = match (request.method(), path) {
        (&Method::GET, _) => None,
        _ if key.is_none() => {
            let detail = "An Idempotency-Key is needed.".to_owned();
            return Err((StatusCode::BAD_REQUEST, detail));
        }
        (_, "checkout/payment-methods") => Some(super::cart()),
        (_, "payments") => Some(with_cart(body).ok_or_else(broken)?),
        _ => Some(serde_json::from_slice::<Value>(body).map_err(|_| broken())?),
    };
    let path = match path {
        "checkout/payment-methods" => "checkout/payment-methods?explain=summary",
        path => path,
    };
    let answered = shop.ask(role, path, key, body.as_ref()).await;
    answered.map_err(|error| {
        let detail = format!("The service does not answer: {}.", error.without_url());
        (StatusCode::BAD_GATEWAY, detail)
    })
}

fn closed() -> HttpResponse {
    let detail = "No shop is open here: nobody said which service it sells with.";
    HttpResponse::NotFound().json(json!({ "detail": detail }))
}
