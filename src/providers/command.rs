//! The commands that a provider carries out, and their results.

use super::{
    InvoiceDraft, InvoiceSnapshot, Later, OrderDraft, OrderSnapshot, ProviderId, ReturnDraft,
    ShipmentDraft,
};

/// One call that changes something at a provider. It is sent once.
#[derive(Clone, Debug)]
pub enum Command {
    CreateOrder(Box<OrderDraft>),
    CancelOrder(ProviderId),
    CreateInvoice {
        order: ProviderId,
        draft: Box<InvoiceDraft>,
    },
    IssueInvoice(ProviderId),
    CancelInvoice(ProviderId),
    CloseInvoice(ProviderId),
    CreateShipment {
        invoice: ProviderId,
        draft: Box<ShipmentDraft>,
    },
    UpdateShipment {
        invoice: ProviderId,
        shipment: ProviderId,
        draft: Box<ShipmentDraft>,
    },
    CreateReturn {
        invoice: ProviderId,
        draft: Box<ReturnDraft>,
    },
}

/// The result of a command.
#[derive(Clone, Debug)]
pub enum CommandOutcome {
    Done(Box<Created>),
    /// The provider rejected it, with this message.
    Refused {
        status: u16,
        message: String,
    },
    /// The provider rejects the API key, which says nothing about the command.
    KeyRefused {
        status: u16,
    },
    /// Nothing was done; the same command may be sent again later.
    Later(Later),
    /// No usable answer arrived: the command may or may not have been carried out.
    Lost(String),
    /// The request never reached the provider.
    NotSent(String),
}

/// The object that a command created or changed.
#[derive(Clone, Debug)]
pub enum Created {
    Order(OrderSnapshot),
    Invoice(InvoiceSnapshot),
    Other(ProviderId),
}

impl Command {
    /// The noun of the object that must exist at the provider, for the message of a 404.
    pub(super) fn about(&self) -> &'static str {
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
