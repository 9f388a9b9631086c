//! A snapshot that is being held against a ledger.

use crate::{
    findings::{FindingCode, Observation},
    ids::TransactionId,
    money::Money,
    payments::{
        ledger::{Cause, Ledger},
        transaction::{Event, Failure, FailureCode, State, Transaction},
    },
    providers::ProviderId,
};

/// The ledger that follows, and what it does not explain so far.
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

    /// Reports an amount that differs at the provider: with the currency as it is here and there, or else the amount.
    pub fn report_difference(
        &mut self,
        differs: Observation,
        ours: i64,
        theirs: Option<i64>,
        currency: Option<&str>,
    ) {
        let code = self.ledger.payment.currency.code();
        let money = |minor| Money::from_minor(minor, self.ledger.payment.currency).to_string();
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

    /// Changes what is known of a transaction.
    pub fn edit(&mut self, id: TransactionId, change: impl FnOnce(&mut Transaction)) {
        self.ledger.edit(id, self.by.at, change);
    }

    /// Settles one of ours that happened.
    pub fn succeed(&mut self, id: TransactionId, message: &str) {
        self.ledger.advance(id, Event::Succeeds, self.by, message);
    }

    /// Takes over what the provider began.
    pub fn adopt(&mut self, new: Transaction, message: &str) -> TransactionId {
        self.ledger.adopt(new, self.by, message)
    }

    /// Notes that a complete look did not find what an unknown call was to make; when that was said often and long enough, it
    /// has failed. A call that may still be under way cannot be missed.
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
