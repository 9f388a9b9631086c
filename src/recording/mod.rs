//! Carts of checkout, kept for trying rules on them: off unless configured, and without what names a person.
//!
//! Checkout hands a share of its carts to a bounded queue and never waits; [`CartWriter`] reads them again beside the threads that
//! serve, keeps of each what [`projection`] allows, seals it and writes many at once. What a cart had and was not kept is
//! known by its name, so that a rule that needs it is not judged by its absence.

mod erase;
mod kept_paths;
mod projection;
mod recorder;
mod store;
mod writer;

pub use erase::{erase, export};
pub use kept_paths::KeptPaths;
pub use projection::RecordedCart;
pub use recorder::{PostedCart, Recorder, register_metrics};
pub use store::SEALED;
pub use store::{RecordedRow, RecordingWindow, count, forget_before, insert, list_after, load};
pub use writer::CartWriter;
