//! `POST /v1/payment-rules/evaluate`: what a cart would be offered, without effect.

use std::sync::Arc;

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::{
    answer,
    cart_body::CartBody,
    credit_lookup::look_up,
    explanation::{Explain, Explainers},
    named_languages, rendered,
};
use crate::{
    auth::Scope,
    cart::Cart,
    checkout::{
        answer::Eligibility, eligibility::EligibilityContext, explain::explainable_walk,
        trace::TraceRange,
    },
    clock::Clock,
    credit::{CreditKey, CreditService, CreditSource, CreditView, KnownCredit, WantedCredit},
    http::{
        body::{
            self, CartBytes,
            strict::{self, Root},
        },
        merge_patch::expect_media_type,
    },
    ids::IntegrationId,
    integrations::health::HealthState,
    locale::Wanted,
    operation::prelude::*,
    payment_rules::{
        Draft, draft_set,
        rulebook::{HistoricRulebooks, NoRulebook, Rulebook, RulebookCache, When},
    },
    pii::Email,
    privacy::EmailHash,
    rate_limit::class,
};

/// A cart, and the rules and instant to judge it by.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase", example = json!({
    "cart": { "currency": "USD", "total": "1290.50", "billingAddress": { "countryIso2": "US" } },
    "at": "2026-03-01T00:00:00Z"
}))]
#[expect(dead_code, reason = "describes what is read below")]
struct RuleTrial {
    /// The cart to try the rules with, as checkout takes it.
    cart: CartBody,
    /// Draft rules in the place of the live ones, or of those of the revision; ids may be left out.
    rules: Option<Vec<Draft>>,
    /// The revision whose rules, methods and settings to judge by; the live ones when absent.
    #[schema(example = 17)]
    revision: Option<i64>,
    /// An instant in the place of `revision`: the revision that checkout answered from then.
    as_of: Option<DateTime<Utc>>,
    /// The moment to judge dates at; `asOf` or else now when absent.
    at: Option<DateTime<Utc>>,
}

/// Try a cart against the live rules, earlier ones, or drafts
///
/// Answers like checkout with `explain=full`, with a page of the trace, and has no effect. With `revision` or `asOf` it
/// answers what checkout answered then.
#[utoipa::path(operation_id = "evaluate_rules",
    security(("bearer" = ["rules:read"])),
    params(
        ("limit" = Option<u8>, Query, minimum = 1, maximum = 200, description = "How many rules of the trace; 100 when left out."),
        ("cursor" = Option<String>, Query, min_length = 1, description = "The `trace.nextCursor` of the previous page."),
        ("locale" = Option<String>, Query, min_length = 2, description = "Language of the labels; else Accept-Language.", example = "fr-CA")),
    request_body(content = RuleTrial, content_type = "application/json"),
    responses((status = 200, description = "What the cart would be offered, and why.", body = Eligibility),
        (status = 409, description = "`/problems/revision-changed`: the rules have changed since the previous page. `/problems/revision-incomplete`: of the revision only the rules are kept, because it is older than the upgrade to complete revisions."),))]
#[post("/v1/payment-rules/evaluate")]
#[expect(clippy::too_many_arguments, reason = "what the app hands to a handler")]
pub async fn evaluate_rules(
    caller: Caller<scope::CountedAs<scope::RulesRead, class::Evaluate>>,
    request: HttpRequest,
    rulebooks: Data<RulebookCache>,
    historic: Data<HistoricRulebooks>,
    clock: Data<Clock>,
    explainers: Data<Explainers>,
    credit: Data<CreditService>,
    CartBytes(body): CartBytes,
) -> Result<HttpResponse, Problem> {
    let current = rulebooks.current()?;
    let mut query = Query::of(&request)?;
    let range = TraceRange::read(&mut query);
    // Always read the languages, because the methods of an earlier revision may be translated.
    let wanted = named_languages(&mut query, &request);
    query.finish()?;
    expect_media_type(&request, &["application/json"])?;
    let (live, now, age) = (current.shared(), clock.now(), current.age());
    let examined = body.clone();
    let past = match explainers.run(move || Ok(find_when(&examined))).await? {
        Some(when) => Some(historic.find(when).await),
        None => None,
    };
    if let Some(Err(NoRulebook::Store(error))) = past {
        return Err(error.into());
    }
    let trial = Arc::new(Trial {
        live,
        past,
        body,
        now,
        wanted,
        range,
        credit: CreditService::clone(&credit),
        shows_figures: caller.has(Scope::CreditRead),
    });
    let again = Arc::clone(&trial);
    let (mut json, missed) = explainers.run(move || trial.run()).await?;
    // A dry run must have no effect, so no provider is called.
    if look_up(&credit, missed, false).await {
        (json, _) = explainers.run(move || again.run()).await?;
    }
    Ok(answer(json, age))
}

/// A trial of a cart.
struct Trial {
    live: Arc<Rulebook>,
    /// The rulebook of the requested revision, if the request names one.
    past: Option<Result<Arc<Rulebook>, NoRulebook>>,
    body: Bytes,
    now: DateTime<Utc>,
    wanted: Wanted,
    range: TraceRange,
    credit: CreditService,
    shows_figures: bool,
}

impl Trial {
    /// The answer, and what it would have been good to know of credit.
    fn run(&self) -> Result<(Vec<u8>, Vec<WantedCredit>), Problem> {
        // Drafts have the methods of the rules in whose place they are.
        let uses_credit = self.base().uses_credit();
        if self.past.is_some() {
            let nothing = NothingKnown(&self.credit);
            let view = CreditView::new(&nothing, self.now, self.shows_figures);
            let json = self.evaluate(uses_credit.then_some(&view))?;
            return Ok((json, Vec::new()));
        }
        let view = CreditView::of(&self.credit, uses_credit, self.now, self.shows_figures);
        let json = self.evaluate(view.as_ref())?;
        Ok((json, view.map(CreditView::into_wanted).unwrap_or_default()))
    }

    /// The rulebook of the requested revision. With an unknown one, the live rulebook is used to find the other errors.
    fn base(&self) -> &Rulebook {
        match &self.past {
            Some(Ok(book)) => book,
            Some(Err(_)) | None => &self.live,
        }
    }

    fn evaluate(&self, view: Option<&CreditView<'_>>) -> Result<Vec<u8>, Problem> {
        let (now, base) = (self.now, self.base());
        let (object, cart) = body::parse_around(strict::check(&self.body, Root::Body)?, "cart")?;
        let findings = Findings::default();
        let fields = Fields::of(&object, &findings);
        let when = read_when(&fields);
        check_when(when, &fields, now);
        if let Some(Err(NoRulebook::Unknown(number))) = &self.past {
            let message = format!("There is no revision {number}.");
            fields.refuse("revision", "unknown_revision", message);
        }
        let as_of = when.and_then(|when| match when {
            When::AsOf(at) => Some(at),
            When::Revision(_) => None,
        });
        let at = fields.instant("at").or(as_of).unwrap_or(now);
        let drafts = fields
            .value("rules")
            .map(|_| draft_set::read(&fields, base, now))
            .filter(|_| findings.is_empty());
        let drafted = drafts.map(|drafts| base.with_rules(drafts));
        let book = drafted.as_ref().unwrap_or(base);
        let cart = fields
            .required("cart")
            .and(cart)
            .and_then(|cart| cart_of(cart, book, &findings));
        fields.finish();
        let cart = findings.into_result(cart)?;
        if let Some(Err(NoRulebook::Incomplete(number))) = self.past {
            return Err(incomplete(number));
        }
        self.range.check(base)?;
        let context = EligibilityContext::new(&cart, at)
            .read_by(&self.wanted)
            .with_credit(view);
        let (walk, mut verdicts) = explainable_walk(book, &context);
        let explain = (Explain::Full, Some(self.range));
        let wanted = &self.wanted;
        Ok(rendered(
            book,
            &context,
            &walk,
            &mut verdicts,
            explain,
            wanted,
        ))
    }
}

/// Credit and the health of providers are not part of history.
struct NothingKnown<'s>(&'s CreditService);

impl CreditSource for NothingKnown<'_> {
    fn health_of(&self, _: IntegrationId) -> HealthState {
        HealthState::Ok
    }

    fn hash(&self, email: &Email) -> EmailHash {
        self.0.hash(email)
    }

    fn known(&self, _: &CreditKey) -> Option<KnownCredit> {
        Some(KnownCredit::Nothing)
    }
}

/// The revision that a body names, read before the rest of the body. Its errors are reported with those of the rest.
fn find_when(body: &[u8]) -> Option<When> {
    let (object, _) = body::parse_around(str::from_utf8(body).ok()?, "cart").ok()?;
    read_when(&Fields::of(&object, &Findings::default()))
}

fn read_when(fields: &Fields<'_>) -> Option<When> {
    let number = fields.integer("revision", 0..=i64::MAX);
    let as_of = fields.instant("asOf");
    number.map(When::Revision).or(as_of.map(When::AsOf))
}

fn check_when(when: Option<When>, fields: &Fields<'_>, now: DateTime<Utc>) {
    if fields.value("revision").and(fields.value("asOf")).is_some() {
        let message = "Name the rulebook by `revision` or by `asOf`, not by both.";
        fields.refuse("asOf", "not_both", message);
    }
    if matches!(when, Some(When::AsOf(at)) if at > now) {
        let message = "`asOf` must not be in the future: nobody knows the rules of then.";
        fields.refuse("asOf", "in_the_future", message);
    }
}

/// 409 for a revision that keeps only the rules.
pub fn incomplete(number: Option<i64>) -> Problem {
    let detail = match number {
        Some(number) => format!(
            "Of revision {number} only the rules are kept, not the payment methods and settings that checkout saw; `complete` says so of each revision."
        ),
        None => "Nothing is kept of that instant: it is before the first revision.".to_owned(),
    };
    Problem::new(Kind::RevisionIncomplete, detail)
}

fn cart_of<'v>(cart: &'v RawValue, book: &'v Rulebook, findings: &Findings) -> Option<Cart<'v>> {
    // Tokens of websites may not call this operation, so the cart is not limited to websites.
    book.read_cart(cart.get())
        .map_err(|problem| {
            let errors = problem.errors().iter().cloned();
            findings.extend(errors.map(|error| error.prefixed("/cart")));
        })
        .ok()
}
