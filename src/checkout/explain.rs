//! Explains a walk: why a method is not offered, and what would have to change.
//!
//! Every rule that names a method gives one reason: the first step that it failed, in the order of the walk. A rule
//! after a stop rule is judged too, because an administrator wants to know whether it would have applied. After a spent
//! budget no rule is judged.

use super::{
    credit_text::credit_text,
    eligibility::{EligibilityContext, Ineligible},
    reason::{Reason, ReasonCode, RuleName},
    steps::{self, StepFailure, Verdicts},
    walk::{Walk, walk},
    wording,
};
use crate::{
    money::Money,
    payment_rules::rulebook::{BookRule, RenderedMethod, Rulebook},
};

/// The maximum number of reasons of a method: thousands of rules can name it, and every line of a cart can be in
/// conflict.
const MOST_REASONS: usize = 20;
/// The number of places that are reserved for the method's own reasons, after those of its rules.
const MOST_MISFITS: usize = 10;

/// A method that is not offered, with its reasons in walking order.
#[derive(Debug)]
pub struct NotOffered<'b> {
    pub card: &'b RenderedMethod,
    pub reasons: Vec<Reason>,
    /// The number of reasons that are left out.
    pub more: usize,
}

/// Walks the rules, and keeps the result of each expression for explanations.
pub fn explainable_walk<'b>(
    book: &'b Rulebook,
    context: &EligibilityContext<'_, '_>,
) -> (Walk<'b>, Verdicts) {
    let mut verdicts = Verdicts::new(context);
    let walk = walk(book, context, |rule, verdict| verdicts.note(rule, verdict));
    (walk, verdicts)
}

/// Every method that was not offered, with its reasons.
pub fn not_offered<'b>(
    book: &'b Rulebook,
    context: &EligibilityContext<'_, '_>,
    walk: &Walk<'b>,
    verdicts: &mut Verdicts,
) -> Vec<NotOffered<'b>> {
    methods_not_offered(book, walk)
        .map(|method| explain(book, method, context, walk, verdicts))
        .collect()
}

/// The number of reasons of rules that [`not_offered`] computes.
pub fn count_reasons(book: &Rulebook, walk: &Walk<'_>) -> usize {
    methods_not_offered(book, walk)
        .map(|method| book.rules_naming(method).len().clamp(1, MOST_REASONS))
        .sum()
}

fn methods_not_offered(book: &Rulebook, walk: &Walk<'_>) -> impl Iterator<Item = usize> + use<> {
    let mut is_offered = vec![false; book.methods().len()];
    for offered in &walk.offered {
        is_offered[offered.method()] = true;
    }
    let methods = is_offered.into_iter().enumerate();
    methods.filter_map(|(method, is_offered)| (!is_offered).then_some(method))
}

fn explain<'b>(
    book: &'b Rulebook,
    place: usize,
    context: &EligibilityContext<'_, '_>,
    walk: &Walk<'b>,
    verdicts: &mut Verdicts,
) -> NotOffered<'b> {
    let card = &book.methods()[place];
    let method = &card.method;
    let misfits: Vec<Ineligible<'_>> = context.misfits(method).collect();
    let ineligible = misfits.first().copied();
    // Each rule that names the method gives one reason.
    let rules: Vec<&BookRule> = book
        .rules_naming(place)
        .filter(|rule| context.may_name(&rule.compiled.rule))
        .collect();
    let reserved = MOST_MISFITS.max(MOST_REASONS.saturating_sub(rules.len()));
    let room = MOST_REASONS - misfits.len().min(reserved);
    let mut more = rules.len().saturating_sub(room);
    let mut reasons = Vec::new();
    for rule in rules.iter().take(room) {
        let reason = match steps::judge(rule, context, verdicts) {
            Ok(()) | Err(StepFailure::NotEvaluated) => walk
                .end_before(rule)
                .or_else(|| Some(ineligible_reason(ineligible?, Some(rule), card, context))),
            Err(failure) => Some(wording::reason(rule, failure, context, walk, verdicts)),
        };
        let incomplete = verdicts.take_incomplete();
        reasons.extend(reason.map(|reason| Reason {
            incomplete,
            ..reason
        }));
    }
    if rules.is_empty() {
        let message = format!("No rule names \"{}\".", context.label_of(card));
        reasons.push(Reason::new(ReasonCode::NotInAnyRule, None, message));
    }
    for ineligible in misfits {
        if reasons.len() >= MOST_REASONS {
            more += 1;
            continue;
        }
        let reason = ineligible_reason(ineligible, None, card, context);
        let is_told =
            |earlier: &Reason| earlier.code == reason.code && earlier.pointer == reason.pointer;
        if !reasons.iter().any(is_told) {
            reasons.push(reason);
        }
    }
    NotOffered {
        card,
        reasons,
        more,
    }
}

impl<'b> Walk<'b> {
    /// The reason why the walk did not reach this rule; `None` unless the walk ended before it.
    pub fn end_before(&self, rule: &BookRule) -> Option<Reason> {
        let is_before = |end: &&BookRule| end.place < rule.place;
        let stop = self.stop.filter(is_before);
        let spent = self.spent.filter(is_before);
        stop.map(|stop| stopped_by(rule, stop))
            .or_else(|| spent.map(|spent| wording::budget_spent(rule, spent)))
    }
}

/// The reason for a rule after a stop rule.
fn stopped_by(rule: &BookRule, stop: &BookRule) -> Reason {
    let stop = &stop.compiled.rule;
    let name = &stop.name;
    let message =
        format!("\"{name}\" applies and has stopProcessing, so this rule is not reached.");
    Reason {
        stopped_by: Some(RuleName::of(stop)),
        ..Reason::new(ReasonCode::StoppedBy, Some(&rule.compiled.rule), message)
    }
}

/// The reason why a method itself does not fit the cart.
pub fn ineligible_reason(
    ineligible: Ineligible<'_>,
    rule: Option<&BookRule>,
    card: &RenderedMethod,
    context: &EligibilityContext<'_, '_>,
) -> Reason {
    let rule = rule.map(|rule| &rule.compiled.rule);
    let (cart, label) = (context.cart, context.label_of(card));
    let reason = |message: String| Reason::new(ineligible.code(), rule, message);
    let total = || {
        let total = cart.total().map(|total| total.to_string());
        total.unwrap_or_default()
    };
    match ineligible {
        Ineligible::NothingToPay => {
            reason("There is nothing to pay.".to_owned()).observing("total", total())
        }
        Ineligible::TotalsConflict(error) => Reason {
            pointer: error.pointer.clone(),
            ..reason(error.message.clone())
        },
        Ineligible::Disabled => reason(format!("The integration of \"{label}\" is deactivated.")),
        Ineligible::CurrencyUnsupported => {
            let message = format!("\"{label}\" does not take {}.", cart.currency());
            reason(message).observing("currency", cart.currency().code())
        }
        Ineligible::AmountOutOfRange(provider) => {
            let (currency, total, name) = (cart.currency(), total(), provider.name());
            let (least, most) = (Money::from_minor(1, currency), provider.most(currency));
            let message = format!(
                "{name} takes totals from {least} to {most} {currency}; the total is {total}."
            );
            reason(message).observing("total", total)
        }
        Ineligible::NoPaymentTerm => {
            reason("Neither the customer nor its group has a payment term.".to_owned())
        }
        Ineligible::Credit(issue) => {
            let figures = context.shows_figures();
            let (message, observed) = credit_text(&issue, label, cart.total(), figures);
            Reason {
                observed,
                ..reason(message)
            }
        }
    }
}
