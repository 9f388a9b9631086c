//! What the shop's backend answers by itself where it cannot do what its page asks for.

use actix_web::{HttpResponse, http::StatusCode};
use serde_json::json;

/// Why a call of the page is not answered by the service.
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

/// The response to an answer.
pub fn respond(answer: Answer) -> HttpResponse {
    answer.unwrap_or_else(|refusal| {
        let (status, detail) = refusal.parts();
        HttpResponse::build(status).json(json!({ "detail": detail }))
    })
}
