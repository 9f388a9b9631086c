//! Queries on the transactions and amounts of a ledger.

use chrono::{DateTime, Utc};

use super::Ledger;
use crate::{
    ids::TransactionId,
    payments::{
        amounts::{Amounts, PartAmounts, invoice_of, part_of},
        status::{self, Status},
        transaction::{Action, Origin, State, Transaction},
    },
    providers::InvoiceStatus,
};

impl Ledger {
    /// The transaction with this id.
    pub fn find(&self, id: TransactionId) -> Option<&Transaction> {
        self.transactions.iter().find(|it| it.id == id)
    }

    /// The invoice with this id.
    pub fn invoice(&self, id: TransactionId) -> Option<&Transaction> {
        self.find(id).filter(|it| it.action == Action::Invoice)
    }

    /// The transactions with this action, oldest first.
    pub fn of_action(&self, action: Action) -> impl DoubleEndedIterator<Item = &Transaction> {
        let all = self.transactions.iter();
        all.filter(move |it| it.action == action)
    }

    /// The children of `parent` with this action, oldest first.
    pub fn children(
        &self,
        parent: TransactionId,
        action: Action,
    ) -> impl Iterator<Item = &Transaction> {
        self.of_action(action)
            .filter(move |it| it.parent_id == Some(parent))
    }

    /// When something of an invoice was shipped first. A shipment whose time is not known counts from its creation.
    pub fn first_shipped(&self, invoice: TransactionId) -> Option<DateTime<Utc>> {
        let shipments = self.children(invoice, Action::Shipment);
        let made = shipments.filter(|it| it.state == State::Succeeded);
        made.map(|it| {
            let shipped = it.details.shipment.as_ref().and_then(|it| it.shipped_at);
            shipped.unwrap_or(it.created_at)
        })
        .min()
    }

    /// The unsettled children of `parent` with this action.
    pub fn open_children(&self, parent: TransactionId, action: Action) -> Vec<TransactionId> {
        self.open(|it| it.action == action && it.parent_id == Some(parent))
    }

    /// The unsettled transactions for which `is_meant` holds.
    pub fn open(&self, is_meant: impl Fn(&Transaction) -> bool) -> Vec<TransactionId> {
        let open = self.transactions.iter().filter(|it| !it.state.is_settled());
        open.filter(|it| is_meant(it)).map(|it| it.id).collect()
    }

    /// The id of the purchase.
    pub fn purchase_id(&self) -> Option<TransactionId> {
        self.purchase().map(|it| it.id)
    }

    /// The purchase, with which the payment began.
    pub fn purchase(&self) -> Option<&Transaction> {
        self.of_action(Action::Purchase).next()
    }

    /// Whether the method is offline. Then the buyer owes the sale itself and there are no invoices.
    pub fn is_offline(&self) -> bool {
        !self.payment.method_type.has_provider()
    }

    /// The authorization that counts: the last one that did not fail, or else the last one.
    pub fn authorization(&self) -> Option<&Transaction> {
        let all = || self.of_action(Action::Authorize);
        let stands = all().rfind(|it| it.is_reserved());
        stands.or_else(|| all().next_back())
    }

    /// Whether the authorization that counts has succeeded.
    pub fn is_authorized(&self) -> bool {
        let authorization = self.authorization();
        authorization.is_some_and(|it| it.state == State::Succeeded)
    }

    /// The authorization that counts, while it is not settled.
    pub fn open_authorization(&self) -> Option<&Transaction> {
        self.authorization().filter(|it| !it.state.is_settled())
    }

    /// The invoices that exist or may exist, canceled ones included.
    pub fn reserved_invoices(&self) -> impl DoubleEndedIterator<Item = &Transaction> {
        self.of_action(Action::Invoice)
            .filter(|it| it.is_reserved())
    }

    /// The invoices that exist or may exist and are not canceled.
    pub fn standing_invoices(&self) -> impl Iterator<Item = &Transaction> {
        self.reserved_invoices()
            .filter(|it| !self.part(it).canceled)
    }

    /// The sums of the transactions.
    pub fn amounts(&self) -> Amounts {
        Amounts::of(self.payment.amount, &self.transactions)
    }

    /// The amounts of one invoice.
    pub fn part(&self, invoice: &Transaction) -> PartAmounts {
        part_of(&self.transactions, invoice)
    }

    /// The invoice that a transaction is, or is about.
    pub fn invoice_of(&self, transaction: &Transaction) -> Option<TransactionId> {
        invoice_of(&self.transactions, transaction)
    }

    /// The provider's captures and reversals of an invoice.
    pub fn booked(&self, invoice: TransactionId) -> impl Iterator<Item = &Transaction> {
        let money = |it: &&Transaction| matches!(it.action, Action::Capture | Action::Reversal);
        let booked = self.transactions.iter().filter(money);
        booked
            .filter(|it| it.origin == Origin::Provider)
            .filter(move |it| self.invoice_of(it) == Some(invoice))
    }

    /// What we may still invoice. Amounts that are being canceled are not available.
    pub fn left_to_invoice(&self) -> i64 {
        let ending = self.of_order_cancellations(|it| !it.state.is_settled());
        (self.uninvoiced() - ending).max(0)
    }

    /// Authorized, less what was canceled, and less what was or may have been invoiced.
    pub fn uninvoiced(&self) -> i64 {
        let invoiced = self.standing_invoices().map(|it| it.amount);
        let invoiced = invoiced.fold(0, i64::saturating_add);
        let given_up = self.of_order_cancellations(|it| it.state == State::Succeeded);
        let taken = given_up.saturating_add(invoiced);
        self.amounts().authorized.saturating_sub(taken).max(0)
    }

    fn of_order_cancellations(&self, counts: impl Fn(&Transaction) -> bool) -> i64 {
        self.of_action(Action::Cancel)
            .filter(|it| !self.is_of_invoice(it) && counts(it))
            .map(|it| it.amount)
            .fold(0, i64::saturating_add)
    }

    /// Whether a transaction is directly about an invoice.
    pub fn is_of_invoice(&self, transaction: &Transaction) -> bool {
        let parent = transaction.parent_id.and_then(|id| self.find(id));
        parent.is_some_and(|parent| parent.action == Action::Invoice)
    }

    /// The payment's status.
    pub fn status(&self) -> Status {
        status::status(&status::Totals {
            amount: self.payment.amount,
            sums: self.amounts(),
            ended: self.payment.ended,
        })
    }

    /// Whether the outcome of any transaction is not known yet.
    pub fn is_unsettled(&self) -> bool {
        self.transactions.iter().any(Transaction::is_unsettled)
    }

    /// Whether any outcome is unknown; a call that is under way is not unknown yet.
    pub fn has_unknown(&self) -> bool {
        let mut all = self.transactions.iter();
        all.any(|it| it.state == State::Unknown)
    }

    /// An invoice's status: canceled by our own transactions, or else as last read from the provider.
    pub fn invoice_status(&self, invoice: &Transaction) -> InvoiceStatus {
        if self.part(invoice).canceled {
            return InvoiceStatus::Canceled;
        }
        let details = invoice.details.invoice.as_ref();
        details.map(|details| details.status).unwrap_or_default()
    }
}
