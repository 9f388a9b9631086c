//! Something about an order was heard: its payment is found and looked at. What was heard moves no money by itself.

use chrono::{DateTime, Utc};

use super::{desk::Desk, happening::Source, heed::FundedAt, not_done::NotDone, store};
use crate::{
    apruve::ApruveId,
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
    Applied { payment: PaymentId, changed: bool },
    /// The order names a payment of ours and is not the one it waits for.
    NotOurs { payment: PaymentId, why: String },
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
            return Ok(Hearing::Applied {
                payment,
                changed: looked.changed,
            });
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
        let bound = looked
            .ledger
            .payment
            .place
            .as_ref()
            .and_then(|place| place.order.as_ref());
        if bound == Some(&heard.order) {
            return Ok(Hearing::Applied {
                payment,
                changed: looked.changed,
            });
        }
        let why = looked
            .findings
            .iter()
            .map(|it| it.message.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let why = if why.is_empty() {
            "the payment does not wait for this order".to_owned()
        } else {
            why
        };
        Ok(Hearing::NotOurs { payment, why })
    }
}
