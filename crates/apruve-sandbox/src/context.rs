//! The shared parts of a running sandbox: the state and its lock, the keys, and the sender of webhooks.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use actix_web::web;
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::{Notify, watch};

use super::{
    shop::{ServiceAccess, Shop},
    signer::Signer,
    state::{
        SandboxState,
        outbox::{Attempt, Delivery},
    },
};

/// The number of calls that are kept; older ones are dropped, so that a day under load does not fill the memory.
const MOST_CALLS: usize = 10_000;

/// The shared parts of a running sandbox.
pub struct SandboxContext {
    state: Mutex<SandboxState>,
    calls: Mutex<VecDeque<ReceivedCall>>,
    pub signer: Signer,
    client: reqwest::Client,
    /// Webhooks are sent one after the other; only copies are sent in parallel.
    sending: tokio::sync::Mutex<()>,
    /// Notified when there may be something to send.
    pub wake: Notify,
    /// Notified when the faults are removed, so that held calls continue.
    pub released: watch::Sender<()>,
    /// The demo shop, once it is open.
    pub shop: OnceLock<Shop>,
}

/// The shared parts, as handlers receive them.
pub type Context = web::Data<SandboxContext>;

/// A received call, and the status of its answer.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceivedCall {
    pub at: DateTime<Utc>,
    pub method: String,
    pub path: String,
    pub query: String,
    /// JSON if the body is JSON, otherwise its text.
    pub body: Value,
    /// The W3C trace context of the call.
    pub traceparent: Option<String>,
    /// Null if the connection was cut.
    pub status: Option<u16>,
}

impl SandboxContext {
    pub fn new(state: SandboxState, signer: Signer, client: reqwest::Client) -> Self {
        SandboxContext {
            state: Mutex::new(state),
            calls: Mutex::new(VecDeque::new()),
            signer,
            client,
            sending: tokio::sync::Mutex::new(()),
            wake: Notify::new(),
            released: watch::Sender::default(),
            shop: OnceLock::new(),
        }
    }

    /// Opens the shop, unless it is already open. Needs a Tokio runtime.
    pub fn open_shop(&self, service: ServiceAccess) {
        let (client, clock) = (self.client.clone(), self.state().clock().clone());
        self.shop.get_or_init(|| Shop::new(service, client, clock));
    }

    /// The current state; expired orders are updated first.
    pub fn state(&self) -> MutexGuard<'_, SandboxState> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tick();
        state
    }

    /// The received calls, the oldest first.
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

    /// Sends webhooks until none is due.
    pub async fn send_due(&self) {
        let _one_at_a_time = self.sending.lock().await;
        loop {
            let (now, due) = {
                let state = self.state();
                let now = state.now();
                (now, state.outbox.due(now))
            };
            let Some(delivery) = due else {
                return;
            };
            let statuses = self.send(&delivery).await;
            let attempt = Attempt { at: now, statuses };
            self.state().outbox.attempted(delivery.number, attempt);
        }
    }

    /// Advances the clock in steps, so that each event on the way happens at its own time.
    pub async fn advance_to(&self, target: DateTime<Utc>) {
        self.send_due().await;
        loop {
            let next = {
                let mut state = self.state();
                let next = state.next_moment().filter(|moment| *moment <= target);
                state.set_ahead_to(next.unwrap_or(target));
                next
            };
            self.send_due().await;
            if next.is_none() {
                return;
            }
        }
    }

    async fn send(&self, delivery: &Delivery) -> Vec<Option<u16>> {
        let body = delivery.body.as_bytes();
        let signature = self.signer.sign(body, delivery.signature);
        let copies = (0..delivery.copies).map(|_| {
            let mut request = self
                .client
                .post(&delivery.url)
                .header("Content-Type", "application/json")
                .body(delivery.body.clone());
            if let Some(signature) = &signature {
                request = request.header("X-Apruve-Signature", signature);
            }
            async { Some(request.send().await.ok()?.status().as_u16()) }
        });
        join_all(copies).await
    }
}
