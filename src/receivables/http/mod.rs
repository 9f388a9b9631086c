//! Invoices and reports over HTTP.

mod aging;
mod document;
mod funding;
mod journal;
mod list;
mod read;
mod shapes;

use crate::http::routing::Routes;

/// Mounts every operation of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list::list_invoices)
        .routing(read::get_invoice)
        .routing(aging::report_aging)
        .routing(funding::report_funding)
        .routing(journal::report_journal);
}
