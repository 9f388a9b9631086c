//! Whether one cart may use one method, checked again before a payment.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    credit_text::CreditText, eligibility::EligibilityContext, explain::not_offered, reason::Reason,
    steps::Verdicts, walk::walk, wording::budget_spent,
};
use crate::{
    auth::Websites,
    cart::Cart,
    credit::CreditIssue,
    locale::Wanted,
    payment_methods::PaymentMethodId,
    payment_rules::rulebook::{RenderedMethod, Rulebook},
};

/// What the rules say of one method.
#[derive(Debug)]
pub enum Permission<'b> {
    Offered(&'b RenderedMethod),
    /// Not offered, for these reasons, as checkout tells them.
    NotOffered(Value),
    /// There is no such method.
    Unknown,
}

/// The reason for which a payment may not begin, as checkout gives it without figures.
pub fn credit_reason(issue: &CreditIssue, label: &str) -> Value {
    let told = CreditText::of(issue, label, None, false);
    json!([Reason::new(issue.code.into(), None, told.message)])
}

/// Asks for one method; the answer is checkout's own, in the reader's language, except that nothing is payable where checkout's
/// is incomplete, that the caller gets the rules for its websites alone, and that the cart's sums are left out: whoever takes money judges them too, and has an error for each field.
pub fn ask<'b>(
    book: &'b Rulebook,
    cart: &Cart<'_>,
    now: DateTime<Utc>,
    wanted: PaymentMethodId,
    (reader, websites): (&Wanted, &Websites),
) -> Permission<'b> {
    let Some(place) = book
        .methods()
        .iter()
        .position(|card| card.method.id == wanted)
    else {
        return Permission::Unknown;
    };
    let context = EligibilityContext::new(cart, now)
        .without_sums()
        .read_by(reader)
        .visible_to(websites);
    let mut verdicts = Verdicts::new(&context);
    let walk = walk(book, &context, |rule, verdict| {
        verdicts.note(rule, verdict);
    });
    if let Some(spent) = walk.spent {
        spent.compiled.note_spent_budget();
    }
    if walk.offered.iter().any(|offered| offered.method() == place) {
        return match walk.spent {
            None => Permission::Offered(&book.methods()[place]),
            Some(spent) => Permission::NotOffered(json!([budget_spent(spent, spent)])),
        };
    }
    let told = not_offered(book, &context, &walk, &mut verdicts);
    let reasons = told
        .into_iter()
        .find(|it| it.card.method.id == wanted)
        .map(|it| it.reasons);
    Permission::NotOffered(json!(reasons.unwrap_or_default()))
}
