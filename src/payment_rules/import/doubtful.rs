//! A rule of a file with postal patterns that only a stored rule may have.

use super::super::destination::Doubt;
use crate::ids::RuleId;

/// A rule of a file with such patterns.
#[derive(Clone, Debug)]
pub struct Doubtful {
    pub id: Option<RuleId>,
    /// The version that was exported, by the file's own account.
    pub version: Option<i64>,
    pub name: Option<String>,
    pub doubts: Vec<Doubt>,
}
