//! Records carts of checkout for trying rules on them. Recording is off by default, and leaves out personal data.
//!
//! Checkout puts a share of its carts into a bounded queue and never waits. [`CartWriter`] parses them on blocking
//! threads, keeps the attributes that [`projection`] allows, encrypts them and writes many carts at once. The names of
//! left-out attributes are stored, so that a rule that reads such an attribute is not evaluated as if it were absent.

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
