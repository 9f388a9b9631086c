//! Corrects a shipment: at the provider first, then here. Sending a correction twice does no harm, so the caller
//! repeats one whose answer was lost.

use super::{
    error::PaymentError,
    event::Source,
    ledger::{Cause, Ledger},
    loaded_payment::LoadedPayment,
    operations::shipment::{self, Correction},
    service::{ATTEMPTS, PaymentService},
};
use crate::{
    audit::Actor,
    http::problem::{Kind, Problem},
    ids::TransactionId,
    providers::CommandOutcome,
    trace,
};

impl PaymentService {
    /// Corrects a shipment, and returns the payment after it. If `invoice` is given, the shipment must belong to it. A
    /// correction without changes is not sent.
    pub async fn correct_shipment(
        &self,
        payment: LoadedPayment,
        actor: Actor,
        invoice: Option<TransactionId>,
        shipment: TransactionId,
        correction: Correction,
    ) -> Result<LoadedPayment, PaymentError> {
        let service = self.clone();
        // The task continues when the caller disconnects, so that what the provider accepted is written here too.
        let task = actix_web::rt::spawn(trace::carried(async move {
            let mut ledger = payment.ledger;
            // A concurrent change means that the provider may have been sent a shipment without it, so all of it is sent again.
            for _ in 0..ATTEMPTS {
                let parent = || ledger.find(shipment).and_then(|it| it.parent_id);
                let invoice = invoice.or_else(parent).ok_or(PaymentError::NoTransaction)?;
                let change = shipment::correct(&ledger, invoice, shipment, &correction)?;
                let Some(command) = change else {
                    return Ok(LoadedPayment { ledger, ..payment });
                };
                if let Some(command) = command {
                    let client = service.client(&ledger).await?;
                    accepted(client.provider().perform(command).await)?;
                }
                let (id, by) = (ledger.payment.id, service.cause(Source::Caller));
                correct_here(&mut ledger, shipment, &correction, by);
                if let Some(ledger) = service.save(ledger, &actor).await? {
                    return Ok(LoadedPayment { ledger, ..payment });
                }
                ledger = service.ledger(id).await?;
            }
            Err(PaymentError::Contended)
        }));
        task.await.map_err(Problem::internal)?
    }
}

fn correct_here(ledger: &mut Ledger, shipment: TransactionId, correction: &Correction, by: Cause) {
    ledger.edit(shipment, by.at, |it| {
        correction.apply(it.details.shipment.get_or_insert_default());
    });
    let message = "The shipment was corrected.";
    ledger.note(Some(shipment), "shipment.corrected", true, by, message);
}

/// Maps the outcome of a call that has no intent, because sending it twice does no harm.
fn accepted(outcome: CommandOutcome) -> Result<(), PaymentError> {
    match outcome {
        CommandOutcome::Done(_) => Ok(()),
        CommandOutcome::Refused { message, .. } => {
            Err(Problem::new(Kind::ProviderRefused, message).into())
        }
        CommandOutcome::KeyRefused { .. } => Err(PaymentError::KeyRefused),
        CommandOutcome::Later(later) => Err(PaymentError::Later(later)),
        CommandOutcome::Lost(cause) | CommandOutcome::NotSent(cause) => {
            Err(PaymentError::Unreachable(cause))
        }
    }
}
