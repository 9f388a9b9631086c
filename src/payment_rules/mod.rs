//! When a payment method is offered.
//!
//! An administrator writes rules; checkout walks them. A rule knows payment methods and no integrations.

mod bulk;
mod change;
pub mod destination;
mod difference;
pub mod draft;
mod expression;
mod http;
mod import;
mod manage;
mod methods;
pub mod postal;
mod refusal;
mod reorder;
mod restore;
pub mod rule;
pub mod rulebook;
pub mod store;
pub mod usage;
mod warnings;

pub use destination::Destination;
pub use draft::Draft;
pub use http::routes;
pub use postal::{PostalCode, PostalPattern};
pub use rule::{Rule, RuleMethod};
