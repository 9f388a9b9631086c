//! The HTTP operations of events.

mod list;
mod types;

use crate::http::routing::Routes;

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_events)
        .routing(types::list_event_types);
}
