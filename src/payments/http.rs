//! Payments over HTTP, a file per verb.

mod address;
mod answer;
mod authorize;
mod bodies;
mod cancel;
mod capture;
mod create;
mod due;
mod events;
mod invoice;
mod invoice_close;
mod invoice_switch;
mod items;
mod line_shapes;
mod list;
pub mod operation_bodies;
mod order_status;
mod read;
mod refund;
mod request;
mod resolve;
pub mod shapes;
mod shipment;
mod shipment_update;
mod sync;

use super::error::PaymentError;
use crate::{
    http::{problem::Problem, routing::Routes},
    ids::PaymentId,
};

/// Mounts every operation of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(create::create_payment)
        .routing(create::create_payment_on_behalf)
        .routing(list::list_payments)
        .routing(read::get_payment)
        .routing(authorize::authorize_payment)
        .routing(invoice::create_invoice)
        .routing(invoice_switch::issue_invoice)
        .routing(invoice_switch::cancel_invoice)
        .routing(invoice_close::close_invoice)
        .routing(shipment::create_shipment)
        .routing(shipment_update::update_shipment)
        .routing(shipment_update::update_payment_shipment)
        .routing(cancel::cancel_payment)
        .routing(capture::capture_payment)
        .routing(refund::refund_payment)
        .routing(sync::sync_payment)
        .routing(resolve::resolve_transaction)
        .routing(events::list_payment_events)
        .routing(order_status::get_order_payment_status);
}

/// The id in a path; one that cannot be read names nothing.
fn payment_id(text: &str) -> Result<PaymentId, Problem> {
    text.parse().map_err(|_| PaymentError::NotFound.into())
}
