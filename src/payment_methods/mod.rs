//! What rules offer and carts are paid with.
//!
//! Every integration is one payment method, and the two share the suffix of their ids. Rules and checkout know methods;
//! only `integrations` knows the account behind one. That keeps the arrows one way: an integration may ask which rules use
//! its method, and no rule needs to know integrations.

mod credit;
mod id;
mod kind;
mod method;
pub mod store;

pub use credit::{CreditCheck, CreditFallback, CreditPolicy};
pub use id::PaymentMethodId;
pub use kind::MethodType;
pub use method::{AccountTerms, Method, Terms};
