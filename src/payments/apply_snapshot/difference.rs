//! The description of an amount that differs at the provider.

use crate::{findings::Observation, money::Money, payments::payment::Payment};

/// Adds the currency or else the amount as it is here and there.
pub(super) fn telling(
    it: Observation,
    payment: &Payment,
    ours: i64,
    theirs: Option<i64>,
    currency: Option<&str>,
) -> Observation {
    let code = payment.currency.code();
    let money = |minor| Money::from_minor(minor, payment.currency).to_string();
    let (expected, observed) = match currency.filter(|currency| *currency != code) {
        Some(currency) => (code.to_owned(), Some(currency.to_owned())),
        None => (money(ours), theirs.map(money)),
    };
    Observation {
        expected: Some(expected),
        observed,
        ..it
    }
}
