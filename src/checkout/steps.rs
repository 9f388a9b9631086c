//! The steps a rule must pass, in the order that is a contract, and the sentence for each failure.

use crate::{
    checkout::{
        eligibility::Circumstances,
        reason::{Reason, ReasonCode},
    },
    expressions::{Budget, EvalError, Expression},
    payment_rules::{
        Rule,
        rulebook::{CompiledRule, Condition},
    },
};

/// The first step a rule failed.
#[derive(Debug)]
pub enum Failure<'r> {
    Currency,
    Website,
    NeedsBillingAddress,
    Destination,
    Disabled,
    OutsideDates,
    /// The expression is false.
    False(&'r Expression),
    /// The expression failed.
    Failed(EvalError),
    /// The expression cannot be read any more.
    Unreadable(&'r str),
}

/// Whether a rule applies: currency, website, billing destination, enabled and in its dates, expression.
pub fn judge<'r>(
    compiled: &'r CompiledRule,
    circumstances: &Circumstances<'_, '_>,
    budget: &mut Budget,
) -> Result<(), Failure<'r>> {
    let (rule, cart) = (&compiled.rule, circumstances.cart);
    if rule.currency != cart.currency() {
        return Err(Failure::Currency);
    }
    let is_elsewhere = |website: &str| rule.websites.iter().all(|known| known != website);
    if !rule.websites.is_empty() && cart.website().is_some_and(is_elsewhere) {
        return Err(Failure::Website);
    }
    if !circumstances.is_destination(rule) {
        return Err(match cart.billing_address() {
            None => Failure::NeedsBillingAddress,
            Some(_) => Failure::Destination,
        });
    }
    if !rule.enabled {
        return Err(Failure::Disabled);
    }
    if !rule.is_active_at(circumstances.now) {
        return Err(Failure::OutsideDates);
    }
    match &compiled.expression {
        Condition::None => Ok(()),
        Condition::Unreadable(why) => Err(Failure::Unreadable(why)),
        Condition::When(expression) => match expression.holds(cart.record(), budget) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::False(expression)),
            Err(error) => Err(Failure::Failed(error)),
        },
    }
}

/// The failure in words.
pub fn reason(
    compiled: &CompiledRule,
    failure: Failure<'_>,
    circumstances: &Circumstances<'_, '_>,
    budget: &mut Budget,
) -> Reason {
    let (rule, cart) = (&compiled.rule, circumstances.cart);
    let new = |code, message: String| Reason::new(code, Some(rule), message);
    match failure {
        Failure::Currency => {
            let message = format!(
                "The rule is for {}; the cart is in {}.",
                rule.currency,
                cart.currency()
            );
            new(ReasonCode::CurrencyMismatch, message)
                .observing("currency", cart.currency().code())
                .would_apply_if("currency", "=", rule.currency.code())
        }
        Failure::Website => {
            let website = cart.website().unwrap_or_default();
            let message = format!(
                "The rule is for {}; the cart is from {website}.",
                rule.websites.join(", ")
            );
            new(ReasonCode::WebsiteMismatch, message)
                .observing("website", website)
                .would_apply_if("website", "in", rule.websites.clone())
        }
        Failure::NeedsBillingAddress => new(
            ReasonCode::NeedsBillingAddress,
            format!(
                "The rule is for {}; the cart has no billing address with a country.",
                destinations(rule)
            ),
        ),
        Failure::Destination => destination_mismatch(rule, circumstances),
        Failure::Disabled => new(ReasonCode::RuleDisabled, "The rule is disabled.".to_owned()),
        Failure::OutsideDates => new(ReasonCode::OutsideDates, dates(rule, circumstances)),
        Failure::False(expression) => {
            let told = expression.explain(cart.record(), budget);
            Reason {
                span: Some(told.span),
                observed: told.observed,
                would_apply_if: told.would_apply_if,
                ..new(ReasonCode::ExpressionFalse, told.message)
            }
        }
        Failure::Failed(error) => Reason {
            span: Some(error.span),
            ..new(ReasonCode::ExpressionError, error.message)
        },
        Failure::Unreadable(why) => new(ReasonCode::ExpressionError, why.to_owned()),
    }
}

fn destination_mismatch(rule: &Rule, circumstances: &Circumstances<'_, '_>) -> Reason {
    let address = circumstances.cart.billing_address().unwrap_or_default();
    let parts = [address.country, address.region, address.postal_code];
    let place: Vec<_> = parts.into_iter().flatten().collect();
    let message = format!(
        "The rule is for {}; the billing address is {}.",
        destinations(rule),
        place.join(" ")
    );
    let mut reason = Reason::new(ReasonCode::DestinationMismatch, Some(rule), message);
    for (name, value) in [
        ("billingAddress.countryIso2", address.country),
        ("billingAddress.regionCode", address.region),
        ("billingAddress.postalCode", address.postal_code),
    ] {
        if let Some(value) = value {
            reason = reason.observing(name, value);
        }
    }
    let elsewhere = |country: &str| rule.destinations.iter().all(|to| to.country != country);
    if address.country.is_some_and(elsewhere) {
        let mut countries: Vec<_> = rule
            .destinations
            .iter()
            .map(|to| to.country.clone())
            .collect();
        countries.dedup();
        reason = reason.would_apply_if("billingAddress.countryIso2", "in", countries);
    }
    reason
}

/// The first few destinations, such as `US (US-CA; 902*), CA`.
fn destinations(rule: &Rule) -> String {
    const MOST: usize = 5;
    let mut places: Vec<String> = rule
        .destinations
        .iter()
        .take(MOST)
        .map(|to| {
            let codes = to.postal_codes.iter().take(MOST).map(|code| code.as_str());
            let details: Vec<_> = to.region.as_deref().into_iter().chain(codes).collect();
            match details.as_slice() {
                [] => to.country.clone(),
                _ => format!("{} ({})", to.country, details.join(", ")),
            }
        })
        .collect();
    if rule.destinations.len() > MOST {
        places.push(format!("{} more", rule.destinations.len() - MOST));
    }
    places.join(", ")
}

fn dates(rule: &Rule, circumstances: &Circumstances<'_, '_>) -> String {
    let now = circumstances.now;
    let text = |moment: chrono::DateTime<chrono::Utc>| {
        moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
    };
    match (rule.active_from, rule.active_until) {
        (Some(from), _) if now < from => {
            format!("The rule applies from {}; it is {}.", text(from), text(now))
        }
        (_, Some(until)) => format!(
            "The rule applied until {}; it is {}.",
            text(until),
            text(now)
        ),
        _ => "The rule is outside its dates.".to_owned(),
    }
}
