//! A conflict of an import: a rule that has changed here since the file was exported.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ids::RuleId;

/// A rule that has changed since a file was exported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RuleConflict {
    /// The rule's id.
    #[schema(value_type = String, example = "rule_01h455vb4pex5vsknk084sn02q")]
    pub id: RuleId,
    /// The rule's name.
    #[schema(example = "Small US orders")]
    pub name: String,
    /// Its `ETag` now; null when it was deleted.
    #[schema(example = "\"4\"")]
    pub etag: Option<String>,
    /// Its index in the file; `None` if the file does not contain it.
    #[serde(skip)]
    pub index: Option<usize>,
}
