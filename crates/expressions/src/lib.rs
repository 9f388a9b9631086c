//! The language in which an administrator says when a rule applies.
//!
//! It knows no payments: it is told a [`Schema`] and works over any document of it. A rule goes through [`Expression::parse`]
//! when it is saved, which refuses with places and suggestions; a document goes through [`Schema::read`] when it is posted,
//! once, which names everything wrong with it. After that nothing can go wrong that is not a value: running an expression is
//! total and pure, and a [`Budget`] bounds what one request may spend.
//!
//! The way of a text: `lexer`, `parser`, `ast`, `check` (with `types` and `guard`), `compile`; `suggestion` tries what is
//! suggested, and `cost` measures what a text may cost. The way of a document:
//! `schema`, `read`, `value`. They meet in `eval`, which computes with `operand`s; `explain` and `trace` (with `observe`,
//! `suppose` and `change`) tell the same run in words.
//!
//! The language is Oro's, with these differences: numbers are exact decimals and equal by value; unlike kinds are not
//! compared but fail; patterns are constants in linear time; ranges are never written out; an unknown escape in a text stays
//! as it is written; `"0"` counts as true. An attribute that the schema does not know and the document lacks is null where it
//! is only asked for (`x = null`, `x and …`, `x ?: …`), and fails everything else.

mod ast;
mod budget;
mod change;
mod check;
mod compile;
mod cost;
mod diagnostic;
mod error;
mod eval;
mod explain;
mod expression;
mod guard;
mod language;
mod lexer;
mod number;
mod observe;
mod operand;
mod parser;
mod pattern;
mod read;
mod schema;
mod singular;
mod suggestion;
mod suppose;
mod trace;
mod types;
mod value;

pub use budget::Budget;
pub use change::WouldApplyIf;
pub use diagnostic::{Diagnostic, Severity, Span};
pub use error::{ErrorCode, EvalError};
pub use explain::{Explanation, Verdict};
pub use expression::Expression;
pub use language::{FunctionInfo, Language, NameInfo, OperatorInfo, TypeInfo};
pub use number::decimal_from_json;
pub use observe::Observed;
pub use operand::Operand;
pub use parser::{MAX_NESTING, MAX_TEXT};
pub use read::{Problem, Unreadable, read_free};
pub use schema::{Attribute, Kind, Schema, Shape, Undescribed};
pub use trace::{Outcome, Trace};
pub use value::{Record, Value};
