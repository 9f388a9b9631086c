//! Payment methods: what rules offer, and what carts are paid with.
//!
//! Every integration provides one payment method; their ids have the same suffix. Rules and checkout know only methods,
//! and only `integrations` knows the accounts. So the dependency goes one way: `integrations` may look up the rules
//! that use a method, and rules do not depend on `integrations`.

mod credit;
mod id;
mod kind;
mod method;
pub mod store;

pub use credit::{CreditCheck, CreditFallback, CreditPolicy};
pub use id::PaymentMethodId;
pub use kind::MethodType;
pub use method::{AccountTerms, Method, Terms};
