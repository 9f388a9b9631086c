//! Wiring: builds the parts of the service from the settings and mounts the routes of each feature. Tests use it too.

mod background;
mod build;
mod cannot_start;
mod configured;
mod connections;
mod database;
mod documentation;
mod heartbeat;
mod housekeeping;
mod metrics;
mod routes;
mod stop_signals;

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{
    App, HttpServer,
    dev::Server,
    middleware::{Condition, from_fn},
    rt, web,
};

pub use cannot_start::CannotStart;
pub use configured::Configured;
pub use connections::{listen, raise_file_limit};
use database::open_store;
pub use database::{
    open_existing, refuse_absent, refuse_newer, refuse_pooler, refuse_wrong_key, sealed_columns,
};
use heartbeat::Heartbeat;
pub use heartbeat::refuse_others;
pub use routes::{document, routes};
pub use stop_signals::StopSignals;

use crate::{
    auth::Auth,
    cart,
    checkout::{self, Explainers, rule_tests::RuleTestGuard},
    clock::Clock,
    config::Settings,
    events::EventFeed,
    front_door::{Cors, TimeLimits, TrustedProxies, cors, front_door},
    guarded_write::GuardedStore,
    http::body::{BODY_LIMIT, CartLimit},
    idempotency::KeyLifetime,
    integrations::{IntegrationService, PublicOrigin, health::HealthBoard},
    jobs::Wakeup,
    notifications::{Deliverer, Receivers},
    outbound::Outbound,
    payment_rules::{
        RuleAnalyst,
        rulebook::{HistoricRulebooks, RulebookCache},
    },
    payments::PaymentService,
    reconciliation,
    recording::Recorder,
    revision_watch::RevisionWatch,
    seal::Sealer,
    store::Store,
    tokens::RevocationWatch,
    webhooks,
    what_if::Trials,
};

/// The store topic of payments.
const PAYMENTS: &str = "payments";

/// The store topic of buyers' credit.
const CREDIT: &str = "credit";
/// The store topic of the health of integrations.
const HEALTH: &str = "health";

/// The service, built and not yet listening.
#[derive(Clone)]
pub struct Onterms {
    settings: Arc<Settings>,
    store: Store,
    clock: Clock,
    auth: Auth,
    sealer: Arc<Sealer>,
    outbound: Outbound,
    receivers: Receivers,
    revision_watch: RevisionWatch,
    rulebooks: RulebookCache,
    service: PaymentService,
    inbox: Arc<webhooks::Inbox>,
    heartbeat: Heartbeat,
    health: HealthBoard,
    proxies: TrustedProxies,
    cors: Cors,
    revocations: RevocationWatch,
}

impl Onterms {
    /// Listens where the settings say; port 0 takes a free one.
    pub fn listener(&self) -> Result<TcpListener, CannotStart> {
        listen(&self.settings.server)
    }

    /// Starts answering on `listener`. The returned server must be awaited; it ends on a signal, also one that arrives
    /// before it is awaited, or when it is stopped.
    pub fn serve(&self, listener: TcpListener) -> io::Result<Server> {
        let signals = StopSignals::register()?;
        let address = listener.local_addr()?;
        let base = self.settings.server.public_base_url.trim_end_matches('/');
        let origin = match base {
            "" => format!("http://{address}"),
            given => given.to_owned(),
        };
        self.auth.fetch_keys();
        let comparing = Wakeup::<reconciliation::Comparison>::default();
        let feed = EventFeed::default();
        let stopping = feed.clone();
        let delivering = Wakeup::<Deliverer>::default();
        let trying = Wakeup::<Trials>::default();
        let historic = Arc::new(HistoricRulebooks::new(
            self.store.for_lists("revisions"),
            self.rulebooks.clone(),
        ));
        let (recorder, posted) = Recorder::new(self.settings.recording.sample);
        self.record_carts(posted);
        self.try_rules(Arc::clone(&historic), trying.clone());
        self.work_in_background(comparing.clone(), feed.clone(), delivering.clone());
        let service = self.clone();
        let limits = TimeLimits {
            request: self.settings.server.request_timeout,
            idle_body: self.settings.server.idle_body_timeout,
        };
        let carts = web::Data::new(CartLimit(self.settings.server.cart_limit));
        let remembered = web::Data::new(KeyLifetime(self.settings.retention.idempotency_keys));
        let explainers = web::Data::new(Explainers::default());
        let analyst = web::Data::new(RuleAnalyst::new(
            checkout::CART_JUDGE,
            self.rulebooks.clone(),
            self.clock.clone(),
        ));
        let guard = RuleTestGuard::new(self.rulebooks.clone(), self.clock.clone());
        let guarded = web::Data::new(GuardedStore::new(
            self.store.clone(),
            Arc::new(guard),
            self.revision_watch.clone(),
        ));
        let integrations = web::Data::new(IntegrationService {
            writes: GuardedStore::clone(&guarded),
            sealer: self.sealer.clone(),
            outbound: self.outbound.clone(),
            breakers: Arc::clone(&self.service.providers().breakers),
            health: self.health.clone(),
            origin: PublicOrigin(origin),
            clock: self.clock.clone(),
        });
        let historic = web::Data::from(historic);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(service.auth.authenticator())
                .app_data(limits)
                .app_data(service.proxies.clone())
                .app_data(service.cors.clone())
                .app_data(routes::methods())
                .app_data(carts.clone())
                .app_data(remembered.clone())
                .app_data(integrations.clone())
                .app_data(explainers.clone())
                .app_data(analyst.clone())
                .app_data(historic.clone())
                .app_data(guarded.clone())
                .app_data(web::Data::new(service.store.clone()))
                .app_data(web::Data::new(service.clock.clone()))
                .app_data(web::Data::new(service.rulebooks.clone()))
                .app_data(web::Data::from(service.sealer.clone()))
                .app_data(web::Data::new(service.service.clone()))
                .app_data(web::Data::new(service.health.clone()))
                .app_data(web::Data::new(service.service.providers().credit.clone()))
                .app_data(web::Data::new(comparing.clone()))
                .app_data(web::Data::new(feed.clone()))
                .app_data(web::Data::new(service.receivers.clone()))
                .app_data(web::Data::new(delivering.clone()))
                .app_data(web::Data::new(trying.clone()))
                .app_data(web::Data::new(recorder.clone()))
                .app_data(web::Data::new(service.revocations.clone()))
                .app_data(web::Data::from(service.inbox.clone()))
                .app_data(web::Data::new(cart::DIALECT))
                .app_data(web::PayloadConfig::new(BODY_LIMIT))
                .wrap(from_fn(front_door))
                .wrap(Condition::new(service.cors.is_used(), from_fn(cors)))
                .configure(routes)
                .configure(documentation::documentation)
        });
        let workers = match self.settings.server.workers {
            0 => std::thread::available_parallelism().map_or(2, usize::from),
            given => given,
        };
        let connections = connections::per_worker(&self.settings, workers);
        let server = server
            .workers(workers)
            .max_connections(connections)
            .client_request_timeout(self.settings.server.head_timeout)
            .shutdown_timeout(self.settings.server.shutdown_timeout.as_secs())
            .disable_signals()
            .listen(listener)?
            .run();
        rt::spawn(signals.stop(server.handle(), stopping));
        Ok(server)
    }

    /// Starts the metrics listener, if it is enabled.
    pub fn serve_metrics(&self) -> Result<Option<Server>, CannotStart> {
        let wanted = &self.settings.metrics;
        if !wanted.enabled {
            return Ok(None);
        }
        let address = format!("{}:{}", wanted.host, wanted.port);
        TcpListener::bind((wanted.host, wanted.port))
            .and_then(|listener| {
                let address = listener.local_addr()?;
                tracing::info!(%address, "serving metrics");
                let measured = metrics::Measured {
                    store: self.store.in_background("metrics"),
                    clock: self.clock.clone(),
                    rulebooks: self.rulebooks.clone(),
                    breakers: Arc::clone(&self.service.providers().breakers),
                    health: self.health.clone(),
                };
                metrics::serve(listener, measured, &self.settings)
            })
            .map(Some)
            .map_err(|error| CannotStart::Listen(address, error))
    }

    /// The database, for commands that work beside the service.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The rules that checkout answers from, for comparison with the database.
    pub fn rulebooks(&self) -> &RulebookCache {
        &self.rulebooks
    }

    /// Waits for queued writes and closes the database.
    pub async fn close(self) {
        self.heartbeat.leave(&self.store).await;
        self.store.close().await;
    }
}
