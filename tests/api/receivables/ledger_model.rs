//! A small set of books in plain maps, kept by hand beside the service: it knows nothing of transactions, only of what was sold,
//! what was paid, and what went back.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

/// What happened to an invoice, in cents.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    Sold(i64),
    /// With what the provider kept of it.
    Paid(i64, i64),
    /// What was not paid is not asked for any more.
    Canceled,
    Returned(i64),
    /// Money that the shop gave back by hand, whatever is still owed.
    GivenBack(i64),
}

/// An invoice and all that happened to it.
#[derive(Clone, Debug)]
pub struct Sold {
    pub debtor: &'static str,
    pub customer: String,
    pub website: String,
    pub currency: &'static str,
    pub due: Option<DateTime<Utc>>,
    pub entries: Vec<(DateTime<Utc>, Entry)>,
}

/// An invoice's accounts at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    pub owed: i64,
    pub cash: i64,
    pub fees: i64,
    pub returns: i64,
    /// What was sold, less what was canceled.
    pub revenue: i64,
}

impl Sold {
    pub fn at(&self, moment: DateTime<Utc>) -> Accounts {
        let mut all = Accounts::default();
        for (_, entry) in self.entries.iter().filter(|(at, _)| *at <= moment) {
            match entry {
                Entry::Sold(cents) => {
                    all.owed += cents;
                    all.revenue += cents;
                }
                Entry::Paid(cents, fee) => {
                    all.owed -= cents;
                    all.cash += cents - fee;
                    all.fees += fee;
                }
                Entry::Canceled => {
                    all.revenue -= all.owed;
                    all.owed = 0;
                }
                Entry::GivenBack(cents) => {
                    all.cash -= cents;
                    all.returns += cents;
                }
                // What is owed goes first, and the rest is given back.
                Entry::Returned(cents) => {
                    let unpaid = all.owed.min(*cents);
                    all.owed -= unpaid;
                    all.cash -= cents - unpaid;
                    all.returns += cents;
                }
            }
        }
        all
    }

    /// The name of the bucket.
    fn bucket(&self, moment: DateTime<Utc>) -> &'static str {
        let Some(due) = self.due.filter(|due| *due <= moment) else {
            return "notDue";
        };
        match (moment.date_naive() - due.date_naive()).num_days() {
            ..=30 => "1-30",
            31..=60 => "31-60",
            61..=90 => "61-90",
            _ => "91+",
        }
    }
}

/// Cents by (debtor, group, currency, bucket).
pub type Aging = BTreeMap<(String, String, String, String), i64>;

pub fn aging(books: &[Sold], moment: DateTime<Utc>, group: impl Fn(&Sold) -> &str) -> Aging {
    let mut sums = Aging::new();
    for sold in books {
        let owed = sold.at(moment).owed;
        if owed > 0 {
            let bucket = sold.bucket(moment).to_owned();
            let key = (
                sold.debtor.to_owned(),
                group(sold).to_owned(),
                sold.currency.to_owned(),
                bucket,
            );
            *sums.entry(key).or_default() += owed;
        }
    }
    sums
}
