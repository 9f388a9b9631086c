//! Postal codes, and the patterns for them in rules.
//!
//! Both are read according to the country's form of codes. A pattern is a code (`90210`, `W1`, `D02`), a prefix
//! (`902*`, `NG1*`), a range (`90000..90999`, `BT1..BT95`) or, in the United Kingdom, a sector (`BN1 3*`).

mod changed;
mod code;
mod example;
mod fold;
mod form;
mod pattern;
mod read;
mod set;
mod sign;
#[cfg(test)]
mod tests;

pub use changed::has_changed_meaning;
pub use code::PostalCode;
pub use example::{examples, is_one_code};
pub use pattern::{BadPattern, MAX_LENGTH};
pub use read::{check, remark};
pub use set::PatternSet;
