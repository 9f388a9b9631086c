//! What an amount is made of beside its lines, and whether it adds up.

use super::line::OrderLine;
use crate::{
    apruve::{CleanText, LineDraft},
    cart::amount_at,
    expressions::{Record, Value},
    money::{Currency, Money},
    problem::FieldError,
};

/// Whether the tax is inside the lines' prices or on top of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prices {
    WithoutTax,
    WithTax,
}

/// Tax, shipping and discount, none of which is negative; one that was not posted is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub tax: Money,
    pub shipping: Money,
    /// What is taken off.
    pub discount: Money,
    pub prices: Prices,
}

impl Parts {
    /// Reads `taxAmount`, `shippingAmount` and `discountAmount`, and notes what will not do.
    pub(super) fn read(
        record: &Record<'_>,
        currency: Currency,
        prices: Prices,
        errors: &mut Vec<FieldError>,
    ) -> Self {
        let mut part = |name: &str| {
            let pointer = format!("/{name}");
            let amount = amount_at(&pointer, record.get(name), currency, errors);
            if amount.is_some_and(|amount| amount.minor() < 0) {
                let message = format!("`{name}` must not be negative.");
                errors.push(FieldError::at(pointer, "negative", message));
            }
            amount.unwrap_or(Money::from_minor(0, currency))
        };
        Parts {
            tax: part("taxAmount"),
            shipping: part("shippingAmount"),
            discount: part("discountAmount"),
            prices,
        }
    }

    /// Tax that is not in the lines: what Apruve is told, which adds it to them.
    pub fn tax_on_top(&self) -> Money {
        match self.prices {
            Prices::WithoutTax => self.tax,
            Prices::WithTax => Money::from_minor(0, self.tax.currency()),
        }
    }

    /// What is added to the lines, in minor units.
    pub(super) fn beside_lines(&self) -> i128 {
        let minor = |money: Money| i128::from(money.minor());
        minor(self.tax_on_top()) + minor(self.shipping) - minor(self.discount)
    }

    /// Makes the lines add up with these parts to the amount called `name`: a residue of rounding goes on the largest line.
    ///
    /// # Errors
    /// More than one minor unit a line is missing or too much; the sentence has the sums.
    pub(super) fn settle(
        &self,
        lines: &mut [OrderLine],
        name: &str,
        amount: Money,
    ) -> Result<(), FieldError> {
        let sum = sum(lines);
        let residue = i128::from(amount.minor()) - (sum + self.beside_lines());
        let refusal = || self.refusal(sum, name, amount);
        if residue.unsigned_abs() > lines.len() as u128 {
            return Err(refusal());
        }
        let residue = i64::try_from(residue).map_err(|_| refusal())?;
        // The first of the largest: `max_by_key` would take the last.
        let largest = lines.iter_mut().rev().max_by_key(|line| line.total.minor());
        match largest {
            Some(line) if residue != 0 => line.add(residue).ok_or_else(refusal),
            _ => Ok(()),
        }
    }

    /// The sums that do not come to the amount called `name`.
    pub(super) fn refusal(&self, lines: i128, name: &str, amount: Money) -> FieldError {
        let currency = amount.currency();
        let written = |minor: i128| match i64::try_from(minor) {
            Ok(minor) => Money::from_minor(minor, currency).to_string(),
            Err(_) => "(too large)".to_owned(),
        };
        let (tax, inside) = match self.prices {
            Prices::WithoutTax => (format!(" + tax {}", self.tax), String::new()),
            Prices::WithTax => (String::new(), format!(" (tax {} is inside)", self.tax)),
        };
        let message = format!(
            "lines {}{inside}{tax} + shipping {} − discount {} = {}, {name} is {amount}",
            written(lines),
            self.shipping,
            self.discount,
            written(lines + self.beside_lines()),
        );
        FieldError::at(format!("/{name}"), "totals_do_not_add_up", message)
    }

    /// What is taken off, as Apruve is told of it.
    pub(super) fn discount_line(&self) -> Option<LineDraft> {
        let minor = self.discount.minor();
        (minor != 0).then(|| LineDraft::new(CleanText::line("Discount"), -minor))
    }
}

/// What the lines come to, in minor units.
pub(super) fn sum(lines: &[OrderLine]) -> i128 {
    let totals = lines.iter().map(|line| i128::from(line.total.minor()));
    totals.sum()
}

/// How prices are posted, where the document says so.
pub(super) fn prices(record: &Record<'_>) -> Prices {
    match record.get("pricesIncludeTax") {
        Some(Value::Bool(true)) => Prices::WithTax,
        _ => Prices::WithoutTax,
    }
}
