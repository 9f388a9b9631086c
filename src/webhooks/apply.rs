//! Makes of an event what follows from it: finds out which order it is about, and has `payments` read that order back.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    event::{Subject, body_place},
    store::Claimed,
};
use crate::{
    apruve::{About, Account, ApruveId, Breakers, CallError},
    clock::Clock,
    ids::{IntegrationId, PaymentId},
    integrations::{self, Integration},
    outbound::Outbound,
    seal::Sealer,
    secret::SecretText,
    store::{Store, StoreError},
};

/// What follows from an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its payment is as Apruve says.
    Applied { payment: PaymentId, changed: bool },
    /// Nothing, for this reason.
    Ignored(String),
    /// There is no payment for it yet.
    Parked(String),
    /// It could not be found out now, for this reason.
    Again(String),
}

/// A verdict, and what the event is about as far as that was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub verdict: Verdict,
    pub subject: Option<Subject>,
}

/// What applying takes.
pub struct Applier {
    pub store: Store,
    pub clock: Clock,
    pub sealer: Arc<Sealer>,
    pub outbound: Outbound,
    pub breakers: Arc<Breakers>,
}

impl From<Verdict> for Found {
    fn from(verdict: Verdict) -> Self {
        Found {
            verdict,
            subject: None,
        }
    }
}

impl From<StoreError> for Verdict {
    fn from(error: StoreError) -> Self {
        Verdict::Again(format!("The database: {error}."))
    }
}

impl Applier {
    /// Applies one event. Safe to run twice, also at once.
    pub async fn apply(&self, event: &Claimed) -> Found {
        let Some(sealed) = &event.body_sealed else {
            return Verdict::Ignored("Its body was erased.".to_owned()).into();
        };
        let id = event.id.to_string();
        let body = match self.sealer.open_bytes(body_place(&id), sealed) {
            Ok(body) => body,
            Err(error) => {
                return Verdict::Again(format!("Its body does not open: {error}.")).into();
            }
        };
        match About::read(&body) {
            Ok(about) => self.follow(event, about).await,
            Err(why) => Verdict::Ignored(format!("Nothing to do: {why}.")).into(),
        }
    }

    async fn follow(&self, event: &Claimed, about: About) -> Found {
        let mut subject = Subject::default();
        let mut funded = None;
        match about {
            About::Elsewhere(what) => {
                let why =
                    format!("Nothing to do: it is about {what}, of which no payment is made.");
                return Verdict::Ignored(why).into();
            }
            About::Order {
                id,
                merchant_order_id,
            } => {
                subject.order = Some(id);
                subject.merchant_order_id = merchant_order_id;
            }
            About::Invoice {
                id,
                order,
                funded: is_funded,
            } => {
                let at = event.occurred_at.unwrap_or(event.received_at);
                funded = is_funded.then(|| (id.clone(), at));
                subject.order = order;
                subject.invoice = Some(id);
            }
            About::Shipment { invoice } => subject.invoice = Some(invoice),
        }
        let verdict = match self.order_of(event.integration, &mut subject).await {
            Ok(order) => self.hear(event, &order, funded).await,
            Err(verdict) => verdict,
        };
        Found {
            verdict,
            subject: Some(subject),
        }
    }

    /// The order it is about; where only an invoice is known, that is read to find out.
    async fn order_of(
        &self,
        integration: IntegrationId,
        subject: &mut Subject,
    ) -> Result<ApruveId, Verdict> {
        if let Some(order) = &subject.order {
            return Ok(order.clone());
        }
        let nothing = || Verdict::Ignored("Nothing to do: it names no order.".to_owned());
        let invoice = subject.invoice.as_ref().ok_or_else(nothing)?;
        let (integration, api_key) = self.account(integration).await?;
        let Some(settings) = integration.settings.as_apruve() else {
            return Err(nothing());
        };
        let breaker = self.breakers.of(&integration.id.to_string());
        let account = Account::new(&self.outbound, settings.origin(), &api_key);
        match account
            .guarded(&breaker, &self.clock)
            .invoice(invoice)
            .await
        {
            Ok(read) => {
                let order = read.into_inner().order_id;
                subject.order.clone_from(&order);
                order.ok_or_else(nothing)
            }
            Err(CallError::NotFound) => Err(Verdict::Parked(
                "Apruve does not know its invoice, or not yet.".to_owned(),
            )),
            Err(error) => Err(Verdict::Again(format!(
                "Its invoice could not be read: {error}."
            ))),
        }
    }

    async fn account(&self, id: IntegrationId) -> Result<(Integration, SecretText), Verdict> {
        let read = self
            .store
            .snapshot(move |conn| {
                let integration = integrations::store::find(conn, id)?;
                Ok::<_, StoreError>((integration, integrations::store::find_api_key(conn, id)?))
            })
            .await?;
        let (Some(integration), Some(sealed)) = read else {
            return Err(Verdict::Ignored(
                "Nothing to do: its integration was deleted.".to_owned(),
            ));
        };
        let id = id.to_string();
        let place = integrations::store::api_key_place(&id);
        let api_key = self.sealer.open(place, &sealed).map_err(|error| {
            Verdict::Again(format!("The integration's API key does not open: {error}."))
        })?;
        Ok((integration, api_key))
    }

    async fn hear(
        &self,
        _event: &Claimed,
        _order: &ApruveId,
        _funded: Option<(ApruveId, DateTime<Utc>)>,
    ) -> Verdict {
        Verdict::Parked("No payment is known for its order yet.".to_owned())
    }
}
