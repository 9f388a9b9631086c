//! The aging report: what is owed to the shop, by days past due.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::json;
use utoipa::openapi::{RefOr, Schema};

use super::{
    TOPIC,
    calendar::days_past_due,
    debtor::{Debtor, Debtors},
    report::{Cell, ReadBatch, Report, ReportHead, ReportLine},
    store::{self, AgingRow, Grouping},
};
use crate::{
    auth::Websites,
    http::text_value::{TextValue, text_schema, text_values},
    money::Currency,
    store::{Store, StoreError},
};

/// The default borders of the buckets, in days.
pub const DEFAULT_BORDERS: [u32; 4] = [0, 30, 60, 90];
const MOST_BORDERS: usize = 12;
const MOST_DAYS: u32 = 3650;

/// The buckets of days past due: one for what is not past due, and one above each border.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets(Vec<u32>);

impl Default for Buckets {
    fn default() -> Self {
        Buckets(DEFAULT_BORDERS.to_vec())
    }
}

impl Buckets {
    /// Parses borders separated by commas.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
        let border = |word: &str| word.parse().ok().filter(|_| digits(word));
        let borders: Vec<u32> = text.split(',').map(border).collect::<Option<_>>()?;
        let rise = borders.is_sorted_by(|one, next| one < next);
        let fit = borders.first() == Some(&0) && borders.last().is_some_and(|it| *it <= MOST_DAYS);
        (rise && fit && borders.len() <= MOST_BORDERS).then_some(Buckets(borders))
    }

    /// The names of the buckets: `notDue`, `1-30`, …, `91+`.
    pub fn names(&self) -> Vec<String> {
        let behind = self.0.iter().enumerate().map(|(place, border)| {
            let first = border + 1;
            match self.0.get(place + 1) {
                Some(last) if *last == first => format!("{first}"),
                Some(last) => format!("{first}-{last}"),
                None => format!("{first}+"),
            }
        });
        std::iter::once("notDue".to_owned()).chain(behind).collect()
    }

    fn place_of(&self, days: u32) -> usize {
        self.0.iter().filter(|border| days > **border).count()
    }
}

text_values! {
    Buckets: "up to 12 whole numbers of days that begin with 0, rise, and are at most 3650, such as 0,30,60,90", Buckets::parse, text_schema(None, None);
}

/// The parameters of the report.
#[derive(Clone, Debug)]
pub struct AgingQuery {
    pub as_of: DateTime<Utc>,
    /// `None` for both debtors.
    pub debtor: Option<Debtor>,
    pub by: Grouping,
    pub buckets: Buckets,
    pub zone: Tz,
    pub websites: Websites,
}

/// The number of invoices, and the amounts owed by bucket, in minor units.
#[derive(Clone, Debug, Default)]
struct AgingSums {
    invoices: u64,
    buckets: Vec<i128>,
}

/// The key and the currency of a group of lines.
type Group = (String, Currency);

/// The state of the report while its rows are read.
pub struct AgingReport {
    debtors: Debtors,
    wanted: AgingQuery,
    /// The current group, the name of its customer or integration, and the sums of each debtor in it.
    group: Option<(Group, String, BTreeMap<Debtor, AgingSums>)>,
    totals: BTreeMap<(Debtor, Currency), AgingSums>,
}

impl AgingReport {
    pub async fn begin(store: &Store, wanted: AgingQuery) -> Result<Self, StoreError> {
        Ok(AgingReport {
            debtors: store.for_lists(TOPIC).read(store::load_debtors).await?,
            wanted,
            group: None,
            totals: BTreeMap::new(),
        })
    }

    fn line(
        &self,
        debtor: Debtor,
        keys: Vec<Cell>,
        currency: Currency,
        sums: &AgingSums,
    ) -> ReportLine {
        let amount = |minor| Cell::amount(minor, currency);
        let total = sums.buckets.iter().sum();
        let mut line = vec![Cell::text(debtor.as_str())];
        line.extend(keys);
        line.push(Cell::text(currency.code()));
        line.push(Cell::Count(sums.invoices));
        line.extend(sums.buckets.iter().copied().map(amount));
        line.push(amount(total));
        line
    }
}

impl AgingSums {
    fn add(&mut self, place: usize, count: usize, due: i64) {
        self.invoices += 1;
        self.buckets.resize(count, 0);
        if let Some(sum) = self.buckets.get_mut(place) {
            *sum += i128::from(due);
        }
    }
}

impl Report for AgingReport {
    type Row = AgingRow;

    fn head(&self) -> ReportHead {
        let AgingQuery { as_of, by, .. } = self.wanted;
        let (group, buckets) = (by.columns().join(","), self.wanted.buckets.names());
        let behind = buckets.join(",");
        ReportHead {
            name: "aging",
            as_of,
            columns: format!("debtor,{group},currency,invoices,{behind},total"),
            members: vec![
                ("timezone", json!(self.wanted.zone.name())),
                ("by", json!(by)),
                ("buckets", json!(buckets)),
            ],
        }
    }

    fn reader(&self) -> ReadBatch<AgingRow> {
        let AgingQuery { as_of, by, .. } = self.wanted;
        let websites = self.wanted.websites.clone();
        Box::new(move |conn, after| store::read_aging(conn, as_of, by, &websites, after))
    }

    /// Adds an invoice to its group, and returns the lines of the previous group when a new group begins.
    fn add(&mut self, row: AgingRow) -> Vec<ReportLine> {
        let debtor = self.debtors.debtor(row.integration_id);
        let is_wanted = self.wanted.debtor.is_none_or(|wanted| wanted == debtor);
        if !is_wanted || row.due == 0 {
            return Vec::new();
        }
        let key = match self.wanted.by {
            Grouping::Customer => row.customer_id.clone(),
            Grouping::Website => row.website.clone(),
            Grouping::Integration => row.integration_id.to_string(),
        };
        let group = (key, row.currency);
        let is_other = self.group.as_ref().is_some_and(|(open, ..)| *open != group);
        let lines = if is_other { self.flush() } else { Vec::new() };
        let due = row.dates.due(self.debtors.funding(row.integration_id));
        let days = days_past_due(due, self.wanted.as_of, self.wanted.zone);
        let place = self.wanted.buckets.place_of(days);
        let count = self.wanted.buckets.0.len() + 1;
        let (_, name, sums) = self
            .group
            .get_or_insert_with(|| (group, String::new(), BTreeMap::new()));
        match self.wanted.by {
            // The last known name is shown.
            Grouping::Customer if !row.customer_name.is_empty() => {
                name.clone_from(&row.customer_name)
            }
            Grouping::Integration => *name = self.debtors.name(row.integration_id).to_owned(),
            Grouping::Customer | Grouping::Website => {}
        }
        sums.entry(debtor).or_default().add(place, count, row.due);
        let total = self.totals.entry((debtor, row.currency)).or_default();
        total.add(place, count, row.due);
        lines
    }

    /// Ends the current group and returns its lines.
    fn flush(&mut self) -> Vec<ReportLine> {
        let Some(((key, currency), name, sums)) = self.group.take() else {
            return Vec::new();
        };
        let line = |(debtor, sums): (&Debtor, &AgingSums)| {
            let mut keys = vec![Cell::text(key.clone()), Cell::text(name.clone())];
            keys.truncate(self.wanted.by.columns().len());
            self.line(*debtor, keys, currency, sums)
        };
        sums.iter().map(line).collect()
    }

    fn totals(&self) -> Vec<ReportLine> {
        let keys = self.wanted.by.columns().len();
        let line = |((debtor, currency), sums): (&(Debtor, Currency), &AgingSums)| {
            self.line(*debtor, vec![Cell::Nothing; keys], *currency, sums)
        };
        self.totals.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_rise_from_zero() {
        let names = |text: &str| Buckets::parse(text).map(|buckets| buckets.names().join(" "));
        assert_eq!(
            names("0,30,60,90").as_deref(),
            Some("notDue 1-30 31-60 61-90 91+")
        );
        assert_eq!(names("0").as_deref(), Some("notDue 1+"));
        assert_eq!(names("0,1,7").as_deref(), Some("notDue 1 2-7 8+"));
        let many = (0..12)
            .map(|it| it.to_string())
            .collect::<Vec<_>>()
            .join(",");
        assert!(Buckets::parse(&many).is_some());
        for text in [
            "",
            ",",
            "30,60",
            "0,60,30",
            "0,30,30",
            "0,-30",
            "-1,0",
            "0,+30",
            "0,30,",
            "0, 30",
            "0,3.5",
            "0,x",
            "0,3651",
            "0,99999999999",
            &format!("{many},12"),
        ] {
            assert_eq!(Buckets::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_border_belongs_to_the_bucket_before_it() {
        let buckets = Buckets::default();
        let places: Vec<usize> = [0, 1, 30, 31, 60, 61, 90, 91, 4000]
            .map(|days| buckets.place_of(days))
            .to_vec();
        assert_eq!(places, [0, 1, 1, 2, 2, 3, 3, 4, 4]);
    }
}
