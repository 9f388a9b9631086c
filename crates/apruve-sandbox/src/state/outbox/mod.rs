//! The outbox of webhooks: the times of attempts, and retries.
//!
//! Faults are applied when an event is added, so a lost webhook is never sent.

mod delivery;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};

pub use self::delivery::{Attempt, Delivery, DeliveryStatus};
use super::{SandboxState, merchant::Endpoint, shown_time};
use crate::faults::{Faults, Signature, WebhookEffect};

/// All webhooks since the start.
#[derive(Default)]
pub struct Outbox {
    pub faults: Faults,
    deliveries: BTreeMap<u64, Delivery>,
    waiting: BTreeSet<(DateTime<Utc>, u64)>,
    held: HashMap<String, Vec<u64>>,
    made: u64,
}

/// The body of a webhook, with its keys in the order in which Apruve sends them.
#[derive(Serialize)]
struct Envelope<'a> {
    uuid: &'a str,
    created_at: Value,
    event: &'a str,
    entity: &'a Value,
}

impl SandboxState {
    /// Adds a webhook for every endpoint of this shop.
    pub fn emit(&mut self, merchant_id: &str, event: &str, entity: &Value) {
        let uuid = self.ids.fresh();
        let now = self.now();
        let merchant = self.merchants.get(merchant_id);
        let endpoints = merchant.map(|merchant| merchant.endpoints.clone());
        let body = body(&Envelope {
            uuid: &uuid,
            created_at: shown_time(now),
            event,
            entity,
        });
        for endpoint in endpoints.into_iter().flatten() {
            self.outbox.add(&endpoint, &uuid, event, &body, now);
        }
    }
}

/// The body as compact JSON, with `&`, `<` and `>` escaped as Rails does; in JSON they only occur inside strings.
fn body(envelope: &Envelope<'_>) -> String {
    // An object with string keys can always be serialized.
    let text = serde_json::to_string(envelope).unwrap_or_default();
    text.replace('&', r"\u0026")
        .replace('<', r"\u003c")
        .replace('>', r"\u003e")
}

impl Outbox {
    fn add(&mut self, to: &Endpoint, uuid: &str, event: &str, body: &str, now: DateTime<Utc>) {
        self.made += 1;
        let mut delivery = Delivery {
            number: self.made,
            uuid: uuid.to_owned(),
            event: event.to_owned(),
            url: to.url.clone(),
            body: body.to_owned(),
            signature: Signature::Right,
            copies: 1,
            state: DeliveryStatus::Waiting { due: now },
            attempts: Vec::new(),
        };
        for effect in self.faults.of_webhook(event) {
            match effect {
                WebhookEffect::Lose => delivery.state = DeliveryStatus::Lost,
                WebhookEffect::Duplicate { copies } => delivery.copies = copies,
                WebhookEffect::Reorder => delivery.state = DeliveryStatus::Held,
                WebhookEffect::Late { seconds } => {
                    let due = now + TimeDelta::seconds(i64::from(seconds));
                    delivery.state = DeliveryStatus::Waiting { due };
                }
                WebhookEffect::BadSignature { signature } => delivery.signature = signature,
            }
        }
        let held = (delivery.state != DeliveryStatus::Held)
            .then(|| self.held.remove(&to.url))
            .flatten();
        self.keep(delivery);
        for number in held.into_iter().flatten() {
            self.send_after_all(number, now);
        }
    }

    /// Queues a held delivery after the one that overtook it, unless the control API has already sent it.
    fn send_after_all(&mut self, number: u64, now: DateTime<Utc>) {
        let held = self.deliveries.get(&number);
        if held.is_none_or(|delivery| delivery.state != DeliveryStatus::Held) {
            return;
        }
        if let Some(mut delivery) = self.deliveries.remove(&number) {
            self.made += 1;
            delivery.number = self.made;
            delivery.state = DeliveryStatus::Waiting { due: now };
            self.keep(delivery);
        }
    }

    fn keep(&mut self, delivery: Delivery) {
        match delivery.state {
            DeliveryStatus::Waiting { due } => {
                self.waiting.insert((due, delivery.number));
            }
            DeliveryStatus::Held => {
                let held = self.held.entry(delivery.url.clone()).or_default();
                held.push(delivery.number);
            }
            DeliveryStatus::Lost | DeliveryStatus::Delivered | DeliveryStatus::GivenUp => {}
        }
        self.deliveries.insert(delivery.number, delivery);
    }

    /// The time of the next attempt.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.waiting.first().map(|(due, _)| *due)
    }

    /// The delivery that is due first, if it is due by `now`.
    pub fn due(&self, now: DateTime<Utc>) -> Option<Delivery> {
        let (due, number) = self.waiting.first()?;
        let delivery = (*due <= now).then(|| self.deliveries.get(number))?;
        delivery.cloned()
    }

    /// Records an attempt.
    pub fn attempted(&mut self, number: u64, attempt: Attempt) {
        self.change(number, |delivery| delivery.attempted(attempt));
    }

    /// Queues a webhook again, whatever its status.
    pub fn send_again(&mut self, uuid: &str, now: DateTime<Utc>) -> bool {
        let deliveries = self.deliveries.values().filter(|one| one.uuid == uuid);
        let numbers: Vec<u64> = deliveries.map(|delivery| delivery.number).collect();
        for number in &numbers {
            let again = DeliveryStatus::Waiting { due: now };
            self.change(*number, |delivery| delivery.state = again);
        }
        !numbers.is_empty()
    }

    fn change(&mut self, number: u64, change: impl FnOnce(&mut Delivery)) {
        let Some(delivery) = self.deliveries.get_mut(&number) else {
            return;
        };
        if let DeliveryStatus::Waiting { due } = delivery.state {
            self.waiting.remove(&(due, number));
        }
        change(delivery);
        if let DeliveryStatus::Waiting { due } = delivery.state {
            self.waiting.insert((due, number));
        }
    }

    /// All deliveries, the oldest first, for the control API.
    pub fn show(&self) -> Value {
        json!(self.deliveries.values().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests;
