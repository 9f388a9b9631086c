//! `POST /v1/checkout/availability`.

use super::{answer, cart_body::CartBody, credit_lookup::look_up, read_cart, wanted};
use crate::{
    auth::Scope,
    cart,
    checkout::{
        answer::{self as written, Availability},
        availability::possible_for,
        eligibility::EligibilityContext,
    },
    clock::Clock,
    credit::{CreditService, CreditView},
    http::{body::CartBytes, merge_patch::expect_media_type},
    operation::prelude::*,
    payment_rules::rulebook::RulebookCache,
};

/// Tell whether a checkout may start
///
/// Lists the methods that the cart could still be offered: expressions, stop rules, and destinations that cannot be
/// judged without a billing address count as passed.
#[utoipa::path(operation_id = "check_availability",
    security(("bearer" = ["checkout"])),
    params(("locale" = Option<String>, Query, min_length = 2, description = "Language of the labels; else Accept-Language.", example = "fr-CA")),
    request_body(content = CartBody, content_type = "application/json"),
    responses(
        (status = 200, description = "The methods that are possible, and what would narrow them.", body = Availability,
            headers(("Age" = Option<u64>, description = "Age of the rules in seconds, while the database is unavailable."))),
    ))]
#[post("/v1/checkout/availability")]
pub async fn check_availability(
    caller: Caller<scope::Filtered<scope::Checkout>>,
    request: HttpRequest,
    rulebooks: Data<RulebookCache>,
    clock: Data<Clock>,
    credit: Data<CreditService>,
    CartBytes(body): CartBytes,
) -> Result<HttpResponse, Problem> {
    let current = rulebooks.current()?;
    let book = current.book();
    let mut query = Query::of(&request)?;
    let wanted = wanted(&mut query, &request, book);
    query.finish()?;
    expect_media_type(&request, &["application/json"])?;
    let figures = caller.has(Scope::CreditRead);
    let mut is_again = false;
    loop {
        let arena = cart::arena_for(&body);
        let cart = read_cart(&arena, &body, book, caller.websites())?;
        let view = CreditView::of(&credit, book.uses_credit(), clock.now(), figures);
        let context = EligibilityContext::new(&cart, clock.now()).with_credit(view.as_ref());
        let possible = possible_for(book, &context);
        let json = written::availability(book, &possible, &context, &wanted);
        let missed = view.map(CreditView::into_wanted).unwrap_or_default();
        // Credit that this process does not have in memory is read from the database, once.
        if !look_up(&credit, missed, true).await || is_again {
            return Ok(answer(json, current.age()));
        }
        is_again = true;
    }
}
