//! `/v1/revisions`, and its older name `/v1/rule-revisions`.

mod changes;
mod list;
mod read;
mod restore;

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

fn read_number(text: &str) -> Result<i64, Problem> {
    text.parse()
        .map_err(|_| Problem::not_found("revision", text))
}
