//! Checks before a payment whether a cart may use a method.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    credit_text::credit_text,
    eligibility::EligibilityContext,
    explain::{explainable_walk, not_offered},
    reason::Reason,
    wording::budget_spent,
};
use crate::{
    auth::Websites,
    cart::Cart,
    credit::CreditIssue,
    locale::Wanted,
    payment_methods::PaymentMethodId,
    payment_rules::rulebook::{RenderedMethod, Rulebook},
};

/// The decision of the rules about one method.
#[derive(Debug)]
pub enum Permission<'b> {
    Offered(&'b RenderedMethod),
    /// Not offered, with the reasons as in checkout's answer.
    NotOffered(Value),
    /// There is no such method.
    Unknown,
}

/// The reason of a credit issue that prevents a payment, as in checkout's answer, without figures.
pub fn credit_reason(issue: &CreditIssue, label: &str) -> Value {
    let (message, _) = credit_text(issue, label, None, false);
    json!([Reason::new(issue.code.into(), None, message)])
}

/// Whether the rules offer one method. The decision is that of checkout, except that nothing is offered if checkout's
/// answer would be incomplete, and that the cart's sums and the buyer's credit are not judged: a payment judges them
/// itself. Reasons are in the reader's language and name only rules for the caller's websites.
pub fn ask<'b>(
    book: &'b Rulebook,
    cart: &Cart<'_>,
    now: DateTime<Utc>,
    wanted: PaymentMethodId,
    (reader, websites): (&Wanted, &Websites),
) -> Permission<'b> {
    let mut methods = book.methods().iter();
    let Some(place) = methods.position(|card| card.method.id == wanted) else {
        return Permission::Unknown;
    };
    let context = EligibilityContext::new(cart, now)
        .without_sums()
        .read_by(reader)
        .visible_to(websites);
    let (walk, mut verdicts) = explainable_walk(book, &context);
    if let Some(spent) = walk.spent {
        spent.compiled.note_spent_budget();
    }
    if walk.offered.iter().any(|offered| offered.method() == place) {
        return match walk.spent {
            None => Permission::Offered(&book.methods()[place]),
            Some(spent) => Permission::NotOffered(json!([budget_spent(spent, spent)])),
        };
    }
    let mut methods = not_offered(book, &context, &walk, &mut verdicts).into_iter();
    let found = methods.find(|it| it.card.method.id == wanted);
    Permission::NotOffered(json!(found.map(|it| it.reasons).unwrap_or_default()))
}
