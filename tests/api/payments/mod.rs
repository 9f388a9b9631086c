//! `/v1/payments`: from a cart to an authorized payment.

mod authorize;
mod cancel;
mod create;
mod invoices;
mod kept;
mod list;
mod looks;
mod money;
mod offered_means_payable;
mod secure_hashes;
mod shipments;
mod shop_floor;
