//! Corrects what was told of a shipment: Apruve is told first, then it is written here. Saying the same twice does no harm, so
//! a change whose answer was lost is simply sent again.

use super::{
    error::PaymentError,
    event::Source,
    ledger::Ledger,
    operations::shipment::{self, Correction},
    service::PaymentService,
};
use crate::{
    audit::Actor,
    http::problem::{Kind, Problem},
    ids::{PaymentId, TransactionId},
    providers::{Command, CommandOutcome},
    trace,
};

impl PaymentService {
    /// Corrects a shipment, of `invoice` where the caller says of which; the payment as it is then. What changes nothing is not
    /// told to anybody.
    pub async fn correct_shipment(
        &self,
        id: PaymentId,
        actor: &Actor,
        invoice: Option<TransactionId>,
        shipment: TransactionId,
        correction: &Correction,
    ) -> Result<Ledger, PaymentError> {
        let ledger = self.ledger(id).await?;
        let parent = || ledger.find(shipment).and_then(|it| it.parent_id);
        let invoice = invoice.or_else(parent).ok_or(PaymentError::NoTransaction)?;
        let Some(command) = shipment::correct(&ledger, invoice, shipment, correction)? else {
            return Ok(ledger);
        };
        if let Some(command) = command {
            self.tell(&ledger, command).await?;
        }
        let by = self.mover(Source::Caller);
        let written = self.change(id, actor, |ledger| {
            ledger.edit(shipment, by.at, |it| {
                correction.apply(it.details.shipment.get_or_insert_default());
            });
            let message = "The shipment was corrected.";
            ledger.note(Some(shipment), "shipment.corrected", true, by, message);
            Ok(())
        });
        Ok(written.await?.1)
    }

    /// Sends a change in a task that outlives whoever waits for it.
    async fn tell(&self, ledger: &Ledger, command: Command) -> Result<(), PaymentError> {
        let line = self.client(ledger).await?;
        let task = actix_web::rt::spawn(trace::carried(async move { line.perform(command).await }));
        match task.await {
            Ok(CommandOutcome::Done(_)) => Ok(()),
            Ok(CommandOutcome::Refused { message, .. }) => {
                Err(Problem::new(Kind::ProviderRefused, message).into())
            }
            Ok(CommandOutcome::KeyRefused { .. }) => Err(PaymentError::KeyRefused),
            Ok(CommandOutcome::Later(later)) => Err(PaymentError::Later(later)),
            Ok(CommandOutcome::Lost(cause) | CommandOutcome::NotSent(cause)) => {
                Err(PaymentError::Unreachable(cause))
            }
            Err(panicked) => Err(Problem::internal(panicked).into()),
        }
    }
}
