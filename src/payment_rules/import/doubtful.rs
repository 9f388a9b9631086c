//! A rule of a file with postal patterns that are refused unless a stored rule has them.

use super::super::destination::Doubt;
use crate::ids::RuleId;

/// A rule of a file with postal patterns that are refused unless a stored rule has them.
#[derive(Clone, Debug)]
pub struct Doubtful {
    pub id: Option<RuleId>,
    /// The exported version, according to the file.
    pub version: Option<i64>,
    pub name: Option<String>,
    pub doubts: Vec<Doubt>,
}
