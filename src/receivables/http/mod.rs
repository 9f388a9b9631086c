//! Invoices and reports over HTTP.

mod aging;
mod document;
mod invoices;
mod shapes;
mod windowed;

use crate::http::routing::Routes;

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(invoices::list_invoices)
        .routing(invoices::get_invoice)
        .routing(aging::report_aging)
        .routing(windowed::report_funding)
        .routing(windowed::report_journal);
}
