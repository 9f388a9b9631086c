//! The browser side: the replacement for apruve.js with its dialog, the start page, and the pages of the account
//! holder.

pub mod assets;
mod buyer;
pub mod html;
mod start;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::{self, Bytes, Path},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{context::Context, error::ApiError};

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

async fn public_key(context: Context) -> HttpResponse {
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
async fn open(context: Context, body: Bytes) -> HttpResponse {
    let mut state = context.state();
    answer(read::<OpenCheckout>(&body).and_then(|request| {
        let id = state.open_checkout(request.order, &request.secure_hash)?;
        Ok(state.show_checkout(state.checkouts.find(&id)?))
    }))
}

/// The script's request when the buyer has decided.
#[derive(Deserialize)]
struct PlaceOrder {
    #[serde(default)]
    shopper_id: Option<String>,
    /// Whether the order is approved at once; otherwise it waits for the account holder.
    approve: bool,
}

async fn place(context: Context, id: Path<String>, body: Bytes) -> HttpResponse {
    let mut state = context.state();
    let placed = read::<PlaceOrder>(&body).and_then(|request| {
        let shopper_id = request.shopper_id.as_deref();
        let order_id = state.place_checkout(&id, shopper_id, request.approve)?;
        let status = state.orders.find(&order_id)?.status.word();
        Ok(json!({ "order_id": order_id, "status": status }))
    });
    context.wake.notify_one();
    answer(placed)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::invalid_state(error.to_string()))
}

fn answer(outcome: Result<Value, ApiError>) -> HttpResponse {
    let (status, value) = match outcome {
        Ok(value) => (StatusCode::OK, value),
        Err(error) => (error.http_status(), json!({ "error": error.title })),
    };
    HttpResponse::build(status)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(value)
}
