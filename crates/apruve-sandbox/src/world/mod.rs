//! Everything the stand-in knows, in memory: one value behind one lock, changed by moves that do no I/O.
//!
//! A move that others hear about puts webhooks into `outbox`; sending them is somebody else's work. Ids come from a seed
//! and time from a clock that can be set ahead, so the same story gives the same bytes.

pub mod account;
pub mod behaviour;
pub mod checkout;
mod credit;
pub mod ids;
pub mod invoice;
pub mod invoice_return;
pub mod item;
pub mod merchant;
pub mod order;
pub mod outbox;
pub mod payment;
mod shelf;
pub mod shipment;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Map, Value};

use self::{
    account::Account, behaviour::Behaviour, checkout::Checkout, ids::Ids, invoice::Invoice,
    invoice_return::InvoiceReturn, merchant::Merchant, order::Order, outbox::Outbox, shelf::Shelf,
    shipment::Shipment,
};
use crate::clock::Clock;

/// US Central without daylight saving: one offset for every time, as the real answers have one at a time.
const OFFSET_SECONDS: i32 = -6 * 3600;

/// The state.
pub struct World {
    /// Where this stand-in listens, such as `http://127.0.0.1:4711`; links start with it.
    pub origin: String,
    clock: Clock,
    ahead: TimeDelta,
    pub ids: Ids,
    pub behaviour: Behaviour,
    /// Fields that replace an object's own wherever it is shown, by id.
    pub overrides: HashMap<String, Map<String, Value>>,
    pub merchants: Shelf<Merchant>,
    pub accounts: Shelf<Account>,
    pub orders: Shelf<Order>,
    pub invoices: Shelf<Invoice>,
    pub shipments: Shelf<Shipment>,
    pub returns: Shelf<InvoiceReturn>,
    pub checkouts: Shelf<Checkout>,
    /// Webhooks on their way, and the faults that strike them and the calls.
    pub outbox: Outbox,
    /// Orders that wait for approval, by the moment they stop waiting.
    expiring: BTreeSet<(DateTime<Utc>, String)>,
}

impl World {
    /// An empty world.
    pub fn new(origin: String, clock: Clock, ids: Ids) -> Self {
        World {
            origin,
            clock,
            ahead: TimeDelta::zero(),
            ids,
            behaviour: Behaviour::default(),
            overrides: HashMap::new(),
            merchants: Shelf::default(),
            accounts: Shelf::default(),
            orders: Shelf::default(),
            invoices: Shelf::default(),
            shipments: Shelf::default(),
            returns: Shelf::default(),
            checkouts: Shelf::default(),
            outbox: Outbox::default(),
            expiring: BTreeSet::new(),
        }
    }

    /// What the clock of the stand-in shows.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now() + self.ahead
    }

    /// Sets the clock ahead to `moment`; it never goes back.
    pub fn set_ahead_to(&mut self, moment: DateTime<Utc>) {
        self.ahead = self.ahead.max(moment - self.clock.now());
    }

    /// The next moment at which something happens by itself.
    pub fn next_moment(&self) -> Option<DateTime<Utc>> {
        let expiry = self.expiring.first().map(|(moment, _)| *moment);
        [self.outbox.next_due(), expiry].into_iter().flatten().min()
    }

    /// Does what time alone brings about: orders that nobody approved expire.
    pub fn tick(&mut self) {
        let now = self.now();
        while let Some((moment, id)) = self.expiring.pop_first() {
            if moment > now {
                self.expiring.insert((moment, id));
                return;
            }
            self.expire(&id);
        }
    }

    /// A link to something below the API's root.
    fn link(&self, path: &str) -> Value {
        Value::String(format!("{}/api/v4/{path}", self.origin))
    }

    /// An object as it is shown: with the fields that somebody overrode.
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

/// A time as it is shown: whole seconds with a numeric offset.
pub fn shown_time(moment: DateTime<Utc>) -> Value {
    Value::String(local(moment).format("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// A time that may not have come.
fn shown_time_or_null(moment: Option<DateTime<Utc>>) -> Value {
    moment.map_or(Value::Null, shown_time)
}

fn local(moment: DateTime<Utc>) -> DateTime<FixedOffset> {
    match FixedOffset::west_opt(-OFFSET_SECONDS) {
        Some(offset) => moment.with_timezone(&offset),
        None => moment.fixed_offset(),
    }
}
