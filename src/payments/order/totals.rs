//! The totals of a cart, with the texts of its lines.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::line::{self, OrderLine};
use crate::{
    cart::{
        Cart,
        sums::{self, Charges, Prices},
    },
    http::problem::FieldError,
    money::Money,
};

/// An order's amounts: they add up to the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTotals {
    total: Money,
    charges: Charges,
    /// Empty for a cart without lines; then its provider gets one line for the whole.
    lines: Vec<OrderLine>,
}

impl OrderTotals {
    /// Takes the amounts out of a cart.
    ///
    /// # Errors
    /// Everything that keeps the cart from being paid for, with pointers into the cart (see [`sums::judge`]).
    pub fn read(cart: &Cart<'_>) -> Result<Self, Vec<FieldError>> {
        let sums = sums::judge(cart).map_err(|refused| refused.errors)?;
        Ok(OrderTotals {
            total: sums.total,
            charges: sums.charges,
            lines: line::describe_all(cart.record(), sums.lines),
        })
    }

    /// The total of the order.
    pub fn total(&self) -> Money {
        self.total
    }

    /// Tax, shipping, discount and what else is beside the lines.
    pub fn charges(&self) -> &Charges {
        &self.charges
    }

    /// The lines, which with the charges add up to the total; none for a cart without lines.
    pub fn lines(&self) -> &[OrderLine] {
        &self.lines
    }

    /// Every amount in an exact form that stays the same from release to release: it distinguishes two carts.
    pub fn numbers(&self) -> Value {
        let charges = &self.charges;
        let lines = self.lines.iter().map(|line| {
            let written = |number: Option<Decimal>| number.map(|it| it.to_string());
            let (price, quantity) = (line.amount.price, line.amount.quantity);
            json!([written(price), written(quantity), line.total().minor()])
        });
        let with_tax = charges.prices == Prices::WithTax;
        let mut numbers = vec![json!(self.total.minor()), json!(with_tax)];
        numbers.extend(charges.amounts().map(|amount| json!(amount.minor())));
        numbers.push(lines.collect());
        Value::Array(numbers)
    }

    /// The sum of the goods, before the charges.
    pub(super) fn goods(&self) -> Money {
        // Never `None` for a cart without lines, and only those are asked for it.
        let goods = sums::goods(self.total, &self.charges);
        goods.unwrap_or(Money::from_minor(0, self.total.currency()))
    }
}
