//! A cart becomes an order, and a body becomes an invoice: amounts that add up to the last minor unit.
//!
//! `lines + tax + shipping − discount = total`. Where prices include the tax it is inside the lines, and Apruve, which adds tax
//! on top, is told of none. A line may carry its own total, or else comes to price × quantity, rounded half-even. Shops
//! round in ways of their own, so up to one minor unit a line may be missing or too much; it goes on the largest line, and
//! more is refused with the sums. The subtotal only informs, for shops differ about what is in it. What a kit is made of is
//! inside the kit's price.

mod amount;
mod draft;
mod invoice;
mod line;
mod parts;
mod totals;

#[cfg(test)]
mod tests;

pub use amount::read_amount;
pub use invoice::{InvoiceRequest, InvoiceTotals};
pub use line::OrderLine;
pub use parts::{Parts, Prices};
pub use totals::OrderTotals;
