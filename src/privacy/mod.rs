//! Personal data at rest: columns of sealed values are sealed again when the master key changes, searched for a person, and
//! a person's e-mail address is kept only as a keyed hash.

mod email_key;
mod key_check;
mod mentions;
mod reseal;
mod store;

pub use crate::sealed_column;
pub use email_key::{CannotLoadEmailKey, EmailHash, EmailKey};
pub use key_check::first_unopened;
pub use mentions::{CannotSearch, for_each_mention, open_json, rows_that_mention};
pub use reseal::{CannotReseal, Resealed, SealedColumn, reseal};
pub use store::KEYS;
