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

/// The result of a command. Only after [`CommandOutcome::Done`] and [`CommandOutcome::Lost`] may anything have changed.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum CommandOutcome<T = Box<Created>> {
    Done(T),
    /// The provider rejected it, with this message.
    Refused {
        status: u16,
        message: String,
    },
    /// 401 or 403: the API key is rejected, or lacks the permission. It says nothing about the command.
    KeyRefused {
        status: u16,
    },
    /// Nothing was done; the same command may be sent again later.
    Later(Later),
    /// The command may have been carried out: there was no answer, an incomplete or unreadable one, or a server error.
    /// Sending it again could do it twice; only a read gives certainty.
    Lost(String),
    /// The request never reached the provider.
    NotSent(String),
}

/// The object that a command created or changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Created {
    Order(OrderSnapshot),
    Invoice(InvoiceSnapshot),
    Other(ProviderId),
}

impl<T> CommandOutcome<T> {
    /// The outcome with its result converted.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> CommandOutcome<U> {
        match self {
            CommandOutcome::Done(made) => CommandOutcome::Done(convert(made)),
            CommandOutcome::Refused { status, message } => {
                CommandOutcome::Refused { status, message }
            }
            CommandOutcome::KeyRefused { status } => CommandOutcome::KeyRefused { status },
            CommandOutcome::Later(later) => CommandOutcome::Later(later),
            CommandOutcome::Lost(cause) => CommandOutcome::Lost(cause),
            CommandOutcome::NotSent(cause) => CommandOutcome::NotSent(cause),
        }
    }
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
