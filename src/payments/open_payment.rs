//! A payment that a request works on: read once, changed in memory, written with the intent before a call, and written
//! again with the result.
//!
//! The work runs in a task of its own that starts before the intent is written. A caller that disconnects, at any moment,
//! leaves no intent whose call was never sent.

use chrono::{DateTime, Utc};

use super::{
    answered::answered,
    apply_snapshot::FundedAt,
    change::PaymentChange,
    error::PaymentError,
    event::Source,
    gateway::ProviderClient,
    ledger::{Cause, Ledger},
    loaded_payment::{LoadedPayment, PaymentRows},
    operations::{Operation, OperationStart, invoice},
    reference::Reference,
    service::{ATTEMPTS, CallerContext, Intent, PaymentService, read_operation},
    store,
    transaction::Transaction,
};
use crate::{
    http::problem::Problem,
    idempotency::{self, Key, KeyReused},
    ids::{IntegrationId, PaymentId, TransactionId},
    integrations::account::{NoAccount, SealedAccount},
    providers::{CommandOutcome, Later},
    store::{Conn, StoreError, Tx},
    trace,
};

/// A payment that a request works on.
pub struct OpenPayment {
    pub(super) service: PaymentService,
    pub(super) context: CallerContext,
    pub(super) payment: LoadedPayment,
    /// What an earlier request with the same key began.
    pub(super) earlier: Result<Option<TransactionId>, KeyReused>,
    pub(super) account: Option<Result<SealedAccount, NoAccount>>,
    pub(super) client: Option<ProviderClient>,
}

/// What was done to a payment.
#[derive(Clone, Debug)]
pub struct Performed {
    /// The transaction that the operation is.
    pub transaction: TransactionId,
    /// Whether an earlier request did it.
    pub replayed: bool,
    /// Whether that request had another key and was recognised by the shop's own reference for the operation.
    pub repeated: bool,
    /// Nothing was done, and the same request may be sent again later.
    pub later: Option<Later>,
}

/// The result of an operation, and the payment after it.
#[derive(Debug)]
pub struct OperationResult {
    pub payment: LoadedPayment,
    pub performed: Performed,
}

impl OperationResult {
    /// The payment's ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.payment.ledger
    }

    /// The transaction that the operation is.
    pub fn transaction(&self) -> Result<&Transaction, PaymentError> {
        let transaction = self.ledger().find(self.performed.transaction);
        transaction.ok_or(PaymentError::NoTransaction)
    }
}

impl PaymentService {
    /// Reads a payment for a request that is to change it.
    pub async fn open(
        &self,
        id: PaymentId,
        context: CallerContext,
    ) -> Result<OpenPayment, PaymentError> {
        let (key, now) = (context.key.clone(), context.actor.at);
        let websites = context.websites.clone();
        let read = move |conn: &mut Conn| {
            let rows = PaymentRows::of_websites(conn, id, &websites)?;
            let earlier = match idempotency::peek::<PaymentError>(conn, &key, now) {
                // A key of these routes always belongs to a transaction.
                Ok(operation) => Ok(operation.and_then(|operation| operation.parse().ok())),
                Err(PaymentError::KeyReused(reused)) => Err(reused),
                Err(error) => return Err(error),
            };
            let payment = &rows.ledger.payment;
            let needs_account = payment.provider_order.is_some() && matches!(earlier, Ok(None));
            let account = match needs_account {
                true => Some(find_account(conn, payment.integration_id)?),
                false => None,
            };
            Ok::<_, PaymentError>((rows, earlier, account))
        };
        let (rows, earlier, account) = self.store().snapshot(read).await?;
        Ok(OpenPayment {
            payment: self.unseal(rows)?,
            service: self.clone(),
            context,
            earlier,
            account,
            client: None,
        })
    }

    /// The start of an operation with this cause.
    pub(super) fn start(&self, by: Cause) -> OperationStart {
        OperationStart {
            by,
            call_until: by.at + self.0.call_lasts,
        }
    }
}

impl OpenPayment {
    /// The payment as it is now.
    pub fn ledger(&self) -> &Ledger {
        &self.payment.ledger
    }

    /// What an earlier request with the same key began.
    pub fn earlier(&self) -> Result<Option<TransactionId>, PaymentError> {
        Ok(self.earlier?)
    }

    /// Does one operation, once for the request's key.
    pub async fn operate(self, operation: impl Operation) -> Result<OperationResult, PaymentError> {
        self.once(async move |payment| {
            payment.ready().await?;
            payment.run(operation).await
        })
        .await
    }

    /// Does the work of a request, unless an earlier request with its key did it.
    pub async fn once(
        self,
        work: impl AsyncFnOnce(&mut OpenPayment) -> Result<Performed, PaymentError> + 'static,
    ) -> Result<OperationResult, PaymentError> {
        let Some(earlier) = self.earlier()? else {
            return self.detached(work).await;
        };
        let performed = self.replay(earlier)?;
        Ok(self.into_result(performed))
    }

    /// Works in a task that continues when the caller disconnects.
    pub(super) async fn detached(
        mut self,
        work: impl AsyncFnOnce(&mut OpenPayment) -> Result<Performed, PaymentError> + 'static,
    ) -> Result<OperationResult, PaymentError> {
        let task = actix_web::rt::spawn(trace::carried(async move {
            let performed = work(&mut self).await?;
            Ok(self.into_result(performed))
        }));
        // After a panic, the search for unfinished calls finds what was begun.
        task.await.map_err(Problem::internal)?
    }

    pub(super) fn into_result(self, performed: Performed) -> OperationResult {
        OperationResult {
            payment: self.payment,
            performed,
        }
    }

    /// Reads back what is unknown before anything new is begun, and opens the account.
    pub async fn ready(&mut self) -> Result<(), PaymentError> {
        if self.ledger().payment.provider_order.is_none() {
            return Ok(());
        }
        if self.ledger().is_unsettled()
            && let Err(error) = self.sync(Source::Recovery).await
        {
            // The new operation is then decided on the stored state.
            tracing::info!(payment = %self.ledger().payment.id, %error, "what is unknown could not be read back");
            self.reload().await?;
        }
        self.client().await.map(drop)
    }

    /// Reads the payment back at its provider.
    pub async fn sync(&mut self, source: Source) -> Result<(), PaymentError> {
        let id = self.ledger().payment.id;
        let synced = self.service.sync(id, source, &FundedAt::new()).await?;
        self.payment.ledger = synced.ledger;
        Ok(())
    }

    /// The account at the payment's provider.
    pub async fn client(&mut self) -> Result<&ProviderClient, PaymentError> {
        let client = match (self.client.take(), self.account.take()) {
            (Some(client), _) => client,
            (None, Some(account)) => {
                let registry = self.service.providers();
                let client = registry.opened(account?.open(&registry.sealer)?);
                client.about(&self.payment.ledger)
            }
            (None, None) => self.service.client(&self.payment.ledger).await?,
        };
        Ok(self.client.insert(client))
    }

    async fn reload(&mut self) -> Result<(), PaymentError> {
        self.payment.ledger = self.service.ledger(self.ledger().payment.id).await?;
        Ok(())
    }

    /// An earlier operation in its current state. Refused while the call of its first request is under way.
    pub fn replay(&self, transaction: TransactionId) -> Result<Performed, PaymentError> {
        if let Some(found) = self.ledger().find(transaction) {
            check_answered(found, self.service.clock().now())?;
        }
        Ok(Performed {
            transaction,
            replayed: true,
            repeated: false,
            later: None,
        })
    }

    /// Does an operation, once for the request's key.
    pub async fn run(&mut self, operation: impl Operation) -> Result<Performed, PaymentError> {
        let key = self.context.key.clone();
        self.run_step(&key, operation).await
    }

    /// Does an operation, once for a key: writes what is about to be done, sends the command, and writes the result.
    pub async fn run_step(
        &mut self,
        key: &Key,
        mut operation: impl Operation,
    ) -> Result<Performed, PaymentError> {
        let start = self.service.start(self.service.cause(Source::Caller));
        for _ in 0..ATTEMPTS {
            let mut ledger = self.ledger().clone();
            let (intent, repeated) = match decide(&operation, &mut ledger, start) {
                Ok(decided) => decided,
                // The same request may have begun it a moment ago, so that nothing is left to be done now.
                Err(refused) => {
                    let earlier = self.service.operation_of(key, self.context.actor.at);
                    let earlier = earlier.await?.ok_or(refused)?;
                    self.reload().await?;
                    return self.replay(earlier);
                }
            };
            let transaction = intent.transaction;
            match self.begin(key, ledger, transaction).await {
                Ok(Some(earlier)) => {
                    self.reload().await?;
                    return self.replay(earlier);
                }
                Ok(None) if repeated => {
                    return Ok(Performed {
                        repeated,
                        ..self.replay(transaction)?
                    });
                }
                Ok(None) => return Ok(self.carry_out(intent).await),
                Err(PaymentError::Contended) => self.reload().await?,
                Err(PaymentError::NumberTaken) => {
                    let free = self.free_number().await?;
                    if !operation.renumber(free) {
                        return Err(PaymentError::NumberTaken);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(PaymentError::Contended)
    }

    /// Writes what is about to be done, under the request's key; or returns what an earlier request with the key began.
    async fn begin(
        &mut self,
        key: &Key,
        ledger: Ledger,
        transaction: TransactionId,
    ) -> Result<Option<TransactionId>, PaymentError> {
        let change = PaymentChange::of(&ledger, &self.context.actor);
        let credit = change.credit.clone();
        let (key, now) = (key.clone(), self.context.actor.at);
        let write = self.service.store().write(move |tx| {
            let act = |tx: &mut Tx<'_>| Ok::<_, PaymentError>(Ok(change.write(tx)?.live));
            let operation = transaction.to_string();
            idempotency::once_as(tx, &key, &operation, now, act, |_, earlier| {
                Ok(Err(earlier.to_owned()))
            })
        });
        match write.await?.value {
            Ok(live) => {
                self.service.credit_moved(credit);
                self.payment.ledger = self.service.written(ledger, live).await;
                Ok(None)
            }
            Err(operation) => Ok(Some(read_operation(&operation)?)),
        }
    }

    /// The first free one of our numbers for the payment's next invoice. A shop may use numbers like ours.
    async fn free_number(&self) -> Result<Reference, PaymentError> {
        let ledger = self.ledger().clone();
        let find = move |conn: &mut Conn| {
            for number in invoice::own_numbers(&ledger) {
                if !store::is_number_taken(conn, ledger.payment.integration_id, &number)? {
                    return Ok(number);
                }
            }
            Err(PaymentError::NumberTaken)
        };
        self.service.store().read(find).await
    }

    /// Sends the command of an operation and writes the result.
    pub(super) async fn carry_out(&mut self, intent: Intent) -> Performed {
        let mut later = None;
        if let (Some(command), Some(client)) = (intent.command, &self.client) {
            let outcome = client.provider().perform(command).await;
            self.record(intent.transaction, &outcome).await;
            if let CommandOutcome::Later(why) = outcome {
                later = Some(why);
            }
        }
        Performed {
            transaction: intent.transaction,
            replayed: false,
            repeated: false,
            later,
        }
    }

    /// Writes the result of a call. When that cannot be written, the call's time runs out and it is searched for.
    async fn record(&mut self, transaction: TransactionId, outcome: &CommandOutcome) {
        let by = self.service.cause(Source::Answer);
        let actor = self.service.provider_actor(self.ledger(), by.at);
        let ledger = self.ledger().clone();
        let recorded = self.service.change(ledger, &actor, |ledger| {
            answered(ledger, transaction, outcome, by);
        });
        match recorded.await {
            Ok(ledger) => self.payment.ledger = ledger,
            Err(error) => {
                let payment = self.ledger().payment.id;
                tracing::error!(%error, %payment, %transaction, "the outcome of a call was not written");
            }
        }
    }
}

/// The account of an integration, or why it has none.
pub(super) fn find_account(
    conn: &mut Conn,
    integration: IntegrationId,
) -> Result<Result<SealedAccount, NoAccount>, StoreError> {
    match SealedAccount::find(conn, integration) {
        Err(NoAccount::Store(error)) => Err(error),
        found => Ok(found),
    }
}

/// The intent of an operation, and whether it repeats an earlier one with the same reference of the shop.
fn decide(
    operation: &impl Operation,
    ledger: &mut Ledger,
    start: OperationStart,
) -> Result<(Intent, bool), PaymentError> {
    match operation.earlier(ledger)? {
        Some(transaction) => Ok((Intent::without_command(transaction), true)),
        None => Ok((operation.begin(ledger, start)?, false)),
    }
}

/// Refuses with 409 while the call of an operation's first request is under way.
pub(super) fn check_answered(it: &Transaction, now: DateTime<Utc>) -> Result<(), PaymentError> {
    match it.call_until.filter(|until| *until > now) {
        Some(until) => Err(idempotency::still_running(until, now).into()),
        None => Ok(()),
    }
}
