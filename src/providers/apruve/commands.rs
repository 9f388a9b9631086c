//! Maps the commands of `payments` to calls of Apruve's API.

use super::Account;
use crate::providers::{Command, CommandOutcome, Created};

impl Account<'_> {
    /// Sends a command once, without a retry.
    pub async fn perform(&self, command: Command) -> CommandOutcome {
        let about = command.about();
        let outcome = match command {
            Command::CreateOrder(draft) => self.create_order(&draft).await.map(Created::Order),
            Command::CancelOrder(id) => self.cancel_order(&id).await.map(Created::Order),
            Command::CreateInvoice { order, draft } => {
                let invoice = self.create_invoice(&order, &draft).await;
                invoice.map(Created::Invoice)
            }
            Command::IssueInvoice(id) => self.issue_invoice(&id).await.map(Created::Invoice),
            Command::CancelInvoice(id) => self.cancel_invoice(&id).await.map(Created::Invoice),
            Command::CloseInvoice(id) => self.close_invoice(&id).await.map(Created::Invoice),
            Command::CreateShipment { invoice, draft } => {
                let shipment = self.create_shipment(&invoice, &draft).await;
                shipment.map(|made| Created::Other(made.id))
            }
            Command::CreateReturn { invoice, draft } => {
                let made = self.create_invoice_return(&invoice, &draft).await;
                made.map(|made| Created::Other(made.id))
            }
            Command::UpdateShipment {
                invoice,
                shipment,
                draft,
            } => {
                let changed = self.update_shipment(&invoice, &shipment, &draft).await;
                changed.map(|changed| Created::Other(changed.id))
            }
        };
        match outcome {
            CommandOutcome::Refused { status: 404, .. } => CommandOutcome::Refused {
                status: 404,
                message: format!("Apruve does not know the {about} (status 404)"),
            },
            outcome => outcome.map(Box::new),
        }
    }
}
