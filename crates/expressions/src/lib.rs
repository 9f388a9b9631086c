//! The language of rule conditions.
//!
//! The crate is independent of payments and HTTP: it works over any document that a [`Schema`] describes.
//! [`Expression::parse`] checks an expression when it is saved and reports diagnostics with positions and suggestions.
//! [`Schema::read`] reads a document once, when it is posted, and reports every problem. Evaluation is total and pure:
//! it ends with a value or an [`EvalError`], and a [`Budget`] limits the cost of a request.
//!
//! A text passes through `lexer`, `parser` (to `ast`), `check` (with `types` and `guard`) and `compile`; `suggestion`
//! verifies suggestions, `cost` measures the worst-case cost. A document passes through `schema`, `read` and `value`.
//! `eval` runs compiled code over a document, with `operand`s as values. `explain` and `trace` describe a run;
//! `counterfactual` finds the change of the document that would make an expression hold, and `analysis` decides whether
//! any document makes it hold, not hold or fail.
//!
//! The language is Oro's, with these differences: numbers are exact decimals and equal by value; comparing different kinds
//! fails; patterns are constants and run in linear time; ranges are never expanded; an unknown escape in a text is kept as
//! written; `"0"` counts as true. An attribute that neither the schema nor the document has is null where only its presence is
//! tested (`x = null`, `x and …`, `x ?: …`); any other use of it fails.

pub mod analysis;
mod assumption;
mod ast;
mod budget;
mod check;
mod compile;
mod complete;
mod cost;
mod counterfactual;
mod diagnostic;
mod document_path;
mod error;
mod eval;
mod explain;
mod expression;
mod guard;
mod language;
mod lexer;
mod number;
mod observed;
mod operand;
mod parser;
mod part;
mod pattern;
mod place;
mod read;
mod schema;
mod scope;
mod singular;
mod suggestion;
mod trace;
mod types;
mod value;

pub use budget::Budget;
pub use complete::{Completion, CompletionKind, Misplaced};
pub use counterfactual::WouldApplyIf;
pub use diagnostic::{Diagnostic, Fix, FixKind, Severity, Span};
pub use error::{ErrorCode, EvalError};
pub use explain::{Explanation, Verdict};
pub use expression::Expression;
pub use language::{
    DiagnosticInfo, FunctionInfo, Language, NameInfo, OperatorInfo, ParameterInfo, TypeInfo,
};
pub use number::decimal_from_json;
pub use observed::Observed;
pub use operand::Operand;
pub use parser::{MAX_NESTING, MAX_TEXT};
pub use part::Part;
pub use read::{Problem, Read, Unreadable, ValidDocument, read_free};
pub use schema::{Attribute, Kind, Schema, Shape, Undescribed};
pub use trace::{Outcome, Trace};
pub use value::{Record, Value};
