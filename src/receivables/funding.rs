//! The funding report: what providers paid the shop, summed up by day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    TOPIC,
    calendar::day_of,
    debtor::Debtors,
    report::{Cell, ReadBatch, Report, ReportHead, ReportLine, Window},
    store::{self, FundedRow},
};
use crate::{
    ids::IntegrationId,
    money::Currency,
    store::{Store, StoreError},
};

const COLUMNS: &str = "date,integrationId,integrationName,currency,invoices,gross,fee,returns,net";

/// Sums in minor units.
#[derive(Clone, Copy, Debug, Default)]
struct FundingSums {
    invoices: u64,
    gross: i128,
    fee: i128,
    returns: i128,
}

impl FundingSums {
    fn add(&mut self, row: &FundedRow) {
        self.invoices += 1;
        self.gross += i128::from(row.funded);
        self.fee += i128::from(row.fee);
        self.returns += i128::from(row.returned);
    }

    fn line(&self, keys: [Cell; 3], currency: Currency) -> ReportLine {
        let net = self.gross - self.fee - self.returns;
        let amounts = [self.gross, self.fee, self.returns, net];
        let mut line = Vec::from(keys);
        line.push(Cell::text(currency.code()));
        line.push(Cell::Count(self.invoices));
        line.extend(amounts.map(|minor| Cell::amount(minor, currency)));
        line
    }
}

/// The state of the report while its rows are read.
pub struct FundingReport {
    debtors: Debtors,
    window: Window,
    /// The current day.
    day: Option<NaiveDate>,
    sums: BTreeMap<(IntegrationId, Currency), FundingSums>,
    totals: BTreeMap<Currency, FundingSums>,
}

impl FundingReport {
    pub async fn begin(store: &Store, window: Window) -> Result<Self, StoreError> {
        Ok(FundingReport {
            debtors: store.for_lists(TOPIC).read(store::load_debtors).await?,
            window,
            day: None,
            sums: BTreeMap::new(),
            totals: BTreeMap::new(),
        })
    }
}

impl Report for FundingReport {
    type Row = FundedRow;

    fn head(&self) -> ReportHead {
        self.window.head("funding", COLUMNS)
    }

    fn reader(&self) -> ReadBatch<FundedRow> {
        let window = self.window.clone();
        Box::new(move |conn, after| store::read_funded(conn, &window, after))
    }

    /// Adds an invoice to its day, and returns the lines of the previous day when a new day begins.
    fn add(&mut self, row: FundedRow) -> Vec<ReportLine> {
        let day = day_of(row.funded_at.into(), self.window.zone);
        let lines = match self.day == Some(day) {
            true => Vec::new(),
            false => self.flush(),
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
            let keys = [
                day.clone(),
                Cell::text(integration.to_string()),
                Cell::text(self.debtors.name(integration)),
            ];
            sums.line(keys, currency)
        };
        let sums = std::mem::take(&mut self.sums).into_iter();
        sums.map(line).collect()
    }

    fn totals(&self) -> Vec<ReportLine> {
        let nothing = [Cell::Nothing, Cell::Nothing, Cell::Nothing];
        let totals = self.totals.iter();
        totals
            .map(|(currency, sums)| sums.line(nothing.clone(), *currency))
            .collect()
    }
}
