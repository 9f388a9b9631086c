//! Maps the commands of `payments` to calls of Apruve's API.

use super::{Account, Refusal, WriteOutcome};
use crate::providers::{Command, CommandOutcome, Created};

impl Account<'_> {
    /// Sends a command once, without a retry.
    pub async fn perform(&self, command: Command) -> CommandOutcome {
        let about = command.about();
        match command {
            Command::CreateOrder(draft) => {
                command_outcome(self.create_order(&draft).await, about, Created::Order)
            }
            Command::CancelOrder(id) => {
                command_outcome(self.cancel_order(&id).await, about, Created::Order)
            }
            Command::CreateInvoice { order, draft } => {
                let outcome = self.create_invoice(&order, &draft).await;
                command_outcome(outcome, about, Created::Invoice)
            }
            Command::IssueInvoice(id) => {
                command_outcome(self.issue_invoice(&id).await, about, Created::Invoice)
            }
            Command::CancelInvoice(id) => {
                command_outcome(self.cancel_invoice(&id).await, about, Created::Invoice)
            }
            Command::CloseInvoice(id) => {
                command_outcome(self.close_invoice(&id).await, about, Created::Invoice)
            }
            Command::CreateShipment { invoice, draft } => {
                let outcome = self.create_shipment(&invoice, &draft).await;
                command_outcome(outcome, about, |made| Created::Other(made.id))
            }
            Command::CreateReturn { invoice, draft } => {
                let outcome = self.create_invoice_return(&invoice, &draft).await;
                command_outcome(outcome, about, |made| Created::Other(made.id))
            }
            Command::UpdateShipment {
                invoice,
                shipment,
                draft,
            } => {
                let outcome = self.update_shipment(&invoice, &shipment, &draft).await;
                command_outcome(outcome, about, |made| Created::Other(made.id))
            }
        }
    }
}

fn command_outcome<T>(
    outcome: WriteOutcome<T>,
    about: &str,
    made: impl FnOnce(T) -> Created,
) -> CommandOutcome {
    match outcome {
        WriteOutcome::Done(it) => CommandOutcome::Done(Box::new(made(it))),
        WriteOutcome::Refused(Refusal { status: 404, .. }) => CommandOutcome::Refused {
            status: 404,
            message: format!("Apruve does not know the {about} (status 404)"),
        },
        WriteOutcome::Refused(refusal) => CommandOutcome::Refused {
            status: refusal.status,
            message: refusal.to_string(),
        },
        WriteOutcome::KeyRefused { status } => CommandOutcome::KeyRefused { status },
        WriteOutcome::Later(later) => CommandOutcome::Later(later),
        WriteOutcome::Unknown { cause } => CommandOutcome::Lost(cause),
        WriteOutcome::NotSent { cause } => CommandOutcome::NotSent(cause),
    }
}
