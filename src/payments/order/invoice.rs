//! The amounts of an invoice.
//!
//! Its amounts are read from the body's own text, so that they stay exact; everything else in the body is read elsewhere.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::line::{self, OrderLine};
use crate::{
    cart::{
        amount_at, line_shapes,
        sums::{self, Charges, MOST_ERRORS, Prices},
    },
    expressions::{Attribute, Kind, Record, Schema, Shape, Unreadable, Value},
    http::problem::FieldError,
    money::{Currency, Money},
};

/// A quantity of one line of the order, as a request asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemQuantity {
    /// Place in the order, from 0.
    pub line: usize,
    /// Above zero.
    pub quantity: Decimal,
}

/// What a caller asks to be invoiced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceRequest {
    pub(super) amount: Option<Money>,
    /// In the order of [`Charges::amounts`].
    pub(super) charges: [Option<Money>; 6],
    pub(super) prices: Prices,
    /// Lines that the shop wrote itself.
    pub(super) lines: Vec<OrderLine>,
    /// Parts of the order's lines, which are read elsewhere.
    pub items: Vec<ItemQuantity>,
}

/// An invoice's amounts: where it has lines, they add up to the amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceTotals {
    amount: Money,
    charges: Charges,
    lines: Vec<OrderLine>,
    of_order: bool,
}

fn schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let money = |name, summary| Attribute::new(name, Kind::Money, summary);
        let attributes = [
            money("amount", "The amount of the invoice."),
            money("taxAmount", "Taxes."),
            money("shippingAmount", "What shipping costs."),
            money("handlingAmount", "What handling costs."),
            money("insuranceAmount", "What insurance costs."),
            money("surchargeAmount", "What else is added."),
            money("discountAmount", "What is taken off; not negative."),
            Attribute::new("lineItems", Kind::list_of("lineItem"), "What is invoiced."),
        ];
        let mut shapes = vec![Shape::new("invoice", "A part of an order.", attributes)];
        shapes.extend(line_shapes());
        // Fails only if a shape refers to an unknown shape, and then every test fails.
        Schema::new("invoice", shapes).unwrap_or_else(|error| unreachable!("{error}"))
    });
    &SCHEMA
}

impl InvoiceRequest {
    /// Reads `amount`, the charges and `lineItems` of a JSON body; other members are ignored. `prices` says whether the
    /// order's prices include tax.
    ///
    /// # Errors
    /// All invalid ones, with pointers into the body.
    pub fn read(body: &str, currency: Currency, prices: Prices) -> Result<Self, Vec<FieldError>> {
        let (record, problems) = schema().read_all(body).map_err(unreadable)?;
        let mut errors: Vec<_> = problems.into_iter().map(FieldError::from).collect();
        let mut more = Vec::new();
        let request = record.map(|record| Self::of(&record, currency, prices, &mut more));
        // A member that could not be read is also reported as missing; only its first error is kept.
        more.retain(|seeming| !errors.iter().any(|error| error.is_within(seeming)));
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
        let lines = record.get("lineItems").and_then(Value::as_list);
        if amount.is_none() && lines.is_some_and(|lines| lines.is_empty()) {
            let message =
                "`lineItems` must name at least one line; leave it out to invoice what is left.";
            errors.push(FieldError::at("/lineItems", "too_short", message));
        }
        InvoiceRequest {
            amount,
            charges: Charges::read_given(record, currency, errors),
            prices,
            items: Vec::new(),
            lines: line::describe_all(record, sums::read_lines(record, currency, errors)),
        }
    }

    /// Everything that is left, as it was ordered.
    pub fn everything(prices: Prices) -> Self {
        InvoiceRequest {
            amount: None,
            charges: [None; 6],
            prices,
            lines: Vec::new(),
            items: Vec::new(),
        }
    }

    /// Whether any of the charges is given.
    pub(super) fn gives_charges(&self) -> bool {
        self.charges.iter().any(Option::is_some)
    }

    /// Refuses a given tax that is more than the prices that include it.
    pub(super) fn check_given_tax(&self, totals: &InvoiceTotals) -> Result<(), FieldError> {
        match self.charges {
            [Some(_), ..] => totals.charges.check_included_tax("amount", totals.amount),
            _ => Ok(()),
        }
    }

    /// The charges that are given, and nothing for the others.
    pub(super) fn given_charges(&self, currency: Currency) -> Charges {
        let nothing = Money::from_minor(0, currency);
        let amounts = self.charges.map(|amount| amount.unwrap_or(nothing));
        Charges::of(amounts, self.prices)
    }
}

fn unreadable(unreadable: Unreadable) -> Vec<FieldError> {
    match unreadable {
        Unreadable::Malformed { message, .. } => {
            vec![FieldError::at("", "malformed", format!("{message}."))]
        }
        Unreadable::Wrong(problems) => problems.into_iter().map(FieldError::from).collect(),
    }
}

impl InvoiceTotals {
    /// Amounts of lines that only the invoice has.
    pub(super) fn new(amount: Money, charges: Charges, lines: Vec<OrderLine>) -> Self {
        InvoiceTotals {
            amount,
            charges,
            lines,
            of_order: false,
        }
    }

    /// Amounts of parts of the order's lines.
    pub(super) fn of_order(amount: Money, charges: Charges, lines: Vec<OrderLine>) -> Self {
        InvoiceTotals {
            of_order: true,
            ..InvoiceTotals::new(amount, charges, lines)
        }
    }

    /// The lines, each with its place in the order where it is one of the order's.
    pub fn placed_lines(&self) -> impl Iterator<Item = (Option<usize>, &OrderLine)> {
        let place = |line: &OrderLine| self.of_order.then_some(line.amount.index);
        self.lines.iter().map(move |line| (place(line), line))
    }

    /// The amount of the invoice, above zero.
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
