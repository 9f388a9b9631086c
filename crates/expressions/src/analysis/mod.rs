//! Decides whether a document exists for which expressions have the wanted outcomes, and finds one.
//!
//! Every attribute that an expression compares with constants only is divided into cells: the constants themselves, and
//! what lies between, below and above them. All values of a cell give each comparison the same outcome, so a search
//! that tries one value of each cell is exhaustive. The evaluator itself decides each comparison, so null, missing and
//! unlike values have the same outcome here as at checkout: true, false, or a failure, which is not the same as false.
//!
//! Cells cannot describe patterns, loops, arithmetic, a comparison of two attributes, and attributes that the schema
//! does not know. With these, a document that was found is valid, but if none was found the answer is unknown. The
//! search is limited by steps; when they are used up, the answer is unknown too.

mod atom;
mod cells;
mod constants;
mod domain;
mod formula;
mod search;
mod space;
mod variable;

#[cfg(test)]
mod tests;

pub use domain::{Completeness, Domain, Listed, Numbers, Sample, Texts};
pub use formula::{Formula, Guard, Outcomes, Unassigned, Values};
pub use search::{Answer, Steps, Witness};
pub use space::Space;
