//! Trials of rules over HTTP.

mod body;
mod read;
mod shapes;
mod start;

use super::start::NoTrial;
use crate::http::{
    problem::{Kind, Problem},
    routing::Routes,
};

/// Mounts every operation of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(start::start_what_if)
        .routing(read::get_what_if);
}

impl From<NoTrial> for Problem {
    fn from(error: NoTrial) -> Self {
        match error {
            NoTrial::Forgotten => Problem::new(
                Kind::NotFound,
                "The trial that this Idempotency-Key began is not kept any more.",
            ),
            NoTrial::KeyReused(reused) => reused.into(),
            NoTrial::Store(error) => error.into(),
        }
    }
}
