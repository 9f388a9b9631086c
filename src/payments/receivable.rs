//! Receivables as lists and reports show them: each invoice at the provider, and each offline sale as one invoice. A
//! projection of the ledger.

use chrono::{DateTime, Utc};
use diesel::{AsChangeset, Insertable, Queryable, Selectable};

use super::{
    balance::{Balance, asks},
    ledger::Ledger,
    transaction::{Action, State, Transaction},
};
use crate::{
    ids::{IntegrationId, PaymentId, TransactionId},
    money::Currency,
    providers::InvoiceStatus,
    store::{
        columns::{Moment, MomentOrNever},
        schema::invoices,
    },
};

/// An invoice, or an offline sale. Texts that are not known are empty; amounts are minor units.
#[derive(AsChangeset, Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = invoices)]
pub struct Receivable {
    /// The id of the invoice's transaction, or of the sale's purchase.
    pub id: TransactionId,
    pub payment_id: PaymentId,
    pub integration_id: IntegrationId,
    pub website: String,
    /// The shop's number for the order.
    pub order_id: String,
    /// The shop's number for the invoice.
    pub number: String,
    pub provider_id: String,
    pub po_number: String,
    // Not updated: the ledger may have been read before its buyer was erased or filled in.
    #[diesel(skip_update)]
    pub customer_id: String,
    #[diesel(skip_update)]
    pub customer_name: String,
    pub currency: Currency,
    pub amount: i64,
    /// Canceled, or written off.
    pub canceled: i64,
    /// Money received.
    pub paid: i64,
    /// Returned, before or after it was paid.
    pub returned: i64,
    pub remaining: i64,
    /// The provider's payments before its fee.
    pub funded: i64,
    pub fee: i64,
    /// Whether it was made at all.
    pub state: State,
    pub status: InvoiceStatus,
    pub issued_at: MomentOrNever,
    /// When it was both issued and shipped.
    pub shipped_at: MomentOrNever,
    /// When the buyer is to pay.
    pub due_at: MomentOrNever,
    pub funded_at: MomentOrNever,
    /// When it began to count in the books.
    pub opened_at: MomentOrNever,
    /// When its amounts last changed in the books.
    pub moved_at: MomentOrNever,
    /// Since when nothing remains of it.
    pub closed_at: MomentOrNever,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl Receivable {
    /// All receivables of a payment.
    pub fn all(ledger: &Ledger) -> Vec<Self> {
        let all = ledger.transactions().iter();
        let asking = all.filter(|it| asks(it, ledger.is_offline()));
        asking.map(|it| Receivable::of(ledger, it)).collect()
    }

    /// The receivable of one transaction: an invoice, or the purchase of an offline sale.
    pub fn of(ledger: &Ledger, asked: &Transaction) -> Self {
        let payment = &ledger.payment;
        let is_sale = asked.action == Action::Purchase;
        let is_made = is_sale || asked.state == State::Succeeded;
        let balance = match is_made {
            true => Balance::of(ledger.transactions(), asked),
            false => Balance::default(),
        };
        let own = || {
            let belongs = |it: &&Transaction| is_sale || ledger.invoice_of(it) == Some(asked.id);
            ledger.transactions().iter().filter(belongs)
        };
        let funding = asked.funding();
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        let (number, state, status, issued_at, due_at);
        if is_sale {
            (number, state) = (payment.order_id.clone(), State::Succeeded);
            status = sale_status(asked, &balance);
            (issued_at, due_at) = (Some(asked.created_at), payment.due_at);
        } else {
            (number, state) = (text(asked.number.as_ref()), asked.state);
            status = ledger.invoice_status(asked);
            issued_at = issued(asked, status);
            due_at = asked.details.invoice.as_ref().and_then(|it| it.due_at);
        }
        let moved_at = own().filter_map(|it| it.booked_at).max();
        let provider_id = asked.reference.as_ref().map(ToString::to_string);
        let last_update = own().map(|it| it.updated_at).max();
        let shipped = ledger.first_shipped(asked.id).zip(issued_at);
        Receivable {
            id: asked.id,
            payment_id: payment.id,
            integration_id: payment.integration_id,
            website: text(payment.website.as_ref()),
            order_id: payment.order_id.clone(),
            number,
            provider_id: provider_id.unwrap_or_default(),
            po_number: text(payment.po_number.as_ref()),
            customer_id: text(payment.buyer.customer_id.as_ref()),
            customer_name: text(payment.buyer.customer_name.as_ref()),
            currency: payment.currency,
            amount: asked.amount,
            canceled: match is_made {
                true => asked.amount.saturating_sub(balance.asked),
                false => 0,
            },
            paid: balance.captured,
            returned: balance.returned(),
            remaining: balance.due(),
            funded: funding.map_or(0, |it| it.amount),
            fee: funding.map_or(0, |it| it.fee),
            state,
            status,
            issued_at: issued_at.into(),
            shipped_at: shipped.map(|(shipped, issued)| shipped.max(issued)).into(),
            due_at: due_at.into(),
            funded_at: funding.map(|it| it.funded_at).into(),
            opened_at: asked.booked_at.into(),
            moved_at: moved_at.into(),
            closed_at: moved_at.filter(|_| balance.due() == 0).into(),
            created_at: asked.created_at.into(),
            updated_at: last_update.unwrap_or(asked.updated_at).into(),
        }
    }
}

/// The status of a sale: open until it is paid or canceled.
fn sale_status(purchase: &Transaction, balance: &Balance) -> InvoiceStatus {
    match balance.due() {
        0 if balance.captured == 0 && balance.asked < purchase.amount => InvoiceStatus::Canceled,
        0 => InvoiceStatus::Closed,
        _ => InvoiceStatus::Open,
    }
}

/// When the invoice was issued. If the provider does not say, an issued invoice counts from its creation.
fn issued(invoice: &Transaction, status: InvoiceStatus) -> Option<DateTime<Utc>> {
    let issued = invoice.details.invoice.as_ref().and_then(|it| it.issued_at);
    let is_issued = matches!(status, InvoiceStatus::Open | InvoiceStatus::Closed);
    issued.or_else(|| is_issued.then_some(invoice.created_at))
}
