//! Shipments of invoices. The provider pays some invoices only after their shipment is reported.

use chrono::{DateTime, Utc};

use super::{
    parcel::{settle, shipped_amount},
    prelude::*,
};
use crate::{
    payments::{
        details::{ShipmentDetails, ShippedItem},
        natural_key::GivenKey,
        order::ItemQuantity,
    },
    providers::{CleanText, LineDraft, ShipmentDraft},
    string_enum::string_enum,
};

string_enum! {
    /// Whether more of the invoice is to follow.
    ShipmentExtent as "ShipmentStatus" {
        /// More will follow.
        Partial = "partial",
        /// That was all.
        Fulfilled = "fulfilled",
    }
}

/// A new shipment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewShipment {
    /// Minor units; what is not shipped yet where it is not given.
    pub amount: Option<i64>,
    /// How much of which lines of the invoice; empty where only an amount is known.
    pub items: Vec<ItemQuantity>,
    /// Now where it is not given.
    pub shipped_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub shipper: Option<String>,
    pub tracking_number: Option<String>,
    pub tracking_url: Option<String>,
    pub notes: Option<String>,
    /// Whether more of the invoice will follow; where it is not given, the amounts tell.
    pub partial: Option<bool>,
    /// Its tracking number.
    pub key: Option<GivenKey>,
}

/// Checks a shipment before its invoice is made, so that it is not refused after that.
pub fn check_along(
    ledger: &Ledger,
    invoice: TransactionId,
    input: &NewShipment,
) -> Result<(), PaymentError> {
    let invoice = ledger.invoice(invoice).ok_or(PaymentError::NoTransaction)?;
    settle(ledger, invoice, input.amount, &input.items, "/shipment").map(drop)
}

/// Begins a shipment of an invoice.
pub fn begin(
    ledger: &mut Ledger,
    invoice: TransactionId,
    input: &NewShipment,
    start: OperationStart,
) -> Result<Intent, PaymentError> {
    let (made, reference) = made_invoice(ledger, invoice)?;
    if ledger.invoice_status(&made) == InvoiceStatus::Canceled {
        return ledger.refuse("The invoice is canceled; nothing of it is shipped.");
    }
    none_open(ledger, invoice, &[Action::Cancel])?;
    // Refuses the second of two clicks. A shipment with an unknown outcome does not block the next one.
    let under_way = |it: &Transaction| it.call_until.is_some();
    if ledger.children(invoice, Action::Shipment).any(under_way) {
        return ledger.refuse(
            "A shipment of the invoice is being sent to the provider; wait for its result.",
        );
    }
    if shipped_amount(ledger, invoice) >= made.amount && input.items.is_empty() {
        return ledger.refuse("All of the invoice is shipped already.");
    }
    let parcel = settle(ledger, &made, input.amount, &input.items, "")?;
    let now = start.by.at;
    let mut new = Transaction::new(Action::Shipment, parcel.amount, Some(invoice), now);
    new.number = Some(new.id.to_string());
    new.natural_key = input.key.as_ref().map(|it| it.key.clone());
    let details = ShipmentDetails {
        shipped_at: Some(input.shipped_at.unwrap_or(now)),
        delivered_at: input.delivered_at,
        shipper: input.shipper.clone(),
        tracking_number: input.tracking_number.clone(),
        tracking_url: input.tracking_url.clone(),
        notes: input.notes.clone(),
        partial: input.partial.unwrap_or(parcel.left > 0),
        items: parcel.items,
    };
    let draft = Box::new(draft(ledger, &made, &new, &details));
    new.details.shipment = Some(details);
    let command = Command::CreateShipment {
        invoice: reference,
        draft,
    };
    let message = "A shipment is being sent to the provider.";
    Ok(start.ask(ledger, new, command, message))
}

/// A shipment as it is sent to the provider.
fn draft(
    ledger: &Ledger,
    invoice: &Transaction,
    shipment: &Transaction,
    details: &ShipmentDetails,
) -> ShipmentDraft {
    let items = details.items.iter();
    ShipmentDraft {
        number: shipment.number.clone().unwrap_or_default(),
        amount: ledger.payment.money(shipment.amount),
        partial: details.partial,
        lines: items
            .map(|item| item_draft(ledger, invoice, item))
            .collect(),
        shipped_at: details.shipped_at.unwrap_or(shipment.created_at),
        delivered_at: details.delivered_at,
        shipper: details.shipper.clone(),
        tracking_number: details.tracking_number.clone(),
        notes: details.notes.clone(),
    }
}

fn item_draft(ledger: &Ledger, invoice: &Transaction, item: &ShippedItem) -> LineDraft {
    let mut lines = invoice.details.invoice.iter().flat_map(|it| &it.lines);
    let line = lines.find(|it| it.line == Some(item.line));
    let title = line.map_or_else(|| format!("Line {}", item.line + 1), |it| it.title.clone());
    LineDraft {
        sku: line.and_then(|it| it.sku.as_deref()).map(CleanText::line),
        quantity: Some(item.quantity()),
        ..LineDraft::new(CleanText::line(&title), ledger.payment.money(item.total))
    }
}

/// Changes of a shipment. `None` keeps a field, `Some(None)` clears it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    pub tracking_number: Option<Option<String>>,
    pub shipper: Option<Option<String>>,
    /// The provider does not know it.
    pub tracking_url: Option<Option<String>>,
    pub delivered_at: Option<Option<DateTime<Utc>>>,
    pub notes: Option<Option<String>>,
}

impl Correction {
    /// Changes what is known of a shipment.
    pub fn apply(&self, details: &mut ShipmentDetails) {
        fn set<T: Clone>(field: &mut Option<T>, change: &Option<Option<T>>) {
            if let Some(value) = change {
                field.clone_from(value);
            }
        }
        set(&mut details.tracking_number, &self.tracking_number);
        set(&mut details.shipper, &self.shipper);
        set(&mut details.tracking_url, &self.tracking_url);
        set(&mut details.delivered_at, &self.delivered_at);
        set(&mut details.notes, &self.notes);
    }
}

/// The command for a correction: `None` if nothing changes, `Some(None)` if nothing changes at the provider.
///
/// # Errors
/// The shipment is not at the provider, or another one of the invoice has its new tracking number.
pub fn correct(
    ledger: &Ledger,
    invoice: TransactionId,
    shipment: TransactionId,
    correction: &Correction,
) -> Result<Option<Option<Command>>, PaymentError> {
    let (made, invoice_reference) = made_invoice(ledger, invoice)?;
    let shipments = || ledger.children(invoice, Action::Shipment);
    let found = shipments().find(|it| it.id == shipment);
    let found = found.ok_or(PaymentError::NoTransaction)?;
    let reference = known_reference(ledger, found)?;
    let before = found.details.shipment.clone().unwrap_or_default();
    let mut after = before.clone();
    correction.apply(&mut after);
    if after == before {
        return Ok(None);
    }
    let number = after.tracking_number.as_deref();
    if let Some(number) = number.filter(|_| after.tracking_number != before.tracking_number) {
        let mut others = shipments().filter(|it| it.id != shipment && it.is_reserved());
        if others.any(|it| it.has_name(number)) {
            return Err(PaymentError::ReferenceTaken("/trackingNumber"));
        }
    }
    let ours_alone = ShipmentDetails {
        tracking_url: before.tracking_url.clone(),
        ..after.clone()
    };
    if ours_alone == before {
        return Ok(Some(None));
    }
    Ok(Some(Some(Command::UpdateShipment {
        invoice: invoice_reference,
        shipment: reference.clone(),
        draft: Box::new(draft(ledger, &made, found, &after)),
    })))
}

/// The provider's id of a shipment that is there.
fn known_reference<'l>(
    ledger: &Ledger,
    shipment: &'l Transaction,
) -> Result<&'l ProviderId, PaymentError> {
    match (shipment.state, &shipment.reference) {
        (State::Succeeded, Some(reference)) => Ok(reference),
        (State::Failed, _) => ledger.refuse("The shipment was not sent to the provider."),
        _ => ledger.refuse(
            "Whether the provider has the shipment is not known yet; the service reads it back.",
        ),
    }
}
