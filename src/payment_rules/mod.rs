//! Payment rules decide when a payment method is offered.
//!
//! An administrator writes rules; checkout walks them. A rule refers to payment methods, not to integrations.

pub mod access;
pub mod analysis;
mod bulk;
mod change;
pub mod destination;
mod destinations;
mod difference;
pub mod draft;
pub mod draft_set;
mod expression;
mod http;
mod import;
mod manage;
mod methods;
mod refusal;
mod reorder;
mod restore;
pub mod rule;
pub mod rule_tests;
pub mod rulebook;
pub mod store;
mod upgrade;
pub mod usage;
mod warnings;

pub use destination::{Destination, Kept};
pub use destinations::Destinations;
pub use draft::Draft;
pub use http::{RuleAnalyst, routes};
pub use import::read_offline;
pub use rule::{Rule, RuleMethod};
pub use upgrade::{complete_history, log_changed_patterns};
