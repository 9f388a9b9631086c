//! Personal data at rest: reseals columns when the master key changes, searches sealed columns for a person, and
//! replaces e-mail addresses by keyed hashes.

mod email_key;
mod key_check;
mod mentions;
mod reseal;
mod sealed_rows;
mod store;

pub use crate::sealed_column;
pub use email_key::{CannotLoadEmailKey, EmailHash, EmailKey};
pub use key_check::first_unopened;
pub use mentions::{CannotSearch, for_each_mention, open_json, rows_that_mention};
pub use reseal::{CannotReseal, Resealed, reseal};
pub use sealed_rows::SealedColumn;
pub use store::KEYS;
