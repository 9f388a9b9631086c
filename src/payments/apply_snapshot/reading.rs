//! A snapshot that is being applied to a ledger.

use super::prelude::*;
use crate::payments::payment::Payment;

/// The ledger that is changed, and the findings so far.
pub(super) struct Reading<'l> {
    pub ledger: &'l mut Ledger,
    pub by: Cause,
    pub findings: Vec<Observation>,
}

impl<'l> Reading<'l> {
    pub fn new(ledger: &'l mut Ledger, by: Cause) -> Self {
        Reading {
            ledger,
            by,
            findings: Vec::new(),
        }
    }

    /// Reports something at the provider.
    pub fn report(&mut self, code: FindingCode, id: &ProviderId, message: &str) {
        self.findings.push(Observation::of(code, id, message));
    }

    /// Reports a difference at the provider: both currencies if they differ, or else both amounts.
    pub fn report_difference(
        &mut self,
        differs: Observation,
        ours: i64,
        theirs: Option<i64>,
        currency: Option<&str>,
    ) {
        let code = self.ledger.payment.currency.code();
        let money = |minor| self.ledger.payment.money(minor).to_string();
        let (expected, observed) = match currency.filter(|currency| *currency != code) {
            Some(currency) => (code.to_owned(), Some(currency.to_owned())),
            None => (money(ours), theirs.map(money)),
        };
        self.findings.push(Observation {
            expected: Some(expected),
            observed,
            ..differs
        });
    }

    /// Changes fields of a transaction.
    pub fn edit(&mut self, id: TransactionId, change: impl FnOnce(&mut Transaction)) {
        self.ledger.edit(id, self.by.at, change);
    }

    /// Changes the payment's own fields.
    pub fn edit_payment(&mut self, change: impl FnOnce(&mut Payment)) {
        self.ledger.edit_payment(self.by.at, change);
    }

    /// Settles a transaction of ours as succeeded.
    pub fn succeed(&mut self, id: TransactionId, message: &str) {
        self.ledger.advance(id, Event::Succeeds, self.by, message);
    }

    /// Adds a succeeded transaction that the provider began.
    pub fn adopt(&mut self, new: Transaction, message: &str) -> TransactionId {
        self.ledger.adopt(new, self.by, message)
    }

    /// The provider lists something of ours as other than it was sent: it exists, so earlier misses prove nothing.
    pub fn found(&mut self, id: TransactionId) {
        let is_missed = |it: &Transaction| it.search.absences > 0;
        if self.ledger.find(id).is_some_and(is_missed) {
            self.edit(id, |it| it.search.found());
        }
    }

    /// Records that a complete read did not find the effect of an unknown call. After enough misses over enough time
    /// the transaction fails. A call that may still be under way is never missed.
    pub fn miss(&mut self, id: TransactionId, message: &str) {
        let Some(transaction) = self.ledger.find(id) else {
            return;
        };
        if transaction.state != State::Unknown || transaction.call_until.is_some() {
            return;
        }
        let mut search = transaction.search;
        let certain = search.missed(self.by.at);
        self.edit(id, |it| it.search = search);
        if certain {
            let failure = Failure::new(FailureCode::NotFound, message);
            self.ledger.fail_open(id, failure, self.by);
        }
    }
}
