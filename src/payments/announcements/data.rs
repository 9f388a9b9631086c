//! The data of a payment's events: the sums, and what changed beside them. Nothing of the cart or the buyer.

use crate::{
    events::{
        EventAmounts, EventFunding, EventInvoice, EventMethod, EventTransaction, PaymentEventData,
    },
    payment_methods::PaymentMethodId,
    payments::{
        ledger::Ledger, payment::Payment, receivable::Receivable, status::Status,
        transaction::Transaction,
    },
};

/// The data of a payment's event with its previous status, about one of its transactions.
pub fn of(
    ledger: &Ledger,
    previous: Option<Status>,
    about: Option<&Transaction>,
) -> PaymentEventData {
    let payment = &ledger.payment;
    let order = payment.provider_order.as_ref();
    let invoice = about.and_then(|it| ledger.invoice(ledger.invoice_of(it)?));
    PaymentEventData {
        id: payment.id,
        version: payment.version,
        website: payment.website.clone(),
        order_id: payment.order_id.clone(),
        payment_method: EventMethod {
            id: PaymentMethodId {
                kind: payment.method_type,
                integration: payment.integration_id,
            },
            kind: payment.method_type,
        },
        currency: payment.currency,
        amount: payment.money(payment.amount).to_string(),
        status: ledger.status().as_str(),
        previous_status: previous.map(Status::as_str),
        unsettled: ledger.is_unsettled(),
        amounts: amounts(ledger),
        provider_order_id: order.and_then(|order| Some(order.id.as_ref()?.to_string())),
        invoice: invoice.map(|it| invoice_of(ledger, it)),
        transaction: about.map(|it| transaction_of(payment, it)),
        created_at: payment.created_at,
        updated_at: payment.updated_at,
    }
}

fn amounts(ledger: &Ledger) -> EventAmounts {
    let sums = ledger.amounts();
    let money = |minor| ledger.payment.money(minor).to_string();
    EventAmounts {
        authorized: money(sums.authorized),
        open_authorized: money(sums.open_authorized),
        invoiced: money(sums.invoiced),
        captured: money(sums.captured),
        returned: money(sums.returned),
        refunded: money(sums.refunded),
        canceled: money(sums.canceled),
        due: money(sums.due),
    }
}

/// The data of an invoice; an offline sale counts as one.
pub fn invoice_of(ledger: &Ledger, invoice: &Transaction) -> EventInvoice {
    let money = |minor| ledger.payment.money(minor).to_string();
    let details = invoice.details.invoice.as_ref();
    let listed = Receivable::of(ledger, invoice);
    EventInvoice {
        id: invoice.id,
        number: Some(listed.number).filter(|number| !number.is_empty()),
        provider_id: invoice.reference.as_ref().map(ToString::to_string),
        state: listed.state.as_str(),
        status: listed.status,
        amount: money(invoice.amount),
        captured: money(listed.paid),
        returned: money(listed.returned),
        issued_at: details.and_then(|it| it.issued_at),
        due_at: listed.due_at.into(),
        days_past_due: None,
        funding: invoice.funding().map(|it| EventFunding {
            funded_at: it.funded_at,
            fee_amount: money(it.fee),
            net_amount: money(it.amount.saturating_sub(it.fee)),
        }),
    }
}

fn transaction_of(payment: &Payment, transaction: &Transaction) -> EventTransaction {
    let refund = transaction.details.refund.as_ref();
    let failure = transaction.failure.as_ref();
    EventTransaction {
        id: transaction.id,
        action: transaction.action.as_str(),
        origin: transaction.origin.as_str(),
        state: transaction.state.as_str(),
        amount: payment.money(transaction.amount).to_string(),
        parent_id: transaction.parent_id,
        reference: transaction.reference.as_ref().map(ToString::to_string),
        refund_reference: refund.and_then(|it| it.refund_reference.clone()),
        failure_code: failure.map(|it| it.code.as_str().to_owned()),
        created_at: transaction.created_at,
        updated_at: transaction.updated_at,
    }
}
