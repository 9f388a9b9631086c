//! `/v1/payments`: from a cart to an authorized payment.

mod authorize;
mod cancel;
mod create;
mod credit;
mod invoices;
mod kept;
mod list;
mod looks;
mod money;
mod odd_answers;
mod refusals;
mod secure_hashes;
mod shipments;
mod shop_floor;
