//! `/v1/rule-revisions`

mod list;
mod read;
mod restore;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::store::history::Revision;
use crate::http::problem::Problem;
use crate::http::routing::Routes;

/// Mounts the calls.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_rule_revisions)
        .routing(read::get_rule_revision)
        .routing(restore::restore_rule_revision);
}

/// A change of the rules.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RuleRevision {
    /// Grows; changes of other things take numbers too.
    #[schema(example = 17)]
    number: i64,
    /// When the revision was made.
    changed_at: DateTime<Utc>,
    /// The subject of the token.
    #[schema(example = "alice")]
    actor: String,
    /// What was done, such as `create`, `update` or `delete`.
    #[schema(example = "update")]
    action: String,
    /// The change as a sentence.
    #[schema(example = "Changed “Small US orders”")]
    summary: String,
}

impl From<Revision> for RuleRevision {
    fn from(revision: Revision) -> Self {
        let Revision {
            number,
            changed_at,
            actor,
            action,
            summary,
        } = revision;
        RuleRevision {
            number,
            changed_at,
            actor,
            action,
            summary,
        }
    }
}

fn read_number(text: &str) -> Result<i64, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("revision of the rules", text))
}
