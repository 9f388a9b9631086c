//! Where payments are worked on: reads a ledger, decides on it, writes it back, and calls Apruve in between with nothing
//! held.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{
    answered::answered,
    change::Change,
    error::PaymentError,
    event::Source,
    gateway::{ProviderClient, ProviderRegistry},
    ledger::{Cause, Ledger},
    locks::PaymentLocks,
    store,
};
use crate::{
    audit::Actor,
    auth::Websites,
    clock::Clock,
    findings::Finding,
    idempotency::{self, Key, Once},
    ids::{PaymentId, TransactionId},
    integrations::account::NoAccount,
    providers::{Command, CommandOutcome, Later},
    store::{Conn, Store, StoreError},
    trace,
};

/// Each failure means that somebody else's change got through.
const ATTEMPTS: u8 = 12;

/// The desk; clones share everything.
#[derive(Clone)]
pub struct PaymentService(Arc<Inner>);

struct Inner {
    providers: ProviderRegistry,
    /// After so long a call is certainly over.
    call_lasts: TimeDelta,
    attempt_lasts: TimeDelta,
    locks: PaymentLocks,
}

/// Who asks for something, and under which key.
#[derive(Clone, Debug)]
pub struct CallerContext {
    pub actor: Actor,
    pub key: Key,
    /// The websites that the caller may act for.
    pub websites: Websites,
}

/// What an operation is about to do.
pub struct Intent {
    /// The transaction it is.
    pub transaction: TransactionId,
    /// What Apruve is to be asked, if anything.
    pub command: Option<Command>,
}

impl PaymentService {
    /// `call_lasts` is the longest a call may take, `attempt_lasts` how long a checkout may stay without an order.
    pub fn new(
        providers: ProviderRegistry,
        call_lasts: TimeDelta,
        attempt_lasts: TimeDelta,
    ) -> Self {
        PaymentService(Arc::new(Inner {
            providers,
            call_lasts,
            attempt_lasts,
            locks: PaymentLocks::default(),
        }))
    }

    /// The same desk for work about `topic` that nobody waits for.
    pub fn in_background(&self, topic: &'static str) -> Self {
        let providers = ProviderRegistry {
            store: self.store().in_background(topic),
            ..self.0.providers.clone()
        };
        PaymentService(Arc::new(Inner {
            providers,
            locks: self.0.locks.clone(),
            ..*self.0
        }))
    }

    /// The locks of payments that are read back.
    pub fn locks(&self) -> &PaymentLocks {
        &self.0.locks
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.providers.store
    }

    /// What time it is.
    pub fn clock(&self) -> &Clock {
        &self.0.providers.clock
    }

    /// What opens lines to providers.
    pub fn providers(&self) -> &ProviderRegistry {
        &self.0.providers
    }

    /// How long a checkout may stay without an order.
    pub fn attempt_lasts(&self) -> TimeDelta {
        self.0.attempt_lasts
    }

    /// The line of a payment's integration.
    pub async fn client(&self, ledger: &Ledger) -> Result<ProviderClient, NoAccount> {
        let client = self
            .0
            .providers
            .client(ledger.payment.integration_id)
            .await?;
        Ok(client.about(ledger))
    }

    /// A payment in its current state.
    pub async fn ledger(&self, id: PaymentId) -> Result<Ledger, PaymentError> {
        let found = self
            .store()
            .snapshot(move |conn| store::load(conn, id))
            .await?;
        found.ok_or(PaymentError::NotFound)
    }

    /// After so long a call is certainly over.
    pub fn call_lasts(&self) -> TimeDelta {
        self.0.call_lasts
    }

    /// Decides on a ledger and writes it back; what others wrote meanwhile makes it decide again.
    pub async fn change<T: Send + 'static>(
        &self,
        id: PaymentId,
        actor: &Actor,
        mut act: impl FnMut(&mut Ledger) -> Result<T, PaymentError>,
    ) -> Result<(T, Ledger), PaymentError> {
        for _ in 0..ATTEMPTS {
            let mut ledger = self.ledger(id).await?;
            let value = act(&mut ledger)?;
            if self.save(&ledger, actor).await? {
                return Ok((value, ledger));
            }
        }
        Err(PaymentError::Contended)
    }

    /// Writes a ledger back. False when others wrote meanwhile.
    pub async fn save(&self, ledger: &Ledger, actor: &Actor) -> Result<bool, PaymentError> {
        let written = self.write_change(Change::of(ledger, actor)).await?;
        Ok(written.is_some())
    }

    /// Writes a change, and hands out the findings that were written with it. `None` when others wrote meanwhile.
    pub async fn write_change(&self, change: Change) -> Result<Option<Vec<Finding>>, PaymentError> {
        let credit = change.credit();
        match self.store().write(move |tx| change.write(tx)).await {
            Ok(findings) => {
                if let Some((integration, email)) = credit {
                    self.providers().credit.money_moved(integration, email);
                }
                Ok(Some(findings))
            }
            Err(PaymentError::Contended) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What an earlier request with this key began.
    pub async fn operation_of(
        &self,
        context: &CallerContext,
    ) -> Result<Option<String>, PaymentError> {
        let (key, now) = (context.key.clone(), context.actor.at);
        let peek = move |conn: &mut Conn| idempotency::peek(conn, &key, now);
        self.store().read(peek).await
    }

    /// What a payment was made of, as long as it is kept.
    pub async fn checkout(&self, id: PaymentId) -> Result<Option<store::Checkout>, PaymentError> {
        Ok(self
            .store()
            .read(move |conn| store::find_checkout(conn, id))
            .await?)
    }

    /// The secure hashes that a payment's popup was given.
    pub async fn secure_hashes(&self, id: PaymentId) -> Result<Vec<String>, PaymentError> {
        Ok(self
            .store()
            .read(move |conn| store::list_secure_hashes(conn, id))
            .await?)
    }

    /// Who moves a ledger now.
    pub fn mover(&self, source: Source) -> Cause {
        Cause {
            source,
            at: self.clock().now(),
        }
    }

    /// Begins an operation unless its key was used before. In that case its transaction is returned.
    pub async fn begin(
        &self,
        id: PaymentId,
        context: &CallerContext,
        mut act: impl FnMut(&mut Ledger) -> Result<Intent, PaymentError>,
    ) -> Result<Once<Intent>, PaymentError> {
        for _ in 0..ATTEMPTS {
            let mut ledger = self.ledger(id).await?;
            let begun = match act(&mut ledger) {
                Ok(begun) => begun,
                // It may be the same request, begun a moment ago, that leaves nothing to be done now.
                Err(refused) => {
                    let earlier = self.operation_of(context).await?;
                    return Ok(replayed(&earlier.ok_or(refused)?)?);
                }
            };
            let change = Change::of(&ledger, &context.actor);
            let (key, now) = (context.key.clone(), context.actor.at);
            let transaction = begun.transaction;
            let write = self.store().write(move |tx| {
                idempotency::once(
                    tx,
                    Some(&key),
                    now,
                    |tx| {
                        change.write(tx)?;
                        Ok((transaction.to_string(), transaction.to_string()))
                    },
                    |_, operation| Ok(operation.to_owned()),
                )
            });
            match write.await {
                Ok(once) if once.replayed => return Ok(replayed(&once.value)?),
                Ok(_) => {
                    return Ok(Once {
                        value: begun,
                        replayed: false,
                    });
                }
                Err(PaymentError::Contended) => {}
                Err(error) => return Err(error),
            }
        }
        Err(PaymentError::Contended)
    }

    /// Sends the command of an operation to Apruve, in a task that outlives the request, and stores the result.
    /// Says when the same may be asked again, where only that was in the way.
    pub async fn carry_out(
        &self,
        id: PaymentId,
        client: ProviderClient,
        begun: Intent,
    ) -> Option<Later> {
        let command = begun.command?;
        let service = self.clone();
        let transaction = begun.transaction;
        let task = actix_web::rt::spawn(trace::carried(async move {
            let came = client.perform(command).await;
            let later = match &came {
                CommandOutcome::Later(later) => Some(later.clone()),
                _ => None,
            };
            service.record(id, transaction, came).await;
            later
        }));
        // If it panicked, the search for unfinished calls finds the transaction.
        task.await.ok().flatten()
    }

    /// Writes what came of a call. When that cannot be written, the call's time runs out and it is looked for.
    async fn record(&self, id: PaymentId, transaction: TransactionId, came: CommandOutcome) {
        let by = self.mover(Source::Answer);
        let actor = Actor {
            subject: "apruve".to_owned(),
            request_id: None,
            at: by.at,
        };
        let recorded = self.change(id, &actor, |ledger| {
            answered(ledger, transaction, &came, by);
            Ok(())
        });
        if let Err(error) = recorded.await {
            tracing::error!(%error, payment = %id, %transaction, "the outcome of a call was not written");
        }
    }
}

fn replayed(operation: &str) -> Result<Once<Intent>, StoreError> {
    let transaction = operation.parse();
    let transaction =
        transaction.map_err(|_| StoreError::unreadable("the operation of an idempotency key"))?;
    Ok(Once {
        value: Intent {
            transaction,
            command: None,
        },
        replayed: true,
    })
}
