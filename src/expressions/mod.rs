//! The rule language in this service. The crate `onterms_expressions` checks and runs expressions; all of it is
//! re-exported here.
//!
//! `http` serves rule editors, `dialect` describes the documents and measures the cost of an expression, and
//! `field_error` renders diagnostics in answers.

mod dialect;
mod field_error;
mod http;

pub use dialect::{Dialect, Samples, warnings};
pub use field_error::field_error;
pub use http::routes;
pub use onterms_expressions::*;
