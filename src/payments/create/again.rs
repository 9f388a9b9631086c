//! The order of an attempt is sent again, where Apruve has certainly not made it and has not refused the buyer either.

use super::{NewPayment, judge::Judged};
use crate::{
    idempotency,
    ids::PaymentId,
    payments::{
        PaymentError, PaymentService,
        change::Change,
        gateway::ProviderClient,
        ledger::{Cause, Ledger},
        service::{CallerContext, Intent},
        transaction::State,
    },
    store::Tx,
};

/// The result.
pub(super) enum Again {
    /// It is about to be sent.
    Intent(Intent),
    /// An earlier request with this key began this payment.
    Told(PaymentId),
}

/// Whether an attempt on behalf of a buyer waits for its order to be sent again. Popups make their orders themselves.
fn waits_for_its_order(existing: &Ledger) -> bool {
    let mut provider_order = existing.payment.provider_order.iter();
    provider_order.any(|provider_order| provider_order.id.is_none())
        && existing.payment.ended.is_none()
        && existing.amounts().canceled == 0
        && existing
            .authorization()
            .is_some_and(|it| it.state == State::Failed)
}

impl PaymentService {
    /// Begins to send the order again, under its number. `None` where that is not what the attempt waits for.
    pub(super) async fn make_again(
        &self,
        context: &CallerContext,
        new: &NewPayment,
        judged: &Judged,
        client: Option<&ProviderClient>,
        existing: &Ledger,
        by: Cause,
    ) -> Result<Option<Again>, PaymentError> {
        let (Some(client), Some(buyer)) = (client, &new.buyer) else {
            return Ok(None);
        };
        let provider_order = existing.payment.provider_order.as_ref();
        let Some(provider_order) = provider_order.filter(|_| waits_for_its_order(existing)) else {
            return Ok(None);
        };
        let total = judged.totals.total();
        let account = self.account_of(new.method, buyer, total).await?;
        let mut draft = self.draft(new, judged, client, Some(&account)).await?;
        draft.merchant_order_id.clone_from(&provider_order.number);
        let mut ledger = existing.clone();
        let begun = self.ask_for_order(&mut ledger, draft, by);
        let (id, key, at) = (existing.payment.id, context.key.clone(), by.at);
        let change = Change::of(&ledger, &context.actor);
        let write = move |tx: &mut Tx<'_>| {
            idempotency::once(
                tx,
                Some(&key),
                at,
                |tx| {
                    change.write(tx)?;
                    Ok::<_, PaymentError>((id.to_string(), None))
                },
                |_, operation| Ok(Some(super::parse(operation)?)),
            )
        };
        let earlier = self.store().write(write).await?.value;
        Ok(Some(match earlier {
            Some(earlier) => Again::Told(earlier),
            None => Again::Intent(begun),
        }))
    }
}
