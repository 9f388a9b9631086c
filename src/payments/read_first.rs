//! The operations that read the provider before they are decided: an authorization, the closing of an invoice by a shop
//! that finances itself, and the verdict of a person.

use super::{
    error::PaymentError,
    event::Source,
    ledger::{Cause, Ledger},
    open_payment::{OpenPayment, OperationResult},
    operations::{
        act,
        authorize::authorize,
        close,
        resolve::{self, Verdict},
    },
    service::Intent,
    transaction::State,
};
use crate::{ids::TransactionId, integrations::Financing, providers::ProviderId};

impl OpenPayment {
    /// Reads the order back and lets the payment follow it. No intent is written before, because only a question is asked.
    /// `order` is `None` for a text that is no id of a provider.
    pub async fn authorize(
        self,
        order: Option<ProviderId>,
    ) -> Result<OperationResult, PaymentError> {
        self.once(async move |payment| {
            let order = order.ok_or(PaymentError::OrderNotFound)?;
            // An offline payment is refused with its own sentence, not with the provider's.
            if payment.ledger().payment.provider_order.is_none() {
                return payment.ledger().refuse_offline();
            }
            let snapshot = payment.client().await?.provider().order(&order).await?;
            let id = payment.ledger().payment.id;
            let secure_hashes = payment.service.secure_hashes(id).await?;
            let follow = act(move |ledger, start| {
                let transaction = authorize(ledger, &snapshot, &secure_hashes, start.by)?;
                Ok(Intent::without_command(transaction))
            });
            payment.run(follow).await
        })
        .await
    }

    /// Closes an invoice as paid or written off.
    pub async fn close_invoice(
        self,
        invoice: TransactionId,
        input: close::NewClosing,
    ) -> Result<OperationResult, PaymentError> {
        self.once(async move |payment| {
            let financing = match payment.ledger().payment.provider_order {
                Some(_) => {
                    // Reads the buyer's payments first: after the closing they look like a part of the closed amount.
                    payment.sync(Source::Recovery).await?;
                    payment.client().await?.opened.settings.financing
                }
                // Never used: an offline method has no invoices to close.
                None => Financing::Own,
            };
            payment.ready().await?;
            let close =
                act(move |ledger, start| close::begin(ledger, invoice, &input, financing, start));
            payment.run(close).await
        })
        .await
    }

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
