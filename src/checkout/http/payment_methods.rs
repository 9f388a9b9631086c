//! `POST /v1/checkout/payment-methods`: the hot path.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data},
};
use chrono::{DateTime, Utc};

use super::{
    answer,
    cart_body::CartBody,
    credit_lookup::look_up,
    current,
    explanation::{Explain, ExplainRequest, Explainers},
    read_cart, rendered, wanted,
};
use crate::{
    auth::Websites,
    auth::{Caller, Scope, scope},
    cart::Cart,
    checkout::{
        answer::Eligibility,
        eligibility::{EligibilityContext, walk},
        steps::Verdicts,
    },
    clock::Clock,
    credit::{CreditService, CreditView, WantedCredit},
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
    credit: Data<CreditService>,
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
    let age = current.age();
    let question = Question {
        websites: caller.websites().clone(),
        body,
        now: clock.now(),
        wanted,
        wish,
        credit: CreditService::clone(&credit),
        shows_figures: caller.has(Scope::CreditRead),
    };
    let mut decided = match wish.is_short(book, &question.body) {
        true => question.decide(book)?,
        false => {
            question
                .decide_beside(&explainers, current.shared())
                .await?
        }
    };
    // What this process does not know of credit is read from the database, once.
    if look_up(&credit, std::mem::take(&mut decided.missed), true).await {
        let book = current.shared();
        decided = match wish.is_short(&book, &question.body) {
            true => question.decide(&book)?,
            false => question.decide_beside(&explainers, book).await?,
        };
        look_up(&credit, std::mem::take(&mut decided.missed), true).await;
    }
    Ok(answer(decided.json, age))
}

/// What is asked.
#[derive(Clone)]
struct Question {
    websites: Websites,
    body: Bytes,
    now: DateTime<Utc>,
    wanted: Wanted,
    wish: ExplainRequest,
    credit: CreditService,
    shows_figures: bool,
}

/// The answer, and what it would have been good to know of credit.
struct Decided {
    json: String,
    missed: Vec<WantedCredit>,
}

impl Question {
    /// The answer, worked out beside the threads that serve.
    async fn decide_beside(
        &self,
        explainers: &Explainers,
        book: Arc<Rulebook>,
    ) -> Result<Decided, Problem> {
        let question = self.clone();
        explainers.run(move || question.decide(&book)).await
    }

    fn decide(&self, book: &Rulebook) -> Result<Decided, Problem> {
        let (uses_credit, figures) = (book.uses_credit(), self.shows_figures);
        let view = CreditView::of(&self.credit, uses_credit, self.now, figures);
        let json = self.answer(book, view.as_ref())?;
        Ok(Decided {
            json,
            missed: view.map(CreditView::into_wanted).unwrap_or_default(),
        })
    }

    fn answer(&self, book: &Rulebook, view: Option<&CreditView<'_>>) -> Result<String, Problem> {
        let text = strict::check(&self.body, Root::Cart)?;
        decide(book, read_cart(text, book, &self.websites)?, view, self)
    }
}

fn decide(
    book: &Rulebook,
    cart: Cart<'_>,
    view: Option<&CreditView<'_>>,
    Question {
        now,
        wanted,
        wish,
        websites,
        ..
    }: &Question,
) -> Result<String, Problem> {
    let (now, wish) = (*now, *wish);
    let context = EligibilityContext::new(&cart, now)
        .read_by(wanted)
        .told_to(websites)
        .with_credit(view);
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
