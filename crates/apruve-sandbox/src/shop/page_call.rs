//! The common parts of the page's calls: the open shop, the order, the key, and the errors.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::{Shop, orders::ShopOrder};
use crate::context::SandboxContext;

/// The reason why a call of the page is refused or has no answer.
pub enum Refusal {
    Closed,
    UnknownOrder,
    UnknownCall,
    BadRequest(String),
    Conflict(String),
    NoAnswer(String),
}

impl Refusal {
    fn parts(self) -> (StatusCode, String) {
        match self {
            Refusal::Closed => (
                StatusCode::NOT_FOUND,
                "No shop is open here: nobody said which service it sells with.".to_owned(),
            ),
            Refusal::UnknownOrder => (StatusCode::NOT_FOUND, "There is no such order.".to_owned()),
            Refusal::UnknownCall => (
                StatusCode::NOT_FOUND,
                "The shop makes no such call.".to_owned(),
            ),
            Refusal::BadRequest(detail) => (StatusCode::BAD_REQUEST, detail),
            Refusal::Conflict(detail) => (StatusCode::CONFLICT, detail),
            Refusal::NoAnswer(detail) => (StatusCode::BAD_GATEWAY, detail),
        }
    }
}

/// An answer to the page.
pub type Answer = Result<HttpResponse, Refusal>;

/// Converts an answer to a response.
pub fn respond(answer: Answer) -> HttpResponse {
    answer.unwrap_or_else(|refusal| {
        let (status, detail) = refusal.parts();
        HttpResponse::build(status).json(json!({ "detail": detail }))
    })
}

pub type Context = web::Data<SandboxContext>;

/// The shop, if it is open.
pub fn open(context: &Context) -> Result<&Shop, Refusal> {
    context.shop.get().ok_or(Refusal::Closed)
}

/// An order of the shop.
pub fn order(shop: &Shop, number: &str) -> Result<ShopOrder, Refusal> {
    shop.orders.get(number).ok_or(Refusal::UnknownOrder)
}

/// The `Idempotency-Key`, a header that a page of another site cannot send without a preflight.
pub fn required_key(request: &HttpRequest) -> Result<&str, Refusal> {
    let key = request.headers().get("Idempotency-Key");
    key.and_then(|key| key.to_str().ok())
        .ok_or_else(|| Refusal::BadRequest("An Idempotency-Key is needed.".to_owned()))
}
