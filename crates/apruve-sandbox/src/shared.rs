//! What every part of a running stand-in holds: the world behind its lock, the keys, and the way out for webhooks.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Notify, watch};

use super::{
    shop::{Counter, Shop},
    signer::Signer,
    world::{
        World,
        outbox::{Attempt, Delivery},
    },
};

/// The calls that are remembered; older ones are forgotten, so that a day under load does not fill the memory.
const MOST_CALLS: usize = 10_000;

/// A running stand-in.
pub struct Shared {
    world: Mutex<World>,
    calls: Mutex<VecDeque<ReceivedCall>>,
    pub signer: Signer,
    client: reqwest::Client,
    /// Webhooks go one after the other, whoever sends them; only copies go side by side.
    sending: tokio::sync::Mutex<()>,
    /// There may be something to send.
    pub wake: Notify,
    /// Told when the faults are taken away: calls that are held go on.
    pub released: watch::Sender<()>,
    /// Open once somebody said which service it sells with.
    pub shop: OnceLock<Shop>,
}

/// A call that came in, and what it was answered.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedCall {
    pub at: DateTime<Utc>,
    pub method: String,
    pub path: String,
    pub query: String,
    /// As JSON where it is JSON.
    pub body: Value,
    /// The W3C trace context it came with.
    pub traceparent: Option<String>,
    /// Null where the connection was cut.
    pub status: Option<u16>,
}

impl Shared {
    pub fn new(world: World, signer: Signer, client: reqwest::Client) -> Self {
        Shared {
            world: Mutex::new(world),
            calls: Mutex::new(VecDeque::new()),
            signer,
            client,
            sending: tokio::sync::Mutex::new(()),
            wake: Notify::new(),
            released: watch::Sender::default(),
            shop: OnceLock::new(),
        }
    }

    /// Opens the shop, unless it is open.
    pub fn open_shop(&self, counter: Counter) {
        let client = self.client.clone();
        self.shop.get_or_init(|| Shop::new(counter, client));
    }

    /// The world as it is now: what time alone brings about is done.
    pub fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.tick();
        world
    }

    /// The calls that came in, the oldest first.
    pub fn calls(&self) -> MutexGuard<'_, VecDeque<ReceivedCall>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn remember(&self, call: ReceivedCall) {
        let mut calls = self.calls();
        if calls.len() == MOST_CALLS {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    /// Sends what is due, until nothing is.
    pub async fn send_due(&self) {
        let _one_at_a_time = self.sending.lock().await;
        loop {
            let (now, due) = {
                let world = self.world();
                let now = world.now();
                (now, world.outbox.due(now))
            };
            let Some(delivery) = due else {
                return;
            };
            let statuses = self.send(&delivery).await;
            let attempt = Attempt { at: now, statuses };
            self.world().outbox.attempted(delivery.number, attempt);
        }
    }

    /// Sets the clock ahead, and lets everything happen on the way at its own moment.
    pub async fn advance_to(&self, target: DateTime<Utc>) {
        self.send_due().await;
        loop {
            let next = {
                let mut world = self.world();
                let next = world.next_moment().filter(|moment| *moment <= target);
                world.set_ahead_to(next.unwrap_or(target));
                next
            };
            self.send_due().await;
            if next.is_none() {
                return;
            }
        }
    }

    async fn send(&self, delivery: &Delivery) -> Vec<Option<u16>> {
        let signature = self
            .signer
            .sign(delivery.body.as_bytes(), delivery.signature);
        let copies = (0..delivery.copies).map(|_| {
            let mut request = self
                .client
                .post(&delivery.url)
                .header("Content-Type", "application/json")
                .body(delivery.body.clone());
            if let Some(signature) = &signature {
                request = request.header("X-Apruve-Signature", signature);
            }
            async {
                request
                    .send()
                    .await
                    .ok()
                    .map(|answer| answer.status().as_u16())
            }
        });
        join_all(copies).await
    }
}
