//! A cart becomes an order, and a body becomes an invoice: amounts that add up to the last minor unit, and clean texts.
//!
//! How a cart's sums are judged and rounded stands in [`crate::cart::sums`]. Where prices include the tax it is inside the
//! lines, and Apruve, which adds tax on top, is told of none.

mod amount;
mod draft;
mod invoice;
mod line;
mod part;
mod share;
mod totals;

#[cfg(test)]
mod tests;

pub use amount::read_amount;
pub use invoice::{InvoiceRequest, InvoiceTotals};
pub use line::OrderLine;
pub use part::{Basis, Invoiced, InvoicedLine, Item, check_items};
pub use share::next_share;
pub use totals::OrderTotals;

pub use crate::cart::sums::{Charges, Prices};
