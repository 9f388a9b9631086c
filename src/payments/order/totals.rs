//! What a cart comes to.

use super::{
    line::{self, OrderLine},
    parts::{Parts, prices},
};
use crate::{cart::Cart, expressions::Value, money::Money, problem::FieldError};

/// No answer names more errors than this; a cart with more is not worth a longer one.
pub(super) const MOST_ERRORS: usize = 100;

/// An order's amounts: they add up to the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTotals {
    total: Money,
    parts: Parts,
    /// Empty for a cart without lines; then Apruve is told of one for the whole.
    lines: Vec<OrderLine>,
}

impl OrderTotals {
    /// Takes the amounts out of a cart.
    ///
    /// # Errors
    /// Everything that keeps the cart from being paid for, with pointers into the cart: no total or none above zero, a line
    /// without a price, another currency, sums that do not add up.
    pub fn read(cart: &Cart<'_>) -> Result<Self, Vec<FieldError>> {
        let (record, currency) = (cart.record(), cart.currency());
        let mut errors = Vec::new();
        let total = needed_total(cart, &mut errors);
        if let Some(subtotal) = record.get("subtotal").and_then(Value::as_record) {
            line::check_currency(subtotal, "/subtotal", currency, &mut errors);
        }
        let parts = Parts::read(record, currency, prices(record), &mut errors);
        let mut lines = line::read_all(record, currency, &mut errors);
        // Sums of values that will not do would only confuse.
        if let Some(total) = total.filter(|_| errors.is_empty()) {
            let added_up = match lines.as_mut_slice() {
                [] if goods_minor(total, &parts).is_none() => Err(parts.refusal(0, "total", total)),
                [] => Ok(()),
                lines => parts.settle(lines, "total", total),
            };
            match added_up {
                Ok(()) => {
                    return Ok(OrderTotals {
                        total,
                        parts,
                        lines,
                    });
                }
                Err(error) => errors.push(error),
            }
        }
        errors.truncate(MOST_ERRORS);
        Err(errors)
    }

    /// What the order comes to.
    pub fn total(&self) -> Money {
        self.total
    }

    /// Tax, shipping and discount.
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The lines, which with the parts come to the total; none for a cart without lines.
    pub fn lines(&self) -> &[OrderLine] {
        &self.lines
    }

    /// What the goods come to, before tax, shipping and discount.
    pub(super) fn goods_minor(&self) -> i64 {
        // There where there are no lines, which is where it is asked for.
        goods_minor(self.total, &self.parts).unwrap_or_default()
    }
}

/// What is left for the goods, unless it is less than nothing.
fn goods_minor(total: Money, parts: &Parts) -> Option<i64> {
    let goods = i64::try_from(i128::from(total.minor()) - parts.beside_lines());
    goods.ok().filter(|minor| *minor >= 0)
}

fn needed_total(cart: &Cart<'_>, errors: &mut Vec<FieldError>) -> Option<Money> {
    let total = cart.total();
    let (code, message) = match total {
        None => ("required", "A cart that is to be paid needs `total`."),
        Some(total) if total.minor() <= 0 => (
            "not_positive",
            "There is nothing to pay: `total` must be more than zero.",
        ),
        Some(_) => return total,
    };
    errors.push(FieldError::at("/total", code, message));
    None
}
