//! The sums of a cart: one judgement that checkout and payment share.
//!
//! `lines + tax + shipping + handling + insurance + surcharge − discount = total`. Where prices include the tax it is inside
//! the lines. A line may carry its own total; otherwise it is price × quantity, rounded half-even. Shops round in ways of
//! their own, so a small difference is spread over the lines (see [`settle`]); more is refused with the sums. The subtotal
//! only informs, for shops differ about what is in it. What a kit is made of is inside the kit's price.

mod charges;
mod line;
mod rounding;

#[cfg(test)]
mod tests;

use super::Cart;
use crate::{expressions::Value, http::problem::FieldError, money::Money};

pub use charges::{Charges, DO_NOT_ADD_UP, Prices};
pub use line::{LineAmount, read_lines, sum};
pub use rounding::{settle, spread};

pub(super) use charges::NAMES as CHARGES;

/// No answer names more errors than this; a cart with more is not worth a longer one.
pub const MOST_ERRORS: usize = 100;

/// The amounts of a cart that can be paid for: they add up to the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Above zero.
    pub total: Money,
    pub charges: Charges,
    /// In the cart's order; none for a cart without lines.
    pub lines: Vec<LineAmount>,
}

/// Why a cart cannot be paid for as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct CartRefusal {
    pub kind: CartRefusalKind,
    /// At most [`MOST_ERRORS`], with pointers into the cart.
    pub errors: Vec<FieldError>,
}

/// What a refusal means before the cart is to be paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CartRefusalKind {
    /// The total is zero or less.
    NothingToPay,
    /// The cart lacks its total, its lines, tax or shipping; what it has may still become right.
    Unfinished,
    /// The cart contradicts itself.
    Conflict,
}

/// Judges a cart's sums.
///
/// # Errors
/// Everything that keeps the cart from being paid for: no total or none above zero, a line without a price, another
/// currency, sums that do not add up.
pub fn judge(cart: &Cart<'_>) -> Result<Sums, CartRefusal> {
    let (record, currency) = (cart.record(), cart.currency());
    let mut errors = Vec::new();
    let total = needed_total(cart, &mut errors);
    if let Some(subtotal) = record.get("subtotal").and_then(Value::as_record) {
        line::check_currency(subtotal, &"/subtotal", currency, &mut errors);
    }
    let charges = Charges::read(record, currency, charges::prices(record), &mut errors);
    let mut lines = read_lines(record, currency, &mut errors);
    let has_lines = record
        .get("lineItems")
        .and_then(Value::as_list)
        .is_some_and(|lines| !lines.is_empty());
    let kind = match cart.total() {
        Some(total) if total.minor() <= 0 => CartRefusalKind::NothingToPay,
        Some(_) if has_lines => CartRefusalKind::Conflict,
        _ => CartRefusalKind::Unfinished,
    };
    // Sums of values that are refused would only confuse.
    let Some(total) = total.filter(|_| errors.is_empty()) else {
        errors.truncate(MOST_ERRORS);
        return Err(CartRefusal { kind, errors });
    };
    let added_up = if has_lines {
        settle(&mut lines, &charges, "total", total)
    } else {
        goods(total, &charges)
            .map(drop)
            .ok_or_else(|| charges.refusal(0, "total", total))
    };
    match added_up {
        Ok(()) => Ok(Sums {
            total,
            charges,
            lines,
        }),
        Err(error) => {
            let lacks = |name| record.get(name).is_none_or(Value::is_null);
            let more_to_come = i128::from(total.minor()) > sum(&lines)
                && (lacks("taxAmount") || lacks("shippingAmount"));
            let kind = if more_to_come {
                CartRefusalKind::Unfinished
            } else {
                kind
            };
            Err(CartRefusal {
                kind,
                errors: vec![error],
            })
        }
    }
}

/// What is left of a total for the goods, unless it is less than nothing.
pub fn goods(total: Money, charges: &Charges) -> Option<Money> {
    let minor = i64::try_from(i128::from(total.minor()) - charges.beside_lines()).ok()?;
    (minor >= 0).then(|| Money::from_minor(minor, total.currency()))
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
