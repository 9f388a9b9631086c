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

use super::not_done::NotDone;
use crate::{ids::PaymentId, mount::Mount, problem::Problem};

/// Mounts every operation of this feature.
pub fn routes(config: &mut impl Mount) {
    config
        .mount(create::create_payment)
        .mount(create::create_payment_on_behalf)
        .mount(list::list_payments)
        .mount(read::get_payment)
        .mount(authorize::authorize_payment)
        .mount(invoice::create_invoice)
        .mount(invoice_switch::issue_invoice)
        .mount(invoice_switch::cancel_invoice)
        .mount(invoice_close::close_invoice)
        .mount(shipment::create_shipment)
        .mount(shipment_update::update_shipment)
        .mount(shipment_update::update_payment_shipment)
        .mount(cancel::cancel_payment)
        .mount(capture::capture_payment)
        .mount(refund::refund_payment)
        .mount(sync::sync_payment)
        .mount(resolve::resolve_transaction)
        .mount(events::list_payment_events)
        .mount(order_status::get_order_payment_status);
}

/// The id in a path; one that cannot be read names nothing.
fn payment_id(text: &str) -> Result<PaymentId, Problem> {
    text.parse().map_err(|_| NotDone::NotFound.into())
}
