//! Something about an order was heard: its payment is found and looked at. What was heard moves no money by itself.

use chrono::{DateTime, Utc};

use super::{
    desk::Desk, happening::Source, heed::FundedAt, look::Looked, not_done::NotDone, store,
};
use crate::{
    apruve::ApruveId,
    findings::Finding,
    ids::{IntegrationId, PaymentId},
};

/// Something about an order was heard, in a webhook.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The order at Apruve.
    pub order: ApruveId,
    /// Which invoice was funded, and when.
    pub funded: Option<(ApruveId, DateTime<Utc>)>,
}

/// What came of it.
#[derive(Debug)]
pub enum Hearing {
    /// The payment was looked at.
    Applied {
        payment: PaymentId,
        changed: bool,
        /// What the payment does not explain.
        findings: Vec<Finding>,
    },
    /// The order names a payment of ours, which does not wait for it, and nothing has to be done about that.
    NotWaitedFor { payment: PaymentId },
    /// No payment knows the order, or not yet. What the order calls itself, if it could be read.
    NotKnown { merchant_order_id: Option<String> },
}

impl Desk {
    /// Takes note of something heard about an order: finds its payment and looks at it.
    pub async fn hear(
        &self,
        integration: IntegrationId,
        heard: &Heard,
    ) -> Result<Hearing, NotDone> {
        let line = self.exchange().line(integration).await?;
        let (account, order) = (line.account_key(), heard.order.to_string());
        let key = account.clone();
        let bound = self
            .store()
            .read(move |conn| store::find_by_provider_order(conn, &key, &order))
            .await?;
        let funded_at: FundedAt = heard.funded.iter().cloned().collect();
        if let Some(payment) = bound {
            let looked = self.look(payment, Source::Webhook, &funded_at).await?;
            return Ok(applied(payment, looked));
        }
        let Some(number) = line.order(&heard.order).await?.merchant_order_id else {
            return Ok(Hearing::NotKnown {
                merchant_order_id: None,
            });
        };
        let wanted = number.clone();
        let named = self
            .store()
            .read(move |conn| store::find_by_merchant_order(conn, &account, &wanted))
            .await?;
        let Some(payment) = named else {
            return Ok(Hearing::NotKnown {
                merchant_order_id: Some(number),
            });
        };
        let looked = self.look(payment, Source::Webhook, &funded_at).await?;
        let place = looked.ledger.payment.place.as_ref();
        let bound = place.and_then(|place| place.order.as_ref());
        if bound == Some(&heard.order) || !looked.findings.is_empty() {
            return Ok(applied(payment, looked));
        }
        Ok(Hearing::NotWaitedFor { payment })
    }
}

fn applied(payment: PaymentId, looked: Looked) -> Hearing {
    Hearing::Applied {
        payment,
        changed: looked.changed,
        findings: looked.findings,
    }
}
