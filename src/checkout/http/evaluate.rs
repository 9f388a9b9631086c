//! `POST /v1/payment-rules/evaluate`: what a cart would be offered, without effect.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data},
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;

use super::{answer, cart_body::CartBody, current, read_cart, text_of, wanted};
use crate::{
    auth::{Caller, scope},
    body::{self, Fields, Findings},
    cart::Cart,
    checkout::{
        answer::{self as written, Eligibility, Told},
        eligibility::{Circumstances, methods_for},
        explain::not_offered,
        trace::trace,
    },
    clock::Clock,
    expressions::Budget,
    ids,
    openapi::{Guarded, WithBody},
    pagination::Query,
    payment_rules::{
        Draft, Rule,
        draft::{UNKNOWN_METHOD, no_such_method},
        rulebook::{CompiledRule, Keeper, Rulebook},
    },
    problem::{FieldError, Problem},
    rate_limit::class,
};

const MAX_RULES: usize = 1000;

/// A cart, and what to judge it by.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[allow(dead_code, reason = "describes what is read below")]
struct EvaluateBody {
    cart: CartBody,
    /// Draft rules instead of the live ones; ids may be left out.
    rules: Option<Vec<Rule>>,
    /// The moment to judge dates at; now when absent.
    at: Option<chrono::DateTime<chrono::Utc>>,
}

/// The cart's own text: its numbers are read exactly, never through a float.
#[derive(Deserialize)]
struct CartText<'b> {
    #[serde(borrow)]
    cart: Option<&'b RawValue>,
}

/// Try a cart against the live rules, or against drafts.
///
/// Answers like checkout with `explain=full`, and has no effect.
#[utoipa::path(tag = "Payment rules", operation_id = "evaluate_rules",
    security(("bearer" = ["rules:read"])),
    params(("locale" = Option<String>, Query, description = "Language of the labels; else Accept-Language.", example = "fr-CA")),
    request_body(content = EvaluateBody, content_type = "application/json"),
    responses((status = 200, description = "What the cart would be offered, and why.", body = Eligibility), Guarded, WithBody))]
#[post("/v1/payment-rules/evaluate")]
pub async fn evaluate_rules(
    _caller: Caller<scope::RulesRead, class::Evaluate>,
    request: HttpRequest,
    keeper: Data<Keeper>,
    clock: Data<Clock>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let current = current(&keeper)?;
    let mut query = Query::of(&request)?;
    let wanted = wanted(&mut query, &request, &current.book);
    query.finish()?;
    let text = text_of(&request, &body)?;
    let object = body::parse_object(&body)?;
    let findings = Findings::default();
    let fields = Fields::of(&object, &findings);
    let at = fields.instant("at").unwrap_or_else(|| clock.now());
    let draft = fields
        .value("rules")
        .map(|_| drafts(&fields, &current.book, at));
    let book = draft.map_or_else(|| Arc::clone(&current.book), Arc::new);
    let cart = fields
        .required("cart")
        .and_then(|_| cart_of(text, &book, &findings));
    fields.finish();
    let cart = findings.into_result(cart)?;
    let circumstances = Circumstances::new(&cart, at);
    let offered = methods_for(&book, &circumstances, &mut Budget::default());
    let told = Told::Everything(
        not_offered(&book, &circumstances, &offered, &mut Budget::default()),
        trace(&book, &circumstances, &mut Budget::default()),
    );
    Ok(answer(
        written::eligibility(&book, &offered, told, &wanted),
        current.age,
    ))
}

fn cart_of<'v>(text: &'v str, book: &'v Rulebook, findings: &Findings) -> Option<Cart<'v>> {
    // The text was parsed as an object with a cart a moment ago.
    let cart = serde_json::from_str::<CartText<'v>>(text).ok()?.cart?;
    match read_cart(cart.get(), book) {
        Ok(cart) => Some(cart),
        Err(problem) => {
            let errors = problem.errors().iter().cloned();
            findings.extend(errors.map(|error| error.below("/cart")));
            None
        }
    }
}

fn drafts(fields: &Fields<'_>, book: &Rulebook, at: chrono::DateTime<chrono::Utc>) -> Rulebook {
    let rules = fields
        .list("rules", MAX_RULES)
        .into_iter()
        .filter_map(|(pointer, value)| draft(fields, book, at, pointer, value))
        .map(|rule| Arc::new(CompiledRule::new(rule)))
        .collect();
    book.with_rules(rules)
}

fn draft(
    fields: &Fields<'_>,
    book: &Rulebook,
    at: chrono::DateTime<chrono::Utc>,
    pointer: String,
    value: &Value,
) -> Option<Rule> {
    let findings = fields.findings();
    let draft = Draft::read(body::object_at(value, pointer.clone(), findings)?)?;
    for (place, method) in draft.payment_methods.iter().enumerate() {
        let known = book
            .methods()
            .iter()
            .any(|card| card.method.id == method.id);
        if !known {
            let pointer = format!("{pointer}/paymentMethods/{place}/id");
            findings.push(FieldError::at(
                pointer,
                UNKNOWN_METHOD,
                no_such_method(&method.id.to_string()),
            ));
        }
    }
    // A draft that is a live rule changed keeps its id, so that the explanation can be compared.
    let id = value["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| ids::fresh(at));
    Some(Rule::new(id, draft, at))
}
