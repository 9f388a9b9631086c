//! Spreads a small difference between lines and total over the lines.

use std::cmp::Reverse;

use super::{
    charges::Charges,
    line::{LineAmount, sum},
};
use crate::{http::problem::FieldError, money::Money};

/// Adjusts lines so that lines and charges add up to `amount`; `name` is its attribute.
///
/// # Errors
/// The difference is more than rounding explains (see [`spread`]). The message contains the sums.
pub fn settle(
    lines: &mut [LineAmount],
    charges: &Charges,
    name: &str,
    amount: Money,
) -> Result<(), FieldError> {
    let sum = sum(lines);
    let difference = i128::from(amount.minor()) - (sum + charges.beside_lines());
    match spread(lines, difference) {
        true => Ok(()),
        false => Err(charges.refusal(sum, name, amount)),
    }
}

/// Spreads a difference, in minor units, over lines. Returns false and changes nothing if it is more than rounding
/// explains.
///
/// Rounding explains one minor unit for each line whose exact price × quantity is not whole, and one more for the
/// order. A line takes at most one unit and does not fall below zero; a total that the shop posted takes none. Lines
/// whose total comes closer to the exact product take a unit first, then the largest of the lines with a whole product.
pub fn spread(lines: &mut [LineAmount], difference: i128) -> bool {
    if difference == 0 {
        return true;
    }
    let rounded = |line: &&LineAmount| line.computed().is_some_and(|it| !it.is_whole());
    let explained = lines.iter().filter(rounded).count() + 1;
    let Some(units) = usize::try_from(difference.unsigned_abs())
        .ok()
        .filter(|units| *units <= explained)
    else {
        return false;
    };
    let step: i64 = if difference < 0 { -1 } else { 1 };
    let mut takers: Vec<(&mut LineAmount, i64)> = lines
        .iter_mut()
        .filter(|line| line.computed().is_some())
        .filter_map(|line| {
            let total = line.total.minor().checked_add(step)?;
            (total >= 0).then_some((line, total))
        })
        .collect();
    if units > takers.len() {
        return false;
    }
    takers.sort_by_key(|(line, _)| order(line, step));
    for (line, total) in takers.into_iter().take(units) {
        line.total = Money::from_minor(total, line.total.currency());
    }
    true
}

/// The sort key of a line; lines with lower keys take a unit first.
fn order(line: &LineAmount, step: i64) -> (bool, Reverse<i128>) {
    let remainder = line.computed().map_or(0, |product| product.remainder());
    match remainder {
        0 => (true, Reverse(line.total.minor().into())),
        _ => (false, Reverse(remainder * i128::from(step))),
    }
}
