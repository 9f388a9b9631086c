//! Giving back: a return on an invoice at Apruve, or a refund of an offline payment that somebody made by hand.

use super::{Intent, made_invoice, money, none_open, wrong_state};
use crate::{
    apruve::{CleanText, InvoiceReturnDraft},
    ids::{self, TransactionId},
    payments::{
        desk::Begun,
        details::{Details, RefundDetails, Standing},
        gateway::Command,
        ledger::{Ledger, Mover},
        natural_key::Given,
        not_done::{Excess, NotDone},
        transaction::{Action, Event, Origin, Transaction},
    },
};

/// What is to be given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The invoice it is taken off; offline payments have none.
    pub invoice: Option<TransactionId>,
    /// Minor units.
    pub amount: i64,
    pub reason: Option<String>,
    /// The shop's own number for it.
    pub refund_reference: Option<String>,
    pub key: Option<Given>,
}

/// The refund that has this one's reference already and is what is asked for again. References are unique within an invoice.
pub fn earlier(ledger: &Ledger, wish: &Wish) -> Result<Option<TransactionId>, NotDone> {
    let parent = wish.invoice.or_else(|| ledger.purchase().map(|it| it.id));
    match (&wish.key, parent) {
        (Some(key), Some(parent)) => {
            key.repeats(ledger.children(parent, Action::Refund), |_| false)
        }
        _ => Ok(None),
    }
}

/// Begins a return on an invoice, open ones too; an offline refund is done with this.
pub fn begin(ledger: &mut Ledger, wish: &Wish, intent: Intent) -> Result<Begun, NotDone> {
    match wish.invoice {
        Some(invoice) => on_invoice(ledger, invoice, wish, intent),
        None if ledger.payment.place.is_none() => offline(ledger, wish, intent.by),
        None => Err(NotDone::Invalid(vec![crate::problem::FieldError::at(
            "/invoiceId",
            "required",
            "`invoiceId` says which invoice the money goes back on.",
        )])),
    }
}

fn on_invoice(
    ledger: &mut Ledger,
    invoice: TransactionId,
    wish: &Wish,
    intent: Intent,
) -> Result<Begun, NotDone> {
    let (made, reference) = made_invoice(ledger, invoice)?;
    if ledger.standing(&made) == Standing::Canceled {
        return Err(wrong_state(
            ledger,
            "The invoice is canceled; there is nothing to give back.",
        ));
    }
    none_open(ledger, invoice, Action::Cancel)?;
    none_open(ledger, invoice, Action::Capture)?;
    // Two returns under way could not be told apart while neither has an id.
    none_open(ledger, invoice, Action::Refund)?;
    check_left(ledger, wish.amount, ledger.part(&made).returnable())?;
    let by = intent.by;
    let mut new = entry(wish, invoice, by);
    let number = new.id.to_string();
    new.number = Some(number.clone());
    let reason = wish.reason.as_deref().unwrap_or("OTHER");
    let notes = match &wish.refund_reference {
        Some(reference) => format!("{number} {reference}"),
        None => number,
    };
    let draft = InvoiceReturnDraft {
        amount_cents: wish.amount,
        currency: ledger.payment.currency.code().to_owned(),
        reason: CleanText::line(reason),
        merchant_notes: CleanText::line(&notes),
    };
    let command = Command::CreateReturn {
        invoice: reference,
        draft: Box::new(draft),
    };
    Ok(intent.ask(ledger, new, command, "A return is being made at Apruve."))
}

fn offline(ledger: &mut Ledger, wish: &Wish, by: Mover) -> Result<Begun, NotDone> {
    let sums = ledger.amounts();
    check_left(ledger, wish.amount, sums.captured - sums.refunded)?;
    let purchase = ledger
        .purchase()
        .map(|it| it.id)
        .ok_or(NotDone::NoTransaction)?;
    let new = entry(wish, purchase, by);
    let id = new.id;
    ledger.add(new, by, "Money was given back by hand.");
    // New ones take it.
    let _ = ledger.apply(id, Event::Succeeds, by, "Money was given back by hand.");
    Ok(Begun {
        transaction: id,
        command: None,
    })
}

fn entry(wish: &Wish, parent: TransactionId, by: Mover) -> Transaction {
    let mut new = Transaction::new(
        ids::fresh(by.at),
        Action::Refund,
        Origin::Caller,
        wish.amount,
        by.at,
    );
    new.parent_id = Some(parent);
    new.natural_key = wish.key.as_ref().map(Given::kept);
    new.details = Details {
        refund: Some(RefundDetails {
            reason: wish.reason.clone(),
            refund_reference: wish.refund_reference.clone(),
        }),
        ..Details::default()
    };
    new
}

fn check_left(ledger: &Ledger, amount: i64, left: i64) -> Result<(), NotDone> {
    if amount <= left {
        return Ok(());
    }
    Err(NotDone::ExceedsRemaining(vec![Excess::new(
        "/amount",
        money(ledger, amount),
        money(ledger, left.max(0)),
    )]))
}
