//! The life of a payment: one attempt to pay one order with one method, and every transaction under it.
//!
//! Money effects are stored as an intent, sent without a lock or transaction, and stored again with the result. A call
//! without a usable answer is `unknown` and is never sent again: its result is read from the provider. All state of the
//! provider enters through one pure function, [`apply_snapshot`], whatever triggered the read.

mod abandon;
mod amounts;
mod announcements;
mod answered;
pub mod apply_snapshot;
mod balance;
mod booked_move;
mod buyer;
mod change;
mod comparison;
pub mod create;
mod details;
mod erase;
mod error;
mod event;
mod export;
mod fill_buyers;
mod fill_ledgers;
mod forget;
mod gateway;
mod handle_event;
pub mod http;
mod invoicing;
mod ledger;
#[cfg(test)]
#[path = "../../tests/properties/ledger/mod.rs"]
mod ledger_properties;
mod loaded_payment;
mod locks;
mod natural_key;
mod next;
mod on_behalf;
mod open_payment;
mod operations;
pub mod order;
mod overdue;
mod payment;
mod pending_worker;
mod projection;
mod read_first;
mod receivable;
mod record;
mod reference;
mod rivals;
#[cfg(test)]
mod sample;
pub mod service;
mod shipment_change;
mod status;
pub mod store;
mod sync;
mod transaction;
pub mod verify;

pub use announcements::invoice_overdue;
pub use balance::Balance;
pub use booked_move::BookedMove;
pub use comparison::{ENDED_FOR, next_comparison};
pub use erase::{Erased, Erasure, erase};
pub use error::PaymentError;
pub use event::Source;
pub use export::{ExportedPayment, export};
pub use fill_buyers::fill_buyers;
pub use fill_ledgers::{fill_invoices, fill_unfunded};
pub use forget::forget_checkouts;
pub use gateway::ProviderRegistry;
pub use handle_event::{EventOutcome, ProviderEvent};
pub use http::routes;
pub use ledger::Ledger;
pub use overdue::{count_overdue, note_overdue};
pub use pending_worker::{register_metrics, work_pending};
pub use receivable::Receivable;
pub use reference::Reference;
pub use service::PaymentService;
pub use status::{Status, in_words as status_table};
pub use store::SEALED;
pub use sync::SyncOutcome;
pub use transaction::{Action, State};
