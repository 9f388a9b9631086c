//! Telling Apruve that goods went out, without which it may not pay.

use chrono::{DateTime, Utc};

use super::{Intent, made_invoice, none_open, wrong_state};
use crate::{
    apruve::{CleanText, Fulfilment, ShipmentDraft, WireTime},
    ids::{self, TransactionId},
    payments::{
        desk::Begun,
        details::{Details, ShipmentDetails, Standing},
        gateway::Command,
        ledger::Ledger,
        natural_key::Given,
        not_done::NotDone,
        transaction::{Action, Origin, Transaction},
    },
};

/// What went out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Minor units; what is not shipped yet where it is not given.
    pub amount: Option<i64>,
    /// Now where it is not given.
    pub shipped_at: Option<DateTime<Utc>>,
    pub shipper: Option<String>,
    pub tracking_number: Option<String>,
    /// Whether more of the invoice will follow; where it is not given, the amounts tell.
    pub partial: Option<bool>,
    /// Its tracking number.
    pub key: Option<Given>,
}

/// The shipment that has this one's tracking number already and is what is asked for again.
pub fn earlier(
    ledger: &Ledger,
    invoice: TransactionId,
    wish: &Wish,
) -> Result<Option<TransactionId>, NotDone> {
    match &wish.key {
        Some(key) => key.repeats(ledger.children(invoice, Action::Shipment), |_| false),
        None => Ok(None),
    }
}

/// Refuses what is more than is left to ship of an invoice over `whole`, and says how much it is and whether that is not all.
fn settle(
    ledger: &Ledger,
    whole: i64,
    shipped: i64,
    wish: &Wish,
    pointer: &'static str,
) -> Result<(i64, bool), NotDone> {
    let left = (whole - shipped).max(0);
    let amount = wish.amount.unwrap_or(left);
    if amount > left {
        return Err(NotDone::ExceedsRemaining {
            what: super::money(ledger, amount),
            left: super::money(ledger, left),
            pointer,
        });
    }
    Ok((amount, wish.partial.unwrap_or(amount < left)))
}

/// Refuses a shipment that is to follow an invoice which is not made yet, where it would be refused then.
pub fn check_along(ledger: &Ledger, invoice: TransactionId, wish: &Wish) -> Result<(), NotDone> {
    let invoice = ledger.invoice(invoice).ok_or(NotDone::NoTransaction)?;
    settle(ledger, invoice.amount, 0, wish, "/shipment/amount").map(drop)
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
    none_open(ledger, invoice, Action::Cancel)?;
    // The second of two clicks; a shipment that nobody answered does not keep the next one back.
    let under_way = |it: &Transaction| it.call_until.is_some();
    if ledger.children(invoice, Action::Shipment).any(under_way) {
        return Err(wrong_state(
            ledger,
            "A shipment of the invoice is being told to Apruve; wait for it.",
        ));
    }
    let shipped: i64 = ledger
        .children(invoice, Action::Shipment)
        .filter(|it| it.is_reserved())
        .map(|it| it.amount)
        // Others tell Apruve any amount.
        .fold(0, i64::saturating_add);
    if shipped >= made.amount {
        return Err(wrong_state(
            ledger,
            "All of the invoice is shipped already.",
        ));
    }
    let (amount, partial) = settle(ledger, made.amount, shipped, wish, "/amount")?;
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
    new.natural_key = wish.key.as_ref().map(Given::kept);
    new.details = Details {
        shipment: Some(ShipmentDetails {
            shipped_at: Some(shipped_at),
            shipper: wish.shipper.clone(),
            tracking_number: wish.tracking_number.clone(),
            partial,
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
        status: if partial {
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
