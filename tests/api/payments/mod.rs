//! `/v1/payments`: from a cart to an authorized payment.

mod authorize;
mod cancel;
mod create;
mod credit;
mod invoices;
mod kept;
mod lines;
mod list;
mod money;
mod natural_keys;
mod odd_answers;
mod offered_means_payable;
mod parts;
mod prepared;
mod refusals;
mod search;
mod secure_hashes;
mod shipment_items;
mod shipments;
pub mod shop_floor;
pub mod statements;
mod stories;
mod sync;
