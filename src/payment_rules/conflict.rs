//! A conflict of an import: a rule that has changed here since the file was exported.

use crate::ids::RuleId;

/// A rule that has changed since the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub id: RuleId,
    pub name: String,
    /// Its index in the file; `None` if the file does not contain it.
    pub index: Option<usize>,
    /// Its current version; `None` if it was deleted.
    pub version: Option<i64>,
}
