//! A quantity of a line, as a request asks for it.

use rust_decimal::Decimal;

/// A quantity of one line of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemQuantity {
    /// Place in the order, from 0.
    pub line: usize,
    /// Above zero.
    pub quantity: Decimal,
}
