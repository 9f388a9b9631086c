//! The total of one line.

use std::fmt::Display;

use rust_decimal::Decimal;

use super::MOST_ERRORS;
use crate::{
    cart::amount_at,
    expressions::{Record, Value},
    http::problem::FieldError,
    money::{Currency, Money, Product},
};

/// The amounts of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineAmount {
    /// The index in the posted list, from 0.
    pub index: usize,
    /// The price of one unit, with up to six decimals.
    pub price: Option<Decimal>,
    pub quantity: Option<Decimal>,
    /// Never negative.
    pub total: Money,
    /// Price × quantity, if both were posted.
    product: Option<Product>,
    /// Whether the shop posted the total, which is then not rounded.
    own_total: bool,
}

impl LineAmount {
    /// The product from which the total was rounded; `None` for a total that the shop posted.
    pub fn computed(&self) -> Option<&Product> {
        self.product.as_ref().filter(|_| !self.own_total)
    }

    /// The price of one unit; `None` unless it is in whole minor units and price × quantity equals the total.
    pub fn price_each(&self) -> Option<Money> {
        let comes_to_total = self.product.as_ref()?.rounded() == self.total;
        let price = Money::from_decimal(self.price?, self.total.currency()).ok()?;
        comes_to_total.then_some(price)
    }

    /// The quantity; 1 for a line without a quantity.
    pub fn quantity_or_one(&self) -> Decimal {
        self.quantity.unwrap_or(Decimal::ONE)
    }

    /// A part of the line with this quantity and total, as the line at `index`.
    pub fn part(&self, index: usize, quantity: Decimal, total: Money) -> Self {
        let price = self.price;
        LineAmount {
            index,
            quantity: Some(quantity).filter(|it| self.quantity.is_some() || *it != Decimal::ONE),
            total,
            product: price.and_then(|price| Product::of(price, quantity, total.currency())),
            ..*self
        }
    }

    /// A line with only a total.
    pub fn single(total: Money) -> Self {
        LineAmount {
            index: 0,
            price: None,
            quantity: None,
            total,
            product: None,
            own_total: true,
        }
    }
}

/// The sum of lines, in minor units.
pub fn sum(lines: &[LineAmount]) -> i128 {
    let totals = lines.iter().map(|line| i128::from(line.total.minor()));
    totals.sum()
}

/// Reads the list `lineItems` of a cart or invoice, and notes its errors. An absent list is empty.
pub fn read_lines(
    record: &Record<'_>,
    currency: Currency,
    errors: &mut Vec<FieldError>,
) -> Vec<LineAmount> {
    let list = record.get("lineItems").and_then(Value::as_list);
    let list = list.unwrap_or_default();
    let mut lines = Vec::with_capacity(list.len());
    for (index, record) in list.iter().enumerate() {
        if errors.len() >= MOST_ERRORS {
            break;
        }
        let Some(record) = record.as_record() else {
            continue;
        };
        let posted = Posted {
            record,
            index,
            currency,
        };
        lines.extend(posted.read(errors));
    }
    lines
}

/// A posted line and its index.
struct Posted<'r, 'v> {
    record: &'r Record<'v>,
    index: usize,
    currency: Currency,
}

impl Posted<'_, '_> {
    fn read(&self, errors: &mut Vec<FieldError>) -> Option<LineAmount> {
        let price = self.price(errors);
        let quantity = self.quantity(errors);
        let product = price
            .zip(quantity)
            .and_then(|(price, quantity)| Product::of(price, quantity, self.currency));
        let own_total = matches!(self.record.get("total"), Some(Value::Number(_)));
        let total = match own_total {
            true => self.own_total(errors)?,
            false => self.needed_total(price, quantity, product, errors)?,
        };
        Some(LineAmount {
            index: self.index,
            price,
            quantity,
            total,
            product,
            own_total,
        })
    }

    /// The price of one unit, which may have more decimals than the currency.
    fn price(&self, errors: &mut Vec<FieldError>) -> Option<Decimal> {
        let price = self.record.get("price")?.as_record()?;
        let pointer = format_args!("/lineItems/{}/price", self.index);
        check_currency(price, &pointer, self.currency, errors);
        let value = price.get("value")?.as_number()?;
        if value < Decimal::ZERO {
            let message = "A price must not be negative; put discounts into `discountAmount`.";
            errors.push(self.error("/price/value", "negative", message));
        }
        Some(value)
    }

    fn quantity(&self, errors: &mut Vec<FieldError>) -> Option<Decimal> {
        let quantity = self.record.get("quantity")?.as_number()?;
        if quantity <= Decimal::ZERO {
            let message = "A quantity must be more than zero.";
            errors.push(self.error("/quantity", "not_positive", message));
        }
        Some(quantity)
    }

    fn own_total(&self, errors: &mut Vec<FieldError>) -> Option<Money> {
        let pointer = format_args!("/lineItems/{}/total", self.index);
        let total = amount_at(&pointer, self.record.get("total"), self.currency, errors)?;
        if total.minor() < 0 {
            let message =
                "A line's total must not be negative; put discounts into `discountAmount`.";
            errors.push(self.error("/total", "negative", message));
        }
        Some(total)
    }

    fn needed_total(
        &self,
        price: Option<Decimal>,
        quantity: Option<Decimal>,
        product: Option<Product>,
        errors: &mut Vec<FieldError>,
    ) -> Option<Money> {
        let why = |missing: &str| format!("A line needs `{missing}`, or its own `total`.");
        let error = match (price, quantity, product) {
            (None, _, _) => self.error("/price", "required", why("price")),
            (_, None, _) => self.error("/quantity", "required", why("quantity")),
            (_, _, None) => self.error("", "too_large", "`price` times `quantity` is too large."),
            (_, _, Some(product)) => return Some(product.rounded()),
        };
        errors.push(error);
        None
    }

    fn error(&self, below: &str, code: &'static str, message: impl Into<String>) -> FieldError {
        FieldError::at(
            format!("/lineItems/{}{below}", self.index),
            code,
            message.into(),
        )
    }
}

/// Notes an error if an object of the shape `amount` names another currency.
pub(super) fn check_currency(
    amount: &Record<'_>,
    pointer: &dyn Display,
    currency: Currency,
    errors: &mut Vec<FieldError>,
) {
    let posted = amount.get("currency").and_then(Value::as_text);
    if let Some(posted) = posted.filter(|posted| !currency.has_code(posted)) {
        let message = format!("`{posted}` is not the order's currency, which is {currency}.");
        let pointer = format!("{pointer}/currency");
        errors.push(FieldError::at(pointer, "currency_mismatch", message));
    }
}
