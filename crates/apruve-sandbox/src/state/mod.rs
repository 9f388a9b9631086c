//! The state of the stand-in, in memory: one value behind one lock, changed by methods that do no I/O.
//!
//! A change with an event adds webhooks to `outbox`; `context` sends them. Ids come from a seed and the time from a
//! clock that can be advanced, so the same calls produce the same bytes.

pub mod account;
pub mod behaviour;
pub mod checkout;
mod credit;
pub mod ids;
pub mod invoice;
pub mod invoice_return;
pub mod item;
pub mod merchant;
pub mod object;
pub mod order;
pub mod outbox;
pub mod payment;
pub mod shipment;
mod table;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use self::{
    account::Account, behaviour::Behaviour, checkout::Checkout, ids::Ids, invoice::Invoice,
    invoice_return::InvoiceReturn, merchant::Merchant, order::Order, outbox::Outbox,
    shipment::Shipment, table::Table,
};
use crate::clock::Clock;

/// US Central time without daylight saving; one fixed offset is enough for a test.
const OFFSET_SECONDS: i32 = -6 * 3600;

/// The state of one sandbox.
pub struct SandboxState {
    /// The origin of this stand-in, such as `http://127.0.0.1:4711`; links start with it.
    pub origin: String,
    clock: Clock,
    ahead: TimeDelta,
    pub ids: Ids,
    pub behaviour: Behaviour,
    /// Fields that replace those of an object in every answer, by the object's id.
    pub overrides: HashMap<String, Map<String, Value>>,
    pub merchants: Table<Merchant>,
    pub accounts: Table<Account>,
    pub orders: Table<Order>,
    pub invoices: Table<Invoice>,
    pub shipments: Table<Shipment>,
    pub returns: Table<InvoiceReturn>,
    pub checkouts: Table<Checkout>,
    /// Queued webhooks, and the faults for webhooks and calls.
    pub outbox: Outbox,
    /// Orders that wait for approval, by their expiry.
    expiring: BTreeSet<(DateTime<Utc>, String)>,
}

impl SandboxState {
    /// An empty state.
    pub fn new(origin: String, clock: Clock, ids: Ids) -> Self {
        SandboxState {
            origin,
            clock,
            ahead: TimeDelta::zero(),
            ids,
            behaviour: Behaviour::default(),
            overrides: HashMap::new(),
            merchants: Table::default(),
            accounts: Table::default(),
            orders: Table::default(),
            invoices: Table::default(),
            shipments: Table::default(),
            returns: Table::default(),
            checkouts: Table::default(),
            outbox: Outbox::default(),
            expiring: BTreeSet::new(),
        }
    }

    /// The original clock, which is not advanced.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The time of the stand-in.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now() + self.ahead
    }

    /// Advances the clock to `moment`; it never goes back.
    pub fn set_ahead_to(&mut self, moment: DateTime<Utc>) {
        self.ahead = self.ahead.max(moment - self.clock.now());
    }

    /// The next time at which a webhook is due or an order expires.
    pub fn next_moment(&self) -> Option<DateTime<Utc>> {
        let expiry = self.expiring.first().map(|(moment, _)| *moment);
        [self.outbox.next_due(), expiry].into_iter().flatten().min()
    }

    /// Expires the orders that were not approved in time.
    pub fn tick(&mut self) {
        let now = self.now();
        while let Some((moment, id)) = self.expiring.pop_first() {
            if moment > now {
                self.expiring.insert((moment, id));
                return;
            }
            // An error means that the order was decided in the meantime.
            let _ = self.expire(&id);
        }
    }

    /// A link to a path below the API's root.
    fn link(&self, path: &str) -> Value {
        Value::String(format!("{}/api/v4/{path}", self.origin))
    }

    /// An object with its overridden fields.
    fn shown(&self, id: &str, object: Value) -> Value {
        match (object, self.overrides.get(id)) {
            (Value::Object(mut object), Some(fields)) => {
                object.extend(fields.clone());
                Value::Object(object)
            }
            (object, _) => object,
        }
    }
}

/// A time as JSON: whole seconds with a numeric offset.
pub fn shown_time(moment: DateTime<Utc>) -> Value {
    Value::String(local(moment).format("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// Like [`shown_time`], null for `None`.
fn shown_time_or_null(moment: Option<DateTime<Utc>>) -> Value {
    moment.map_or(Value::Null, shown_time)
}

/// The beginning of a day.
fn midnight(date: NaiveDate) -> Option<DateTime<Utc>> {
    let zone = *local(DateTime::UNIX_EPOCH).offset();
    let midnight = date.and_time(NaiveTime::MIN).and_local_timezone(zone);
    midnight.earliest().map(|moment| moment.to_utc())
}

fn local(moment: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::west_opt(-OFFSET_SECONDS) {
        Some(offset) => moment.with_timezone(&offset),
        None => moment.fixed_offset(),
    }
}
