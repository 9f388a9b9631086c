//! The endpoints of checkout, and the dry run of rules, which uses the same walk.

mod availability;
mod cart_body;
mod credit;
mod credit_lookup;
mod evaluate;
mod explanation;
mod payment_methods;

use actix_web::http::header::{self, HeaderValue};

use bumpalo::Bump;
pub use cart_body::CartBody;
pub use evaluate::incomplete as revision_incomplete;
pub use explanation::Explainers;

use self::explanation::{Explain, cursor};
use super::{
    answer::{self as written, Explanation},
    eligibility::EligibilityContext,
    explain::not_offered,
    steps::Verdicts,
    trace::{TraceRange, Traced, trace},
    walk::Walk,
};
use crate::{
    auth::Websites,
    cart::{self, Cart},
    http::routing::Routes,
    locale::Wanted,
    operation::prelude::*,
    payment_rules::rulebook::{Rulebook, TooOld},
};

/// Mounts checkout. The path of `evaluate` is under `/v1/payment-rules`, but it runs the evaluation of checkout.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(payment_methods::list_eligible_methods)
        .routing(availability::check_availability)
        .routing(credit::read_credit)
        .routing(evaluate::evaluate_rules);
}

/// The answer with the requested explanation; with `full` including a range of the trace.
fn rendered(
    book: &Rulebook,
    context: &EligibilityContext<'_, '_>,
    walk: &Walk<'_>,
    verdicts: &mut Verdicts,
    (explain, range): (Explain, Option<TraceRange>),
    wanted: &Wanted,
) -> Vec<u8> {
    let explains = explain != Explain::None;
    let explanation = Explanation {
        not_offered: explains.then(|| not_offered(book, context, walk, verdicts)),
        trace: range.map(|range| {
            let (items, next) = trace(book, context, walk, verdicts, range);
            let next_cursor = next.map(|start| cursor(book.revision(), start));
            Traced { items, next_cursor }
        }),
    };
    written::eligibility(book, walk, &explanation, context, wanted)
}

/// Reads a cart from a body and completes it, as expressions see it.
fn read_cart<'v>(
    arena: &'v Bump,
    body: &'v [u8],
    book: &'v Rulebook,
    websites: &Websites,
) -> Result<Cart<'v>, Problem> {
    let mut cart = cart::read_body(arena, body)?;
    cart.bind(websites)?;
    cart.set_merchant_country(book.merchant_country());
    Ok(cart)
}

/// The languages of the caller, if the rulebook has translated labels.
fn wanted(query: &mut Query, request: &HttpRequest, book: &Rulebook) -> Wanted {
    match book.is_translated() {
        true => named_languages(query, request),
        false => named_by_parameter(query).unwrap_or_default(),
    }
}

/// The `locale` parameter, else all lines of Accept-Language; empty when the caller names no language.
pub fn named_languages(query: &mut Query, request: &HttpRequest) -> Wanted {
    let lines = request.headers().get_all(header::ACCEPT_LANGUAGE);
    named_by_parameter(query).unwrap_or_else(|| {
        Wanted::from_accept_language(lines.filter_map(|line| line.to_str().ok()))
    })
}

fn named_by_parameter(query: &mut Query) -> Option<Wanted> {
    query.parsed("locale", "a BCP 47 language tag such as fr-CA", Wanted::one)
}

/// Answers with JSON that is written already; `Age` tells how old the rules are while the database is away.
fn answer(json: Vec<u8>, age: Option<u64>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type(HeaderValue::from_static("application/json"));
    if let Some(age) = age {
        response.insert_header((header::AGE, HeaderValue::from(age)));
    }
    response.body(json)
}

impl From<TooOld> for Problem {
    /// 503 without a cause, because the rulebook cache has logged it once and each request would log it again.
    fn from(TooOld: TooOld) -> Self {
        let detail =
            "The database has been away for so long that the rules cannot be trusted any more.";
        Problem::new(Kind::Unavailable, detail)
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("1"))
    }
}
