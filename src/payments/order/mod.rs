//! Makes orders from carts and invoices from bodies: amounts that add up to the last minor unit, and cleaned texts.
//!
//! [`crate::cart::sums`] validates and rounds the sums of a cart. Prices that include tax contain it in the
//! lines; a provider, which adds tax on top, then gets a tax of zero.

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
pub use invoice::{InvoiceRequest, InvoiceTotals, ItemQuantity};
pub use line::OrderLine;
pub use part::{Basis, Invoiced, InvoicedLine, check_items};
pub use share::next_share;
pub use totals::OrderTotals;

pub use crate::cart::sums::{Charges, Prices};
