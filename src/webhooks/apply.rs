//! Applies an event: finds the order that it is about and lets `payments` read that order back. An event about a
//! company goes to `credit`.

use std::sync::Arc;

use super::{
    event::{EventSubject, body_place},
    store::ClaimedEvent,
};
use crate::{
    credit::{CompanyNews, CreditUnread},
    events::{EventDraft, EventType},
    findings::Finding,
    ids::{IntegrationId, PaymentId},
    integrations::account::NoAccount,
    payments::{EventOutcome, PaymentError, PaymentService, ProviderEvent},
    providers::{
        CompanyNoun, EventResource, Provider, ProviderError, ProviderId, Unintelligible,
        WEBHOOK_SENDER,
    },
    seal::Sealer,
};

/// The result of applying an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplyVerdict {
    /// The payment is in line with the provider, except for the findings.
    Applied {
        payment: PaymentId,
        changed: bool,
        findings: Vec<Finding>,
    },
    /// The cached credit of a company was dropped; this event is to be appended to the feed.
    Announced(EventDraft),
    /// The event has no effect, for this reason.
    Ignored(String),
    /// There is no payment for the event yet.
    Parked(String),
    /// The attempt failed for this reason and has to be repeated.
    Again(String),
}

/// A verdict, and the subject of the event as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedEvent {
    pub verdict: ApplyVerdict,
    pub subject: Option<EventSubject>,
}

/// The dependencies for applying events.
pub struct Applier {
    pub payments: PaymentService,
    pub sealer: Arc<Sealer>,
}

/// The outcome text of an event that cannot have an effect.
pub fn unintelligible(why: &Unintelligible) -> String {
    format!("Nothing to do: {why}.")
}

impl From<ApplyVerdict> for AppliedEvent {
    fn from(verdict: ApplyVerdict) -> Self {
        AppliedEvent {
            verdict,
            subject: None,
        }
    }
}

impl Applier {
    /// Applies one event. Safe to run twice, also at once.
    pub async fn apply(&self, event: &ClaimedEvent) -> AppliedEvent {
        let Some(sealed) = &event.body_sealed else {
            return ApplyVerdict::Ignored("Its body was erased.".to_owned()).into();
        };
        let id = event.id.to_string();
        let body = match self.sealer.open_bytes(body_place(&id), sealed) {
            Ok(body) => body,
            Err(error) => {
                return ApplyVerdict::Again(format!("Its body does not open: {error}.")).into();
            }
        };
        match Provider::parse_event(&body).resource {
            Ok(resource) => self.follow(event, resource).await,
            Err(why) => ApplyVerdict::Ignored(unintelligible(&why)).into(),
        }
    }

    async fn follow(&self, event: &ClaimedEvent, resource: EventResource) -> AppliedEvent {
        let mut subject = EventSubject::default();
        let mut funded = None;
        match resource {
            EventResource::Company {
                what,
                account,
                emails,
            } => {
                let news = CompanyNews {
                    kind: company_event(what),
                    account,
                    emails: emails.iter().filter_map(|it| it.parse().ok()).collect(),
                };
                return self.tell(event.integration, &news).await.into();
            }
            EventResource::Order {
                id,
                merchant_order_id,
            } => {
                subject.order = Some(id);
                subject.merchant_order_id = merchant_order_id;
            }
            EventResource::Invoice {
                id,
                order,
                funded: is_funded,
            } => {
                let at = event.occurred_at.unwrap_or(event.received_at);
                // Anybody could have written the time of an unverified event.
                funded = (is_funded && event.verified).then(|| (id.clone(), at));
                subject.order = order;
                subject.invoice = Some(id);
            }
            EventResource::Shipment { invoice } => subject.invoice = Some(invoice),
        }
        let verdict = match self.order_of(event.integration, &mut subject).await {
            Ok(order) => {
                let provider_event = ProviderEvent { order, funded };
                self.handle_event(event.integration, &provider_event, &mut subject)
                    .await
            }
            Err(verdict) => verdict,
        };
        AppliedEvent {
            verdict,
            subject: Some(subject),
        }
    }

    /// Drops the cached credit of a company, and returns the feed event of its change.
    async fn tell(&self, integration: IntegrationId, news: &CompanyNews) -> ApplyVerdict {
        let credit = &self.payments.providers().credit;
        match credit.company_changed(integration, news).await {
            Ok(Some(draft)) => ApplyVerdict::Announced(draft),
            Ok(None) => ApplyVerdict::Ignored(format!(
                "Nothing to do: {WEBHOOK_SENDER} does not know the company."
            )),
            Err(CreditUnread::NoAccount) => deleted(),
            Err(error) => ApplyVerdict::Again(format!("Its company could not be read: {error}.")),
        }
    }

    /// The order that the event is about. If the event names only an invoice, the invoice is read to find its order.
    async fn order_of(
        &self,
        integration: IntegrationId,
        subject: &mut EventSubject,
    ) -> Result<ProviderId, ApplyVerdict> {
        if let Some(order) = &subject.order {
            return Ok(order.clone());
        }
        let nothing = || ApplyVerdict::Ignored("Nothing to do: it names no order.".to_owned());
        let invoice = subject.invoice.as_ref().ok_or_else(nothing)?;
        let client = self.payments.providers().client(integration).await?;
        let order = client.provider().order_of_invoice(invoice).await;
        let order = order.map_err(|error| match error {
            ProviderError::NotFound => ApplyVerdict::Parked(format!(
                "Its invoice does not exist at {WEBHOOK_SENDER}, or not yet."
            )),
            error => ApplyVerdict::Again(format!("Its invoice could not be read: {error}.")),
        })?;
        subject.order.clone_from(&order);
        order.ok_or_else(nothing)
    }

    async fn handle_event(
        &self,
        integration: IntegrationId,
        provider_event: &ProviderEvent,
        subject: &mut EventSubject,
    ) -> ApplyVerdict {
        match self
            .payments
            .handle_event(integration, provider_event)
            .await
        {
            Ok(EventOutcome::Applied {
                payment,
                changed,
                findings,
            }) => ApplyVerdict::Applied {
                payment,
                changed,
                findings,
            },
            Ok(EventOutcome::NotWaitedFor { payment }) => ApplyVerdict::Ignored(format!(
                "Nothing to do: {payment} does not wait for this order."
            )),
            Ok(EventOutcome::NotKnown { merchant_order_id }) => {
                // The number that was read from the provider takes precedence over the one in the event.
                subject.merchant_order_id = merchant_order_id.or(subject.merchant_order_id.take());
                ApplyVerdict::Parked("No payment has its order, or not yet.".to_owned())
            }
            Err(PaymentError::OrderNotFound) => ApplyVerdict::Parked(format!(
                "Its order does not exist at {WEBHOOK_SENDER}, or not yet."
            )),
            Err(PaymentError::NoAccount) => deleted(),
            Err(error) => ApplyVerdict::Again(format!("Its payment could not be read: {error}.")),
        }
    }
}

impl From<NoAccount> for ApplyVerdict {
    fn from(error: NoAccount) -> Self {
        match error {
            NoAccount::NotFound | NoAccount::Offline => deleted(),
            NoAccount::CannotOpen(cause) => {
                ApplyVerdict::Again(format!("The integration's API key does not open: {cause}."))
            }
            NoAccount::Store(cause) => ApplyVerdict::Again(format!("The database: {cause}.")),
        }
    }
}

fn company_event(what: CompanyNoun) -> EventType {
    match what {
        CompanyNoun::Approval => EventType::CompanyApproved,
        CompanyNoun::Account => EventType::CompanyChanged,
        CompanyNoun::Member => EventType::CompanyMemberChanged,
        CompanyNoun::Credit => EventType::CreditChanged,
    }
}

fn deleted() -> ApplyVerdict {
    ApplyVerdict::Ignored("Nothing to do: its integration was deleted.".to_owned())
}
