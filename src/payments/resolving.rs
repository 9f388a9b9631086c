//! A person says what became of a transaction, after reading has had its chance.

use super::{
    error::PaymentError,
    event::Source,
    ledger::Ledger,
    operate::OperationResult,
    operations::resolve,
    service::{CallerContext, Intent, PaymentService},
    transaction::State,
};
use crate::{
    ids::{PaymentId, TransactionId},
    providers::ProviderId,
};

/// The result, and its source.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub succeeded: bool,
    pub reason: String,
    /// The provider's id of what was made.
    pub provider_id: Option<ProviderId>,
    /// Whether it has failed although no complete listing says so.
    pub force: bool,
}

impl PaymentService {
    /// Settles a transaction whose outcome is unknown. It is read back first, and what that tells wins.
    pub async fn resolve(
        &self,
        id: PaymentId,
        context: &CallerContext,
        transaction: TransactionId,
        verdict: &Verdict,
    ) -> Result<OperationResult, PaymentError> {
        if let Some(transaction) = self.done_before(context).await? {
            return self.replay(id, transaction).await;
        }
        resolve::check(&self.ledger(id).await?, transaction, verdict)?;
        self.ready(id).await?;
        let by = self.mover(Source::Operator);
        let settled = self.begin(id, context, |ledger| {
            if !told_meanwhile(ledger, transaction, verdict)? {
                resolve::resolve(ledger, transaction, verdict, by)?;
            }
            Ok(Intent {
                transaction,
                command: None,
            })
        });
        Ok(OperationResult {
            replayed: settled.await?.replayed,
            ledger: self.ledger(id).await?,
            transaction,
            repeated: false,
            later: None,
        })
    }
}

/// Whether Apruve reports the same result as the person. If not, the result of Apruve is kept.
fn told_meanwhile(
    ledger: &Ledger,
    id: TransactionId,
    verdict: &Verdict,
) -> Result<bool, PaymentError> {
    let it = ledger.find(id).ok_or(PaymentError::NoTransaction)?;
    let same_id = |given: &ProviderId| it.reference.as_ref().is_none_or(|known| known == given);
    let agrees = (it.state == State::Succeeded) == verdict.succeeded
        && verdict.provider_id.as_ref().is_none_or(same_id);
    let by_person = it.details.note.as_deref().is_some_and(resolve::is_verdict);
    match it.state {
        State::Unknown => Ok(false),
        state if by_person => Err(PaymentError::NotUnknown(state)),
        State::Succeeded | State::Failed if agrees => Ok(true),
        state => Err(PaymentError::KnownOtherwise(state)),
    }
}
