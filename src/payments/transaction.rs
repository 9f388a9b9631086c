//! The transactions of a payment, and the moves of their states.
//!
//! A settled transaction keeps its state: a success that is undone gets a child (`cancel`, `reversal`), and an effect
//! that appears after its transaction failed becomes a transaction of its own.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ids::{self, TransactionId},
    payments::{details::Details, natural_key::NaturalKey},
    providers::{Funding, ProviderId},
    string_enum::string_enum,
};

string_enum! {
    /// What was done or tried.
    Action as "TransactionAction" {
        /// The buyer chose the method.
        Purchase = "purchase",
        /// The provider, or the buyer at the provider, approved the order.
        Authorize = "authorize",
        /// The shop asked for money.
        Invoice = "invoice",
        /// A pending invoice was issued to the buyer; moves no amount.
        Issue = "issue",
        /// Goods of an invoice went out; moves no amount.
        Shipment = "shipment",
        /// Money was received, or is certain to be.
        Capture = "capture",
        /// An authorization or an invoice was canceled.
        Cancel = "cancel",
        /// Money of an invoice or a capture was given back, or is not asked for any more.
        Refund = "refund",
        /// The provider took a capture back.
        Reversal = "reversal",
    }
}

string_enum! {
    /// Who began a transaction.
    Origin as "TransactionOrigin" {
        /// A caller of this service.
        Caller = "caller",
        /// The provider.
        Provider = "provider",
    }
}

string_enum! {
    /// The state of a transaction.
    State as "TransactionState" {
        /// Begun; the next move is another party's.
        Pending = "pending",
        /// It happened.
        Succeeded = "succeeded",
        /// It did not happen.
        Failed = "failed",
        /// It may have happened; reading will tell.
        Unknown = "unknown",
    }
}

string_enum! {
    /// Why a transaction failed.
    FailureCode as "TransactionFailureCode" {
        /// The order that it belongs to was canceled.
        Canceled = "canceled",
        /// The provider, or the buyer at the provider, declined.
        Declined = "declined",
        /// The order was not approved in time.
        Expired = "expired",
        /// The provider rejects the API key.
        KeyRefused = "key_refused",
        /// The provider does not have it.
        NotFound = "not_found",
        /// Nothing was sent.
        NotSent = "not_sent",
        /// The provider rejected it.
        ProviderRefused = "provider_refused",
        /// A person found out that it did not happen.
        Resolved = "resolved",
    }
}

impl FailureCode {
    /// Whether nothing was done, so that the same request may be made again. False for an order that was made and
    /// ended.
    pub fn is_nothing_done(self) -> bool {
        match self {
            FailureCode::KeyRefused
            | FailureCode::NotFound
            | FailureCode::NotSent
            | FailureCode::ProviderRefused
            | FailureCode::Resolved => true,
            FailureCode::Canceled | FailureCode::Declined | FailureCode::Expired => false,
        }
    }
}

/// What may happen to a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The provider has it and has not decided.
    Waits,
    /// It happened.
    Succeeds,
    /// It did not happen.
    Fails,
    /// The call ended without a usable answer.
    Lost,
}

/// An event contradicts the state of a settled transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a transaction that {from:?} cannot take {event:?}")]
pub struct WrongMove {
    pub from: State,
    pub event: Event,
}

impl State {
    /// Every possible move; `Ok(None)` for a late or repeated one, which changes nothing.
    pub fn after(self, event: Event) -> Result<Option<State>, WrongMove> {
        match (self, event) {
            (State::Pending | State::Unknown, Event::Succeeds) => Ok(Some(State::Succeeded)),
            (State::Pending | State::Unknown, Event::Fails) => Ok(Some(State::Failed)),
            (State::Pending, Event::Lost) => Ok(Some(State::Unknown)),
            (State::Unknown, Event::Waits) => Ok(Some(State::Pending)),
            (State::Pending, Event::Waits)
            | (State::Unknown, Event::Lost)
            | (State::Succeeded | State::Failed, Event::Waits | Event::Lost)
            | (State::Succeeded, Event::Succeeds)
            | (State::Failed, Event::Fails) => Ok(None),
            (from @ State::Succeeded, event @ Event::Fails)
            | (from @ State::Failed, event @ Event::Succeeds) => Err(WrongMove { from, event }),
        }
    }

    /// Whether it is over.
    pub fn is_settled(self) -> bool {
        matches!(self, State::Succeeded | State::Failed)
    }
}

/// Why it did not happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = TransactionFailure)]
pub struct Failure {
    /// A stable word.
    #[schema(value_type = String, example = "provider_refused")]
    pub code: FailureCode,
    /// The provider's words, or ours, for a person.
    #[schema(example = "Apruve refused with status 400: Not enough credit available")]
    pub message: String,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Failure {
            code,
            message: message.into(),
        }
    }
}

/// The state of the search for an unknown outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Search {
    /// The number of reads that did not decide the outcome.
    pub reads: u32,
    /// The number of complete listings without it.
    pub absences: u32,
    /// The time of the first such listing.
    pub absent_since: Option<DateTime<Utc>>,
    /// The time of the next search.
    pub next_at: Option<DateTime<Utc>>,
}

/// The pauses between searches; after the last one they are hourly.
const PAUSES: [TimeDelta; 6] = [
    TimeDelta::seconds(5),
    TimeDelta::seconds(30),
    TimeDelta::minutes(2),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
];
/// The number of complete listings without it, over at least [`ABSENT_FOR`], that prove that it does not exist.
const ABSENCES: u32 = 3;
const ABSENT_FOR: TimeDelta = TimeDelta::minutes(15);

impl Search {
    /// A search that begins at `at`.
    pub fn begin(at: DateTime<Utc>) -> Self {
        Search {
            next_at: Some(at + PAUSES[0]),
            ..Search::default()
        }
    }

    /// Counts a sync that did not decide the outcome, and schedules the next one.
    pub fn synced(&mut self, at: DateTime<Utc>) {
        self.reads = self.reads.saturating_add(1);
        let pause = PAUSES.get(self.reads as usize);
        self.next_at = Some(at + *pause.unwrap_or(&PAUSES[PAUSES.len() - 1]));
    }

    /// Forgets the listings without it: the next one is the first of a new row.
    pub fn found(&mut self) {
        self.absences = 0;
        self.absent_since = None;
    }

    /// Counts a complete listing without it. Returns true if there were enough of them to prove that it does not exist.
    pub fn missed(&mut self, at: DateTime<Utc>) -> bool {
        self.synced(at);
        self.absences = self.absences.saturating_add(1);
        let since = *self.absent_since.get_or_insert(at);
        self.absences >= ABSENCES && at - since >= ABSENT_FOR
    }
}

/// One thing that was done or tried under a payment.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    pub id: TransactionId,
    /// The capture's invoice, the cancellation's authorization.
    pub parent_id: Option<TransactionId>,
    pub action: Action,
    pub origin: Origin,
    pub state: State,
    /// Minor units of the payment's currency; 0 for what moves no money.
    pub amount: i64,
    /// The provider's id.
    pub reference: Option<ProviderId>,
    /// Our name for it at the provider, by which it is found when the answer was lost.
    pub number: Option<String>,
    /// The shop's own name for it, under which it is done once.
    pub natural_key: Option<NaturalKey>,
    /// The caller's own name for it, such as the number of a check.
    pub caller_reference: Option<String>,
    pub failure: Option<Failure>,
    pub details: Details,
    /// Until then the call may be under way. `None` without a call.
    pub call_until: Option<DateTime<Utc>>,
    pub search: Search,
    /// Which of the provider's captures and reversals of its invoice it is, from 1; 0 for everything else.
    pub ordinal: u32,
    /// When it began to count in the books: when it succeeded, and for the purchase of an offline sale when it was made.
    pub booked_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Transaction {
    /// A new one by a caller, pending.
    pub fn new(
        action: Action,
        amount: i64,
        parent_id: Option<TransactionId>,
        at: DateTime<Utc>,
    ) -> Self {
        Transaction {
            id: ids::fresh(at),
            parent_id,
            action,
            origin: Origin::Caller,
            state: State::Pending,
            amount,
            reference: None,
            number: None,
            natural_key: None,
            caller_reference: None,
            failure: None,
            details: Details::default(),
            call_until: None,
            search: Search::default(),
            ordinal: 0,
            booked_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    /// What the provider paid for it, if it is an invoice.
    pub fn funding(&self) -> Option<Funding> {
        self.details.invoice.as_ref()?.funding
    }

    /// Whether it counts against what is left: it succeeded, or may still succeed.
    pub fn is_reserved(&self) -> bool {
        self.state != State::Failed
    }

    /// Whether its outcome is open on our side: a call is under way, or ended with an unknown result.
    pub fn is_unsettled(&self) -> bool {
        self.state == State::Unknown || self.call_until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_is_one_row_of_a_table() {
        use {Event::*, State::*};
        let table = [
            (Pending, Waits, Ok(None)),
            (Pending, Succeeds, Ok(Some(Succeeded))),
            (Pending, Fails, Ok(Some(Failed))),
            (Pending, Lost, Ok(Some(Unknown))),
            (Unknown, Waits, Ok(Some(Pending))),
            (Unknown, Succeeds, Ok(Some(Succeeded))),
            (Unknown, Fails, Ok(Some(Failed))),
            (Unknown, Lost, Ok(None)),
            (Succeeded, Waits, Ok(None)),
            (Succeeded, Succeeds, Ok(None)),
            (Succeeded, Fails, Err(())),
            (Succeeded, Lost, Ok(None)),
            (Failed, Waits, Ok(None)),
            (Failed, Succeeds, Err(())),
            (Failed, Fails, Ok(None)),
            (Failed, Lost, Ok(None)),
        ];
        for (from, event, to) in table {
            assert_eq!(from.after(event).map_err(|_| ()), to, "{from:?} {event:?}");
        }
    }

    #[test]
    fn looks_grow_rarer_and_then_come_hourly() {
        let mut at = DateTime::UNIX_EPOCH;
        let mut search = Search::begin(at);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let next = search.next_at.expect("a next search");
            pauses.push((next - at).num_seconds());
            at = next;
            search.synced(at);
        }
        assert_eq!(pauses, [5, 30, 120, 300, 900, 3600, 3600, 3600]);
    }

    #[test]
    fn absent_is_only_what_several_listings_over_a_quarter_of_an_hour_did_not_have() {
        let start = DateTime::UNIX_EPOCH;
        let mut search = Search::begin(start);
        for second in 0..20 {
            assert!(!search.missed(start + TimeDelta::seconds(second)));
        }
        let mut search = Search::begin(start);
        assert!(!search.missed(start));
        assert!(
            !search.missed(start + TimeDelta::minutes(20)),
            "two are not several"
        );
        assert!(search.missed(start + TimeDelta::minutes(21)));
    }
}
