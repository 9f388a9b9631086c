//! Starts the work that runs beside the requests.

use std::sync::Arc;

use actix_web::rt;
use tokio::sync::mpsc;

use super::{HEALTH, Onterms, PAYMENTS, housekeeping};
use crate::{
    events::{self, EventFeed, Sequencer},
    integrations::health::HealthChecks,
    jobs::Wakeup,
    notifications::{self, Deliverer},
    payment_rules::rulebook::HistoricRulebooks,
    payments, reconciliation,
    recording::{self, PostedCart},
    webhooks,
    what_if::{self, TrialParts, Trials},
};

impl Onterms {
    /// Starts background work on this thread; other threads answer requests. The work ends when the store is closed.
    pub(super) fn work_in_background(
        &self,
        comparing: Wakeup<reconciliation::Comparison>,
        feed: EventFeed,
        delivering: Wakeup<Deliverer>,
    ) {
        let settings = &self.settings;
        let refresh = settings.rulebook.refresh;
        rt::spawn(self.rulebooks.clone().keep(refresh));
        rt::spawn(self.revocations.clone().run(refresh));
        rt::spawn(self.health.clone().keep(self.store.for_control(), refresh));
        rt::spawn(self.health.clone().write(self.store.in_background(HEALTH)));
        let checks = HealthChecks {
            store: self.store.in_background(HEALTH),
            clock: self.clock.clone(),
            sealer: Arc::clone(&self.sealer),
            outbound: self.outbound.clone(),
            breakers: Arc::clone(&self.service.providers().breakers),
        };
        rt::spawn(checks.run());
        let credit = self.service.providers().credit.clone();
        rt::spawn(credit.keep(self.store.for_control(), refresh));
        let heartbeat = self.heartbeat.clone();
        rt::spawn(heartbeat.run(self.store.for_control(), self.clock.clone()));
        rt::spawn(housekeeping::keep_house(self.clone()));
        rt::spawn(housekeeping::watch_overdue(self.clone()));
        rt::spawn(housekeeping::watch_invoices(self.clone()));
        rt::spawn(feed.watch(self.store.in_background(events::TOPIC)));
        rt::spawn(Sequencer::new(self.store.in_background(events::TOPIC)).run());
        let deliverer = Deliverer {
            store: self.store.in_background(notifications::TOPIC),
            clock: self.clock.clone(),
            sealer: Arc::clone(&self.sealer),
            receivers: self.receivers.clone(),
            settings: settings.notifications.clone(),
        };
        rt::spawn(notifications::work(deliverer, delivering));
        let pending = self.service.in_background(PAYMENTS);
        rt::spawn(payments::work_pending(pending, settings.payments.clone()));
        let service = self.service.in_background("reconciliation");
        rt::spawn(reconciliation::work(
            service,
            comparing,
            settings.reconciliation.clone(),
        ));
        let applier = webhooks::Applier {
            payments: self.service.in_background(webhooks::TOPIC),
            sealer: Arc::clone(&self.sealer),
        };
        let wakeups = self.inbox.wakeups().clone();
        rt::spawn(webhooks::work(applier, wakeups, settings.webhooks.clone()));
    }

    /// Starts writing the carts that checkout passes on.
    pub(super) fn record_carts(&self, posted: mpsc::UnboundedReceiver<PostedCart>) {
        let writer = recording::CartWriter {
            store: self.store.in_background("recording"),
            rulebooks: self.rulebooks.clone(),
            sealer: Arc::clone(&self.sealer),
            email_key: Arc::clone(&self.service.providers().email_key),
            settings: self.settings.recording.clone(),
            posted,
        };
        rt::spawn(writer.run());
    }

    /// Starts the what-if trials of rules on recorded carts.
    pub(super) fn try_rules(&self, historic: Arc<HistoricRulebooks>, trying: Wakeup<Trials>) {
        let parts = TrialParts {
            store: self.store.in_background("what-if"),
            clock: self.clock.clone(),
            sealer: Arc::clone(&self.sealer),
            rulebooks: self.rulebooks.clone(),
            historic,
        };
        rt::spawn(what_if::work(parts, trying));
    }
}
