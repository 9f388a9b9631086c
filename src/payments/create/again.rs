//! A request with the same cart and method again: the live attempt is returned. If its order was certainly not made at
//! the provider and not refused either, the order is sent again.

use super::{CreateResult, Creation, attempt::FIRST, rows_of};
use crate::{
    idempotency,
    payments::{
        PaymentError,
        change::PaymentChange,
        gateway::ProviderClient,
        ledger::{Cause, Ledger},
        loaded_payment::LoadedPayment,
        service::read_operation,
        transaction::State,
    },
    store::Tx,
};

/// Our number of an order on behalf of a buyer that has to be sent again. Orders of the popup are made by the popup.
fn waiting_order(existing: &Ledger) -> Option<&str> {
    let provider_order = existing.payment.provider_order.as_ref();
    let authorization = existing.authorization();
    let waits = existing.payment.ended.is_none()
        && existing.amounts().canceled == 0
        && authorization.is_some_and(|it| it.state == State::Failed);
    let unbound = provider_order.filter(|it| waits && it.id.is_none());
    unbound.map(|it| it.number.as_str())
}

impl Creation {
    /// Returns the live attempt, and sends its order again if necessary.
    pub(super) async fn again(
        &self,
        mut existing: LoadedPayment,
        client: Option<ProviderClient>,
        by: Cause,
    ) -> Result<CreateResult, PaymentError> {
        let number = waiting_order(&existing.ledger).map(str::to_owned);
        let (Some(number), Some(called), Some(_)) = (number, client.as_ref(), &self.new.buyer)
        else {
            return self.existing(existing, client.as_ref()).await;
        };
        let account = self.account(Some(called)).await?;
        let mut draft = self.draft(called, account.as_ref(), FIRST)?;
        draft.number = number;
        let intent = self.ask_for_order(&mut existing.ledger, draft, by);
        let (id, key, at) = (existing.ledger.payment.id, self.context.key.clone(), by.at);
        let change = PaymentChange::of(&existing.ledger, &self.context.actor);
        let write = move |tx: &mut Tx<'_>| {
            let act = |tx: &mut Tx<'_>| Ok::<_, PaymentError>(Ok(change.write(tx)?.live));
            idempotency::once_as(tx, &key, &id.to_string(), at, act, |tx, operation| {
                Ok(Err(rows_of(tx.conn(), read_operation(operation)?)?))
            })
        };
        match self.service.store().write(write).await?.value {
            Err(earlier) => self.service.replayed(earlier),
            Ok(live) => {
                existing.ledger = self.service.written(existing.ledger, live).await;
                self.start(existing, Some(intent), client).await
            }
        }
    }

    /// Returns the live attempt, and stores it as the result of the request's key.
    async fn existing(
        &self,
        mut payment: LoadedPayment,
        client: Option<&ProviderClient>,
    ) -> Result<CreateResult, PaymentError> {
        let (key, now) = (self.context.key.clone(), self.context.actor.at);
        let id = payment.ledger.payment.id.to_string();
        let remember = move |tx: &mut Tx<'_>| {
            let act = |_: &mut Tx<'_>| Ok::<_, PaymentError>(());
            idempotency::once_as(tx, &key, &id, now, act, |_, _| Ok(()))
        };
        let once = self.service.store().write(remember).await?;
        if let Some(client) = client {
            payment.confirmation = self.service.confirmation(&payment, client).await?;
        }
        Ok(CreateResult {
            payment,
            new: false,
            replayed: once.replayed,
            later: None,
        })
    }
}
