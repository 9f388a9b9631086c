//! A payment with all its transactions.
//!
//! A ledger is read, changed in memory, and written back together with its projection in one database transaction.
//! After a concurrent write, the change is decided again on the new state.

mod queries;

use chrono::{DateTime, Utc};

use crate::{
    findings::Finding,
    ids::{self, TransactionId},
    payments::{
        event::{PaymentEvent, Source},
        payment::Payment,
        transaction::{Action, Event, Failure, Origin, Search, State, Transaction, WrongMove},
    },
};

/// The source and the time of a change of a ledger.
#[derive(Clone, Copy, Debug)]
pub struct Cause {
    pub source: Source,
    pub at: DateTime<Utc>,
}

/// A payment and its transactions, oldest first.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub payment: Payment,
    transactions: Vec<Transaction>,
    /// The open findings, as they were read.
    findings: Vec<Finding>,
    /// The transactions that were added or changed since the ledger was read.
    touched: Vec<TransactionId>,
    /// The transactions that changed, as they were read.
    originals: Vec<Transaction>,
    /// The payment as it was read, where its own fields changed.
    original_payment: Option<Box<Payment>>,
    happened: Vec<PaymentEvent>,
    /// Whether the version was incremented since the ledger was read.
    moved: bool,
}

impl Ledger {
    /// A ledger as it was read, or of a payment that is about to begin.
    pub fn of(payment: Payment, mut transactions: Vec<Transaction>) -> Self {
        let is_offline = !payment.method_type.has_provider();
        let is_sale = |it: &&mut Transaction| it.action == Action::Purchase && is_offline;
        for sale in transactions.iter_mut().filter(is_sale) {
            // Older versions do not store when a sale was booked.
            sale.booked_at = Some(sale.created_at);
        }
        Ledger {
            payment,
            transactions,
            findings: Vec::new(),
            touched: Vec::new(),
            originals: Vec::new(),
            original_payment: None,
            happened: Vec::new(),
            moved: false,
        }
    }

    /// The ledger after it was written, without pending changes. `live` is whether it is the live payment of its order.
    pub fn saved(self, live: bool) -> Self {
        let mut saved = Ledger::of(self.payment, self.transactions);
        saved.payment.live = live;
        saved.with_findings(self.findings)
    }

    /// The ledger with these findings.
    pub fn with_findings(self, findings: Vec<Finding>) -> Self {
        Ledger { findings, ..self }
    }

    /// The open findings of all attempts to pay the order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Oldest first.
    pub fn transactions(&self) -> &[Transaction] {
        &self.transactions
    }

    /// What was added or changed since the ledger was read.
    pub fn touched(&self) -> impl Iterator<Item = &Transaction> {
        let all = self.transactions.iter();
        all.filter(|it| self.touched.contains(&it.id))
    }

    /// The ledger as it was read. For a payment that is about to begin, it has no transactions.
    pub fn before(&self) -> Ledger {
        let payment = self.original_payment.as_deref().unwrap_or(&self.payment);
        let as_read = |it: &Transaction| match self.originals.iter().find(|one| one.id == it.id) {
            Some(original) => Some(original.clone()),
            None if self.touched.contains(&it.id) => None,
            None => Some(it.clone()),
        };
        let transactions = self.transactions.iter().filter_map(as_read).collect();
        Ledger::of(payment.clone(), transactions)
    }

    /// The history entries since the ledger was read.
    pub fn happened(&self) -> &[PaymentEvent] {
        &self.happened
    }

    /// Whether there is anything to write besides history entries.
    pub fn has_moved(&self) -> bool {
        self.moved
    }

    /// Adds a transaction.
    pub fn add(&mut self, mut transaction: Transaction, by: Cause, message: impl Into<String>) {
        let id = transaction.id;
        let is_booked = match transaction.action {
            Action::Purchase => self.is_offline(),
            _ => transaction.state == State::Succeeded,
        };
        if is_booked {
            transaction.booked_at = Some(by.at);
        }
        let kind = kind_of(&transaction);
        self.transactions.push(transaction);
        self.touch(id, by.at);
        self.note(Some(id), kind, true, by, message);
    }

    /// Adds a transaction that succeeds at once, and returns its id.
    pub fn add_done(
        &mut self,
        transaction: Transaction,
        by: Cause,
        message: &str,
    ) -> TransactionId {
        let id = transaction.id;
        self.add(transaction, by, message);
        self.advance(id, Event::Succeeds, by, message);
        id
    }

    /// Adds a transaction that the provider began and that has succeeded already, and returns its id.
    pub fn adopt(
        &mut self,
        mut transaction: Transaction,
        by: Cause,
        message: impl Into<String>,
    ) -> TransactionId {
        transaction.origin = Origin::Provider;
        transaction.state = State::Succeeded;
        let id = transaction.id;
        self.add(transaction, by, message);
        id
    }

    /// Applies an event to a transaction. Returns whether the state changed; a late or repeated event is only recorded.
    pub fn apply(
        &mut self,
        id: TransactionId,
        event: Event,
        by: Cause,
        message: impl Into<String>,
    ) -> Result<bool, WrongMove> {
        let Some(transaction) = self.find(id) else {
            return Ok(false);
        };
        let after = transaction.state.after(event)?;
        let mut kind = String::new();
        self.edit(id, by.at, |it| {
            it.state = after.unwrap_or(it.state);
            // After any event no call is under way, and only an unknown outcome is searched for.
            it.call_until = None;
            it.search = match it.state {
                State::Unknown if after.is_some() => Search::begin(by.at),
                State::Unknown => it.search,
                _ => Search::default(),
            };
            if after == Some(State::Succeeded) && it.action != Action::Purchase {
                it.booked_at.get_or_insert(by.at);
            }
            kind = kind_of(it);
        });
        self.note(Some(id), kind, after.is_some(), by, message);
        Ok(after.is_some())
    }

    /// As [`Ledger::apply`], for an unsettled transaction, which accepts any event. A settled one stays as it is.
    pub fn advance(
        &mut self,
        id: TransactionId,
        event: Event,
        by: Cause,
        message: impl Into<String>,
    ) -> bool {
        self.apply(id, event, by, message).unwrap_or(false)
    }

    /// Fails a transaction for a reason.
    pub fn fail(
        &mut self,
        id: TransactionId,
        failure: Failure,
        by: Cause,
    ) -> Result<bool, WrongMove> {
        let moved = self.apply(id, Event::Fails, by, failure.message.clone())?;
        if moved {
            self.edit(id, by.at, |it| it.failure = Some(failure));
        }
        Ok(moved)
    }

    /// As [`Ledger::fail`], for a transaction that is not settled. A settled one stays as it is.
    pub fn fail_open(&mut self, id: TransactionId, failure: Failure, by: Cause) -> bool {
        self.fail(id, failure, by).unwrap_or(false)
    }

    /// Changes fields of a transaction other than its state; nothing is written if nothing differs.
    pub fn edit(
        &mut self,
        id: TransactionId,
        at: DateTime<Utc>,
        change: impl FnOnce(&mut Transaction),
    ) {
        let Some(place) = self.transactions.iter().position(|it| it.id == id) else {
            return;
        };
        let before = self.transactions[place].clone();
        change(&mut self.transactions[place]);
        if self.transactions[place] != before {
            self.keep_original(before);
            self.touch(id, at);
        }
    }

    /// Changes the payment's own fields; nothing is written if nothing differs.
    pub fn edit_payment(&mut self, at: DateTime<Utc>, change: impl FnOnce(&mut Payment)) {
        let before = self.payment.clone();
        change(&mut self.payment);
        if self.payment != before {
            self.original_payment
                .get_or_insert_with(|| Box::new(before));
            self.move_on(at);
        }
    }

    /// Adds an entry to the payment's history.
    pub fn note(
        &mut self,
        transaction_id: Option<TransactionId>,
        kind: impl Into<String>,
        changed: bool,
        by: Cause,
        message: impl Into<String>,
    ) {
        self.happened.push(PaymentEvent {
            id: ids::fresh(by.at),
            version: self.payment.version,
            at: by.at,
            source: by.source,
            kind: kind.into(),
            transaction_id,
            changed,
            message: message.into(),
        });
    }

    /// Keeps a transaction as it was before its first change. A new transaction has no original.
    fn keep_original(&mut self, before: Transaction) {
        if !self.touched.contains(&before.id) {
            self.originals.push(before);
        }
    }

    fn touch(&mut self, id: TransactionId, at: DateTime<Utc>) {
        if let Some(transaction) = self.transactions.iter_mut().find(|it| it.id == id) {
            transaction.updated_at = at;
        }
        if !self.touched.contains(&id) {
            self.touched.push(id);
        }
        self.move_on(at);
    }

    fn move_on(&mut self, at: DateTime<Utc>) {
        if !self.moved {
            self.moved = true;
            self.payment.version += 1;
        }
        self.payment.updated_at = at;
    }
}

/// What an entry of the history is about, such as `invoice.succeeded`.
fn kind_of(transaction: &Transaction) -> String {
    format!(
        "{}.{}",
        transaction.action.as_str(),
        transaction.state.as_str()
    )
}
