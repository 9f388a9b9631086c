//! The language in which an administrator says when a rule applies.
//!
//! It knows no payments: it is told a [`Schema`] and reads any document of it. It has two doors. [`Schema::read`] takes a
//! posted document in, once, and names everything wrong with it.

mod number;
mod read;
mod schema;
mod value;

pub use read::{Problem, Unreadable, read_free};
pub use schema::{Attribute, Kind, Schema, Shape, UnknownShape};
pub use value::{Record, Value};
