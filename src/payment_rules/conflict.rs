//! A rule that an import would overwrite although it has changed here since the file was exported.

use crate::ids::RuleId;

/// A rule that has changed since the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub id: RuleId,
    pub name: String,
    /// Its place in the file, unless it is not in there.
    pub index: Option<usize>,
    /// Its version now; a rule that was deleted has none.
    pub version: Option<i64>,
}
