//! `/v1/revisions`, and its older name `/v1/rule-revisions`.

mod changes;
mod list;
mod read;
mod restore;

use chrono::{DateTime, Utc};

use super::super::store::history::Revision;
use crate::{http::routing::Routes, operation::prelude::*};

/// Mounts the calls.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_revisions)
        .routing(list::list_rule_revisions)
        .routing(read::get_revision)
        .routing(read::get_rule_revision)
        .routing(restore::restore_revision)
        .routing(restore::restore_rule_revision);
}

/// A change of the rules, methods or settings that checkout uses.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Revision)]
struct ShownRevision {
    /// The number that checkout answers as `revision`.
    #[schema(example = 17)]
    number: i64,
    /// When the revision was made.
    changed_at: DateTime<Utc>,
    /// The subject of the token.
    #[schema(example = "alice")]
    actor: String,
    /// What was changed: `rules`, `integrations` or `settings`.
    #[schema(value_type = crate::store::revisions::RevisionSubject, example = "rules")]
    subject: String,
    /// What was done, such as `create`, `update` or `delete`.
    #[schema(example = "update")]
    action: String,
    /// The change as a sentence.
    #[schema(example = "Changed “Small US orders”")]
    summary: String,
    /// Whether everything that checkout saw is kept. Of revisions from before complete revisions, only the rules are
    /// kept.
    complete: bool,
}

impl From<Revision> for ShownRevision {
    fn from(revision: Revision) -> Self {
        let Revision {
            number,
            changed_at,
            actor,
            subject,
            action,
            summary,
            complete,
        } = revision;
        ShownRevision {
            number,
            changed_at,
            actor,
            subject,
            action,
            summary,
            complete,
        }
    }
}

fn read_number(text: &str) -> Result<i64, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("revision", text))
}
