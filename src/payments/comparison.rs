//! When a payment is to be compared with the provider although nothing seems amiss.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ledger::Ledger, projection::Projection};

/// Soon enough for what a new payment's webhooks did not tell.
const FIRST: TimeDelta = TimeDelta::hours(1);
const WHILE_OPEN: TimeDelta = TimeDelta::days(1);
/// An order that the buyer made after all, or that was not canceled, mostly shows up by then.
const AFTER_END: TimeDelta = TimeDelta::days(1);
const WHILE_AT_REST: TimeDelta = TimeDelta::weeks(1);
/// So long an invoice that was paid may be returned or taken back.
const PAID_FOR: TimeDelta = TimeDelta::days(120);
/// So long an attempt that has ended may turn out to have an order.
pub const ENDED_FOR: TimeDelta = TimeDelta::days(120);

/// What the next comparison depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Something is still to happen.
    Open,
    /// Nothing is, since then, and money was received.
    Paid(DateTime<Utc>),
    /// Nothing is, since then, and no money was received.
    Ended(DateTime<Utc>),
}

/// When a payment that was read at `now` is to be compared with the provider again. `None`: it need not be.
pub fn next_comparison(ledger: &Ledger, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    ledger.payment.provider_order.as_ref()?;
    let projection = Projection::of(ledger);
    let stage = match projection.rests_since {
        None => Stage::Open,
        Some(since) if projection.amounts.captured > 0 => Stage::Paid(since),
        Some(since) => Stage::Ended(since),
    };
    after(stage, ledger.payment.created_at, now)
}

fn after(stage: Stage, created_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    match stage {
        Stage::Open if now < created_at + FIRST => Some(created_at + FIRST),
        Stage::Open => Some(now + WHILE_OPEN),
        Stage::Paid(since) => Some(now + WHILE_AT_REST).filter(|next| *next <= since + PAID_FOR),
        Stage::Ended(since) if now < since + AFTER_END => Some(since + AFTER_END),
        Stage::Ended(since) => Some(now + WHILE_AT_REST).filter(|next| *next <= since + ENDED_FOR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_payments_are_compared_daily_and_paid_and_ended_ones_weekly_for_a_time() {
        let at = |hours: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        let day = 24;
        // Everything in hours since the payment was created.
        let rows = [
            (Stage::Open, 0, Some(1)),
            (Stage::Open, 1, Some(1 + day)),
            (Stage::Open, 90 * day, Some(91 * day)),
            (Stage::Paid(at(10 * day)), 10 * day, Some(17 * day)),
            (Stage::Paid(at(10 * day)), 123 * day, Some(130 * day)),
            (Stage::Paid(at(10 * day)), 123 * day + 1, None),
            (Stage::Ended(at(5)), 5, Some(5 + day)),
            (Stage::Ended(at(5)), 4 + day, Some(5 + day)),
            (Stage::Ended(at(5)), 5 + day, Some(5 + 8 * day)),
            (Stage::Ended(at(5)), 5 + 113 * day, Some(5 + 120 * day)),
            (Stage::Ended(at(5)), 6 + 113 * day, None),
            (Stage::Ended(at(5)), 400 * day, None),
        ];
        for (stage, now, expected) in rows {
            let next = after(stage, at(0), at(now));
            assert_eq!(next, expected.map(at), "{stage:?} at hour {now}");
        }
    }
}
