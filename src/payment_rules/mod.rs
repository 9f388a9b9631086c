//! When a payment method is offered.
//!
//! An administrator writes rules; checkout walks them. A rule knows payment methods and no integrations.

pub mod destination;
pub mod draft;
mod expression;
pub mod postal;
pub mod rule;
pub mod store;

pub use destination::Destination;
pub use draft::Draft;
pub use postal::{PostalCode, PostalPattern};
pub use rule::{Rule, RuleMethod};
