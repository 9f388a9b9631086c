//! Webhooks on their way: what is sent when, and again when it was not taken.
//!
//! One attempt follows the other for a day: after a minute, then after twice the time, but never more than four hours. Faults
//! strike here, when an event happens, so that what is lost was never sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Value, json};

use super::{World, merchant::Endpoint, shown_time};
use crate::sandbox::faults::{Faults, Signature, WebhookEffect};

const FIRST_DELAY: TimeDelta = TimeDelta::minutes(1);
const LONGEST_DELAY: TimeDelta = TimeDelta::hours(4);
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);

/// One event for one address.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    pub number: u64,
    pub uuid: String,
    pub event: String,
    pub url: String,
    /// Exactly the bytes that are signed and sent.
    pub body: String,
    pub signature: Signature,
    /// Sent side by side at each attempt.
    pub copies: u32,
    pub state: State,
    pub attempts: Vec<Attempt>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum State {
    /// The next attempt is due at this moment.
    Waiting {
        due: DateTime<Utc>,
    },
    /// It goes after the next one to the same address.
    Held,
    /// A fault swallowed it.
    Lost,
    Delivered,
    /// A day of attempts went by.
    GivenUp,
}

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// What was answered to each copy; null where there was no answer.
    pub statuses: Vec<Option<u16>>,
}

/// The webhooks that were ever made.
#[derive(Default)]
pub struct Outbox {
    pub faults: Faults,
    deliveries: BTreeMap<u64, Delivery>,
    waiting: BTreeSet<(DateTime<Utc>, u64)>,
    held: HashMap<String, Vec<u64>>,
    made: u64,
}

/// The body of a webhook, in the order of keys that was seen.
#[derive(Serialize)]
struct Envelope<'a> {
    uuid: &'a str,
    created_at: Value,
    event: &'a str,
    entity: &'a Value,
}

impl World {
    /// Tells every address of this shop.
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

/// Compact, with `&`, `<` and `>` written as Rails writes them; in JSON they stand inside texts only.
fn body(envelope: &Envelope<'_>) -> String {
    // Maps with text keys always become JSON.
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
            state: State::Waiting { due: now },
            attempts: Vec::new(),
        };
        for effect in self.faults.of_webhook(event) {
            match effect {
                WebhookEffect::Lose => delivery.state = State::Lost,
                WebhookEffect::Duplicate { copies } => delivery.copies = copies,
                WebhookEffect::Reorder => delivery.state = State::Held,
                WebhookEffect::Late { seconds } => {
                    let due = now + TimeDelta::seconds(i64::from(seconds));
                    delivery.state = State::Waiting { due };
                }
                WebhookEffect::BadSignature { signature } => delivery.signature = signature,
            }
        }
        let held = (delivery.state != State::Held)
            .then(|| self.held.remove(&to.url))
            .flatten();
        self.keep(delivery);
        for number in held.into_iter().flatten() {
            self.send_after_all(number, now);
        }
    }

    /// What was held back goes now, behind what overtook it.
    fn send_after_all(&mut self, number: u64, now: DateTime<Utc>) {
        if let Some(mut delivery) = self.deliveries.remove(&number) {
            self.made += 1;
            delivery.number = self.made;
            delivery.state = State::Waiting { due: now };
            self.keep(delivery);
        }
    }

    fn keep(&mut self, delivery: Delivery) {
        match delivery.state {
            State::Waiting { due } => {
                self.waiting.insert((due, delivery.number));
            }
            State::Held => {
                let held = self.held.entry(delivery.url.clone()).or_default();
                held.push(delivery.number);
            }
            State::Lost | State::Delivered | State::GivenUp => {}
        }
        self.deliveries.insert(delivery.number, delivery);
    }

    /// When the next attempt is due.
    pub fn next_due(&self) -> Option<DateTime<Utc>> {
        self.waiting.first().map(|(due, _)| *due)
    }

    /// The delivery whose attempt has been due longest.
    pub fn due(&self, now: DateTime<Utc>) -> Option<Delivery> {
        let (due, number) = self.waiting.first()?;
        let delivery = (*due <= now).then(|| self.deliveries.get(number))?;
        delivery.cloned()
    }

    /// Notes how an attempt went: any answer but 200 leads to another one, for a day.
    pub fn attempted(&mut self, number: u64, attempt: Attempt) {
        let Some(delivery) = self.deliveries.get_mut(&number) else {
            return;
        };
        if let State::Waiting { due } = delivery.state {
            self.waiting.remove(&(due, number));
        }
        let now = attempt.at;
        let taken = attempt.statuses.iter().all(|status| *status == Some(200));
        delivery.attempts.push(attempt);
        let first = delivery.attempts.first().map_or(now, |attempt| attempt.at);
        let due = now + delay_after(delivery.attempts.len());
        delivery.state = match taken {
            true => State::Delivered,
            false if due - first > GIVE_UP_AFTER => State::GivenUp,
            false => State::Waiting { due },
        };
        if let State::Waiting { due } = delivery.state {
            self.waiting.insert((due, number));
        }
    }

    /// Sends something again that was already sent, lost or given up.
    pub fn send_again(&mut self, uuid: &str, now: DateTime<Utc>) -> bool {
        let deliveries = self.deliveries.values().filter(|one| one.uuid == uuid);
        let numbers: Vec<u64> = deliveries.map(|delivery| delivery.number).collect();
        for number in &numbers {
            let Some(delivery) = self.deliveries.get_mut(number) else {
                continue;
            };
            if let State::Waiting { due } = delivery.state {
                self.waiting.remove(&(due, *number));
            }
            delivery.state = State::Waiting { due: now };
            self.waiting.insert((now, *number));
        }
        !numbers.is_empty()
    }

    /// All of them, the oldest first, for the control API.
    pub fn show(&self) -> Value {
        json!(self.deliveries.values().collect::<Vec<_>>())
    }
}

/// How long after so many attempts the next one follows.
fn delay_after(attempts: usize) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let factor = 2_i32.checked_pow(doublings);
    let delay = factor.and_then(|factor| FIRST_DELAY.checked_mul(factor));
    delay.unwrap_or(LONGEST_DELAY).min(LONGEST_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn outbox_with(faults: &[WebhookEffect], events: &[&str]) -> Outbox {
        let mut outbox = Outbox::default();
        for effect in faults {
            let fault = json!({ "effect": effect });
            outbox
                .faults
                .webhooks
                .push(serde_json::from_value(fault).expect("a fault"));
        }
        let endpoint = Endpoint {
            id: "e".to_owned(),
            url: "http://shop".to_owned(),
        };
        for event in events {
            outbox.add(&endpoint, event, event, "{}", START);
        }
        outbox
    }

    fn sent(outbox: &mut Outbox, now: DateTime<Utc>) -> Vec<String> {
        let mut sent = Vec::new();
        while let Some(delivery) = outbox.due(now) {
            let statuses = vec![Some(200)];
            outbox.attempted(delivery.number, Attempt { at: now, statuses });
            sent.push(delivery.event);
        }
        sent
    }

    #[test]
    fn a_webhook_that_nobody_takes_is_tried_for_a_day_and_no_longer() {
        let mut outbox = outbox_with(&[], &["order.accepted"]);
        let mut minutes = Vec::new();
        while let Some(due) = outbox.next_due() {
            let delivery = outbox.due(due).expect("due");
            minutes.push((due - START).num_minutes());
            outbox.attempted(
                delivery.number,
                Attempt {
                    at: due,
                    statuses: vec![Some(500)],
                },
            );
        }
        assert_eq!(
            minutes,
            [0, 1, 3, 7, 15, 31, 63, 127, 255, 495, 735, 975, 1215]
        );
        assert!(
            outbox
                .deliveries
                .values()
                .all(|delivery| delivery.state == State::GivenUp)
        );
    }

    #[test]
    fn what_is_held_back_goes_after_the_next_one() {
        let mut outbox = outbox_with(&[WebhookEffect::Reorder], &["one", "two", "three"]);
        assert_eq!(sent(&mut outbox, START), ["two", "one", "three"]);
    }

    #[test]
    fn what_is_late_goes_when_its_time_has_come_and_what_is_lost_never() {
        let faults = [WebhookEffect::Late { seconds: 60 }];
        let mut outbox = outbox_with(&faults, &["one", "two"]);
        assert_eq!(sent(&mut outbox, START), ["two"]);
        assert_eq!(sent(&mut outbox, START + TimeDelta::seconds(60)), ["one"]);
        let mut outbox = outbox_with(&[WebhookEffect::Lose], &["one", "two"]);
        assert_eq!(sent(&mut outbox, START + TimeDelta::days(2)), ["two"]);
    }

    #[test]
    fn texts_are_escaped_as_rails_does() {
        let entity = json!({ "title": "Nuts & <bolts>" });
        let envelope = Envelope {
            uuid: "u",
            created_at: json!("t"),
            event: "e",
            entity: &entity,
        };
        assert_eq!(
            body(&envelope),
            r#"{"uuid":"u","created_at":"t","event":"e","entity":{"title":"Nuts \u0026 \u003cbolts\u003e"}}"#
        );
    }
}
