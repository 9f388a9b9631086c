//! Appends an event when an invoice becomes overdue, and again each time it enters the next bucket of days past due.

use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{
    aging::DEFAULT_BORDERS,
    calendar::{day_of, days_past_due, start_of},
    store::{self, Entered},
};
use crate::{
    events,
    ids::{IntegrationId, PaymentId},
    integrations::store::FundingTerms,
    payments,
    store::{Conn, Store, StoreError},
};

/// The number of invoices per write, so that other writes need not wait for long.
const BATCH: usize = 50;

/// Days are counted in UTC.
const ZONE: Tz = Tz::UTC;

/// A bucket of days past due, as a range of due times.
#[derive(Clone, Copy, Debug)]
struct OverdueBucket {
    /// The first day past due of the bucket.
    days: u32,
    /// The latest due time in the bucket.
    until: DateTime<Utc>,
    /// The latest due time of the next bucket, which this bucket excludes.
    after: Option<DateTime<Utc>>,
}

/// Records each invoice that has entered a bucket since the last call, appends an event for it, and returns the number
/// of events. Several replicas may run it at once. An invoice that had entered the bucket before an upgrade listed it
/// gets a notice without an event.
pub async fn watch_invoices(from: &Store, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let mut count = 0;
    let debtors = from.read(store::load_debtors).await?;
    for (integration, terms) in debtors.all() {
        for bucket in buckets(now) {
            count += watch(from, (integration, terms), bucket, now).await?;
        }
    }
    Ok(count)
}

async fn watch(
    from: &Store,
    owed: (IntegrationId, Option<FundingTerms>),
    bucket: OverdueBucket,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let days = i32::try_from(bucket.days).unwrap_or(i32::MAX);
    let mut count = 0;
    loop {
        // Read outside of the write, so that the writer is not blocked.
        let (entered, ledgers) = from
            .snapshot(move |conn| {
                let (until, after) = (bucket.until, bucket.after);
                let entered = store::list_entered(conn, owed, days, until, after, BATCH as i64)?;
                let ledgers = load_payments(conn, &entered)?;
                Ok::<_, StoreError>((entered, ledgers))
            })
            .await?;
        let is_last = entered.len() < BATCH;
        let mut drafts = Vec::new();
        for invoice in entered {
            let due = invoice.dates.due(owed.1);
            let is_new = due.is_some_and(|due| entry(due, bucket.days) > invoice.watched_since);
            let draft = ledgers.get(&invoice.payment_id).filter(|_| is_new);
            let past = days_past_due(due, now, ZONE);
            let draft =
                draft.and_then(|ledger| payments::invoice_overdue(ledger, invoice.id, past, now));
            drafts.push((invoice.id, draft));
        }
        let noted = from.write(move |tx| {
            let mut count = 0;
            for (invoice, draft) in drafts {
                if store::note(tx, invoice, days, now)?
                    && let Some(draft) = draft
                {
                    events::append(tx, &[draft])?;
                    count += 1;
                }
            }
            Ok::<_, StoreError>(count)
        });
        count += noted.await?;
        if is_last {
            return Ok(count);
        }
    }
}

fn load_payments(
    conn: &mut Conn,
    entered: &[Entered],
) -> Result<HashMap<PaymentId, payments::Ledger>, StoreError> {
    let mut ledgers = HashMap::new();
    for invoice in entered {
        // An unreadable payment is logged and skipped.
        match payments::store::load(conn, invoice.payment_id) {
            Ok(Some(ledger)) => {
                ledgers.insert(invoice.payment_id, ledger);
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, "a payment with an overdue invoice cannot be read")
            }
        }
    }
    Ok(ledgers)
}

/// The default buckets of the report, at the moment `now`.
fn buckets(now: DateTime<Utc>) -> Vec<OverdueBucket> {
    // Invoices that were due before the day `border` days ago are beyond the border.
    let beyond = |border: u32| {
        let day = day_of(now, ZONE).checked_sub_days(Days::new(u64::from(border)))?;
        start_of(day, ZONE)?.checked_sub_signed(TimeDelta::microseconds(1))
    };
    let borders = DEFAULT_BORDERS;
    let ends = borders.iter().map(|border| match border {
        0 => Some(now),
        border => beyond(*border),
    });
    let ends: Vec<Option<DateTime<Utc>>> = ends.collect();
    let bucket = |(place, border): (usize, &u32)| {
        Some(OverdueBucket {
            days: border + 1,
            until: ends[place]?,
            after: ends.get(place + 1).copied().flatten(),
        })
    };
    borders.iter().enumerate().filter_map(bucket).collect()
}

/// When an invoice with this due time enters the bucket that begins with `days`.
fn entry(due: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    let later = day_of(due, ZONE).checked_add_days(Days::new(u64::from(days)));
    match (days, later.and_then(|day| start_of(day, ZONE))) {
        (0 | 1, _) | (_, None) => due,
        (_, Some(start)) => start,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_moment_belongs_to_the_bucket_of_its_days() {
        let now: DateTime<Utc> = "2026-06-15T09:30:00Z".parse().expect("a moment");
        let buckets = buckets(now);
        assert_eq!(
            buckets.iter().map(|it| it.days).collect::<Vec<_>>(),
            [1, 31, 61, 91]
        );
        for hours in 0..24 * 130 {
            for shift in [TimeDelta::zero(), TimeDelta::microseconds(1)] {
                let due = now - TimeDelta::hours(hours) - shift;
                let days = days_past_due(Some(due), now, ZONE);
                let within = |it: &&OverdueBucket| {
                    due <= it.until && it.after.is_none_or(|after| due > after)
                };
                let found: Vec<u32> = buckets.iter().filter(within).map(|it| it.days).collect();
                let expected = DEFAULT_BORDERS.iter().rfind(|border| days > **border);
                assert_eq!(found, [expected.expect("overdue") + 1], "{due}");
                let entered = entry(due, found[0]);
                assert!(entered <= now, "{due}");
                let before = entered - TimeDelta::microseconds(1);
                assert!(days_past_due(Some(due), before, ZONE) < found[0], "{due}");
            }
        }
    }
}
