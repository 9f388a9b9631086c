//! The three steps of an operation: the intent is stored, Apruve is called without a transaction, and the result is
//! stored. The call continues when the caller disconnects.

use super::{
    apply_snapshot::FundedAt,
    error::PaymentError,
    event::Source,
    gateway::ProviderClient,
    ledger::Ledger,
    operations::OperationStart,
    service::{CallerContext, Intent, PaymentService},
};
use crate::{
    idempotency,
    ids::{PaymentId, TransactionId},
    providers::Later,
};

/// The state of an operation.
#[derive(Debug)]
pub struct OperationResult {
    /// The payment as it is now.
    pub ledger: Ledger,
    /// The transaction that the operation is.
    pub transaction: TransactionId,
    /// Whether an earlier request did it.
    pub replayed: bool,
    /// Whether that one had another key and is recognised by the shop's own name for the operation.
    pub repeated: bool,
    /// Nothing was done, and the same request may be sent again later.
    pub later: Option<Later>,
}

impl PaymentService {
    /// Does an operation on a payment, once for its key.
    pub async fn operate(
        &self,
        id: PaymentId,
        context: &CallerContext,
        act: impl FnMut(&mut Ledger, OperationStart) -> Result<Intent, PaymentError>,
    ) -> Result<OperationResult, PaymentError> {
        self.operate_unless(id, context, |_| Ok(None), act).await
    }

    /// Does an operation on a payment, once for its key, unless an `earlier` one is what is asked for; that is then what the
    /// key stands for, too.
    pub async fn operate_unless(
        &self,
        id: PaymentId,
        context: &CallerContext,
        mut earlier: impl FnMut(&Ledger) -> Result<Option<TransactionId>, PaymentError>,
        mut act: impl FnMut(&mut Ledger, OperationStart) -> Result<Intent, PaymentError>,
    ) -> Result<OperationResult, PaymentError> {
        if let Some(transaction) = self.done_before(context).await? {
            return self.replay(id, transaction).await;
        }
        let client = self.ready(id).await?;
        let by = self.mover(Source::Caller);
        let start = OperationStart {
            by,
            call_until: by.at + self.call_lasts(),
        };
        let mut repeated = false;
        let begin = self.begin(id, context, |ledger| {
            let found = earlier(ledger)?;
            repeated = found.is_some();
            match found {
                Some(transaction) => Ok(Intent {
                    transaction,
                    command: None,
                }),
                None => act(ledger, start),
            }
        });
        let begun = begin.await?;
        let transaction = begun.value.transaction;
        if begun.replayed || repeated {
            let done = self.replay(id, transaction).await?;
            return Ok(OperationResult {
                repeated: repeated && !begun.replayed,
                ..done
            });
        }
        let later = match client {
            Some(client) => self.carry_out(id, client, begun.value).await,
            None => None,
        };
        Ok(OperationResult {
            ledger: self.ledger(id).await?,
            transaction,
            replayed: false,
            repeated: false,
            later,
        })
    }

    /// Reads back what is unknown before anything new is begun, and opens the line for it.
    pub async fn ready(&self, id: PaymentId) -> Result<Option<ProviderClient>, PaymentError> {
        let ledger = self.ledger(id).await?;
        if ledger.payment.provider_order.is_none() {
            return Ok(None);
        }
        if ledger.is_unsettled()
            && let Err(error) = self.sync(id, Source::Recovery, &FundedAt::new()).await
        {
            // Whether the new operation may go ahead is decided on what is known.
            tracing::info!(payment = %id, %error, "what is unknown could not be read back");
        }
        Ok(Some(self.client(&ledger).await?))
    }

    /// The operation that an earlier request with this key began.
    pub async fn done_before(
        &self,
        context: &CallerContext,
    ) -> Result<Option<TransactionId>, PaymentError> {
        let operation = self.operation_of(context).await?;
        // A key of this route always belongs to a transaction.
        Ok(operation.and_then(|operation| operation.parse().ok()))
    }

    /// An operation in its current state, unless its first request is still being answered.
    pub async fn replay(
        &self,
        id: PaymentId,
        transaction: TransactionId,
    ) -> Result<OperationResult, PaymentError> {
        let ledger = self.ledger(id).await?;
        let now = self.clock().now();
        let running = ledger
            .find(transaction)
            .and_then(|it| it.call_until)
            .filter(|until| *until > now);
        if let Some(until) = running {
            return Err(idempotency::still_running(until, now).into());
        }
        Ok(OperationResult {
            ledger,
            transaction,
            replayed: true,
            repeated: false,
            later: None,
        })
    }
}
