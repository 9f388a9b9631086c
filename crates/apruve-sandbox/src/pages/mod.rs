//! The browser side: the replacement for apruve.js with its dialog, the start page, and the pages of the account
//! holder.

pub mod assets;
mod buyer;
pub mod html;
mod start;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{context::SandboxContext, error::ApiError};

const SCRIPT: &str = include_str!("apruve.js");

/// Mounts scripts and pages.
pub fn routes(config: &mut web::ServiceConfig) {
    assets::routes(config);
    config
        .route("/", web::get().to(start::start))
        .route("/js/v4/apruve.js", web::get().to(script))
        .route("/js/v4/checkouts", web::post().to(open))
        .route("/js/v4/checkouts/{id}/place", web::post().to(place))
        .route("/.well-known/webhook-key.pem", web::get().to(public_key))
        .route("/buyer", web::get().to(buyer::list))
        .route("/buyer/orders/{id}", web::get().to(buyer::show))
        .route("/buyer/orders/{id}/{action}", web::post().to(buyer::act));
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .body(SCRIPT)
}

async fn public_key(context: web::Data<SandboxContext>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/x-pem-file")
        .body(context.signer.public_key_pem().to_owned())
}

/// The script's request when a checkout starts.
#[derive(Deserialize)]
struct OpenCheckout {
    order: Map<String, Value>,
    secure_hash: String,
}

/// Opens a checkout. The calling page belongs to the shop, so the answer must be readable from another origin. The
/// script sends plain text, for which browsers send no preflight.
async fn open(context: web::Data<SandboxContext>, body: web::Bytes) -> HttpResponse {
    let request: OpenCheckout = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return refuse(&ApiError::invalid_state(error.to_string())),
    };
    let mut state = context.state();
    let opened = state.open_checkout(request.order, &request.secure_hash);
    let id = match opened {
        Ok(checkout) => checkout.id.clone(),
        Err(error) => return refuse(&error),
    };
    let checkout = state.checkouts.get(&id);
    answer(json!(checkout.map(|one| state.show_checkout(one))))
}

/// The script's request when the buyer has decided.
#[derive(Deserialize)]
struct PlaceOrder {
    #[serde(default)]
    shopper_id: Option<String>,
    /// Whether the order is approved at once; otherwise it waits for the account holder.
    approve: bool,
}

async fn place(
    context: web::Data<SandboxContext>,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    let request: PlaceOrder = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => return refuse(&ApiError::invalid_state(error.to_string())),
    };
    let mut state = context.state();
    let placed = state.place_checkout(&id, request.shopper_id.as_deref(), request.approve);
    context.wake.notify_one();
    match placed {
        Ok(order_id) => {
            let order = state.orders.get(&order_id);
            let status = order.map(|order| order.status.word());
            answer(json!({ "order_id": order_id, "status": status }))
        }
        Err(error) => refuse(&error),
    }
}

fn answer(value: Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(value)
}

fn refuse(error: &ApiError) -> HttpResponse {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::BAD_REQUEST);
    HttpResponse::build(status)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(json!({ "error": error.title }))
}
