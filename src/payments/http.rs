//! Payments over HTTP, a file per verb.

mod address;
mod answer;
mod authorize;
mod bodies;
mod cancel;
mod capture;
mod create;
mod events;
mod exact_schemas;
mod invoice;
mod invoice_shapes;
mod invoice_switch;
mod items;
mod line_shapes;
mod list;
mod order_status;
mod posted_body;
mod read;
mod reader;
mod refund;
mod request;
mod resolve;
pub mod shapes;
mod shipment;
mod shipment_update;
mod sync;

use super::{error::PaymentError, service::PaymentService, store};
use crate::{
    auth::Websites,
    http::{problem::Problem, routing::Routes},
    ids::PaymentId,
    store::Conn,
};

/// The names that most operations on a payment use.
mod prelude {
    pub(super) use super::{
        answer::{self, shown},
        exact_schemas::Amount,
        reader::ObjectReader,
        request::{Answer, MAX_REASON, NoFields, Post, open, payment_id, transaction_id},
        shapes::{PaymentShape, TransactionShape, WithPayment},
    };
    pub(super) use crate::{
        http::openapi::OnPayment,
        operation::prelude::*,
        payments::{PaymentService, operations::act},
    };
}

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
        .routing(invoice_switch::close_invoice)
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

/// The id in a path of a payment that exists, if the caller's token is valid for its website; 404 otherwise.
async fn visible(
    service: &PaymentService,
    websites: &Websites,
    text: &str,
) -> Result<PaymentId, Problem> {
    let id = request::payment_id(text)?;
    // A payment keeps its website, so that nothing changes between this read and the operation.
    let read = move |conn: &mut Conn| store::website_of(conn, id);
    let website = service.store().read(read).await?;
    match website.is_some_and(|website| websites.include(website.as_deref())) {
        true => Ok(id),
        false => Err(PaymentError::NotFound.into()),
    }
}
