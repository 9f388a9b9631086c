//! The buyers' credit at providers, and its effect on methods at checkout.
//!
//! Checkout never calls a provider: it uses entries in memory, keyed by integration and hashed e-mail address. An entry
//! is read from the provider on request, in the background when a cart of the buyer is evaluated, and after each
//! movement of money; webhooks about credit and companies drop it. Replicas share entries through the database, and a
//! log of changes keeps their caches up to date.

mod admission;
mod background;
mod cache;
mod entry;
mod erase;
mod issue;
mod outdated;
mod running;
mod service;
mod store;
mod verdict;
mod view;

pub use admission::CreditRefusal;
pub use background::BackgroundLimit;
pub use cache::KnownCredit;
pub use entry::{CreditAccount, CreditEntry, CreditKey, is_on_hold};
pub use erase::{erase, export};
pub use issue::{CreditIssue, CreditIssueCode, Effect};
pub use outdated::CompanyNews;
pub use service::{CreditParts, CreditService, CreditUnread};
pub use store::SEALED;
pub use store::{forget_before, forget_changes};
pub use view::{CreditSource, CreditView, WantedCredit};
