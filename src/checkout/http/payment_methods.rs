//! `POST /v1/checkout/payment-methods`: the hot path.

use actix_web::{HttpRequest, HttpResponse, post, web::Data};
use chrono::{DateTime, Utc};

use super::{
    answer,
    cart_body::CartBody,
    current,
    explanation::{Explain, ExplainRequest, Explainers},
    read_cart, rendered, wanted,
};
use crate::{
    auth::Websites,
    auth::{Caller, Scope, scope},
    checkout::{
        answer::Eligibility,
        eligibility::{EligibilityContext, walk},
        steps::Verdicts,
    },
    clock::Clock,
    http::{
        body::{
            CartBytes,
            strict::{self, Root},
        },
        merge_patch::expect_media_type,
        pagination::Query,
        problem::Problem,
    },
    locale::Wanted,
    payment_rules::rulebook::{Rulebook, RulebookCache},
    rate_limit::class,
};

/// List the methods a cart may use
///
/// Only `currency` is required of a cart. `explain=summary` adds why the other methods are not offered and which rule
/// offered each; `full` adds the rules step by step, a page at a time, and needs `rules:read` too. Both count against the rate
/// limit `explain`. No method is an empty list.
#[utoipa::path(tag = "Checkout", operation_id = "list_eligible_methods",
    security(("bearer" = ["checkout"])),
    params(
        ("explain" = inline(Option<Explain>), Query, description = "`none` (default), `summary` or `full`.", example = "summary"),
        ("limit" = Option<u8>, Query, minimum = 1, maximum = 200, description = "How many rules of the trace; 100 when left out. With `full` only."),
        ("cursor" = Option<String>, Query, min_length = 1, description = "The `trace.nextCursor` of the previous page. With `full` only."),
        ("locale" = Option<String>, Query, min_length = 2, description = "Language of the labels; else Accept-Language.", example = "fr-CA"),
    ),
    request_body(content = CartBody, content_type = "application/json"),
    responses(
        (status = 200, description = "The methods, best first.", body = Eligibility,
            headers(("Age" = Option<u64>, description = "Age of the rules in seconds, while the database is unavailable."))),
        (status = 409, description = "`/problems/revision-changed`: the rules have changed since the previous page."),
    ))]
#[post("/v1/checkout/payment-methods")]
pub async fn list_eligible_methods(
    caller: Caller<scope::Filtered<scope::Checkout>>,
    request: HttpRequest,
    rulebooks: Data<RulebookCache>,
    clock: Data<Clock>,
    explainers: Data<Explainers>,
    CartBytes(body): CartBytes,
) -> Result<HttpResponse, Problem> {
    let current = current(&rulebooks)?;
    let book = current.book();
    let mut query = Query::of(&request)?;
    let (wish, cursor) = ExplainRequest::read(&mut query);
    let wanted = wanted(&mut query, &request, book);
    query.finish()?;
    if wish != ExplainRequest::Nothing {
        caller.count_as::<class::Explain>(&request)?;
    }
    if let ExplainRequest::Everything(_) = wish {
        caller.require(Scope::RulesRead)?;
        // A full explanation names the rules of every website.
        caller.require_whole_shop()?;
    }
    if let Some(cursor) = cursor {
        cursor.check(book)?;
    }
    expect_media_type(&request, &["application/json"])?;
    let (now, age) = (clock.now(), current.age());
    if wish.is_short(book, &body) {
        return Ok(answer(
            decide(book, caller.websites(), &body, now, &wanted, wish)?,
            age,
        ));
    }
    let book = current.shared();
    let decided =
        explainers.run(move || decide(&book, caller.websites(), &body, now, &wanted, wish));
    Ok(answer(decided.await?, age))
}

fn decide(
    book: &Rulebook,
    websites: &Websites,
    body: &[u8],
    now: DateTime<Utc>,
    wanted: &Wanted,
    wish: ExplainRequest,
) -> Result<String, Problem> {
    let cart = read_cart(strict::check(body, Root::Cart)?, book, websites)?;
    let context = EligibilityContext::new(&cart, now)
        .read_by(wanted)
        .told_to(websites);
    let mut verdicts = Verdicts::new(&context);
    let walk = walk(book, &context, |rule, verdict| {
        if let Err(error) = verdict {
            rule.compiled.note_failure(error);
        }
        if wish != ExplainRequest::Nothing {
            verdicts.note(rule, verdict);
        }
    });
    let rules = (book, book.revision());
    Ok(rendered(
        rules,
        &context,
        &walk,
        &mut verdicts,
        wish,
        wanted,
    ))
}
