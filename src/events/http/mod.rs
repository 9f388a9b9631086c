//! Events over HTTP.

mod list;
mod types;

use crate::http::routing::Routes;

/// Adds every operation of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_events)
        .routing(types::list_event_types);
}
