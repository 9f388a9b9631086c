//! A webhook named an order: its payment is found and read back. The webhook moves no money by itself.

use chrono::{DateTime, Utc};

use super::{
    apply_snapshot::FundedAt, error::PaymentError, event::Source, service::PaymentService, store,
};
use crate::{
    findings::Finding,
    ids::{IntegrationId, PaymentId},
    providers::ProviderId,
    store::Conn,
};

/// A webhook named an order.
#[derive(Clone, Debug)]
pub struct ProviderEvent {
    /// The order at the provider.
    pub order: ProviderId,
    /// Which invoice was funded, and when.
    pub funded: Option<(ProviderId, DateTime<Utc>)>,
}

/// The result of handling a webhook.
#[derive(Debug)]
pub enum EventOutcome {
    /// The payment was read back.
    Applied {
        payment: PaymentId,
        changed: bool,
        /// What the payment does not explain.
        findings: Vec<Finding>,
    },
    /// The order has the number of a payment that does not wait for it, and nothing is left to do.
    NotWaitedFor { payment: PaymentId },
    /// No payment has the order, or not yet. With the order's `merchant_order_id`, if it has one.
    NotKnown { merchant_order_id: Option<String> },
}

impl PaymentService {
    /// Handles a webhook about an order: finds its payment and reads it back.
    pub async fn handle_event(
        &self,
        integration: IntegrationId,
        event: &ProviderEvent,
    ) -> Result<EventOutcome, PaymentError> {
        let client = self.providers().client(integration).await?;
        let (account, order) = (client.opened.account_key(), event.order.to_string());
        let key = account.clone();
        let find = move |conn: &mut Conn| store::find_by_provider_order(conn, &key, &order);
        let bound = self.store().read(find).await?;
        let payment = match bound {
            Some(payment) => payment,
            None => {
                let order = client.provider().order(&event.order).await?;
                let merchant_order_id = order.merchant_order_id;
                let number = merchant_order_id.clone();
                let find = move |conn: &mut Conn| match &number {
                    Some(number) => store::find_by_merchant_order(conn, &account, number),
                    None => Ok(None),
                };
                let Some(named) = self.store().read(find).await? else {
                    return Ok(EventOutcome::NotKnown { merchant_order_id });
                };
                named
            }
        };
        let funded_at: FundedAt = event.funded.iter().cloned().collect();
        let synced = self.sync(payment, Source::Webhook, &funded_at).await?;
        let is_its_order = synced.ledger.payment.provider_order_id() == Some(&event.order);
        if bound.is_none() && !is_its_order && synced.findings.is_empty() {
            return Ok(EventOutcome::NotWaitedFor { payment });
        }
        Ok(EventOutcome::Applied {
            payment,
            changed: synced.changed,
            findings: synced.findings,
        })
    }
}
