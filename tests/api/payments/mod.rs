//! `/v1/payments`: from a cart to an authorized payment.

mod authorize;
mod create;
