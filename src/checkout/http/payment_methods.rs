//! `POST /v1/checkout/payment-methods`: the hot path.

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data},
};
use chrono::{DateTime, Utc};

use super::{
    answer,
    cart_body::CartBody,
    credit_lookup::look_up,
    explanation::{Explain, Explainers, FEW_REASONS},
    read_cart, rendered, wanted,
};
use crate::{
    auth::{Caller, Scope, Websites, scope},
    cart,
    checkout::{
        answer::Eligibility, eligibility::EligibilityContext, explain::count_reasons,
        steps::Verdicts, trace::TraceRange, walk::walk,
    },
    clock::Clock,
    credit::{CreditService, CreditView, WantedCredit},
    http::{body::CartBytes, merge_patch::expect_media_type, pagination::Query, problem::Problem},
    locale::Wanted,
    payment_rules::rulebook::{Current, Rulebook, RulebookCache},
    rate_limit::class,
    recording::Recorder,
};

/// List the methods a cart may use
///
/// Only `currency` is required of a cart. `explain=summary` adds why the other methods are not offered and which rule
/// offered each; `full` adds the rules step by step, a page at a time, and needs `rules:read` too. Both count against the rate
/// limit `explain`. No method is an empty list. Payment providers are not asked: where a method looks at credit, what was
/// read of the buyer (`customerUser.email`) counts, and is read again in the background where it is missing or too old.
#[utoipa::path(operation_id = "list_eligible_methods",
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
#[expect(clippy::too_many_arguments, reason = "what the app hands to a handler")]
pub async fn list_eligible_methods(
    caller: Caller<scope::Filtered<scope::Checkout>>,
    request: HttpRequest,
    rulebooks: Data<RulebookCache>,
    clock: Data<Clock>,
    explainers: Data<Explainers>,
    credit: Data<CreditService>,
    recorder: Data<Recorder>,
    CartBytes(body): CartBytes,
) -> Result<HttpResponse, Problem> {
    let current = rulebooks.current()?;
    let book = current.book();
    let mut query = Query::of(&request)?;
    let explain = Explain::read(&mut query);
    let range = (explain == Explain::Full).then(|| TraceRange::read(&mut query));
    let wanted = wanted(&mut query, &request, book);
    query.finish()?;
    if explain != Explain::None {
        caller.count_as::<class::Explain>(&request)?;
    }
    if let Some(range) = range {
        caller.require(Scope::RulesRead)?;
        // A full explanation names the rules of every website.
        caller.require_whole_shop()?;
        range.check(book)?;
    }
    expect_media_type(&request, &["application/json"])?;
    let age = current.age();
    let websites = caller.websites();
    let question = Question {
        body,
        now: clock.now(),
        wanted,
        explain,
        range,
        shows_figures: caller.has(Scope::CreditRead),
    };
    let answered = || question.answer(websites, &current, &credit, &explainers);
    let mut decided = answered().await?;
    if recorder.takes_next() {
        recorder.offer(&question.body, question.now, websites);
    }
    if decided.missed.is_empty() {
        return Ok(answer(decided.json, age));
    }
    // Credit that this process does not have in memory is read from the database, once.
    if look_up(&credit, std::mem::take(&mut decided.missed), true).await {
        decided = answered().await?;
        look_up(&credit, std::mem::take(&mut decided.missed), true).await;
    }
    Ok(answer(decided.json, age))
}

/// The data of a request. The caller's websites are borrowed beside it, because updating a reference count that all workers
/// share would slow the hot path.
#[derive(Clone)]
struct Question {
    body: Bytes,
    now: DateTime<Utc>,
    wanted: Wanted,
    explain: Explain,
    range: Option<TraceRange>,
    shows_figures: bool,
}

/// The answer, and the credit entries that were missing.
struct Decided {
    json: Vec<u8>,
    missed: Vec<WantedCredit>,
}

impl Question {
    /// Decides on this thread if that is fast, else on a blocking thread.
    async fn answer(
        &self,
        websites: &Websites,
        current: &Current,
        credit: &CreditService,
        explainers: &Explainers,
    ) -> Result<Decided, Problem> {
        if self.explain.may_be_short(&self.body)
            && let Some(decided) = self.decide(websites, current.book(), credit, FEW_REASONS)?
        {
            return Ok(decided);
        }
        let (question, websites) = (self.clone(), websites.clone());
        let (book, credit) = (current.shared(), credit.clone());
        let decide = move || {
            let decided = question.decide(&websites, &book, &credit, usize::MAX)?;
            decided.ok_or_else(|| Problem::internal("an explanation without a limit was cut"))
        };
        explainers.run(decide).await
    }

    /// Decides; `None` if the explanation needs more than `most_reasons` reasons.
    fn decide(
        &self,
        websites: &Websites,
        book: &Rulebook,
        credit: &CreditService,
        most_reasons: usize,
    ) -> Result<Option<Decided>, Problem> {
        let view = CreditView::of(credit, book.uses_credit(), self.now, self.shows_figures);
        let arena = cart::arena_for(&self.body);
        let cart = read_cart(&arena, &self.body, book, websites)?;
        let explains = self.explain != Explain::None;
        let context = EligibilityContext::new(&cart, self.now)
            .read_by(&self.wanted)
            .visible_to(websites)
            .with_credit(view.as_ref());
        let mut verdicts = Verdicts::new(&context);
        let walk = walk(book, &context, |rule, verdict| match verdict {
            _ if explains => verdicts.note(rule, verdict),
            Err(error) => rule.compiled.note_failure(error),
            Ok(_) => {}
        });
        if explains {
            if count_reasons(book, &walk) > most_reasons {
                return Ok(None);
            }
            // Counted only here, because a cart that is decided again on a blocking thread is counted there.
            for (place, error) in verdicts.failures() {
                book.rules()[place].compiled.note_failure(error);
            }
        }
        let explain = (self.explain, self.range);
        let json = rendered(book, &context, &walk, &mut verdicts, explain, &self.wanted);
        Ok(Some(Decided {
            json,
            missed: view.map(CreditView::into_wanted).unwrap_or_default(),
        }))
    }
}
