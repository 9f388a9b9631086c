//! What an invoice comes to.
//!
//! Its amounts are read from the body's own text, so that they stay exact; everything else in the body is read elsewhere.

use std::sync::LazyLock;

use super::line::{self, OrderLine};
use crate::{
    cart::{
        amount_at, line_shapes,
        sums::{self, Charges, MOST_ERRORS, Prices},
    },
    expressions::{Attribute, Kind, Record, Schema, Shape, Unreadable},
    money::{Currency, Money},
    problem::FieldError,
};

/// What a caller asks to be invoiced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRequest {
    amount: Option<Money>,
    charges: Charges,
    lines: Vec<OrderLine>,
}

/// An invoice's amounts: where it has lines, they add up to the amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceTotals {
    amount: Money,
    charges: Charges,
    lines: Vec<OrderLine>,
}

fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let money = |name, summary| Attribute::new(name, Kind::Money, summary);
        let attributes = [
            money("amount", "What the invoice comes to."),
            money("taxAmount", "Taxes."),
            money("shippingAmount", "What shipping costs."),
            money("discountAmount", "What is taken off; not negative."),
            Attribute::new("lineItems", Kind::list_of("lineItem"), "What is invoiced."),
        ];
        let mut shapes = vec![Shape::new("invoice", "A part of an order.", attributes)];
        shapes.extend(line_shapes());
        // Fails only when a shape names one that is not there, and then every test fails.
        Schema::new("invoice", shapes).unwrap_or_else(|error| unreachable!("{error}"))
    });
    &SCHEMA
}

impl InvoiceRequest {
    /// Reads `amount`, `taxAmount`, `shippingAmount`, `discountAmount` and `lineItems` of a body, a JSON text, and passes
    /// over everything else. `prices` says how the order was priced.
    ///
    /// # Errors
    /// Every one of them that will not do, with pointers into the body.
    pub fn read(body: &str, currency: Currency, prices: Prices) -> Result<Self, Vec<FieldError>> {
        let (record, problems) = schema().read_all(body).map_err(unreadable)?;
        let mut errors: Vec<_> = problems.into_iter().map(FieldError::from).collect();
        let mut more = Vec::new();
        let request = record.map(|record| Self::of(&record, currency, prices, &mut more));
        // What could not be read now seems to be missing; once is enough.
        more.retain(|seeming| !errors.iter().any(|error| is_below(error, seeming)));
        errors.extend(more);
        errors.truncate(MOST_ERRORS);
        request.filter(|_| errors.is_empty()).ok_or(errors)
    }

    fn of(
        record: &Record<'_>,
        currency: Currency,
        prices: Prices,
        errors: &mut Vec<FieldError>,
    ) -> Self {
        let amount = amount_at(&"/amount", record.get("amount"), currency, errors);
        if amount.is_some_and(|amount| amount.minor() <= 0) {
            let message = "`amount` must be more than zero.";
            errors.push(FieldError::at("/amount", "not_positive", message));
        }
        InvoiceRequest {
            amount,
            charges: Charges::read(record, currency, prices, errors),
            lines: line::describe_all(record, sums::read_lines(record, currency, errors)),
        }
    }

    /// Says what the invoice comes to: the amount asked for; else what its lines come to; else the remainder, of which
    /// nothing may be left.
    ///
    /// # Errors
    /// The parts do not add up to the amount, or there is nothing to invoice.
    pub fn settle(mut self, remainder: Money) -> Result<InvoiceTotals, FieldError> {
        let charges = self.charges;
        let mut amounts: Vec<_> = self.lines.iter().map(|line| line.amount).collect();
        let sum = sums::sum(&amounts) + charges.beside_lines();
        let amount = match (self.amount, self.lines.as_slice()) {
            (Some(amount), _) => amount,
            (None, []) => remainder,
            (None, _) => {
                let minor = i64::try_from(sum).map_err(|_| nothing("too_large", "is too large"))?;
                Money::from_minor(minor, remainder.currency())
            }
        };
        if amount.minor() <= 0 {
            return Err(nothing("not_positive", "comes to nothing"));
        }
        if self.lines.is_empty() {
            if sums::goods(amount, &charges).is_none() {
                return Err(charges.refusal(0, "amount", amount));
            }
        } else {
            sums::settle(&mut amounts, &charges, "amount", amount)?;
            for (line, amount) in self.lines.iter_mut().zip(amounts) {
                line.amount = amount;
            }
        }
        Ok(InvoiceTotals {
            amount,
            charges,
            lines: self.lines,
        })
    }
}

fn is_below(error: &FieldError, above: &FieldError) -> bool {
    let pointers = error.pointer.as_deref().zip(above.pointer.as_deref());
    pointers.is_some_and(|(pointer, above)| pointer.starts_with(above))
}

pub(super) fn unreadable(unreadable: Unreadable) -> Vec<FieldError> {
    match unreadable {
        Unreadable::Malformed { message, .. } => {
            vec![FieldError::at("", "malformed", format!("{message}."))]
        }
        Unreadable::Wrong(problems) => problems.into_iter().map(FieldError::from).collect(),
    }
}

fn nothing(code: &'static str, what: &str) -> FieldError {
    FieldError::at("/amount", code, format!("The invoice {what}."))
}

impl InvoiceTotals {
    /// What the invoice comes to, above zero.
    pub fn amount(&self) -> Money {
        self.amount
    }

    /// Tax, shipping, discount and what else is beside the lines.
    pub fn charges(&self) -> &Charges {
        &self.charges
    }

    /// The lines, if there are any.
    pub fn lines(&self) -> &[OrderLine] {
        &self.lines
    }
}
