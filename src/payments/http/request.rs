//! The frame that all operations on a payment share: who asks, under which key, for which payment.

use super::{declare_body::declare_body, posted_body::PostedBody};
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

/// How long the reason of a cancellation may be.
pub const MAX_REASON: usize = 1000;

declare_body! {
    /// Nothing has to be said; the body may as well be left out.
    #[serde(deny_unknown_fields)]
    NoFields {}
}

/// Reads the payment that a request is about; its body, and who sends it.
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

/// The payment in a path; one that cannot be read names nothing.
pub fn payment_id(text: &str) -> Result<PaymentId, Problem> {
    text.parse().map_err(|_| PaymentError::NotFound.into())
}

/// The transaction in a path; one that cannot be read names nothing.
pub fn transaction_id(text: &str) -> Result<TransactionId, Problem> {
    text.parse().map_err(|_| PaymentError::NoTransaction.into())
}
