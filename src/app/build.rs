//! Builds the service: opens the database and loads what is answered from memory.

use std::sync::Arc;

use chrono::TimeDelta;

use super::{
    CREDIT, CannotStart, Configured, Heartbeat, Onterms, PAYMENTS, housekeeping, open_store,
    refuse_wrong_key,
};
use crate::{
    clock::Clock,
    config::Settings,
    credit::{BackgroundLimit, CreditParts, CreditService},
    integrations::health::HealthBoard,
    payment_rules::{log_changed_patterns, rulebook::RulebookCache},
    payments::{self, PaymentService, ProviderRegistry},
    privacy::EmailKey,
    providers::Breakers,
    rate_limit::Ticks,
    revision_watch::RevisionWatch,
    store::{Store, StoreError},
    tokens::RevocationWatch,
    webhooks,
};

/// What a call to Apruve may take beyond its own limit, for a busy machine.
const CALL_MARGIN: TimeDelta = TimeDelta::seconds(5);

impl Onterms {
    /// Opens the database and loads the rules. The settings' keys must have been provided.
    ///
    /// Other processes see the service in the database from the moment at which it is known to fit.
    pub async fn build(
        settings: Settings,
        clock: Clock,
        ticks: Ticks,
    ) -> Result<Self, CannotStart> {
        let configured = Configured::new(&settings, clock.clone(), ticks.clone())?;
        let heartbeat = Heartbeat::new(&clock);
        let store = open_store(&settings, &heartbeat, clock.now()).await?;
        let beating = heartbeat.clone().run(store.for_control(), clock.clone());
        let start = ServiceStart {
            settings,
            clock,
            ticks,
            configured,
            heartbeat: heartbeat.clone(),
        };
        // What an older version left to fill in may take longer than a heartbeat counts.
        let built = tokio::select! {
            built = start.on(store.clone()) => built,
            () = beating => Err(StoreError::Closed.into()),
        };
        if built.is_err() {
            heartbeat.leave(&store).await;
            store.close().await;
        }
        built
    }
}

/// A service whose database is still to be read.
struct ServiceStart {
    settings: Settings,
    clock: Clock,
    ticks: Ticks,
    configured: Configured,
    heartbeat: Heartbeat,
}

impl ServiceStart {
    async fn on(self, store: Store) -> Result<Onterms, CannotStart> {
        let ServiceStart {
            settings,
            clock,
            ticks,
            configured,
            heartbeat,
        } = self;
        let Configured {
            auth,
            sealer,
            outbound,
            receivers,
            proxies,
            cors,
        } = configured;
        let filling = store.in_background(housekeeping::TOPIC);
        let payments = payments::fill_invoices(&filling, clock.now()).await?;
        if payments > 0 {
            tracing::info!(payments, "listed the invoices of earlier payments");
        }
        refuse_wrong_key(&store, &sealer).await?;
        let revocations = RevocationWatch::start(
            store.for_control(),
            clock.clone(),
            auth.revocations().clone(),
            settings.auth.leeway,
        )
        .await?;
        let revision_watch = RevisionWatch::default();
        log_changed_patterns(&store).await?;
        let rulebooks = RulebookCache::start(
            store.for_control(),
            clock.clone(),
            revision_watch.clone(),
            settings.rulebook.max_stale,
        )
        .await?;
        let health = HealthBoard::default();
        health.refresh(&store.for_control()).await?;
        let breakers = Arc::new(Breakers::observed_by(Arc::new(health.clone())));
        let email_key = Arc::new(EmailKey::load(&store, &sealer, clock.now()).await?);
        let credit = CreditService::new(CreditParts {
            store: store.about(CREDIT),
            clock: clock.clone(),
            sealer: Arc::clone(&sealer),
            outbound: outbound.clone(),
            breakers: Arc::clone(&breakers),
            email_key: Arc::clone(&email_key),
            health: health.clone(),
            background: BackgroundLimit::new(settings.credit.background, ticks),
        });
        let providers = ProviderRegistry {
            store: store.about(PAYMENTS),
            clock: clock.clone(),
            sealer: Arc::clone(&sealer),
            outbound: outbound.clone(),
            breakers,
            email_key,
            credit,
        };
        let service = service(providers, &settings);
        let inbox = Arc::new(webhooks::Inbox::new(
            store.about(webhooks::TOPIC),
            clock.clone(),
            Arc::clone(&sealer),
            auth.clone(),
            revision_watch.clone(),
            &settings.webhooks,
        ));
        let settings = Arc::new(settings);
        Ok(Onterms {
            settings,
            store,
            clock,
            auth,
            sealer,
            outbound,
            receivers,
            revision_watch,
            rulebooks,
            service,
            inbox,
            heartbeat,
            health,
            proxies,
            cors,
            revocations,
        })
    }
}

/// The one place where payments are worked on.
fn service(providers: ProviderRegistry, settings: &Settings) -> PaymentService {
    let delta = |duration| TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
    PaymentService::new(
        providers,
        delta(settings.apruve.timeout) + CALL_MARGIN,
        delta(settings.payments.checkout_expires_after),
    )
}
