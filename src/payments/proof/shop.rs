//! Our side of a story: a ledger in a store that keeps versions and unique keys as the database does, the calls that are
//! under way, and the pictures that were begun.

use chrono::{DateTime, TimeDelta, Utc};

use super::books::{self, LedgerModel};
use crate::{
    ids::TransactionId,
    integrations::Financing,
    payments::{
        answered::answered,
        apply_snapshot::{self, FundedAt, Known},
        error::PaymentError,
        event::Source,
        ledger::{Cause, Ledger},
        operations::{
            Operation, OperationStart, authorize, cancel, close, invoice, refund, resolve, shipment,
        },
        order::{InvoiceRequest, Prices},
        sample,
        service::Intent,
        sync::{expire, lose_old_calls},
        transaction::{Action, State, Transaction},
        verdict::Verdict,
    },
    providers::{
        Always, Command, CommandOutcome, Created, InvoiceSnapshot, InvoiceStatus, List, OrderDraft,
        OrderState, OrderView, ProviderId, ProviderSnapshot,
    },
};

/// How long a call may last, and how long after its end it may still be done.
const CALL: TimeDelta = TimeDelta::seconds(20);
const LATEST: TimeDelta = TimeDelta::minutes(5);

/// What becomes of a call.
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

/// What is left out of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    Nothing,
    /// The list of orders or invoices breaks off.
    EndOfList,
    Invoices,
    Parts,
    EndOfParts,
    /// The invoices are read when the picture is heeded, later than its order.
    Torn,
}

/// A picture that was begun.
struct Begins {
    version: i64,
    snapshot: ProviderSnapshot,
    torn: bool,
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
    /// A person finds out at Apruve what became of something, and says it.
    Resolve,
}

pub struct Shop {
    pub ledger: Ledger,
    pub books: LedgerModel,
    pub now: DateTime<Utc>,
    /// What the last look could not explain.
    pub findings: Vec<crate::findings::Observation>,
    calls: Vec<Call>,
    pictures: Vec<Begins>,
}

impl Shop {
    /// A checkout, or an order that we make on behalf of the buyer, with what becomes of that call.
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
            pictures: Vec::new(),
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

    /// A person checks at Apruve what became of something unknown, once no call can change that any more, and reports it.
    fn resolve(&mut self, which: usize) -> Result<(), PaymentError> {
        let mut ledger = self.read();
        let certain = |it: &&Transaction| {
            it.state == State::Unknown && self.calls.iter().all(|call| call.transaction != it.id)
        };
        let unknown: Vec<&Transaction> = ledger.transactions().iter().filter(certain).collect();
        let Some(place) = which.checked_rem(unknown.len()) else {
            return Ok(());
        };
        let (id, there) = (unknown[place].id, self.truth(&ledger, unknown[place]));
        let Some(there) = there else { return Ok(()) };
        let verdict = Verdict {
            succeeded: there.is_ok(),
            reason: "They say so.".to_owned(),
            provider_id: there.ok().flatten(),
            force: true,
        };
        resolve::resolve(&mut ledger, id, &verdict, self.by(Source::Operator))?;
        self.save(&ledger);
        Ok(())
    }

    /// Whether something is there, and its id where it has one; `None` where a person could not say.
    fn truth(&self, ledger: &Ledger, it: &Transaction) -> Option<Result<Option<ProviderId>, ()>> {
        let of_parent = |invoice: &&books::Invoice| {
            let parent = it.parent_id.and_then(|id| ledger.find(id));
            parent.and_then(|it| it.reference.as_ref()) == Some(&invoice.id)
        };
        let parent = self.books.invoices.iter().find(of_parent);
        let named = |name: Option<&str>| {
            let own = it.number.as_deref();
            name.is_some_and(|name| name.split(' ').next() == own)
        };
        let found = |id: Option<&ProviderId>| Some(id.map(|id| Some(id.clone())).ok_or(()));
        let when = |holds: bool| Some(if holds { Ok(None) } else { Err(()) });
        match it.action {
            Action::Authorize => {
                let order = self.books.orders.first();
                match order.map(|order| order.state) {
                    Some(OrderState::Accepted) => found(order.map(|order| &order.id)),
                    Some(_) => None,
                    None => Some(Err(())),
                }
            }
            Action::Invoice => {
                let mut all = self.books.invoices.iter();
                found(
                    all.find(|invoice| named(invoice.number.as_deref()))
                        .map(|it| &it.id),
                )
            }
            Action::Shipment => {
                let mut all = parent?.shipments.iter();
                found(all.find(|it| named(it.number.as_deref())).map(|it| &it.id))
            }
            Action::Refund => {
                let mut all = parent?.returns.iter();
                found(all.find(|it| named(it.notes.as_deref())).map(|it| &it.id))
            }
            Action::Issue => when(parent?.issued_at.is_some()),
            Action::Capture => when(parent?.status == InvoiceStatus::Closed),
            Action::Cancel if it.details.write_off => when(parent?.status == InvoiceStatus::Closed),
            Action::Cancel => match parent {
                Some(invoice) => when(invoice.status == InvoiceStatus::Canceled),
                None => {
                    let place = ledger.payment.provider_order.as_ref()?;
                    let order = self.books.order(place.id.as_ref()?)?;
                    when(order.state == OrderState::Canceled)
                }
            },
            Action::Purchase | Action::Reversal => None,
        }
    }

    /// The next step of a call: Apruve does it, or we get the response.
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

    /// Time passes. What is to be done of calls is done soon after their end at the latest.
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

    /// Begins to look.
    pub fn begin_look(&mut self, gap: Gap) {
        let mut ledger = self.read();
        lose_old_calls(&mut ledger, self.by(Source::Recovery));
        self.save(&ledger);
        let place = self
            .ledger
            .payment
            .provider_order
            .as_ref()
            .expect("a place");
        let broken = gap == Gap::EndOfList;
        let bound = place.id.clone();
        let order = match &bound {
            Some(id) => OrderView::Bound(self.books.order_seen(id)),
            None => OrderView::Candidates(cut(self.books.orders_seen(), broken)),
        };
        let candidates = match &order {
            OrderView::Candidates(list) => {
                apply_snapshot::ours(&self.ledger.payment, &[], &list.items)
            }
            _ => Vec::new(),
        };
        let of = bound.or_else(|| candidates.first().map(|it| it.id.clone()));
        let invoices = of.and_then(|id| self.invoices(&id, gap));
        self.pictures.push(Begins {
            version: self.ledger.payment.version,
            snapshot: ProviderSnapshot {
                order,
                same_number: None,
                invoices,
            },
            torn: gap == Gap::Torn,
        });
    }

    fn invoices(&self, order: &ProviderId, gap: Gap) -> Option<List<InvoiceSnapshot>> {
        if gap == Gap::Invoices {
            return None;
        }
        let mut list = cut(self.books.invoices_seen(order), gap == Gap::EndOfList);
        for invoice in &mut list.items {
            match gap {
                Gap::Parts => (invoice.shipments, invoice.returns) = (None, None),
                Gap::EndOfParts => {
                    invoice.shipments = invoice.shipments.take().map(|it| cut(it.items, true));
                    invoice.returns = invoice.returns.take().map(|it| cut(it.items, true));
                }
                _ => {}
            }
        }
        Some(list)
    }

    /// Looks in one moment.
    pub fn sync(&mut self, gap: Gap) {
        self.begin_look(gap);
        self.finish_look(self.pictures.len() - 1);
    }

    /// Heeds a picture that was begun, unless the ledger has moved on meanwhile.
    pub fn finish_look(&mut self, which: usize) {
        let Some(place) = which.checked_rem(self.pictures.len()) else {
            return;
        };
        let mut begun = self.pictures.remove(place);
        if begun.version != self.ledger.payment.version {
            return;
        }
        if begun.torn
            && let OrderView::Bound(order) = &begun.snapshot.order
        {
            begun.snapshot.invoices = self.invoices(&order.id, Gap::Nothing);
        }
        let by = self.by(Source::Recovery);
        let funded_at = FundedAt::new();
        let known = Known {
            funded_at: &funded_at,
            secure_hashes: &[],
            financing: self.financing(),
        };
        let mut ledger = self.read();
        self.findings = apply_snapshot::apply_snapshot(&mut ledger, &begun.snapshot, known, by);
        expire(&mut ledger, &begun.snapshot, by);
        self.save(&ledger);
        if !has_unknown(&self.ledger) {
            let mut again = self.read();
            apply_snapshot::apply_snapshot(&mut again, &begun.snapshot, known, by);
            assert!(!again.has_moved(), "the same picture changes nothing more");
        }
    }

    /// Looks with no gap until nothing is open that looking can settle.
    pub fn look_long_enough(&mut self) {
        while !self.calls.is_empty() {
            self.wait(TimeDelta::seconds(1));
            self.drive(0);
        }
        self.pictures.clear();
        self.wait(CALL + TimeDelta::seconds(1));
        for _ in 0..6 {
            self.sync(Gap::Nothing);
            self.wait(TimeDelta::minutes(6));
        }
    }
}

/// Whether something is searched for.
pub fn has_unknown(ledger: &Ledger) -> bool {
    ledger
        .transactions()
        .iter()
        .any(|it| it.state == State::Unknown)
}

/// A list, or the first half of it.
fn cut<T>(mut items: Vec<T>, broken: bool) -> List<T> {
    if broken {
        items.truncate(items.len() / 2);
    }
    List {
        items,
        complete: !broken,
    }
}

fn order_draft(amount: i64) -> OrderDraft {
    OrderDraft {
        merchant_id: sample::provider_id(sample::MERCHANT),
        merchant_order_id: sample::ORDER_NUMBER.to_owned(),
        amount_cents: amount,
        currency: "USD".to_owned(),
        tax_cents: 0,
        shipping_cents: 0,
        expire_at: None,
        po_number: None,
        finalize_on_create: Always,
        invoice_on_create: Always,
        order_items: Vec::new(),
        shopper_id: None,
        payment_term: None,
    }
}
