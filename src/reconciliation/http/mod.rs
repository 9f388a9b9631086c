//! The HTTP operations of runs.

mod list;
mod read;
mod shapes;
mod start;

use super::start::NotStarted;
use crate::http::{
    problem::{Kind, Problem},
    routing::Routes,
};

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_reconciliation_runs)
        .routing(start::start_reconciliation_run)
        .routing(read::get_reconciliation_run);
}

impl From<NotStarted> for Problem {
    fn from(not_started: NotStarted) -> Self {
        match not_started {
            NotStarted::Forgotten => Problem::new(
                Kind::NotFound,
                "The run that this Idempotency-Key began is not kept any more.",
            ),
            NotStarted::KeyReused(reused) => reused.into(),
            NotStarted::Store(error) => error.into(),
        }
    }
}
