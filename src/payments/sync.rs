//! Reads a payment back from its provider and brings its ledger up to date.
//!
//! Webhooks, `sync`, the search for unknown results and reconciliation all use it. A snapshot counts only for the
//! version of the ledger that it was begun on; if that has changed meanwhile, a new one is taken.

use chrono::TimeDelta;

use super::{
    apply_snapshot::{self, FundedAt, Known, finish_purchase},
    change::{PaymentChange, SavedChange},
    comparison::ENDED_FOR,
    error::PaymentError,
    event::Source,
    ledger::{Cause, Ledger},
    loaded_payment::LoadedPayment,
    payment::ProviderOrderRef,
    projection::Projection,
    service::PaymentService,
    status::{Ended, Status},
    store,
    transaction::{Action, Event, State, Transaction},
};
use crate::{
    audit::Actor,
    auth::Websites,
    findings::{self, Finding, FindingCode, FindingSubject, Observation},
    ids::PaymentId,
    integrations::Financing,
    providers::{OrderView, ProviderSnapshot},
    store::{Conn, Tx},
};

/// Maximum number of reads in one sync. Only operations and other processes can change the payment meanwhile.
const ATTEMPTS: u8 = 8;

/// More payments of one order are left to reconciliation.
const MOST_OTHERS: usize = 10;

/// The result of a read.
#[derive(Debug)]
pub struct SyncOutcome {
    /// The payment as it is then.
    pub ledger: Ledger,
    /// Whether the sync changed anything.
    pub changed: bool,
    /// What the ledger does not explain, as it was written.
    pub findings: Vec<Finding>,
}

impl PaymentService {
    /// Reads a payment back now. If the provider cannot be read, the next search is postponed and the error says why.
    pub async fn sync(
        &self,
        id: PaymentId,
        source: Source,
        funded_at: &FundedAt,
    ) -> Result<SyncOutcome, PaymentError> {
        let _held = self.0.locks.lock(id).await;
        let actor = self.actor(source);
        for _ in 0..ATTEMPTS {
            let mut ledger = self.ledger(id).await?;
            let by = Cause {
                source,
                at: actor.at,
            };
            lose_old_calls(&mut ledger, by);
            let lost_calls = ledger.has_moved();
            if lost_calls {
                match self.save(ledger, &actor).await? {
                    Some(saved) => ledger = saved,
                    None => continue,
                }
            }
            let Some(provider_order) = ledger.payment.provider_order.clone() else {
                return Ok(synced(ledger, lost_calls, Vec::new()));
            };
            // Only while an order is searched for.
            let secure_hashes = match provider_order.id {
                Some(_) => Vec::new(),
                None => self.secure_hashes(id).await?,
            };
            let read = self.read_back(&ledger, &provider_order, &secure_hashes);
            let (snapshot, financing) = match read.await {
                Ok(read) => read,
                Err(error) => {
                    self.postpone(ledger, &actor, by).await?;
                    return Err(error);
                }
            };
            let known = Known {
                funded_at,
                secure_hashes: &secure_hashes,
                financing,
            };
            let by = self.cause(source);
            let version = ledger.payment.version;
            let noticed = apply_snapshot::apply_snapshot(&mut ledger, &snapshot, known, by);
            let complete = snapshot.is_complete();
            expire(&mut ledger, &snapshot, by);
            if source == Source::Webhook && !ledger.has_moved() {
                let message = "Read after a webhook; nothing had changed.";
                ledger.note(None, "webhook", false, by, message);
            }
            let reading = PaymentChange::of_reading(&ledger, &actor, &noticed, complete);
            match self.write_change(reading).await {
                Ok(Some(saved)) => {
                    let changed = ledger.has_moved() || lost_calls;
                    return self.read(ledger, changed, saved).await;
                }
                Ok(None) => {}
                Err(PaymentError::NumberTaken) => {
                    rename_adopted(&mut ledger, by);
                    let reading = PaymentChange::of_reading(&ledger, &actor, &noticed, complete);
                    if let Some(saved) = self.write_change(reading).await? {
                        return self.read(ledger, true, saved).await;
                    }
                }
                Err(conflict @ PaymentError::OrderBoundElsewhere) => {
                    let read = (id, version);
                    return self.reported(read, &conflict, &snapshot, noticed, by).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(PaymentError::Contended)
    }

    /// Reads a payment back on request, and the other attempts to pay its order that ended lately: the provider may have
    /// an order for one of them.
    pub async fn sync_attempts(&self, id: PaymentId) -> Result<LoadedPayment, PaymentError> {
        let synced = self.sync(id, Source::Sync, &FundedAt::new()).await?;
        let (payment, since) = (synced.ledger.payment, self.clock().now() - ENDED_FOR);
        if payment.provider_order.is_some() {
            let list = move |conn: &mut Conn| store::list_ended_attempts(conn, &payment, since);
            let ended = self.store().read(list).await?;
            for other in ended.into_iter().take(MOST_OTHERS) {
                if let Err(error) = self.sync(other, Source::Sync, &FundedAt::new()).await {
                    tracing::info!(payment = %other, %error, "an earlier attempt could not be read back");
                }
            }
        }
        self.load(id, &Websites::All).await
    }

    /// The payment's state at the provider, and who finances its invoices.
    async fn read_back(
        &self,
        ledger: &Ledger,
        provider_order: &ProviderOrderRef,
        secure_hashes: &[String],
    ) -> Result<(ProviderSnapshot, Financing), PaymentError> {
        let client = self.client(ledger).await?;
        let (id, number) = (provider_order.id.as_ref(), &provider_order.number);
        let mut snapshot = client.provider().snapshot(id, number).await?;
        // An order that is found for the first time may have invoices already.
        if let OrderView::Candidates(list) = &snapshot.order {
            let ours = apply_snapshot::ours(&ledger.payment, secure_hashes, &list.items);
            if let Some(order) = ours.first() {
                snapshot.invoices = Some(client.provider().invoices(&order.id).await?);
            }
        }
        Ok((snapshot, client.opened.settings.financing))
    }

    /// A payment after a reading was written. Where findings of it may have changed, it is read again.
    async fn read(
        &self,
        ledger: Ledger,
        changed: bool,
        saved: SavedChange,
    ) -> Result<SyncOutcome, PaymentError> {
        let id = ledger.payment.id;
        let mut known = ledger.findings().iter();
        let has_findings = known.any(|it| it.payment_id == Some(id));
        let ledger = match has_findings || !saved.findings.is_empty() {
            true => self.ledger(id).await?,
            false => self.written(ledger, saved.live).await,
        };
        Ok(synced(ledger, changed, saved.findings))
    }

    /// A snapshot that would give one order two payments changes nothing and becomes a finding. Earlier findings are
    /// resolved only if the payment still has the version that was read.
    async fn reported(
        &self,
        (id, version): (PaymentId, i64),
        conflict: &PaymentError,
        snapshot: &ProviderSnapshot,
        mut noticed: Vec<Observation>,
        by: Cause,
    ) -> Result<SyncOutcome, PaymentError> {
        let order = match &snapshot.order {
            OrderView::Bound(order) => Some(order),
            OrderView::Candidates(list) => list.items.first(),
            OrderView::Gone | OrderView::NotRead => None,
        };
        let message = format!("What the provider has was not taken over, because {conflict}.");
        noticed.push(Observation {
            reference: order.map(|order| order.id.to_string()),
            ..Observation::of(FindingCode::OrderConflict, "", message)
        });
        let ledger = self.ledger(id).await?;
        let subject = FindingSubject::Payment(id, ledger.payment.integration_id);
        let complete = snapshot.is_complete();
        let write = move |tx: &mut Tx<'_>| {
            let complete = complete && store::is_at(tx, id, version)?;
            findings::record(tx, subject, &noticed, complete, by.at)
        };
        Ok(SyncOutcome {
            ledger,
            changed: false,
            findings: self.store().write(write).await?,
        })
    }

    /// Postpones the next sync after the provider could not be read.
    async fn postpone(&self, ledger: Ledger, actor: &Actor, by: Cause) -> Result<(), PaymentError> {
        let id = ledger.payment.id;
        let postponed = self.change(ledger, actor, |ledger| {
            for id in ledger.open(|it| it.state == State::Unknown) {
                ledger.edit(id, by.at, |it| it.search.synced(by.at));
            }
        });
        let ledger = postponed.await?;
        // A payment whose order waits at the provider has no next sync and must not get one.
        let has_next = Projection::of(&ledger).next_look_at.is_some();
        if !ledger.is_unsettled() && has_next {
            // Only its expiry is due, which cannot be judged without the provider.
            let (version, until) = (ledger.payment.version, by.at + TimeDelta::minutes(15));
            let write = move |tx: &mut Tx<'_>| store::postpone(tx, id, version, until);
            self.store().write(write).await?;
        }
        Ok(())
    }

    /// The actor of a sync.
    fn actor(&self, source: Source) -> Actor {
        Actor {
            subject: format!("onterms:{}", source.as_str()),
            request_id: None,
            at: self.clock().now(),
        }
    }
}

/// The result of a sync. A payment that counts as live beside the live one of its order is among the findings.
fn synced(ledger: Ledger, changed: bool, mut findings: Vec<Finding>) -> SyncOutcome {
    if Projection::of(&ledger).active && !ledger.payment.live {
        let is_rival = |it: &&Finding| it.code == FindingCode::TwoLivePayments;
        if !findings.iter().any(|it| is_rival(&it)) {
            findings.extend(ledger.findings().iter().filter(is_rival).cloned());
        }
    }
    SyncOutcome {
        ledger,
        changed,
        findings,
    }
}

/// Sets calls to unknown whose time is over without a result.
pub(super) fn lose_old_calls(ledger: &mut Ledger, by: Cause) {
    let is_over = |it: &&Transaction| it.call_until.is_some_and(|until| until <= by.at);
    let over = ledger.transactions().iter().filter(is_over);
    for id in over.map(|it| it.id).collect::<Vec<_>>() {
        ledger.advance(id, Event::Lost, by, "The call ended without a result.");
    }
}

/// Ends an attempt that the buyer did not confirm in time, once the provider is certain to have no order for it.
pub(super) fn expire(ledger: &mut Ledger, snapshot: &ProviderSnapshot, by: Cause) {
    let over = ledger.payment.expires_at.is_some_and(|at| at <= by.at)
        && ledger.status() == Status::Pending;
    let nothing_there = matches!(&snapshot.order, OrderView::Candidates(list) if list.complete);
    let waits = ledger.open_authorization().is_some();
    if over && nothing_there && !waits {
        ledger.edit_payment(by.at, |payment| {
            payment.ended = Some(Ended::Expired);
            payment.expires_at = None;
        });
        let message = "Nobody took the checkout up in time.";
        finish_purchase(ledger, Event::Fails, by, message);
    }
}

/// Numbers adopted invoices by the provider's id, because another payment has their number.
fn rename_adopted(ledger: &mut Ledger, by: Cause) {
    let invoices = ledger.touched().filter(|it| it.action == Action::Invoice);
    let adopted = invoices.filter(|it| it.reference.is_some() && it.created_at == by.at);
    for id in adopted.map(|it| it.id).collect::<Vec<_>>() {
        ledger.edit(id, by.at, |it| {
            it.number = it.reference.as_ref().map(ToString::to_string)
        });
    }
}
