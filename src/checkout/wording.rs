//! The messages for a failed step: what the rule requires, what the cart has, and which change would help.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::{
    eligibility::EligibilityContext,
    reason::{Reason, ReasonCode, RuleName},
    steps::{Step, StepFailure, Verdicts, judge_from},
    walk::Walk,
};
use crate::{
    expressions::WouldApplyIf,
    geo::{Location, NamedRegion},
    payment_rules::{
        Rule,
        rulebook::{BookRule, Condition},
    },
    postal::PostalCode,
};

/// Adds a change of the cart if it alone would make the rule apply: the later steps pass, and the expression, which
/// would see the change too, does not read what changes.
fn with_remedy(
    reason: Reason,
    (path, operator, value): (&str, &'static str, Value),
    next: Step,
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    verdicts: &mut Verdicts,
) -> Reason {
    let expression = rule.compiled.expression.get().into_iter();
    let mut attributes = expression.flat_map(|expression| expression.attributes());
    let is_read = attributes.any(|it| path.starts_with(it.as_str()) || it.starts_with(path));
    let helps = !is_read && judge_from(next, rule, context, verdicts).is_ok();
    let would_apply_if = helps.then(|| WouldApplyIf {
        path: path.to_owned(),
        operator,
        value,
    });
    Reason {
        would_apply_if,
        ..reason
    }
}

/// The failure in words.
pub fn reason(
    rule: &BookRule,
    failure: StepFailure,
    context: &EligibilityContext<'_, '_>,
    walk: &Walk<'_>,
    verdicts: &mut Verdicts,
) -> Reason {
    let (terms, cart) = (&rule.compiled.rule, context.cart);
    let new = |code, message: String| Reason::new(code, Some(terms), message);
    match failure {
        StepFailure::Currency => {
            let (wanted, given) = (terms.currency, cart.currency());
            let message = format!("The rule is for {wanted}; the cart is in {given}.");
            let reason = new(ReasonCode::CurrencyMismatch, message);
            let reason = reason.observing("currency", given.code());
            let remedy = ("currency", "=", wanted.code().into());
            with_remedy(reason, remedy, Step::Website, rule, context, verdicts)
        }
        StepFailure::Website => {
            let website = cart.website().unwrap_or_default();
            let wanted = terms.websites.join(", ");
            let message = format!("The rule is for {wanted}; the cart is from {website}.");
            let reason = new(ReasonCode::WebsiteMismatch, message).observing("website", website);
            let remedy = ("website", "in", terms.websites.clone().into());
            with_remedy(reason, remedy, Step::Destination, rule, context, verdicts)
        }
        StepFailure::NeedsBillingAddress => {
            let wanted = destinations(terms);
            let message =
                format!("The rule is for {wanted}; the cart has no billing address with a country.");
            new(ReasonCode::NeedsBillingAddress, message)
        }
        StepFailure::Destination => destination_mismatch(rule, context, verdicts),
        StepFailure::Disabled => new(ReasonCode::RuleDisabled, "The rule is disabled.".to_owned()),
        StepFailure::OutsideDates => new(ReasonCode::OutsideDates, dates(terms, context)),
        StepFailure::False => expression_false(rule, context, verdicts),
        StepFailure::Failed(error) => Reason {
            span: Some(error.span),
            ..new(ReasonCode::ExpressionError, error.message)
        },
        StepFailure::BudgetSpent => budget_spent(rule, walk.spent.unwrap_or(rule)),
        StepFailure::NotEvaluated => new(
            ReasonCode::BudgetSpent,
            "The explanation has used up what it may spend on expressions, so it does not tell whether the rule applies. The answer does not depend on that.".to_owned(),
        ),
        StepFailure::Unreadable => {
            let why = match &rule.compiled.expression {
                Condition::Unreadable(why) => why,
                Condition::None | Condition::When(_) => "",
            };
            let message = format!("The expression cannot be read: {why}");
            new(ReasonCode::ExpressionError, message)
        }
    }
}

fn expression_false(
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    verdicts: &mut Verdicts,
) -> Reason {
    let code = ReasonCode::ExpressionFalse;
    let reason = |message| Reason::new(code, Some(&rule.compiled.rule), message);
    let Some(expression) = rule.compiled.expression.get() else {
        return reason(String::new());
    };
    let record = context.cart.record();
    match verdicts.explain(|budget| expression.explain(record, budget)) {
        Some(why) => Reason {
            span: Some(why.span),
            observed: why.observed,
            would_apply_if: why.would_apply_if,
            ..reason(why.message)
        },
        None => reason("The expression is false, and too costly to explain.".to_owned()),
    }
}

fn destination_mismatch(
    rule: &BookRule,
    context: &EligibilityContext<'_, '_>,
    verdicts: &mut Verdicts,
) -> Reason {
    const COUNTRY: &str = "billingAddress.countryIso2";
    let terms = &rule.compiled.rule;
    let address = context.address.unwrap_or_default();
    let postal_code = address.postal_code;
    let parts = [address.country, address.region, postal_code];
    let place = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let (wanted, remark) = (destinations(terms), region_remark(context));
    let message = format!("The rule is for {wanted}; the billing address is {place}.{remark}");
    let mut reason = Reason::new(ReasonCode::DestinationMismatch, Some(terms), message);
    for (name, value) in [
        (COUNTRY, address.country),
        ("billingAddress.regionCode", address.region),
        ("billingAddress.postalCode", postal_code),
    ] {
        if let Some(value) = value {
            reason = reason.observing(name, value);
        }
    }
    // The countries for which the rest of the address would match.
    let countries = terms.destinations.iter().map(|to| to.country.clone());
    let mut countries: BTreeSet<String> = countries.collect();
    countries.retain(|country| {
        let code = postal_code.and_then(|text| PostalCode::of(country, text));
        let location = Location::new(country, address.region);
        let destinations = &rule.compiled.destinations;
        location.is_some_and(|location| destinations.matches(&location, || code.as_ref()))
    });
    if countries.is_empty() {
        return reason;
    }
    let remedy = (COUNTRY, "in", countries.into_iter().collect());
    with_remedy(reason, remedy, Step::Enabled, rule, context, verdicts)
}

/// A sentence about an unknown or foreign region in the billing address; empty otherwise.
fn region_remark(context: &EligibilityContext<'_, '_>) -> String {
    let region = context.address.and_then(|address| address.region);
    let (Some(location), Some(region)) = (&context.location, region) else {
        return String::new();
    };
    let country = location.country();
    let what = match location.region() {
        NamedRegion::Absent | NamedRegion::Known(_) => return String::new(),
        NamedRegion::Unknown => format!("no known region of {country}"),
        NamedRegion::OfAnotherCountry(owner) => format!("a region of {owner}, not of {country}"),
    };
    format!(" `{region}` is {what}, so it matches no region.")
}

/// The first few destinations, such as `US (US-CA; 902*), CA`.
fn destinations(rule: &Rule) -> String {
    const MOST: usize = 5;
    let places = rule.destinations.iter().take(MOST).map(|to| {
        let codes = to.postal_codes.iter().take(MOST).map(String::as_str);
        let details: Vec<_> = to.region.as_deref().into_iter().chain(codes).collect();
        match details.as_slice() {
            [] => to.country.clone(),
            _ => format!("{} ({})", to.country, details.join(", ")),
        }
    });
    let mut places: Vec<String> = places.collect();
    if rule.destinations.len() > MOST {
        places.push(format!("{} more", rule.destinations.len() - MOST));
    }
    places.join(", ")
}

fn dates(rule: &Rule, context: &EligibilityContext<'_, '_>) -> String {
    let text = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    let (now, from, until) = (context.now, rule.active_from, rule.active_until);
    let when = match (from, until) {
        (Some(from), _) if now < from => format!("applies from {}", text(from)),
        (_, Some(until)) => format!("applied until {}", text(until)),
        _ => return "The rule is outside its dates.".to_owned(),
    };
    format!("The rule {when}; it is {}.", text(now))
}

/// The reason for a rule that was not judged, because the budget was used up at `spent`, which may be the rule itself.
pub fn budget_spent(rule: &BookRule, spent: &BookRule) -> Reason {
    let name = &spent.compiled.rule.name;
    let message = format!(
        "With \"{name}\" the rules have used up what one request may spend on expressions, so neither it nor what follows is judged."
    );
    Reason {
        stopped_by: Some(RuleName::of(&spent.compiled.rule)),
        ..Reason::new(ReasonCode::BudgetSpent, Some(&rule.compiled.rule), message)
    }
}
