//! The funding report: what providers paid the shop, summed up by day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use super::{
    TOPIC,
    calendar::day_of,
    debtor::Debtors,
    report::{Batch, Cell, Report, ReportLine, Window},
    store::{self, FundedRow},
};
use crate::{
    auth::Websites,
    http::pagination::Position,
    ids::IntegrationId,
    money::{Currency, Money},
    store::{Conn, Store, StoreError},
};

/// The number of invoices that are read at a time.
const BATCH: i64 = 2000;

/// Sums in minor units.
#[derive(Clone, Copy, Debug, Default)]
struct FundingSums {
    invoices: u64,
    gross: i64,
    fee: i64,
    returns: i64,
}

impl FundingSums {
    fn add(&mut self, row: &FundedRow) {
        self.invoices += 1;
        self.gross = self.gross.saturating_add(row.funded);
        self.fee = self.fee.saturating_add(row.fee);
        self.returns = self.returns.saturating_add(row.returned);
    }

    fn cells(&self, currency: Currency) -> [Cell; 5] {
        let amount = |minor| Cell::Amount(Money::from_minor(minor, currency));
        let net = self
            .gross
            .saturating_sub(self.fee)
            .saturating_sub(self.returns);
        [
            Cell::Count(self.invoices),
            amount(self.gross),
            amount(self.fee),
            amount(self.returns),
            amount(net),
        ]
    }
}

/// The state of the report while its rows are read.
pub struct FundingReport {
    debtors: Debtors,
    as_of: DateTime<Utc>,
    window: Window,
    websites: Websites,
    columns: Vec<String>,
    /// The current day.
    day: Option<NaiveDate>,
    sums: BTreeMap<(IntegrationId, Currency), FundingSums>,
    totals: BTreeMap<Currency, FundingSums>,
}

impl FundingReport {
    pub async fn begin(
        store: &Store,
        as_of: DateTime<Utc>,
        window: Window,
        websites: Websites,
    ) -> Result<Self, StoreError> {
        let columns = [
            "date",
            "integrationId",
            "integrationName",
            "currency",
            "invoices",
            "gross",
            "fee",
            "returns",
            "net",
        ];
        Ok(FundingReport {
            debtors: store.for_lists(TOPIC).read(store::load_debtors).await?,
            as_of,
            window,
            websites,
            columns: columns.map(str::to_owned).to_vec(),
            day: None,
            sums: BTreeMap::new(),
            totals: BTreeMap::new(),
        })
    }
}

impl Report for FundingReport {
    type Row = FundedRow;

    const NAME: &'static str = "funding";

    fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    fn head(&self) -> Vec<(&'static str, Value)> {
        self.window.head()
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn reader(
        &self,
    ) -> impl Fn(&mut Conn, Option<&Position>) -> Result<Batch<FundedRow>, StoreError> + Send + 'static
    {
        let (window, websites) = (self.window.bounds(self.as_of), self.websites.clone());
        move |conn, after| store::read_funded(conn, window, &websites, after, BATCH)
    }

    /// Adds an invoice to its day, and returns the lines of the previous day when a new day begins.
    fn add(&mut self, row: FundedRow) -> Vec<ReportLine> {
        let day = day_of(row.funded_at.into(), self.window.zone);
        let lines = if self.day == Some(day) {
            Vec::new()
        } else {
            self.flush()
        };
        self.day = Some(day);
        let key = (row.integration_id, row.currency);
        self.sums.entry(key).or_default().add(&row);
        self.totals.entry(row.currency).or_default().add(&row);
        lines
    }

    fn flush(&mut self) -> Vec<ReportLine> {
        let day = self.day.take().map_or(Cell::Nothing, Cell::Day);
        let line = |((integration, currency), sums): ((IntegrationId, Currency), FundingSums)| {
            let mut line = vec![
                day.clone(),
                Cell::text(integration.to_string()),
                Cell::text(self.debtors.name(integration)),
                Cell::text(currency.code()),
            ];
            line.extend(sums.cells(currency));
            line
        };
        std::mem::take(&mut self.sums)
            .into_iter()
            .map(line)
            .collect()
    }

    fn totals(&self) -> Vec<ReportLine> {
        let line = |(currency, sums): (&Currency, &FundingSums)| {
            let mut line = vec![
                Cell::Nothing,
                Cell::Nothing,
                Cell::Nothing,
                Cell::text(currency.code()),
            ];
            line.extend(sums.cells(*currency));
            line
        };
        self.totals.iter().map(line).collect()
    }
}
