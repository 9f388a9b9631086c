//! The HTTP operations of findings.

mod acknowledge;
mod list;
mod read;

use super::acknowledge::NotAcknowledged;
use crate::{
    http::{
        problem::{Kind, Problem},
        routing::Routes,
    },
    ids::FindingId,
};

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_findings)
        .routing(read::get_finding)
        .routing(acknowledge::acknowledge_finding);
}

/// Parses the id in a path; an invalid one is a 404.
fn finding_id(text: &str) -> Result<FindingId, Problem> {
    text.parse().map_err(|_| NotAcknowledged::NotFound.into())
}

impl From<NotAcknowledged> for Problem {
    fn from(error: NotAcknowledged) -> Self {
        match error {
            NotAcknowledged::NotFound => Problem::new(Kind::NotFound, "There is no such finding."),
            NotAcknowledged::Resolved => Problem::new(
                Kind::WrongState,
                "The finding is resolved, so that there is nothing to acknowledge.",
            ),
            NotAcknowledged::KeyReused(reused) => reused.into(),
            NotAcknowledged::Store(error) => error.into(),
        }
    }
}
