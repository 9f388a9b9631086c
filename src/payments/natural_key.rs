//! The shop's own names for its operations: `refundReference`, `merchantInvoiceId` and `trackingNumber`.
//!
//! A request that is repeated under another `Idempotency-Key`, perhaps days later from another process, is recognised by such
//! a name: with the same given fields it is answered with the first operation, with other fields it is refused. Fields that
//! were left out do not count, so that a default that depends on the moment makes no difference.

mod canonical;
mod given;
mod key;

pub use given::GivenKey;
pub use key::{ContentHash, NaturalKey};
