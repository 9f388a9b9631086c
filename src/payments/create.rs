//! Begins a payment: the rules are evaluated again, the totals of the cart must add up, and the order that the buyer is to
//! confirm is made.
//!
//! An order has one live attempt. The same cart again returns it; another cart or method replaces it, as long as the buyer
//! has not confirmed it.

mod again;
mod at_once;
mod attempt;
mod judge;
mod new_payment;

use chrono::{DateTime, Utc};
use serde_json::json;

pub use self::new_payment::{DueDate, NewPayment};
use self::{attempt::NewAttempt, judge::JudgedCart};
use super::{
    error::PaymentError,
    event::Source,
    gateway::ProviderClient,
    ledger::Ledger,
    loaded_payment::{LoadedPayment, PaymentRows},
    on_behalf::account_of,
    open_payment::{OpenPayment, check_answered, find_account},
    operations::cancel::supersede,
    record::Record,
    service::{CallerContext, Intent, PaymentService, read_operation},
    store::{self, Live, Written},
    transaction::State,
};
use crate::{
    findings::Finding,
    http::problem::{FieldError, Problem},
    idempotency,
    ids::{IntegrationId, PaymentId},
    integrations::{
        self,
        account::{NoAccount, SealedAccount},
    },
    payment_rules::rulebook::RulebookCache,
    providers::{AccountKey, Later, OrderBuyer},
    store::{Conn, Tx},
    trace,
};

/// Maximum number of attempts. Each failure means that another request began a payment for the same order.
const ATTEMPTS: u8 = 8;

/// The result of a request that begins a payment.
#[derive(Debug)]
pub struct CreateResult {
    pub payment: LoadedPayment,
    /// Whether this request began the payment.
    pub new: bool,
    pub replayed: bool,
    /// The order was not made, and the same request may be sent again later.
    pub later: Option<Later>,
}

/// The rows that exist before a payment begins, read in one snapshot.
struct ExistingPayments {
    /// The payment that an earlier request with the same key began.
    earlier: Option<PaymentRows>,
    /// The account of a method with a provider; `None` for an offline method.
    account: Option<Result<SealedAccount, NoAccount>>,
    /// The live attempt of the order.
    live: Option<PaymentRows>,
    /// The open findings of all attempts to pay the order.
    findings: Vec<Finding>,
}

/// A request that begins a payment, once the rules allow it.
struct Creation {
    service: PaymentService,
    context: CallerContext,
    new: NewPayment,
    judged: JudgedCart,
}

impl PaymentService {
    /// Begins a payment, or returns the live one of the order.
    pub async fn create(
        &self,
        rulebooks: &RulebookCache,
        context: CallerContext,
        new: NewPayment,
    ) -> Result<CreateResult, PaymentError> {
        let judged = check_moments(&new, self.clock().now())
            .and_then(|()| self.judge(rulebooks, &new, &context.websites));
        let judged = match judged {
            Ok(judged) => judged,
            // The request may have begun its payment when the rules still allowed it.
            Err(refused) => {
                let earlier = self.find_for(&context, &new).await?.earlier;
                return self.replayed(earlier.ok_or(refused)?);
            }
        };
        let creation = Creation {
            service: self.clone(),
            context,
            new,
            judged,
        };
        // The task continues when the caller disconnects, so that every intent that is written is also sent.
        let task = actix_web::rt::spawn(trace::carried(creation.run()));
        task.await.map_err(Problem::internal)?
    }

    async fn find_for(
        &self,
        context: &CallerContext,
        new: &NewPayment,
    ) -> Result<ExistingPayments, PaymentError> {
        let (key, now, method) = (context.key.clone(), context.actor.at, new.method);
        let (website, order_id) = (new.website.clone(), new.order_id.to_string());
        let find = move |conn: &mut Conn| {
            let earlier = idempotency::peek::<PaymentError>(conn, &key, now)?;
            let earlier = earlier.map(|it| rows_of(conn, read_operation(&it)?));
            let mut found = ExistingPayments {
                earlier: earlier.transpose()?,
                account: None,
                live: None,
                findings: Vec::new(),
            };
            if found.earlier.is_some() {
                return Ok(found);
            }
            if method.kind.has_provider() {
                found.account = Some(find_account(conn, method.integration)?);
            }
            let live = store::find_live(conn, website.as_deref(), &order_id)?;
            found.live = live.map(|id| rows_of(conn, id)).transpose()?;
            found.findings = store::list_findings(conn, &order_id, website.as_deref())?;
            Ok(found)
        };
        self.store().snapshot(find).await
    }

    /// The payment that an earlier request with the same key began.
    fn replayed(&self, earlier: PaymentRows) -> Result<CreateResult, PaymentError> {
        if let Some(authorization) = earlier.ledger.authorization() {
            check_answered(authorization, self.clock().now())?;
        }
        Ok(CreateResult {
            payment: self.unseal(earlier)?,
            new: false,
            replayed: true,
            later: None,
        })
    }
}

impl Creation {
    async fn run(self) -> Result<CreateResult, PaymentError> {
        if let Some(begun) = self.at_once().await? {
            return Ok(begun);
        }
        let mut is_admitted = false;
        for _ in 0..ATTEMPTS {
            let mut found = self.service.find_for(&self.context, &self.new).await?;
            if let Some(earlier) = found.earlier.take() {
                return self.service.replayed(earlier);
            }
            let account = found.account.take().transpose()?;
            if let Some(account) = &account {
                self.service.0.known_accounts.keep(account);
            }
            let client = self.client(account)?;
            match self.begin(found, client, &mut is_admitted).await {
                Err(PaymentError::Contended) => {}
                begun => return begun,
            }
        }
        Err(PaymentError::Contended)
    }

    /// The client of the method's account, where it has one.
    fn client(&self, account: Option<SealedAccount>) -> Result<Option<ProviderClient>, NoAccount> {
        let registry = self.service.providers();
        let opened = account.map(|account| account.open(&registry.sealer));
        Ok(opened.transpose()?.map(|opened| registry.opened(opened)))
    }

    async fn begin(
        &self,
        found: ExistingPayments,
        client: Option<ProviderClient>,
        is_admitted: &mut bool,
    ) -> Result<CreateResult, PaymentError> {
        let by = self.service.cause(Source::Caller);
        let mut superseded = match found.live {
            Some(existing) if self.is_same(&existing) => {
                let existing = self.service.unseal(existing)?;
                return self.again(existing, client, by).await;
            }
            live => live.map(|it| it.ledger),
        };
        if !*is_admitted {
            self.service.admit(&self.new, &self.judged).await?;
            *is_admitted = true;
        }
        if let Some(ledger) = &mut superseded {
            supersede(ledger, by)?;
        }
        let account = self.account(client.as_ref()).await?;
        let number = self.free_attempt(client.as_ref()).await?;
        let attempt = self.attempt(client.as_ref(), account.as_ref(), by, number)?;
        if let Some(earlier) = self.write(superseded.as_ref(), &attempt).await? {
            return self.service.replayed(earlier);
        }
        let payment = attempt.payment.written(found.findings);
        self.start(payment, attempt.intent, client).await
    }

    /// Whether an attempt is over the same cart and method.
    fn is_same(&self, existing: &PaymentRows) -> bool {
        let checkout = existing.checkout.as_ref();
        existing.ledger.payment.integration_id == self.new.method.integration
            && checkout.is_some_and(|checkout| checkout.digest == self.judged.digest)
    }

    /// The company that an order on behalf of a buyer is made for.
    async fn account(
        &self,
        client: Option<&ProviderClient>,
    ) -> Result<Option<OrderBuyer>, PaymentError> {
        let Some(buyer) = &self.new.buyer else {
            return Ok(None);
        };
        let client = client.ok_or_else(|| {
            let message =
                "The method is offline; an order on behalf of a buyer is made with a provider.";
            let error = FieldError::at("/paymentMethodId", "offline_method", message);
            PaymentError::Refused(Problem::invalid(vec![error]))
        })?;
        let account = account_of(client, buyer, self.judged.totals.total());
        account.await.map(Some)
    }

    /// Writes an attempt and the end of the superseded one; or returns the payment of an earlier request with the same
    /// key.
    async fn write(
        &self,
        superseded: Option<&Ledger>,
        attempt: &NewAttempt,
    ) -> Result<Option<PaymentRows>, PaymentError> {
        let actor = &self.context.actor;
        let payment = &attempt.payment.ledger.payment;
        let (id, at) = (payment.id, payment.created_at);
        let account = payment.provider_order.as_ref().map(|it| it.account.clone());
        let rows_of_ledger = |ledger: &Ledger| (Written::new(ledger), Record::of(ledger, actor));
        let (written, record) = rows_of_ledger(&attempt.payment.ledger);
        let before = superseded.map(rows_of_ledger);
        let (checkout, key) = (attempt.checkout.clone(), self.context.key.clone());
        let integration = self.new.method.integration;
        let write = move |tx: &mut Tx<'_>| {
            let act = |tx: &mut Tx<'_>| {
                if let Some((superseded, record)) = &before {
                    match store::save(tx, superseded)?.ok_or(PaymentError::Contended)? {
                        // The payment that became live instead holds money.
                        Live::Passed(other) => return Err(PaymentError::AnotherIsLive(other)),
                        Live::Same | Live::Waits | Live::Settled => record.write(tx)?,
                    }
                }
                store::insert(tx, &written)?;
                store::insert_checkout(tx, id, &checkout)?;
                check_integration(tx, integration, account.as_ref())?;
                record.write(tx)?;
                Ok(None)
            };
            idempotency::once_as(tx, &key, &id.to_string(), at, act, |tx, operation| {
                Ok(Some(rows_of(tx.conn(), read_operation(operation)?)?))
            })
        };
        Ok(self.service.store().write(write).await?.value)
    }

    /// Sends the order, where it is made without the buyer.
    async fn start(
        &self,
        payment: LoadedPayment,
        intent: Option<Intent>,
        client: Option<ProviderClient>,
    ) -> Result<CreateResult, PaymentError> {
        let mut payment = OpenPayment {
            service: self.service.clone(),
            context: self.context.clone(),
            earlier: Ok(None),
            account: None,
            client: client.map(|client| client.about(&payment.ledger)),
            payment,
        };
        let mut later = None;
        if let Some(intent) = intent {
            let performed = payment.carry_out(intent).await;
            later = performed.later;
            let made = payment.ledger().find(performed.transaction);
            if made.is_some_and(|it| it.state == State::Pending)
                // The provider may have accepted at once; that is read, not taken from the answer.
                && let Err(error) = payment.sync(Source::Answer).await
            {
                tracing::info!(payment = %payment.ledger().payment.id, %error, "a new order could not be read back");
            }
        }
        Ok(CreateResult {
            payment: payment.payment,
            new: true,
            replayed: false,
            later,
        })
    }
}

fn rows_of(conn: &mut Conn, id: PaymentId) -> Result<PaymentRows, PaymentError> {
    PaymentRows::find(conn, id)?.ok_or(PaymentError::NotFound)
}

/// Refuses moments that are over. A repeated request must get its payment all the same, so they are not refused while the
/// body is read.
fn check_moments(new: &NewPayment, now: DateTime<Utc>) -> Result<(), PaymentError> {
    let mut errors = Vec::new();
    if new.expires_at.is_some_and(|at| at <= now) {
        let message = "`expiresAt` must be in the future.";
        errors.push(FieldError::at("/expiresAt", "past", message));
    }
    if let Some(DueDate::At(past)) = new.due
        && past < now
    {
        let message = format!("`dueAt` must not be in the past; {past} is.");
        errors.push(FieldError::at("/dueAt", "past", message));
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(PaymentError::Invalid(errors)),
    }
}

/// An integration that was deleted, switched off or moved meanwhile takes no new payment. The row is read after the payment
/// was inserted, which keeps it from being deleted until this is committed.
fn check_integration(
    tx: &mut Tx<'_>,
    id: IntegrationId,
    account: Option<&AccountKey>,
) -> Result<(), PaymentError> {
    let integration = integrations::store::find(tx, id)?.filter(|it| it.enabled);
    let Some(integration) = integration else {
        let message = "The method was switched off just now.";
        let reason = json!({ "code": "method_disabled", "rule": null, "message": message });
        return Err(PaymentError::NotEligible(json!([reason])));
    };
    let settings = integration.settings.as_provider();
    let now = settings.map(|it| AccountKey::new(it.origin(), &it.merchant_id));
    match now.as_ref() == account {
        true => Ok(()),
        false => Err(PaymentError::Contended),
    }
}
