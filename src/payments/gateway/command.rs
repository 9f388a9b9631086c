//! What we ask Apruve to do, and what came of it.

use super::{ProviderClient, views};
use crate::{
    apruve::{
        ApruveId, InvoiceDraft, InvoiceReturnDraft, Later, OrderDraft, Outcome, Refusal,
        ShipmentDraft,
    },
    payments::snapshot::{InvoiceSnapshot, OrderSnapshot},
};

/// One call that changes something at Apruve. It is sent once.
#[derive(Clone, Debug)]
pub enum Command {
    CreateOrder(Box<OrderDraft>),
    CancelOrder(ApruveId),
    CreateInvoice {
        order: ApruveId,
        draft: Box<InvoiceDraft>,
    },
    IssueInvoice(ApruveId),
    CancelInvoice(ApruveId),
    CloseInvoice(ApruveId),
    CreateShipment {
        invoice: ApruveId,
        draft: Box<ShipmentDraft>,
    },
    UpdateShipment {
        invoice: ApruveId,
        shipment: ApruveId,
        draft: Box<ShipmentDraft>,
    },
    CreateReturn {
        invoice: ApruveId,
        draft: Box<InvoiceReturnDraft>,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum CommandOutcome {
    Done(Box<Created>),
    /// Apruve said no, in these words.
    Refused {
        status: u16,
        message: String,
    },
    /// Apruve does not take the API key, which says nothing about what was asked.
    KeyRefused {
        status: u16,
    },
    /// Nothing was done; the same may be asked again later.
    Later(Later),
    /// Nobody knows.
    Lost(String),
    /// Apruve has seen nothing of it.
    NotSent(String),
}

/// What was made or changed.
#[derive(Clone, Debug)]
pub enum Created {
    Order(OrderSnapshot),
    Invoice(InvoiceSnapshot),
    Other(ApruveId),
}

impl ProviderClient {
    /// Sends a command, once.
    pub async fn perform(&self, command: Command) -> CommandOutcome {
        let account = self.account();
        let order = |order| Created::Order(views::order_told(&order));
        let invoice = |invoice| Created::Invoice(views::invoice_told(&invoice));
        let about = command.about();
        match command {
            Command::CreateOrder(draft) => came(account.create_order(&draft).await, about, order),
            Command::CancelOrder(id) => came(account.cancel_order(&id).await, about, order),
            Command::CreateInvoice { order, draft } => {
                let outcome = account.create_invoice(&order, &draft).await;
                came(outcome, about, invoice)
            }
            Command::IssueInvoice(id) => came(account.issue_invoice(&id).await, about, invoice),
            Command::CancelInvoice(id) => came(account.cancel_invoice(&id).await, about, invoice),
            Command::CloseInvoice(id) => came(account.close_invoice(&id).await, about, invoice),
            Command::CreateShipment { invoice, draft } => {
                let outcome = account.create_shipment(&invoice, &draft).await;
                came(outcome, about, |made| Created::Other(made.id))
            }
            Command::CreateReturn { invoice, draft } => {
                let outcome = account.create_invoice_return(&invoice, &draft).await;
                came(outcome, about, |made| Created::Other(made.id))
            }
            Command::UpdateShipment {
                invoice,
                shipment,
                draft,
            } => {
                let outcome = account.update_shipment(&invoice, &shipment, &draft).await;
                came(outcome, about, |told| Created::Other(told.id))
            }
        }
    }
}

impl Command {
    /// What must be known to Apruve for it.
    fn about(&self) -> &'static str {
        match self {
            Command::CreateOrder(_) => "merchant, company or buyer of the order",
            Command::CancelOrder(_) | Command::CreateInvoice { .. } => "order",
            Command::IssueInvoice(_)
            | Command::CancelInvoice(_)
            | Command::CloseInvoice(_)
            | Command::CreateShipment { .. }
            | Command::CreateReturn { .. } => "invoice",
            Command::UpdateShipment { .. } => "shipment",
        }
    }
}

fn came<T>(outcome: Outcome<T>, about: &str, made: impl FnOnce(T) -> Created) -> CommandOutcome {
    match outcome {
        Outcome::Done(it) => CommandOutcome::Done(Box::new(made(it))),
        Outcome::Refused(Refusal { status: 404, .. }) => CommandOutcome::Refused {
            status: 404,
            message: format!("Apruve does not know the {about} (status 404)"),
        },
        Outcome::Refused(refusal) => CommandOutcome::Refused {
            status: refusal.status,
            message: refusal.to_string(),
        },
        Outcome::KeyRefused { status } => CommandOutcome::KeyRefused { status },
        Outcome::Later(later) => CommandOutcome::Later(later),
        Outcome::Unknown { cause } => CommandOutcome::Lost(cause),
        Outcome::NotSent { cause } => CommandOutcome::NotSent(cause),
    }
}
