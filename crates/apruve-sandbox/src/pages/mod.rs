//! What a browser sees: the stand-in for apruve.js with its lightbox, and pages on which a person plays the account holder.

mod buyer;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{refusal::Refusal, shared::Shared};

const SCRIPT: &str = include_str!("apruve.js");

/// Scripts and pages.
pub fn routes(config: &mut web::ServiceConfig) {
    config
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

async fn public_key(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/x-pem-file")
        .body(shared.signer.public_key_pem().to_owned())
}

/// What the script sends when a checkout starts.
#[derive(Deserialize)]
struct Opening {
    order: Map<String, Value>,
    secure_hash: String,
}

/// The page belongs to the shop, so the answer must be readable from another origin. The script sends plain text, which
/// browsers send there without asking first.
async fn open(shared: web::Data<Shared>, body: web::Bytes) -> HttpResponse {
    let opening: Opening = match serde_json::from_slice(&body) {
        Ok(opening) => opening,
        Err(error) => return refuse(&Refusal::state(error.to_string())),
    };
    let mut world = shared.world();
    let opened = world.open_checkout(opening.order, &opening.secure_hash);
    let id = match opened {
        Ok(checkout) => checkout.id.clone(),
        Err(refusal) => return refuse(&refusal),
    };
    let checkout = world.checkouts.get(&id);
    answer(json!(checkout.map(|one| world.show_checkout(one))))
}

/// What the script sends when the buyer has decided.
#[derive(Deserialize)]
struct Placing {
    #[serde(default)]
    shopper_id: Option<String>,
    /// Approved at once; otherwise it waits for the account holder.
    approve: bool,
}

async fn place(shared: web::Data<Shared>, id: web::Path<String>, body: web::Bytes) -> HttpResponse {
    let placing: Placing = match serde_json::from_slice(&body) {
        Ok(placing) => placing,
        Err(error) => return refuse(&Refusal::state(error.to_string())),
    };
    let mut world = shared.world();
    let placed = world.place_checkout(&id, placing.shopper_id.as_deref(), placing.approve);
    shared.wake.notify_one();
    match placed {
        Ok(order_id) => {
            let order = world.orders.get(&order_id);
            let status = order.map(|order| order.status.word());
            answer(json!({ "order_id": order_id, "status": status }))
        }
        Err(refusal) => refuse(&refusal),
    }
}

fn answer(value: Value) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(value)
}

fn refuse(refusal: &Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    HttpResponse::build(status)
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .json(json!({ "error": refusal.title }))
}
