//! The cart a storefront posts, which is also the object that rule expressions see.
//!
//! One schema says what a cart may hold; by it carts are read, expressions are checked, and editors complete. Names are
//! OroCommerce's payment context where it has one, so that rules written for it keep their words; `website`, the amounts
//! beside the total, `pricesIncludeTax`, `merchantCountry` and a line's `title`, `total` and texts for Apruve are ours.

mod address;
mod amount;
mod checked;
mod dialect;
mod known_values;
mod payment_term;
mod schema;
pub mod sums;

pub use address::Address;
pub use amount::amount_at;
pub use checked::{Cart, arena_for, read, read_body, read_to_pay};
pub use dialect::DIALECT;
pub use payment_term::PaymentTerm;
pub use schema::{line_shapes, schema};
