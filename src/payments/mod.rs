//! The life of a payment: one attempt to pay one order with one method, and every transaction under it.
//!
//! What moves money is written before it is done, done with nothing held, and written again with what came of it. What was
//! not answered is unknown and never done again: reading it back tells. Everything the provider says comes in through one
//! pure function, [`heed`], whoever made us look.

mod amounts;
mod answered;
mod authorize;
mod buyer;
mod change;
mod closing;
mod comparison;
pub mod create;
pub mod desk;
mod details;
mod erase;
mod export;
mod fill_buyers;
mod fill_unfunded;
mod forget;
mod gateway;
mod give_up;
mod happening;
mod hear;
pub mod heed;
pub mod http;
mod invoicing;
mod ledger;
mod locks;
mod look;
mod natural_key;
mod next;
mod not_done;
mod on_behalf;
mod operate;
mod operations;
pub mod order;
mod ordered;
mod overdue;
mod payment;
mod picture;
mod projection;
#[cfg(test)]
mod proof;
mod record;
mod reference;
mod reseal;
mod resolving;
mod rivals;
#[cfg(test)]
mod sample;
mod shipment_change;
mod status;
pub mod store;
mod sweeper;
mod sync;
mod transaction;
pub mod verify;

pub use comparison::{ENDED_FOR, next_comparison};
pub use desk::Desk;
pub use erase::{Erased, Erasure, erase};
pub use export::{ExportedPayment, export};
pub use fill_buyers::fill_buyers;
pub use fill_unfunded::fill_unfunded;
pub use forget::forget_checkouts;
pub use gateway::Exchange;
pub use happening::Source;
pub use hear::{Heard, Hearing};
pub use http::routes;
pub use look::Looked;
pub use not_done::NotDone;
pub use overdue::count_overdue;
pub use reference::Reference;
pub use reseal::{SEALED, reseal};
pub use status::{Status, in_words as status_table};
pub use sweeper::{Sweeper, register_metrics};
