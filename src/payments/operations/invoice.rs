//! Creates, issues and cancels invoices.

use chrono::{DateTime, Utc};

use super::prelude::*;
use crate::{
    payments::{
        details::InvoiceDetails,
        natural_key::GivenKey,
        order::{Basis, InvoiceRequest, InvoiceTotals, Invoiced, OrderLine, OrderTotals},
        reference::Reference,
    },
    providers::{AddressDraft, InvoiceDraft, InvoiceLine},
};

/// What is to be invoiced.
#[derive(Clone, Debug)]
pub struct NewInvoice {
    /// Amount, parts and lines.
    pub request: InvoiceRequest,
    /// The shop's number for it; ours where it is not given.
    pub number: Option<Reference>,
    /// The natural key, if the shop gave a number.
    pub key: Option<GivenKey>,
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the buyer owes it at once.
    pub issue: bool,
    pub notes: Option<String>,
    pub terms_of_delivery: Option<String>,
    pub bill_to: Option<AddressDraft>,
    pub ship_to: Option<AddressDraft>,
}

/// The earlier invoice with the same number that this request repeats.
pub fn earlier(ledger: &Ledger, input: &NewInvoice) -> Result<Option<TransactionId>, PaymentError> {
    let is_canceled = |it: &Transaction| ledger.invoice_status(it) == InvoiceStatus::Canceled;
    GivenKey::repeated(
        input.key.as_ref(),
        ledger.of_action(Action::Invoice),
        is_canceled,
    )
}

/// Begins an invoice over the requested part, or else over all that is left. `whole` is the order, while its cart is
/// kept; `own` is our number, which is used if the shop gave none.
pub fn begin(
    ledger: &mut Ledger,
    input: &NewInvoice,
    whole: Option<&OrderTotals>,
    own: &Reference,
    start: OperationStart,
) -> Result<Intent, PaymentError> {
    let (order, authorization) = authorized(ledger)?;
    let left = ledger.left_to_invoice();
    if left == 0 {
        return ledger.refuse("Nothing is left to invoice.");
    }
    let totals = input.request.settle(&Basis {
        order_id: &ledger.payment.order_id,
        order: whole,
        invoiced: &invoiced(ledger),
        left: ledger.payment.money(left),
    })?;
    let amount = totals.amount().minor();
    not_being_made(ledger, amount, input)?;
    let number = input.number.as_ref().unwrap_or(own);
    let draft = InvoiceDraft {
        notes: input.notes.clone(),
        terms_of_delivery: input.terms_of_delivery.clone(),
        due_at: input.due_at,
        bill_to: input.bill_to.clone(),
        ship_to: input.ship_to.clone(),
        ..totals.to_draft(number, input.issue)
    };
    if let Some(provider) = ledger.payment.method_type.provider() {
        let checked = provider.check_invoice(&draft);
        checked.map_err(|error| PaymentError::Invalid(vec![error]))?;
    }
    let mut new = Transaction::new(Action::Invoice, amount, Some(authorization), start.by.at);
    new.number = Some(number.as_str().to_owned());
    new.natural_key = input.key.as_ref().map(|it| it.key.clone());
    new.details.invoice = Some(details(input, &totals));
    let command = Command::CreateInvoice {
        order,
        draft: Box::new(draft),
    };
    let message = "An invoice is being made at the provider.";
    Ok(start.ask(ledger, new, command, message))
}

/// The order at the provider, and the authorization that counts, which must have succeeded.
fn authorized(ledger: &Ledger) -> Result<(ProviderId, TransactionId), PaymentError> {
    let authorization = ledger.authorization().filter(|_| ledger.is_authorized());
    match (ledger.payment.provider_order_id(), authorization) {
        (Some(order), Some(authorization)) => Ok((order.clone(), authorization.id)),
        _ if ledger.payment.provider_order.is_none() => ledger.refuse(
            "An offline method has no order at a provider: capture what was paid, or cancel.",
        ),
        _ => ledger.refuse("The payment is not authorized."),
    }
}

/// The details of an invoice that are stored. Addresses are only sent to the provider.
fn details(input: &NewInvoice, totals: &InvoiceTotals) -> InvoiceDetails {
    let charges = totals.charges().amounts();
    let [tax, shipping, handling, insurance, surcharge, discount] = charges.map(|it| it.minor());
    let lines = totals.placed_lines();
    InvoiceDetails {
        tax,
        shipping,
        handling,
        insurance,
        surcharge,
        discount,
        due_at: input.due_at,
        notes: input.notes.clone(),
        terms_of_delivery: input.terms_of_delivery.clone(),
        lines: lines
            .map(|(place, line)| invoice_line(place, line))
            .collect(),
        ..InvoiceDetails::default()
    }
}

/// What was or may have been invoiced of a payment's order, without canceled invoices.
pub fn invoiced(ledger: &Ledger) -> Invoiced {
    let mut invoiced = Invoiced::default();
    for invoice in ledger.standing_invoices() {
        invoiced.amount = invoiced.amount.saturating_add(invoice.amount);
        let Some(details) = &invoice.details.invoice else {
            continue;
        };
        for (sum, amount) in invoiced.charges.iter_mut().zip(details.charges()) {
            *sum = sum.saturating_add(amount);
        }
        for line in &details.lines {
            if let Some(place) = line.line {
                let sum = invoiced.lines.entry(place).or_default();
                sum.quantity += line.quantity();
                sum.amount = sum.amount.saturating_add(line.total);
            }
        }
    }
    invoiced
}

/// Refuses the second of two clicks: the same amount is being invoiced at the moment, and no number distinguishes the two.
fn not_being_made(ledger: &Ledger, amount: i64, input: &NewInvoice) -> Result<(), PaymentError> {
    let is_same = |it: &&Transaction| it.call_until.is_some() && it.amount == amount;
    match ledger.of_action(Action::Invoice).find(is_same) {
        Some(made) if input.number.is_none() => ledger.refuse(format!(
            "An invoice over the same amount is being made as {}; wait for it, or tell the two apart with `merchantInvoiceId`.",
            made.id
        )),
        _ => Ok(()),
    }
}

fn invoice_line(place: Option<usize>, line: &OrderLine) -> InvoiceLine {
    let quantity = line.amount.quantity;
    InvoiceLine {
        line: place,
        title: line.title.as_str().to_owned(),
        sku: line.sku.as_ref().map(|sku| sku.as_str().to_owned()),
        quantity: quantity.map(|quantity| quantity.normalize().to_string()),
        total: line.total().minor(),
    }
}

/// Our numbers for a payment's next invoice, the best first: the order's number and a counter.
pub fn own_numbers(ledger: &Ledger) -> impl Iterator<Item = Reference> {
    let order = match &ledger.payment.provider_order {
        Some(provider_order) => &provider_order.number,
        None => &ledger.payment.order_id,
    };
    // A name near the limit leaves no room for a number.
    let stem = match Reference::parse(&format!("{order}-{}", usize::MAX)) {
        Ok(_) => order.clone(),
        Err(_) => ledger.payment.id.to_string(),
    };
    let made = ledger.of_action(Action::Invoice).count();
    (made + 1..).filter_map(move |which| Reference::parse(&format!("{stem}-{which}")).ok())
}

/// Begins to issue a pending invoice.
pub fn issue(
    ledger: &mut Ledger,
    id: TransactionId,
    start: OperationStart,
) -> Result<Intent, PaymentError> {
    let (invoice, reference) = made_invoice(ledger, id)?;
    let status = ledger.invoice_status(&invoice);
    if status != InvoiceStatus::Pending {
        return ledger.refuse(format!("The invoice is {} already.", status.as_str()));
    }
    none_open(ledger, id, &[Action::Issue, Action::Cancel])?;
    let new = Transaction::new(Action::Issue, 0, Some(id), start.by.at);
    let command = Command::IssueInvoice(reference);
    Ok(start.ask(ledger, new, command, "The invoice is being issued."))
}

/// Begins to cancel an invoice, with a stored reason. A funded, paid or shipped invoice must be refunded instead.
pub fn cancel(
    ledger: &mut Ledger,
    id: TransactionId,
    reason: Option<&str>,
    start: OperationStart,
) -> Result<Intent, PaymentError> {
    let (invoice, reference) = made_invoice(ledger, id)?;
    check_cancelable(ledger, &invoice)?;
    let blocking = [
        Action::Cancel,
        Action::Issue,
        Action::Refund,
        Action::Capture,
    ];
    none_open(ledger, id, &blocking)?;
    let mut new = Transaction::new(Action::Cancel, invoice.amount, Some(id), start.by.at);
    new.details.reason = reason.map(str::to_owned);
    let command = Command::CancelInvoice(reference);
    Ok(start.ask(ledger, new, command, "The invoice is being canceled."))
}

/// Rejects an invoice that cannot be canceled any more.
pub fn check_cancelable(ledger: &Ledger, invoice: &Transaction) -> Result<(), PaymentError> {
    let status = ledger.invoice_status(invoice);
    if status == InvoiceStatus::Canceled {
        return ledger.refuse("The invoice is canceled already.");
    }
    let funded = invoice.funding().is_some();
    let mut shipments = ledger.children(invoice.id, Action::Shipment);
    let shipped = shipments.any(Transaction::is_reserved);
    if status == InvoiceStatus::Closed || funded || shipped || ledger.part(invoice).captured > 0 {
        return Err(PaymentError::UseRefund(status));
    }
    Ok(())
}
