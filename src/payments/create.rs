//! Begins a payment: the cart is judged again, its totals must add up, and what the buyer is to confirm is made.
//!
//! One attempt stands for an order. The same cart again is handed back the attempt that stands; another cart or method takes
//! its place, as long as nobody has taken it up.

mod admit;
mod again;
mod attempt;
mod judge;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use self::{again::Again, attempt::Attempt, judge::Judged};
use super::{
    apply_snapshot::FundedAt,
    error::PaymentError,
    event::Source,
    gateway::ProviderClient,
    ledger::Ledger,
    on_behalf::Buyer,
    operations::cancel::supersede,
    payment::account_key,
    record::Record,
    reference::Reference,
    service::{CallerContext, Intent, PaymentService},
    store::{self, Live, Written},
    transaction::State,
};
use crate::{
    http::problem::FieldError,
    idempotency,
    ids::{IntegrationId, PaymentId},
    integrations,
    locale::Wanted,
    payment_methods::{MethodType, PaymentMethodId},
    payment_rules::rulebook::RulebookCache,
    providers::Later,
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
pub struct CreateResult {
    pub ledger: Ledger,
    /// Whether this very request began it.
    pub new: bool,
    pub replayed: bool,
    /// The order was not made, and the same request may be sent again later.
    pub later: Option<Later>,
}

impl PaymentService {
    /// Begins a payment, or hands back the one that stands.
    pub async fn create(
        &self,
        rulebooks: &RulebookCache,
        context: &CallerContext,
        new: &NewPayment,
    ) -> Result<CreateResult, PaymentError> {
        let client = match new.method.kind {
            MethodType::Apruve => Some(self.providers().client(new.method.integration).await),
            _ => None,
        };
        check_expiry(new.expires_at, self.clock().now())?;
        let judged = self.judge(rulebooks, new, &context.websites)?;
        let client = client.transpose()?;
        let mut is_admitted = false;
        for _ in 0..ATTEMPTS {
            let (website, order_id) = (new.website.clone(), new.order_id.to_string());
            let find = move |conn: &mut Conn| store::find_live(conn, website.as_deref(), &order_id);
            let existing = match self.store().read(find).await? {
                Some(id) => Some(self.ledger(id).await?),
                None => None,
            };
            let by = self.mover(Source::Caller);
            if let Some(existing) = &existing
                && self.is_same(existing, new, &judged).await?
            {
                match self
                    .make_again(context, new, &judged, client.as_ref(), existing, by)
                    .await
                {
                    Ok(None) => return self.return_existing(context, existing.clone()).await,
                    Ok(Some(Again::Told(earlier))) => return self.told(earlier, true).await,
                    Ok(Some(Again::Intent(begun))) => {
                        return self.start(existing.payment.id, Some(begun), client).await;
                    }
                    Err(PaymentError::Contended) => continue,
                    Err(error) => return Err(error),
                }
            }
            if !is_admitted {
                self.admit(new, &judged).await?;
                is_admitted = true;
            }
            let superseded = match existing {
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
                .attempt(new, &judged, client.as_ref(), account.as_ref(), by)
                .await?;
            match self
                .write(context, new, superseded.as_ref(), &attempt)
                .await
            {
                Ok(Some(earlier)) => return self.told(earlier, true).await,
                Ok(None) => {
                    let client = client.map(|client| client.about(&attempt.ledger));
                    return self
                        .start(attempt.ledger.payment.id, attempt.begun, client)
                        .await;
                }
                Err(PaymentError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(PaymentError::Contended)
    }

    /// What an earlier request with this key began.
    pub async fn created_before(
        &self,
        context: &CallerContext,
    ) -> Result<Option<CreateResult>, PaymentError> {
        match self.operation_of(context).await? {
            Some(operation) => Ok(Some(self.told(parse(&operation)?, true).await?)),
            None => Ok(None),
        }
    }

    async fn told(&self, id: PaymentId, replayed: bool) -> Result<CreateResult, PaymentError> {
        let ledger = self.ledger(id).await?;
        if let Some(authorization) = ledger.authorization() {
            self.replay(id, authorization.id).await?;
        }
        Ok(CreateResult {
            ledger,
            new: false,
            replayed,
            later: None,
        })
    }

    async fn is_same(
        &self,
        existing: &Ledger,
        new: &NewPayment,
        judged: &Judged,
    ) -> Result<bool, PaymentError> {
        if existing.payment.integration_id != new.method.integration {
            return Ok(false);
        }
        let id = existing.payment.id;
        let checkout = self.checkout(id).await?;
        Ok(checkout.is_some_and(|checkout| checkout.digest == judged.digest))
    }

    /// The attempt that stands is what this request's key stands for, too.
    async fn return_existing(
        &self,
        context: &CallerContext,
        ledger: Ledger,
    ) -> Result<CreateResult, PaymentError> {
        let (key, now, id) = (
            context.key.clone(),
            context.actor.at,
            ledger.payment.id.to_string(),
        );
        let remember = move |tx: &mut Tx<'_>| {
            idempotency::once(
                tx,
                Some(&key),
                now,
                |_| Ok::<_, PaymentError>((id, ())),
                |_, _| Ok(()),
            )
        };
        let once = self.store().write(remember).await?;
        Ok(CreateResult {
            ledger,
            new: false,
            replayed: once.replayed,
            later: None,
        })
    }

    /// Writes an attempt, and that it took another's place. An earlier request's payment is told instead.
    async fn write(
        &self,
        context: &CallerContext,
        new: &NewPayment,
        superseded: Option<&Ledger>,
        attempt: &Attempt,
    ) -> Result<Option<PaymentId>, PaymentError> {
        let id = attempt.ledger.payment.id;
        let at = attempt.ledger.payment.created_at;
        let account = attempt
            .ledger
            .payment
            .provider_order
            .as_ref()
            .map(|provider_order| provider_order.account.clone());
        let reconcile_at = account.is_some().then(|| at + TimeDelta::hours(1));
        let (written, record) = (
            Written::new(&attempt.ledger),
            Record::of(&attempt.ledger, &context.actor),
        );
        let before =
            superseded.map(|ledger| (Written::new(ledger), Record::of(ledger, &context.actor)));
        let (checkout, key, integration) = (
            attempt.checkout.clone(),
            context.key.clone(),
            new.method.integration,
        );
        let write = move |tx: &mut Tx<'_>| {
            idempotency::once(
                tx,
                Some(&key),
                at,
                |tx| {
                    if let Some((superseded, record)) = &before {
                        match store::save(tx, superseded)?.ok_or(PaymentError::Contended)? {
                            // What waited for the order holds money.
                            Live::Passed(other) => return Err(PaymentError::AnotherIsLive(other)),
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

    async fn start(
        &self,
        id: PaymentId,
        begun: Option<Intent>,
        client: Option<ProviderClient>,
    ) -> Result<CreateResult, PaymentError> {
        let mut later = None;
        if let (Some(begun), Some(client)) = (begun, client) {
            let transaction = begun.transaction;
            later = self.carry_out(id, client, begun).await;
            let ledger = self.ledger(id).await?;
            let state = ledger.find(transaction).map(|it| it.state);
            if state == Some(State::Pending) {
                // Apruve may have accepted at once; that is read, not believed.
                let _ = self.sync(id, Source::Answer, &FundedAt::new()).await;
            }
        }
        Ok(CreateResult {
            ledger: self.ledger(id).await?,
            new: true,
            replayed: false,
            later,
        })
    }
}

fn check_expiry(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<(), PaymentError> {
    if expires_at.is_none_or(|at| at > now) {
        return Ok(());
    }
    let message = "`expiresAt` must be in the future.";
    Err(PaymentError::Invalid(vec![FieldError::at(
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
) -> Result<(), PaymentError> {
    let integration = integrations::store::find(tx, id)?.filter(|it| it.enabled);
    let Some(integration) = integration else {
        let message = "The method was switched off just now.";
        return Err(PaymentError::NotEligible(
            json!([{ "code": "method_disabled", "rule": null, "message": message }]),
        ));
    };
    let now = integration
        .settings
        .as_provider()
        .map(|settings| account_key(settings.origin(), &settings.merchant_id));
    if now.as_deref() == account {
        Ok(())
    } else {
        Err(PaymentError::Contended)
    }
}

fn parse(operation: &str) -> Result<PaymentId, StoreError> {
    operation
        .parse()
        .map_err(|_| StoreError::unreadable("the operation of an idempotency key"))
}
