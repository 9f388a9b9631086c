//! When a payment is compared with the provider although no outcome is unknown.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ledger::Ledger, payment::Payment, projection::Projection};

/// The age of a payment at its first comparison, which finds what lost webhooks did not report.
const FIRST: TimeDelta = TimeDelta::hours(1);
const WHILE_OPEN: TimeDelta = TimeDelta::days(1);
/// The first comparison after an attempt ended: an order that the buyer still made usually exists by then.
const AFTER_END: TimeDelta = TimeDelta::days(1);
const WHILE_AT_REST: TimeDelta = TimeDelta::weeks(1);
/// How long a paid invoice may still be returned or reversed.
const PAID_FOR: TimeDelta = TimeDelta::days(120);
/// How long an attempt that has ended may still turn out to have an order.
pub const ENDED_FOR: TimeDelta = TimeDelta::days(120);

/// When a new payment is compared first; `None` if it has no provider.
pub fn first_comparison(payment: &Payment) -> Option<DateTime<Utc>> {
    let provider_order = payment.provider_order.as_ref();
    provider_order.map(|_| payment.created_at + FIRST)
}

/// What the next comparison depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The payment is not at rest.
    Open,
    /// At rest since then, and money was received.
    Paid(DateTime<Utc>),
    /// At rest since then, and no money was received.
    Ended(DateTime<Utc>),
}

/// When a payment that was read at `now` is compared with the provider again; `None` if never.
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
