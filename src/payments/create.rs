//! Begins a payment: the cart is judged again, its totals must add up, and what the buyer is to confirm is made.
//!
//! One attempt stands for an order. The same cart again is handed back the attempt that stands; another cart or method takes
//! its place, as long as nobody has taken it up.

mod again;
mod attempt;
mod judge;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use self::{again::Again, attempt::Attempt, judge::Judged};
use super::{
    desk::{Asked, Begun, Desk},
    gateway::Line,
    happening::Source,
    heed::FundedAt,
    ledger::Ledger,
    not_done::NotDone,
    on_behalf::Buyer,
    operations::cancel::supersede,
    payment::account_key,
    record::Record,
    reference::Reference,
    store::{self, Live, Written},
    transaction::State,
};
use crate::{
    apruve::Later,
    idempotency,
    ids::{IntegrationId, PaymentId},
    integrations,
    locale::Wanted,
    payment_methods::{MethodType, PaymentMethodId},
    payment_rules::rulebook::Keeper,
    problem::FieldError,
    store::{Conn, StoreError, Tx},
};

/// Each failure means that somebody else began a payment for the same order.
const ATTEMPTS: u8 = 8;

/// What a caller asks to be paid.
#[derive(Clone, Debug)]
pub struct NewPayment {
    pub method: PaymentMethodId,
    pub order_id: Reference,
    pub website: Option<String>,
    pub po_number: Option<Reference>,
    /// The cart's JSON, with its website.
    pub cart: String,
    /// The languages that the buyer reads; none for the shop's default.
    pub languages: Wanted,
    /// When an offline sale is to be paid, where the caller says so.
    pub due: Option<DueDate>,
    /// When Apruve's order expires, where the caller says so.
    pub expires_at: Option<DateTime<Utc>>,
    /// Who a sales rep orders for; without one, the buyer confirms at Apruve.
    pub buyer: Option<Buyer>,
}

/// When a sale is to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueDate {
    At(DateTime<Utc>),
    /// So many days after the payment begins.
    NetDays(u16),
}

impl DueDate {
    /// The moment it is, for a payment that begins at `start`.
    pub fn counted_from(self, start: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            DueDate::At(at) => at,
            DueDate::NetDays(days) => start + TimeDelta::days(days.into()),
        }
    }
}

/// What became of it.
#[derive(Debug)]
pub struct Created {
    pub ledger: Ledger,
    /// Whether this very request began it.
    pub new: bool,
    pub replayed: bool,
    /// The order was not made, and the same request may be sent again later.
    pub later: Option<Later>,
}

impl Desk {
    /// Begins a payment, or hands back the one that stands.
    pub async fn create(
        &self,
        keeper: &Keeper,
        asked: &Asked,
        new: &NewPayment,
    ) -> Result<Created, NotDone> {
        let line = match new.method.kind {
            MethodType::Apruve => Some(self.exchange().line(new.method.integration).await),
            _ => None,
        };
        check_expiry(new.expires_at, self.clock().now())?;
        let judged = self.judge(keeper, new)?;
        let line = line.transpose()?;
        for _ in 0..ATTEMPTS {
            let (website, order_id) = (new.website.clone(), new.order_id.to_string());
            let find = move |conn: &mut Conn| store::find_live(conn, website.as_deref(), &order_id);
            let standing = match self.store().read(find).await? {
                Some(id) => Some(self.ledger(id).await?),
                None => None,
            };
            let by = self.mover(Source::Caller);
            if let Some(standing) = &standing
                && self.is_same(standing, new, &judged).await?
            {
                match self
                    .make_again(asked, new, &judged, line.as_ref(), standing, by)
                    .await
                {
                    Ok(None) => return self.hand_back(asked, standing.clone()).await,
                    Ok(Some(Again::Told(earlier))) => return self.told(earlier, true).await,
                    Ok(Some(Again::Begun(begun))) => {
                        return self.go_on(standing.payment.id, Some(begun), line).await;
                    }
                    Err(NotDone::Contended) => continue,
                    Err(error) => return Err(error),
                }
            }
            let superseded = match standing {
                Some(mut ledger) => {
                    supersede(&mut ledger, by)?;
                    Some(ledger)
                }
                None => None,
            };
            let account = match &new.buyer {
                Some(buyer) => Some(
                    self.account_of(new.method, buyer, judged.totals.total())
                        .await?,
                ),
                None => None,
            };
            let attempt = self
                .attempt(new, &judged, line.as_ref(), account.as_ref(), by)
                .await?;
            match self.write(asked, new, superseded.as_ref(), &attempt).await {
                Ok(Some(earlier)) => return self.told(earlier, true).await,
                Ok(None) => {
                    let line = line.map(|line| line.about(&attempt.ledger));
                    return self
                        .go_on(attempt.ledger.payment.id, attempt.begun, line)
                        .await;
                }
                Err(NotDone::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(NotDone::Contended)
    }

    /// What an earlier request with this key began.
    pub async fn created_before(&self, asked: &Asked) -> Result<Option<Created>, NotDone> {
        match self.operation_of(asked).await? {
            Some(operation) => Ok(Some(self.told(parse(&operation)?, true).await?)),
            None => Ok(None),
        }
    }

    async fn told(&self, id: PaymentId, replayed: bool) -> Result<Created, NotDone> {
        let ledger = self.ledger(id).await?;
        if let Some(authorization) = ledger.authorization() {
            self.told_again(id, authorization.id).await?;
        }
        Ok(Created {
            ledger,
            new: false,
            replayed,
            later: None,
        })
    }

    async fn is_same(
        &self,
        standing: &Ledger,
        new: &NewPayment,
        judged: &Judged,
    ) -> Result<bool, NotDone> {
        if standing.payment.integration_id != new.method.integration {
            return Ok(false);
        }
        let id = standing.payment.id;
        let checkout = self.checkout(id).await?;
        Ok(checkout.is_some_and(|checkout| checkout.digest == judged.digest))
    }

    /// The attempt that stands is what this request's key stands for, too.
    async fn hand_back(&self, asked: &Asked, ledger: Ledger) -> Result<Created, NotDone> {
        let (key, now, id) = (
            asked.key.clone(),
            asked.actor.at,
            ledger.payment.id.to_string(),
        );
        let remember = move |tx: &mut Tx<'_>| {
            idempotency::once(
                tx,
                Some(&key),
                now,
                |_| Ok::<_, NotDone>((id, ())),
                |_, _| Ok(()),
            )
        };
        let once = self.store().write(remember).await?;
        Ok(Created {
            ledger,
            new: false,
            replayed: once.replayed,
            later: None,
        })
    }

    /// Writes an attempt, and that it took another's place. An earlier request's payment is told instead.
    async fn write(
        &self,
        asked: &Asked,
        new: &NewPayment,
        superseded: Option<&Ledger>,
        attempt: &Attempt,
    ) -> Result<Option<PaymentId>, NotDone> {
        let id = attempt.ledger.payment.id;
        let at = attempt.ledger.payment.created_at;
        let account = attempt
            .ledger
            .payment
            .place
            .as_ref()
            .map(|place| place.account.clone());
        let reconcile_at = account.is_some().then(|| at + TimeDelta::hours(1));
        let (written, record) = (
            Written::new(&attempt.ledger),
            Record::of(&attempt.ledger, &asked.actor),
        );
        let before =
            superseded.map(|ledger| (Written::new(ledger), Record::of(ledger, &asked.actor)));
        let (checkout, key, integration) = (
            attempt.checkout.clone(),
            asked.key.clone(),
            new.method.integration,
        );
        let write = move |tx: &mut Tx<'_>| {
            idempotency::once(
                tx,
                Some(&key),
                at,
                |tx| {
                    if let Some((superseded, record)) = &before {
                        match store::save(tx, superseded)?.ok_or(NotDone::Contended)? {
                            // What waited for the order holds money.
                            Live::Passed(other) => return Err(NotDone::AnotherIsLive(other)),
                            Live::Same | Live::Waits | Live::Settled => record.write(tx)?,
                        }
                    }
                    store::insert(tx, &written, reconcile_at)?;
                    store::insert_checkout(tx, id, &checkout)?;
                    check_integration(tx, integration, account.as_deref())?;
                    record.write(tx)?;
                    Ok((id.to_string(), None))
                },
                |_, operation| Ok(Some(parse(operation)?)),
            )
        };
        Ok(self.store().write(write).await?.value)
    }

    async fn go_on(
        &self,
        id: PaymentId,
        begun: Option<Begun>,
        line: Option<Line>,
    ) -> Result<Created, NotDone> {
        let mut later = None;
        if let (Some(begun), Some(line)) = (begun, line) {
            let transaction = begun.transaction;
            later = self.carry_out(id, line, begun).await;
            let ledger = self.ledger(id).await?;
            let state = ledger.find(transaction).map(|it| it.state);
            if state == Some(State::Pending) {
                // Apruve may have accepted at once; that is read, not believed.
                let _ = self.look(id, Source::Answer, &FundedAt::new()).await;
            }
        }
        Ok(Created {
            ledger: self.ledger(id).await?,
            new: true,
            replayed: false,
            later,
        })
    }
}

fn check_expiry(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), NotDone> {
    if expires_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    let message = "`expiresAt` must be in the future.";
    Err(NotDone::Invalid(vec![FieldError::at(
        "/expiresAt",
        "past",
        message,
    )]))
}

/// An integration that was deleted, switched off or moved meanwhile takes no new payment. The row is read after the payment
/// was inserted, which keeps it from being deleted until this is committed.
fn check_integration(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    account: Option<&str>,
) -> Result<(), NotDone> {
    let integration = integrations::store::find(tx, id)?.filter(|it| it.enabled);
    let Some(integration) = integration else {
        let message = "The method was switched off just now.";
        return Err(NotDone::NotEligible(
            json!([{ "code": "method_disabled", "rule": null, "message": message }]),
        ));
    };
    let now = integration
        .settings
        .as_apruve()
        .map(|settings| account_key(settings.origin(), &settings.merchant_id));
    if now.as_deref() == account {
        Ok(())
    } else {
        Err(NotDone::Contended)
    }
}

fn parse(operation: &str) -> Result<PaymentId, StoreError> {
    operation
        .parse()
        .map_err(|_| StoreError::unreadable("the operation of an idempotency key"))
}
