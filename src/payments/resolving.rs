//! A person resolves a transaction whose outcome is unknown, after one more sync has tried.

use super::{
    error::PaymentError,
    event::Source,
    ledger::{Cause, Ledger},
    open_payment::{OpenPayment, OperationResult},
    operations::{act, resolve},
    service::Intent,
    transaction::State,
    verdict::Verdict,
};
use crate::{ids::TransactionId, providers::ProviderId, string_enum::string_enum};

string_enum! {
    /// The outcome of a transaction, as a person reports it.
    ResolvedState as "ResolvedState" {
        Succeeded = "succeeded",
        Failed = "failed",
    }
}

impl OpenPayment {
    /// Settles a transaction whose outcome is unknown. It is read back first, and what the provider reports is kept.
    pub async fn resolve(
        self,
        transaction: TransactionId,
        verdict: Verdict,
    ) -> Result<OperationResult, PaymentError> {
        self.once(async move |payment| {
            resolve::check(payment.ledger(), transaction, &verdict)?;
            payment.ready().await?;
            let settle = act(move |ledger, start| {
                let by = Cause {
                    source: Source::Operator,
                    at: start.by.at,
                };
                if !is_reported(ledger, transaction, &verdict)? {
                    resolve::resolve(ledger, transaction, &verdict, by)?;
                }
                Ok(Intent::without_command(transaction))
            });
            payment.run(settle).await
        })
        .await
    }
}

/// Whether the provider reports the same result as the person. If not, the result of the provider is kept.
fn is_reported(
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
