//! The language in which an administrator says when a rule applies.
//!
//! It knows no payments: it is told a [`Schema`] and reads any document of it. It has two doors. [`Schema::read`] takes a
//! posted document in, once, and names everything wrong with it.

mod ast;
mod budget;
mod change;
mod check;
mod compile;
mod diagnostic;
mod error;
mod eval;
mod explain;
mod expression;
mod glossary;
mod guard;
mod http;
mod lexer;
mod number;
mod operand;
mod parser;
mod pattern;
mod read;
mod refusal;
mod schema;
mod singular;
mod suppose;
mod trace;
mod types;
mod value;

pub use budget::Budget;
pub use change::WouldApplyIf;
pub use diagnostic::{Diagnostic, Severity, Span};
pub use error::{ErrorCode, EvalError};
pub use explain::{Explanation, Observed, Verdict};
pub use expression::Expression;
pub use glossary::Glossary;
pub use http::{Dialect, routes};
pub use number::decimal_from_json;
pub use operand::Operand;
pub use parser::{MAX_NESTING, MAX_TEXT};
pub use read::{Problem, Unreadable, read_free};
pub use schema::{Attribute, Kind, Schema, Shape, UnknownShape};
pub use trace::{Outcome, Trace};
pub use value::{Record, Value};
