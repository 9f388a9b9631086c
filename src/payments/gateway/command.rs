//! What we ask Apruve to do, and what came of it.

use super::{Line, views};
use crate::{
    apruve::{ApruveId, InvoiceDraft, InvoiceReturnDraft, OrderDraft, Outcome, ShipmentDraft},
    payments::picture::{InvoiceSeen, OrderSeen},
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
    CreateReturn {
        invoice: ApruveId,
        draft: Box<InvoiceReturnDraft>,
    },
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Came {
    Done(Box<Made>),
    /// Apruve said no, in these words.
    Refused {
        status: u16,
        message: String,
    },
    /// Nobody knows.
    Lost(String),
    /// Apruve has seen nothing of it.
    NotSent(String),
}

/// What was made or changed.
#[derive(Clone, Debug)]
pub enum Made {
    Order(OrderSeen),
    Invoice(InvoiceSeen),
    Other(ApruveId),
}

impl Line {
    /// Sends a command, once.
    pub async fn perform(&self, command: Command) -> Came {
        let account = self.account();
        let order = |order| Made::Order(views::order_told(&order));
        let invoice = |invoice| Made::Invoice(views::invoice_told(&invoice));
        match command {
            Command::CreateOrder(draft) => came(account.create_order(&draft).await, order),
            Command::CancelOrder(id) => came(account.cancel_order(&id).await, order),
            Command::CreateInvoice { order, draft } => {
                came(account.create_invoice(&order, &draft).await, invoice)
            }
            Command::IssueInvoice(id) => came(account.issue_invoice(&id).await, invoice),
            Command::CancelInvoice(id) => came(account.cancel_invoice(&id).await, invoice),
            Command::CloseInvoice(id) => came(account.close_invoice(&id).await, invoice),
            Command::CreateShipment { invoice, draft } => {
                came(account.create_shipment(&invoice, &draft).await, |made| {
                    Made::Other(made.id)
                })
            }
            Command::CreateReturn { invoice, draft } => came(
                account.create_invoice_return(&invoice, &draft).await,
                |made| Made::Other(made.id),
            ),
        }
    }
}

fn came<T>(outcome: Outcome<T>, made: impl FnOnce(T) -> Made) -> Came {
    match outcome {
        Outcome::Done(it) => Came::Done(Box::new(made(it))),
        Outcome::Refused(refusal) => Came::Refused {
            status: refusal.status,
            message: refusal.to_string(),
        },
        Outcome::Unknown { cause } => Came::Lost(cause),
        Outcome::NotSent { cause } => Came::NotSent(cause),
    }
}
