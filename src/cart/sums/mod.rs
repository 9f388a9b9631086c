//! Checks the sums of a cart, for both checkout and payment.
//!
//! `lines + tax + shipping + handling + insurance + surcharge − discount = total`. If prices include the tax, the lines
//! contain it. A line may have its own total; otherwise its total is price × quantity, rounded half-even. Shops round
//! differently, so a small difference is spread over the lines (see [`settle`]); a larger one is refused with the sums.
//! The subtotal is not checked, because shops define it differently. The price of a kit includes its components.

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

/// The maximum number of errors in an answer.
pub const MOST_ERRORS: usize = 100;

/// The amounts of a cart that can be paid. They add up to the total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Above zero.
    pub total: Money,
    pub charges: Charges,
    /// The lines in the cart's order; empty for a cart without lines.
    pub lines: Vec<LineAmount>,
}

/// The reason why a cart cannot be paid.
#[derive(Clone, Debug, PartialEq)]
pub struct CartRefusal {
    pub kind: CartRefusalKind,
    /// At most [`MOST_ERRORS`], with pointers into the cart.
    pub errors: Vec<FieldError>,
}

/// The meaning of a refusal for checkout, before the payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CartRefusalKind {
    /// The total is zero or less.
    NothingToPay,
    /// The cart lacks its total, its lines, tax or shipping, so it may become valid when they are added.
    Unfinished,
    /// The cart contradicts itself.
    Conflict,
}

/// Judges a cart's sums.
///
/// # Errors
/// Everything that prevents a payment: no total or none above zero, a line without a price, another currency, sums that
/// do not add up.
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
    // Sums of invalid values would be misleading.
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
    match added_up.and_then(|()| charges.check_included_tax("total", total)) {
        Ok(()) => Ok(Sums {
            total,
            charges,
            lines,
        }),
        Err(error) => {
            let lacks = |name| record.get(name).is_none_or(Value::is_null);
            let more_to_come = i128::from(total.minor()) > sum(&lines)
                && (lacks("taxAmount") || lacks("shippingAmount"));
            Err(CartRefusal {
                kind: match more_to_come {
                    true => CartRefusalKind::Unfinished,
                    false => kind,
                },
                errors: vec![error],
            })
        }
    }
}

/// The part of a total that is left for the goods; `None` if it is negative.
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
