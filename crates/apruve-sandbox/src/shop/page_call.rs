//! The common parts of the page's calls: the open shop, the order, the key, and the errors.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;

use super::{Shop, orders::ShopOrder};
use crate::context::Context;

/// The reason why a call of the page is refused or has no answer.
#[derive(Debug, thiserror::Error)]
#[error("{1}")]
pub struct Refusal(StatusCode, String);

impl Refusal {
    pub fn not_found(detail: &str) -> Self {
        Refusal(StatusCode::NOT_FOUND, detail.to_owned())
    }

    pub fn bad_request(detail: impl Into<String>) -> Self {
        Refusal(StatusCode::BAD_REQUEST, detail.into())
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Refusal(StatusCode::CONFLICT, detail.into())
    }

    pub fn no_answer(detail: String) -> Self {
        Refusal(StatusCode::BAD_GATEWAY, detail)
    }
}

impl ResponseError for Refusal {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.0).json(json!({ "detail": self.1 }))
    }
}

/// An answer to the page.
pub type Answer = Result<HttpResponse, Refusal>;

/// The shop, if it is open.
pub fn open(context: &Context) -> Result<&Shop, Refusal> {
    let closed =
        || Refusal::not_found("No shop is open here: nobody said which service it sells with.");
    context.shop.get().ok_or_else(closed)
}

/// An order of the shop.
pub fn order(shop: &Shop, number: &str) -> Result<ShopOrder, Refusal> {
    let unknown = || Refusal::not_found("There is no such order.");
    shop.orders.get(number).ok_or_else(unknown)
}

/// The `Idempotency-Key`, a header that a page of another site cannot send without a preflight.
pub fn required_key(request: &HttpRequest) -> Result<&str, Refusal> {
    let key = request.headers().get("Idempotency-Key");
    key.and_then(|key| key.to_str().ok())
        .ok_or_else(|| Refusal::bad_request("An Idempotency-Key is needed."))
}
