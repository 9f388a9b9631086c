//! A payment as responses show it, with its lines and its next action.

use super::{
    line_shapes::PaymentLineShape,
    shapes::{NextAction, PaymentShape},
};
use crate::{
    http::problem::Problem,
    payments::{PaymentService, loaded_payment::LoadedPayment, operations::invoice::invoiced},
};

/// A payment with its lines and the next action of the storefront.
pub async fn shown(
    service: &PaymentService,
    payment: &LoadedPayment,
) -> Result<PaymentShape, Problem> {
    let mut shape = PaymentShape::of(&payment.ledger);
    let invoiced = invoiced(&payment.ledger);
    let totals = payment.checkout.as_ref().and_then(|it| it.totals.as_ref());
    let lines = totals.map(|totals| PaymentLineShape::all(totals, &invoiced));
    shape.lines = Some(lines.unwrap_or_default());
    let next = service.next_action(payment).await?;
    shape.next_action = next.map(|it| NextAction::ApruveCheckout {
        script_url: it.script_url,
        order: it.order,
        secure_hash: it.secure_hash,
    });
    Ok(shape)
}
