//! Findings about a single rule.

use super::{
    cart_judge::RuleOutcome,
    cart_space::CartTotals,
    finding::{FindingKind, RuleFinding, RuleWitness},
    inquiry::Inquiry,
    subject::{Subject, moment_of},
};
use crate::{
    expressions::{
        EvalError, Expression,
        analysis::{Answer, Outcomes},
    },
    payment_methods::{Method, Terms},
    payment_rules::{
        Rule,
        rulebook::{BookRule, Rulebook},
    },
    postal,
};

/// Notes the findings about a rule that do not depend on other rules.
pub fn examine(inquiry: &Inquiry<'_>, book_rule: &BookRule) {
    let rule = &book_rule.compiled.rule;
    let note = |kind, message: String, pointer: &str| {
        inquiry.note(RuleFinding {
            kind,
            message,
            rules: vec![book_rule.place],
            spans: Vec::new(),
            pointer: pointer.to_owned(),
            witness: None,
        });
    };
    if let (Some(from), Some(until)) = (rule.active_from, rule.active_until)
        && from >= until
    {
        let message = "`activeUntil` is not later than `activeFrom`, so the rule never applies.";
        note(FindingKind::EmptyDates, message.to_owned(), "/activeUntil");
    }
    if let Some(message) = no_usable_method(inquiry.book, book_rule) {
        note(FindingKind::NoUsableMethod, message, "/paymentMethods");
    }
    for (place, destination) in rule.destinations.iter().enumerate() {
        for (index, (country, pattern)) in destination.patterns().enumerate() {
            if let Err(reason) = postal::check(country, pattern) {
                let pointer = format!("/destinations/{place}/postalCodes/{index}");
                note(
                    FindingKind::PatternNeverMatches,
                    reason.to_string(),
                    &pointer,
                );
            }
        }
    }
    if let Some(subject) = Subject::new(book_rule)
        && let Some(expression) = subject.expression()
    {
        examine_expression(inquiry, &subject, expression);
    }
}

/// Why none of a rule's methods can be used, whatever the cart.
fn no_usable_method(book: &Rulebook, book_rule: &BookRule) -> Option<String> {
    let currency = book_rule.compiled.rule.currency;
    let why_not = |method: &Method| match &method.terms {
        _ if !method.enabled => Some("is off".to_owned()),
        Terms::Provider(account) if !account.currencies.contains(&currency) => {
            Some(format!("does not take {currency}"))
        }
        _ => None,
    };
    let mut reasons = Vec::new();
    for offer in book_rule.offers.iter() {
        let method = &book.methods()[offer.method].method;
        reasons.push(format!("`{}` {}", method.name, why_not(method)?));
    }
    Some(match reasons.is_empty() {
        true => "None of the rule's payment methods exists.".to_owned(),
        false => format!(
            "No payment method of the rule can be used: {}.",
            reasons.join(", ")
        ),
    })
}

fn examine_expression(inquiry: &Inquiry<'_>, subject: &Subject<'_>, expression: &Expression) {
    let rule = subject.rule();
    let find = |outcomes| {
        let rules = [rule];
        let formula = subject.with_outcome(outcomes);
        inquiry.find(&formula, &rules, &rules, CartTotals::Positive)
    };
    let note = |kind, message: String, span, witness| {
        inquiry.note(RuleFinding {
            kind,
            message,
            rules: vec![subject.place()],
            spans: vec![(subject.place(), span)],
            pointer: "/expression".to_owned(),
            witness,
        });
    };
    let unknown = |kind| inquiry.note_unknown(kind, vec![subject.place()]);
    let holds = match find(Outcomes::TRUE) {
        Answer::Nothing => {
            let message = "The expression is true for no cart that the rule's currency, websites and destinations let through and whose total is positive.";
            let kind = FindingKind::NeverTrue;
            note(kind, message.to_owned(), expression.span(), None);
            None
        }
        Answer::Found(witness) => {
            inquiry.keep_sample(subject.place(), witness.json.clone());
            Some(witness.json)
        }
        Answer::Unknown => {
            unknown(FindingKind::NeverTrue);
            None
        }
    };
    match find(Outcomes::NOT_TRUE) {
        Answer::Nothing => {
            let witness = holds.and_then(|cart| judged(inquiry, subject, cart));
            if let Some((witness, RuleOutcome::Applies)) = witness {
                let message = "The expression is true for every cart that the rule's currency, websites and destinations let through and whose total is positive.";
                let kind = FindingKind::AlwaysTrue;
                note(kind, message.to_owned(), expression.span(), Some(witness));
            }
        }
        Answer::Found(_) => {}
        Answer::Unknown => unknown(FindingKind::AlwaysTrue),
    }
    match find(Outcomes::FAILURE) {
        Answer::Found(failing) => {
            if let Some((witness, RuleOutcome::Failed(error))) =
                judged(inquiry, subject, failing.json)
            {
                let EvalError { message, span, .. } = error;
                let message = format!(
                    "The expression fails for some carts, and the rule does not apply to them: {message}."
                );
                note(FindingKind::MayFail, message, span, Some(witness));
            }
        }
        Answer::Nothing => {}
        Answer::Unknown => unknown(FindingKind::MayFail),
    }
}

/// The outcome at checkout of the rule for a cart, as if the rule were enabled, at a moment when it is in force.
fn judged(
    inquiry: &Inquiry<'_>,
    subject: &Subject<'_>,
    cart: String,
) -> Option<(RuleWitness, RuleOutcome)> {
    let rule = subject.rule();
    let at = moment_of(rule, inquiry.now)?;
    let outcomes = match rule.enabled {
        true => (inquiry.judge.outcomes)(inquiry.book, &cart, at, &[subject.place()]),
        false => {
            let book = alone(inquiry.book, rule);
            (inquiry.judge.outcomes)(&book, &cart, at, &[0])
        }
    };
    let outcome = outcomes?.pop()?;
    Some((RuleWitness { cart, at }, outcome))
}

/// A rulebook with this one rule, enabled.
fn alone(book: &Rulebook, rule: &Rule) -> Rulebook {
    let rule = Rule {
        enabled: true,
        ..rule.clone()
    };
    book.with_rules(vec![rule])
}
