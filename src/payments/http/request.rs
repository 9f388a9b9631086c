//! What all operations on a payment share: the caller, the idempotency key and the payment.

use super::{posted_body::PostedBody, reader::ObjectReader};
use crate::{
    auth::scope::Required,
    ids::{PaymentId, TransactionId},
    operation::prelude::*,
    payments::{
        PaymentService, error::PaymentError, open_payment::OpenPayment, service::CallerContext,
    },
};

/// A POST that changes a payment, by a caller with the scope `S`.
pub type Post<S, B = PostedBody> = Write<scope::Filtered<S>, B, Key>;

/// What a handler of payments returns.
pub type Answer = Result<HttpResponse, Problem>;

/// The maximum length of a cancellation's reason in characters.
pub const MAX_REASON: usize = 1000;

declare_body! {
    by ObjectReader<'_>;

    /// No members are needed; the body may be left out.
    #[serde(deny_unknown_fields)]
    NoFields {}
}

/// Opens the payment of a request, and returns it with the body and the caller.
pub async fn open<S: Required, B>(
    service: &PaymentService,
    call: Write<S, B, Key>,
    id: &str,
) -> Result<(OpenPayment, B, Caller<S>), Problem> {
    let context = CallerContext {
        websites: call.caller.websites().clone(),
        actor: call.actor,
        key: call.header,
    };
    let payment = service.open(payment_id(id)?, context).await?;
    Ok((payment, call.body, call.caller))
}

/// The payment id in a path; 404 if it is invalid.
pub fn payment_id(text: &str) -> Result<PaymentId, Problem> {
    text.parse().map_err(|_| PaymentError::NotFound.into())
}

/// The transaction id in a path; 404 if it is invalid.
pub fn transaction_id(text: &str) -> Result<TransactionId, Problem> {
    text.parse().map_err(|_| PaymentError::NoTransaction.into())
}
