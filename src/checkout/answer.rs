//! Writes answers from prepared parts of the rulebook. The types below describe the answers for the OpenAPI document.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, value::RawValue};
use utoipa::ToSchema;

use crate::{
    cart::PaymentTerm,
    checkout::{
        availability::Possible,
        credit_text::credit_text,
        eligibility::EligibilityContext,
        explain::NotOffered,
        reason::{Reason, RuleName},
        trace::Traced,
        walk::{Offered, Walk},
    },
    credit::{CreditIssue, CreditIssueCode},
    locale::Wanted,
    payment_methods::Terms,
    payment_rules::rulebook::{RenderedMethod, Rulebook},
};

/// A method the cart may use.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferedMethod {
    /// The payment method's id; `POST /v1/payments` takes it as `paymentMethodId`.
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// The type of the integration behind the method.
    #[serde(rename = "type")]
    #[schema(example = "apruve")]
    kind: String,
    /// The label in the caller's language.
    #[schema(example = "Pay on terms")]
    label: String,
    /// A shorter label for small spaces, in the caller's language.
    #[schema(example = "Apruve")]
    short_label: String,
    /// The data that a storefront needs to show and start the method: `scriptUrl` and `testMode` for Apruve,
    /// `instructions`, or `payTo` and `sendTo`; and the options that the rule adds.
    #[schema(value_type = Object, example = json!({ "scriptUrl": "https://app.apruve.com/js/v4/apruve.js", "testMode": false }))]
    options: Box<RawValue>,
    /// The `options` that the rule has for the method, unchanged. Absent if it has none.
    #[schema(value_type = Option<Object>, example = json!({ "badge": "new" }))]
    rule_options: Option<Box<RawValue>>,
    /// The buyer's payment term from the cart, if the method is a payment term. Absent otherwise.
    payment_term: Option<PaymentTerm>,
    /// Warnings about the provider or the buyer's credit. Absent if there are none.
    warnings: Option<Vec<MethodWarning>>,
    /// The first rule that offered the method; with `explain` only.
    rule: Option<RuleName>,
}

/// A warning about a method that is offered.
#[derive(Serialize, ToSchema)]
pub struct MethodWarning {
    /// What the warning is about, as a word from a closed list.
    pub code: CreditIssueCode,
    /// For a person.
    #[schema(example = "The payment provider does not answer at the moment.")]
    pub message: String,
    /// The compared values, with the scope `credit:read` only. Decimals are texts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object, example = json!({ "creditAvailable": "100.00", "total": "1290.50" }))]
    pub observed: BTreeMap<String, Value>,
}

/// A method the cart may not use.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written below")]
pub struct NotOfferedMethod {
    /// The payment method's id.
    #[schema(example = "check_money_order_01h455vb4pex5vsknk084sn02q")]
    id: String,
    /// The type of the integration behind the method.
    #[schema(rename = "type", example = "check_money_order")]
    kind: &'static str,
    /// In the buyer's language.
    #[schema(example = "Pay by check")]
    label: String,
    /// In the buyer's language.
    #[schema(example = "Check")]
    short_label: String,
    /// One for each rule that names the method, in walking order; then what the method itself has against the cart. At most
    /// 20, of which the method's own keep their place. A token bound to websites sees the rules for these only.
    #[schema(max_items = 20)]
    reasons: Vec<Reason>,
    /// How many reasons are left out. Absent if none.
    #[schema(example = 4980)]
    more_reasons: Option<usize>,
}

/// Which methods a cart may use.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written below")]
pub struct Eligibility {
    /// The offered methods in rule order; may be empty.
    offered: Vec<OfferedMethod>,
    /// The methods that are not offered; with `explain=summary` or `full`.
    not_offered: Option<Vec<NotOfferedMethod>>,
    /// True if the rules used up the request's budget for expressions before all were judged; then no payment can be
    /// made with the cart. Absent otherwise.
    incomplete: Option<bool>,
    /// The rules in walking order, a page at a time; with `explain=full`.
    trace: Option<Traced>,
    /// `false` for a cart whose total is zero or less: the order needs no payment. Absent otherwise.
    #[schema(example = false)]
    payment_required: Option<bool>,
    /// The revision of rules and integrations that answered.
    #[schema(example = 17)]
    revision: i64,
}

/// Whether a checkout may start.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what is written below")]
pub struct Availability {
    /// Methods that the cart could still be offered.
    possible: Vec<OfferedMethod>,
    /// The data that would narrow the list: `billingAddress`, or nothing.
    #[schema(example = json!(["billingAddress"]))]
    needs: Vec<String>,
    /// `false` for a cart whose total is zero or less: the order needs no payment. Absent otherwise.
    #[schema(example = false)]
    payment_required: Option<bool>,
    /// The revision of rules and integrations that answered.
    #[schema(example = 17)]
    revision: i64,
}

/// The explanation in an answer.
#[derive(Default)]
pub struct Explanation<'b> {
    pub not_offered: Option<Vec<NotOffered<'b>>>,
    pub trace: Option<Traced>,
}

/// `{"offered":[…],"revision":17}`, with `notOffered` and `trace` where they are requested.
pub fn eligibility(
    book: &Rulebook,
    walk: &Walk<'_>,
    explanation: &Explanation<'_>,
    context: &EligibilityContext<'_, '_>,
    wanted: &Wanted,
) -> Vec<u8> {
    let (offered, not_offered) = (&walk.offered, &explanation.not_offered);
    let reasons = not_offered.iter().flatten();
    let reasons: usize = reasons.map(|method| method.reasons.len()).sum();
    let mut out = Vec::with_capacity(64 + offered.len() * 384 + reasons * 512);
    out.extend_from_slice(b"{\"offered\":");
    let with_rule = not_offered.is_some();
    write_offered(&mut out, book, offered, context, wanted, with_rule);
    if let Some(not_offered) = not_offered {
        write_not_offered(&mut out, not_offered, wanted);
    }
    if let Some(trace) = &explanation.trace {
        write_member(&mut out, "trace", trace);
    }
    if walk.is_incomplete() {
        write_member(&mut out, "incomplete", &true);
    }
    write_payment_required(&mut out, context);
    write_member(&mut out, "revision", &book.revision());
    out.push(b'}');
    out
}

/// `{"possible":[…],"needs":[…],"revision":17}`.
pub fn availability(
    book: &Rulebook,
    possible: &Possible<'_>,
    context: &EligibilityContext<'_, '_>,
    wanted: &Wanted,
) -> Vec<u8> {
    let mut out = b"{\"possible\":".to_vec();
    write_offered(&mut out, book, &possible.methods, context, wanted, false);
    let needs: &[&str] = match possible.needs_billing_address {
        true => &["billingAddress"],
        false => &[],
    };
    write_member(&mut out, "needs", &needs);
    write_payment_required(&mut out, context);
    write_member(&mut out, "revision", &book.revision());
    out.push(b'}');
    out
}

fn write_payment_required(out: &mut Vec<u8>, context: &EligibilityContext<'_, '_>) {
    if context.has_nothing_to_pay() {
        write_member(out, "paymentRequired", &false);
    }
}

fn write_not_offered(out: &mut Vec<u8>, methods: &[NotOffered<'_>], wanted: &Wanted) {
    out.extend_from_slice(b",\"notOffered\":[");
    for (place, not_offered) in methods.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        not_offered.card.write_open(out, wanted);
        write_member(out, "reasons", &not_offered.reasons);
        if not_offered.more > 0 {
            write_member(out, "moreReasons", &not_offered.more);
        }
        out.push(b'}');
    }
    out.push(b']');
}

fn write_offered(
    out: &mut Vec<u8>,
    book: &Rulebook,
    offered: &[Offered<'_>],
    context: &EligibilityContext<'_, '_>,
    wanted: &Wanted,
    with_rule: bool,
) {
    out.push(b'[');
    for (place, one) in offered.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let offer = &one.rule.offers[one.offer];
        let card = &book.methods()[offer.method];
        card.write_open(out, wanted);
        out.extend_from_slice(offer.options.as_bytes());
        if let Terms::PaymentTerm { .. } = card.method.terms
            && let Some(term) = context.cart.payment_term()
        {
            write_member(out, "paymentTerm", &term);
        }
        write_warnings(out, card, context, wanted);
        if with_rule {
            write_member(out, "rule", &RuleName::of(&one.rule.compiled.rule));
        }
        out.push(b'}');
    }
    out.push(b']');
}

fn write_warnings(
    out: &mut Vec<u8>,
    card: &RenderedMethod,
    context: &EligibilityContext<'_, '_>,
    wanted: &Wanted,
) {
    let warning = |issue: CreditIssue| {
        let (label, total) = (card.label(wanted), context.cart.total());
        let (message, observed) = credit_text(&issue, label, total, context.shows_figures());
        MethodWarning {
            code: issue.code,
            message,
            observed,
        }
    };
    let warnings: Vec<MethodWarning> = context.warnings(&card.method).map(warning).collect();
    if !warnings.is_empty() {
        write_member(out, "warnings", &warnings);
    }
}

/// `,"name":value`. Values of ours always have a JSON form; one without would be null.
fn write_member(out: &mut Vec<u8>, name: &str, value: &impl Serialize) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    let before = out.len();
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(before);
        out.extend_from_slice(b"null");
    }
}
