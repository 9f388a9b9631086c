//! Reads an administrator's JSON body and reports all of its errors at once.
//!
//! serde stops at the first error and gives no pointer. A [`Fields`] is one object that is being read: each reader takes a
//! field by name, adds an error for an invalid value, and returns a valid one.

mod declare;
mod fields;
mod findings;
mod limit;
mod members;
mod parse;
mod pointer;
pub mod strict;
mod value;

pub(crate) use declare::declare_body;
pub use fields::{Fields, object_at, text_at};
pub use findings::Findings;
pub use limit::{BODY_LIMIT, CartBytes, CartLimit, broken_off, collect, too_large};
pub use members::Members;
pub use parse::{RawMembers, malformed, parse, parse_apart, parse_around, parse_object, text};
pub use pointer::escape;
pub use value::{kind_of, read_instant};
