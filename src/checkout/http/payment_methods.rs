//! `POST /v1/checkout/payment-methods`: the hot path.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use utoipa::ToSchema;

use super::{answer, cart_body::CartBody, current, read_cart, text_of, wanted};
use crate::{
    auth::{Caller, Scope, scope},
    body::{CartBytes, strict::Root},
    checkout::{
        answer::{self as written, Eligibility, Told},
        eligibility::{Circumstances, walk},
        explain::not_offered,
        steps::Verdicts,
        trace::trace,
    },
    clock::Clock,
    openapi::{Guarded, WithBody},
    pagination::Query,
    payment_rules::rulebook::Keeper,
    problem::Problem,
};

/// How much an answer explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
enum Explain {
    None,
    Summary,
    Full,
}

impl Explain {
    fn read(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Explain::None),
            "summary" => Some(Explain::Summary),
            "full" => Some(Explain::Full),
            _ => None,
        }
    }
}

/// List the methods a cart may use
///
/// Only `currency` is required of a cart. `explain=summary` adds why the other methods are not offered and which rule
/// offered each; `full` adds every rule step by step and needs `rules:read` too. No method is an empty list.
#[utoipa::path(tag = "Checkout", operation_id = "list_eligible_methods",
    security(("bearer" = ["checkout"])),
    params(
        ("explain" = inline(Option<Explain>), Query, description = "`none` (default), `summary` or `full`.", example = "summary"),
        ("locale" = Option<String>, Query, min_length = 2, description = "Language of the labels; else Accept-Language.", example = "fr-CA"),
    ),
    request_body(content = CartBody, content_type = "application/json"),
    responses(
        (status = 200, description = "The methods, best first.", body = Eligibility,
            headers(("Age" = Option<u64>, description = "Age of the rules in seconds, while the database is away."))),
        Guarded, WithBody,
    ))]
#[post("/v1/checkout/payment-methods")]
pub async fn list_eligible_methods(
    caller: Caller<scope::Checkout>,
    request: HttpRequest,
    keeper: Data<Keeper>,
    clock: Data<Clock>,
    CartBytes(body): CartBytes,
) -> Result<HttpResponse, Problem> {
    let current = current(&keeper)?;
    let book = current.book();
    let mut query = Query::of(&request)?;
    let explain = query.parsed("explain", "none, summary or full", Explain::read);
    let wanted = wanted(&mut query, &request, book);
    query.finish()?;
    let explain = explain.unwrap_or(Explain::None);
    if explain == Explain::Full {
        caller.require(Scope::RulesRead)?;
    }
    let cart = read_cart(text_of(&request, &body, Root::Cart)?, book)?;
    let circumstances = Circumstances::new(&cart, clock.now()).read_by(&wanted);
    let mut verdicts = Verdicts::new(&cart);
    let walk = walk(book, &circumstances, |rule, verdict| {
        if let Err(error) = verdict {
            rule.compiled.note_failure(error);
        }
        if explain != Explain::None {
            verdicts.note(rule, verdict);
        }
    });
    let told = match explain {
        Explain::None => Told::Nothing,
        Explain::Summary => Told::Reasons(not_offered(book, &circumstances, &walk, &mut verdicts)),
        Explain::Full => Told::Everything(
            not_offered(book, &circumstances, &walk, &mut verdicts),
            trace(book, &circumstances, &walk, &mut verdicts),
        ),
    };
    Ok(answer(
        written::eligibility(book, &walk, told, &circumstances, &wanted),
        current.age(),
    ))
}
