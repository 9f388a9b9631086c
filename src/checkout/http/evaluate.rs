//! `POST /v1/payment-rules/evaluate`: what a cart would be offered, without effect.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;

use super::{
    answer,
    cart_body::CartBody,
    credit_lookup::look_up,
    current,
    explanation::{ExplainRequest, Explainers, read_range},
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
        trace::Range,
    },
    clock::Clock,
    credit::{CreditService, CreditView, WantedCredit},
    expressions::EvalError,
    http::{
        body::{
            self, CartBytes, Fields, Findings,
            strict::{self, Root},
        },
        merge_patch::expect_media_type,
        pagination::Query,
        problem::{FieldError, Problem},
    },
    ids,
    locale::Wanted,
    payment_rules::{
        Draft, Kept, Rule,
        draft::{UNKNOWN_METHOD, no_such_method},
        rulebook::{BookRule, CompiledRule, Rulebook, RulebookCache},
    },
    rate_limit::class,
};

const MAX_RULES: usize = 1000;

/// A cart, and what to judge it by.
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
    /// Draft rules instead of the live ones; ids may be left out.
    rules: Option<Vec<Draft>>,
    /// The moment to judge dates at; now when absent.
    at: Option<DateTime<Utc>>,
}

/// Try a cart against the live rules, or against drafts
///
/// Answers like checkout with `explain=full`, with a page of the trace, and has no effect.
#[utoipa::path(tag = "Payment rules", operation_id = "evaluate_rules",
    security(("bearer" = ["rules:read"])),
    params(
        ("limit" = Option<u8>, Query, minimum = 1, maximum = 200, description = "How many rules of the trace; 100 when left out."),
        ("cursor" = Option<String>, Query, min_length = 1, description = "The `trace.nextCursor` of the previous page."),
        ("locale" = Option<String>, Query, min_length = 2, description = "Language of the labels; else Accept-Language.", example = "fr-CA")),
    request_body(content = RuleTrial, content_type = "application/json"),
    responses((status = 200, description = "What the cart would be offered, and why.", body = Eligibility),
        (status = 409, description = "`/problems/revision-changed`: the rules have changed since the previous page."),))]
#[post("/v1/payment-rules/evaluate")]
pub async fn evaluate_rules(
    caller: Caller<scope::CountedAs<scope::RulesRead, class::Evaluate>>,
    request: HttpRequest,
    rulebooks: Data<RulebookCache>,
    clock: Data<Clock>,
    explainers: Data<Explainers>,
    credit: Data<CreditService>,
    CartBytes(body): CartBytes,
) -> Result<HttpResponse, Problem> {
    let current = current(&rulebooks)?;
    let mut query = Query::of(&request)?;
    let (range, cursor) = read_range(&mut query);
    let wanted = wanted(&mut query, &request, current.book());
    query.finish()?;
    if let Some(cursor) = cursor {
        cursor.check(current.book())?;
    }
    expect_media_type(&request, &["application/json"])?;
    let (book, now, age) = (current.shared(), clock.now(), current.age());
    let trial = Trial {
        book,
        body,
        now,
        wanted,
        range,
        credit: CreditService::clone(&credit),
        shows_figures: caller.has(Scope::CreditRead),
    };
    let (again, lookup) = (trial.clone(), CreditService::clone(&credit));
    let (mut json, missed) = explainers.run(move || trial.run()).await?;
    // It has no effect, so that no provider is asked.
    if look_up(&lookup, missed, false).await {
        (json, _) = explainers.run(move || again.run()).await?;
    }
    Ok(answer(json, age))
}

/// What is tried.
#[derive(Clone)]
struct Trial {
    book: Arc<Rulebook>,
    body: Bytes,
    now: DateTime<Utc>,
    wanted: Wanted,
    range: Range,
    credit: CreditService,
    shows_figures: bool,
}

impl Trial {
    /// The answer, and what it would have been good to know of credit.
    fn run(&self) -> Result<(String, Vec<WantedCredit>), Problem> {
        // Drafts have the methods of the live rules.
        let uses_credit = self.book.uses_credit();
        let view = CreditView::of(&self.credit, uses_credit, self.now, self.shows_figures);
        let json = evaluate(self, view.as_ref())?;
        Ok((json, view.map(CreditView::into_wanted).unwrap_or_default()))
    }
}

fn evaluate(trial: &Trial, view: Option<&CreditView<'_>>) -> Result<String, Problem> {
    let Trial {
        body,
        now,
        wanted,
        range,
        ..
    } = trial;
    let (live, now, range) = (&*trial.book, *now, *range);
    let (object, cart) = body::parse_around(strict::check(body, Root::Body)?, "cart")?;
    let findings = Findings::default();
    let fields = Fields::of(&object, &findings);
    let at = fields.instant("at").unwrap_or(now);
    let drafts = fields
        .value("rules")
        .map(|_| drafts(&fields, live, now))
        .filter(|_| findings.is_empty());
    let drafted = drafts.map(|drafts| compile(live, drafts));
    let book = drafted.as_ref().unwrap_or(live);
    let cart = fields
        .required("cart")
        .and(cart)
        .and_then(|cart| cart_of(cart, book, &findings));
    fields.finish();
    let cart = findings.into_result(cart)?;
    let context = EligibilityContext::new(&cart, at)
        .read_by(wanted)
        .with_credit(view);
    let mut verdicts = Verdicts::new(&context);
    let note = |rule: &BookRule, verdict: &Result<bool, EvalError>| verdicts.note(rule, verdict);
    let walk = walk(book, &context, note);
    let (rules, wish) = ((book, live.revision()), ExplainRequest::Everything(range));
    Ok(rendered(
        rules,
        &context,
        &walk,
        &mut verdicts,
        wish,
        wanted,
    ))
}

fn cart_of<'v>(cart: &'v RawValue, book: &'v Rulebook, findings: &Findings) -> Option<Cart<'v>> {
    // The operation is closed to tokens of websites.
    read_cart(cart.get(), book, &Websites::All)
        .map_err(|problem| {
            findings.extend(
                problem
                    .errors()
                    .iter()
                    .map(|error| error.clone().prefixed("/cart")),
            )
        })
        .ok()
}

fn compile(book: &Rulebook, drafts: Vec<Rule>) -> Rulebook {
    let compiled = drafts
        .into_iter()
        .map(|rule| Arc::new(CompiledRule::new(rule)));
    book.with_rules(compiled.collect())
}

fn drafts(fields: &Fields<'_>, book: &Rulebook, now: DateTime<Utc>) -> Vec<Rule> {
    fields
        .list("rules", MAX_RULES)
        .into_iter()
        .filter_map(|(pointer, value)| draft(fields.findings(), book, now, pointer, value))
        .collect()
}

fn draft(
    findings: &Findings,
    book: &Rulebook,
    now: DateTime<Utc>,
    pointer: String,
    value: &Value,
) -> Option<Rule> {
    let draft = Draft::read(
        body::object_at(value, pointer.clone(), findings)?,
        Kept::All,
    )?;
    for (place, method) in draft.payment_methods.iter().enumerate() {
        let known = book
            .methods()
            .iter()
            .any(|card| card.method.id == method.id);
        if !known {
            let pointer = format!("{pointer}/paymentMethods/{place}/id");
            let message = no_such_method(&method.id.to_string());
            findings.push(FieldError::at(pointer, UNKNOWN_METHOD, message));
        }
    }
    // A draft that is a live rule changed keeps its id, so that the explanation can be compared.
    let id = value["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| ids::fresh(now));
    Some(Rule::new(id, draft, now))
}
