//! Our side of a story: a ledger in a store that keeps versions and unique keys as the database does, the calls that are
//! under way, and the snapshots that were begun.

mod person;
mod syncing;

use chrono::{DateTime, TimeDelta, Utc};

use self::syncing::Begins;
pub use self::syncing::Gap;
use super::books::LedgerModel;
use crate::{
    ids::TransactionId,
    integrations::Financing,
    money::{Currency, Money},
    payments::{
        answered::answered,
        error::PaymentError,
        event::Source,
        ledger::{Cause, Ledger},
        operations::{
            Operation, OperationStart, authorize, cancel, close, invoice, refund, shipment,
        },
        order::{InvoiceRequest, Prices},
        sample,
        service::Intent,
        transaction::{Action, State},
    },
    providers::{Command, CommandOutcome, Created, OrderDraft},
};

/// How long a call may last, and how long after its end it may still be done.
const CALL: TimeDelta = TimeDelta::seconds(20);
const LATEST: TimeDelta = TimeDelta::minutes(5);

/// The fate of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Answered,
    NotSent,
    /// Done, and the answer is lost.
    DoneAndLost,
    /// Not done, and no answer either.
    Lost,
    /// We are killed before it is sent.
    KilledBefore,
    /// We are killed after it is done.
    KilledAfter,
}

/// A call that is under way.
#[derive(Debug)]
struct Call {
    transaction: TransactionId,
    command: Command,
    fate: Fate,
    until: DateTime<Utc>,
    done: Option<Result<Created, &'static str>>,
}

/// What a caller asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryOperation {
    Authorize,
    Invoice {
        issue: bool,
    },
    Issue,
    Ship,
    CancelInvoice,
    Cancel,
    Refund,
    Close {
        paid: bool,
    },
    /// A person resolves something unknown after a check at the provider.
    Resolve,
}

pub struct Shop {
    pub ledger: Ledger,
    pub books: LedgerModel,
    pub now: DateTime<Utc>,
    /// What the last sync could not explain.
    pub findings: Vec<crate::findings::Observation>,
    calls: Vec<Call>,
    snapshots: Vec<Begins>,
}

impl Shop {
    /// A checkout, or an order that we make on behalf of the buyer, with the fate of that call.
    pub fn open(amount: i64, on_behalf: Option<Fate>, own: bool) -> Self {
        let mut ledger = sample::begun(amount);
        let now = sample::at(0);
        let mut calls = Vec::new();
        ledger.payment.expires_at = Some(now + TimeDelta::hours(1));
        if let Some(fate) = on_behalf {
            let purchase = sample::only(&ledger, Action::Purchase).clone();
            let mut authorization =
                sample::child(&purchase, Action::Authorize, State::Pending, amount);
            authorization.call_until = Some(now + CALL);
            calls.push(Call {
                transaction: authorization.id,
                command: Command::CreateOrder(Box::new(order_draft(amount))),
                fate,
                until: now + CALL,
                done: None,
            });
            ledger = sample::with(&ledger, [authorization]);
        }
        Shop {
            ledger,
            books: LedgerModel::of(own),
            now,
            findings: Vec::new(),
            calls,
            snapshots: Vec::new(),
        }
    }

    fn by(&self, source: Source) -> Cause {
        Cause {
            source,
            at: self.now,
        }
    }

    /// As it is read from the store.
    fn read(&self) -> Ledger {
        Ledger::of(
            self.ledger.payment.clone(),
            self.ledger.transactions().to_vec(),
        )
    }

    /// Writes a ledger that was read at the present version.
    fn save(&mut self, ledger: &Ledger) {
        let grown = ledger.payment.version - self.ledger.payment.version;
        assert_eq!(grown, i64::from(ledger.has_moved()), "a version a change");
        super::checks::settled_stays(&self.ledger, ledger);
        super::checks::holds(ledger);
        self.ledger = Ledger::of(ledger.payment.clone(), ledger.transactions().to_vec());
    }

    /// Begins an operation, if the state allows it.
    pub fn ask(
        &mut self,
        input: StoryOperation,
        which: usize,
        share: u8,
        fate: Fate,
    ) -> Result<(), PaymentError> {
        let mut ledger = self.read();
        let start = OperationStart {
            by: self.by(Source::Caller),
            call_until: self.now + CALL,
        };
        let invoices: Vec<TransactionId> =
            ledger.of_action(Action::Invoice).map(|it| it.id).collect();
        let invoice = which
            .checked_rem(invoices.len())
            .map(|place| invoices[place]);
        let part = |of: i64| (of * (i64::from(share) + 1) / 256).max(1);
        let begun = match input {
            StoryOperation::Authorize => {
                let Some(order) = self.books.orders_seen().into_iter().nth(which % 2) else {
                    return Ok(());
                };
                let by = start.by;
                authorize::authorize(&mut ledger, &order, &[], by).map(|transaction| Intent {
                    transaction,
                    command: None,
                })
            }
            StoryOperation::Invoice { issue } => {
                let left = part(ledger.left_to_invoice());
                let body = format!("{{\"amount\":\"{}.{:02}\"}}", left / 100, left % 100);
                let currency = ledger.payment.currency;
                let request = InvoiceRequest::read(&body, currency, Prices::WithoutTax);
                let input = invoice::NewInvoice {
                    request: request.expect("an amount"),
                    number: None,
                    key: None,
                    due_at: None,
                    issue,
                    notes: None,
                    terms_of_delivery: None,
                    bill_to: None,
                    ship_to: None,
                };
                let own = invoice::own_numbers(&ledger).next();
                let own = own.expect("numbers do not end");
                invoice::begin(&mut ledger, &input, None, &own, start)
            }
            StoryOperation::Cancel => cancel::begin(&mut ledger, start),
            StoryOperation::Resolve => return self.resolve(which),
            StoryOperation::Issue
            | StoryOperation::Close { .. }
            | StoryOperation::CancelInvoice
            | StoryOperation::Ship
            | StoryOperation::Refund => {
                let Some(id) = invoice else { return Ok(()) };
                match input {
                    StoryOperation::Issue => invoice::issue(&mut ledger, id, start),
                    StoryOperation::Close { paid } => {
                        let outcome = if paid {
                            close::ClosingOutcome::Paid
                        } else {
                            close::ClosingOutcome::WrittenOff
                        };
                        let input = close::NewClosing {
                            outcome,
                            reason: None,
                        };
                        let financing = self.financing();
                        close::begin(&mut ledger, id, &input, financing, start)
                    }
                    StoryOperation::CancelInvoice => invoice::cancel(&mut ledger, id, None, start),
                    StoryOperation::Ship => {
                        shipment::begin(&mut ledger, id, &shipment::NewShipment::default(), start)
                    }
                    _ => {
                        let left = ledger.find(id).map_or(0, |it| ledger.part(it).returnable());
                        let input = refund::NewRefund {
                            invoice: Some(id),
                            amount: part(left),
                            reason: None,
                            refund_reference: None,
                            key: None,
                        };
                        input.begin(&mut ledger, start)
                    }
                }
            }
        }?;
        self.save(&ledger);
        if let Some(command) = begun.command {
            self.calls.push(Call {
                transaction: begun.transaction,
                command,
                fate,
                until: start.call_until,
                done: None,
            });
        }
        Ok(())
    }

    pub fn financing(&self) -> Financing {
        if self.books.own {
            Financing::Own
        } else {
            Financing::Provider
        }
    }

    /// The next step of a call: the provider does it, or we get the response.
    pub fn drive(&mut self, which: usize) {
        let Some(place) = which.checked_rem(self.calls.len()) else {
            return;
        };
        let call = &mut self.calls[place];
        let is_done = matches!(
            call.fate,
            Fate::Answered | Fate::DoneAndLost | Fate::KilledAfter
        );
        if is_done && call.done.is_none() {
            call.done = Some(self.books.perform(&call.command, self.now));
            return;
        }
        let call = self.calls.remove(place);
        let came = match (call.fate, call.done) {
            (Fate::Answered, Some(Ok(made))) => CommandOutcome::Done(Box::new(made)),
            (Fate::Answered, Some(Err(no))) => CommandOutcome::Refused {
                status: 400,
                message: no.to_owned(),
            },
            (Fate::NotSent, _) => CommandOutcome::NotSent("no connection".to_owned()),
            (Fate::KilledBefore | Fate::KilledAfter, _) => return,
            _ => CommandOutcome::Lost("no answer".to_owned()),
        };
        let by = self.by(Source::Answer);
        let mut ledger = self.read();
        answered(&mut ledger, call.transaction, &came, by);
        self.save(&ledger);
    }

    /// The next beat of the call that was begun last.
    pub fn drive_last(&mut self) {
        self.drive(self.calls.len().saturating_sub(1));
    }

    /// Lets time pass. A call that the provider performs is performed at most `LATEST` after its end.
    pub fn wait(&mut self, time: TimeDelta) {
        let then = self.now + time;
        for place in 0..self.calls.len() {
            let call = &mut self.calls[place];
            let is_done = matches!(
                call.fate,
                Fate::Answered | Fate::DoneAndLost | Fate::KilledAfter
            );
            if is_done && call.done.is_none() && call.until + LATEST < then {
                let between = self.now + TimeDelta::milliseconds(500);
                call.done = Some(self.books.perform(&call.command, between));
            }
        }
        self.now = then;
    }
}

/// Whether any outcome is unknown.
pub fn has_unknown(ledger: &Ledger) -> bool {
    ledger
        .transactions()
        .iter()
        .any(|it| it.state == State::Unknown)
}

fn order_draft(amount: i64) -> OrderDraft {
    let usd = |minor| Money::from_minor(minor, Currency::parse("USD").expect("a currency"));
    OrderDraft {
        merchant: sample::provider_id(sample::MERCHANT),
        number: sample::ORDER_NUMBER.to_owned(),
        total: usd(amount),
        tax: usd(0),
        shipping: usd(0),
        lines: Vec::new(),
        charges: Vec::new(),
        po_number: None,
        expires_at: None,
        buyer: None,
    }
}
