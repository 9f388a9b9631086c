//! The cart that a storefront posts, which is also the document that rule expressions see.
//!
//! One schema describes a cart. It is used to read carts, to check expressions and to complete them in editors.
//! Attributes have the names of OroCommerce's payment context where it has them, so that its rules work unchanged;
//! `website`, the amounts beside the total, `pricesIncludeTax`, `merchantCountry` and a line's `title`, `total` and
//! texts for Apruve are additions.

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
