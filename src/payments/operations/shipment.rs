//! Telling Apruve that goods went out, without which it may not pay.

use chrono::{DateTime, Utc};

use super::{Intent, made_invoice, wrong_state};
use crate::{
    apruve::{CleanText, Fulfilment, ShipmentDraft, WireTime},
    ids::{self, TransactionId},
    payments::{
        desk::Begun,
        details::{Details, ShipmentDetails, Standing},
        gateway::Command,
        ledger::Ledger,
        not_done::NotDone,
        transaction::{Action, Origin, Transaction},
    },
};

/// What went out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Minor units; the invoice's amount where it is not given.
    pub amount: Option<i64>,
    /// Now where it is not given.
    pub shipped_at: Option<DateTime<Utc>>,
    pub shipper: Option<String>,
    pub tracking_number: Option<String>,
    /// Whether more of the invoice will follow.
    pub partial: bool,
}

/// Begins a shipment of an invoice.
pub fn begin(
    ledger: &mut Ledger,
    invoice: TransactionId,
    wish: &Wish,
    intent: Intent,
) -> Result<Begun, NotDone> {
    let (made, reference) = made_invoice(ledger, invoice)?;
    if ledger.standing(&made) == Standing::Canceled {
        return Err(wrong_state(
            ledger,
            "The invoice is canceled; nothing of it is shipped.",
        ));
    }
    let amount = wish.amount.unwrap_or(made.amount);
    if amount > made.amount {
        return Err(NotDone::ExceedsRemaining {
            what: super::money(ledger, amount),
            left: super::money(ledger, made.amount),
            pointer: "/amount",
        });
    }
    let by = intent.by;
    let shipped_at = wish.shipped_at.unwrap_or(by.at);
    let mut new = Transaction::new(
        ids::fresh(by.at),
        Action::Shipment,
        Origin::Caller,
        amount,
        by.at,
    );
    let number = new.id.to_string();
    new.parent_id = Some(invoice);
    new.number = Some(number.clone());
    new.details = Details {
        shipment: Some(ShipmentDetails {
            shipped_at: Some(shipped_at),
            shipper: wish.shipper.clone(),
            tracking_number: wish.tracking_number.clone(),
            partial: wish.partial,
        }),
        ..Details::default()
    };
    let text = |text: &Option<String>| text.as_deref().map(CleanText::line);
    let draft = ShipmentDraft {
        amount_cents: Some(amount),
        tax_cents: None,
        shipping_cents: None,
        currency: ledger.payment.currency.code().to_owned(),
        merchant_shipment_id: number,
        status: if wish.partial {
            Fulfilment::Partial
        } else {
            Fulfilment::Fulfilled
        },
        shipped_at: WireTime(shipped_at),
        delivered_at: None,
        shipper: text(&wish.shipper),
        tracking_number: text(&wish.tracking_number),
        merchant_notes: None,
        shipment_items: Vec::new(),
    };
    let command = Command::CreateShipment {
        invoice: reference,
        draft: Box::new(draft),
    };
    Ok(intent.ask(ledger, new, command, "A shipment is being told to Apruve."))
}
