//! The rule language as a part of this service: what is checked and run is `onterms_expressions`, all of it exported here.
//!
//! `http` serves rule editors, `dialect` says what documents look like and judges what an expression costs, `field_error`
//! renders diagnostics in answers.

mod dialect;
mod field_error;
mod http;

pub use dialect::{Dialect, Samples, warnings};
pub use field_error::field_error;
pub use http::routes;
pub use onterms_expressions::*;
