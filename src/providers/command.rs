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
    /// Nothing was done; the same may be asked again later.
    Later(Later),
    /// No result arrived: it may have been done or not.
    Lost(String),
    /// The request never reached the provider.
    NotSent(String),
}

/// What was made or changed.
#[derive(Clone, Debug)]
pub enum Created {
    Order(OrderSnapshot),
    Invoice(InvoiceSnapshot),
    Other(ProviderId),
}

impl Command {
    /// The object that must exist at the provider for it.
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
