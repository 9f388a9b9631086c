//! Decides whether there is a document for which expressions turn out as wanted, and names one.
//!
//! Every attribute that an expression compares with constants only is divided into cells: the constants themselves, and what
//! lies between, below and above them. All values of a cell give each comparison the same outcome, so a search that takes one
//! value of each cell is exhaustive. The outcome of a comparison is asked of the evaluator itself, so that null, missing and
//! unlike values mean here what they mean at checkout: true, false or a failure, which is not the contrary of true.
//!
//! What cells cannot describe (patterns, loops, arithmetic, two attributes compared, attributes that the schema does not know)
//! is undecided: a document found in spite of it is one, but that none was found then says nothing. The search is limited by
//! steps; when they are used up the answer is unknown, too.

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
