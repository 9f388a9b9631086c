//! The journal: the entries of each transaction on the accounts of the shop's books. The entries of a transaction sum
//! to zero.

use std::collections::BTreeMap;

use super::{
    TOPIC,
    debtor::{Debtor, Debtors},
    report::{Cell, ReadBatch, Report, ReportHead, ReportLine, Window},
    store::{self, JournalRow},
};
use crate::{
    money::Currency,
    payments::BookedMove,
    settings::{self, Accounts, LedgerAccount},
    store::{Store, StoreError},
};

const COLUMNS: &str = "bookedAt,transactionId,action,account,accountCode,currency,debit,credit,paymentId,orderId,invoiceId,number,integrationId,website,customerId,customerName";

/// The entries of a transaction in minor units: positive is debit, negative is credit. They sum to zero.
pub fn postings(booked: &BookedMove, debtor: Debtor) -> Vec<(LedgerAccount, i64)> {
    let change = &booked.change;
    let owed = match debtor {
        Debtor::Provider => LedgerAccount::ProviderReceivable,
        Debtor::Buyer => LedgerAccount::Receivable,
    };
    let cash = change.captured.saturating_sub(change.refunded);
    let all = [
        (owed, change.receivable()),
        (LedgerAccount::Cash, cash.saturating_sub(booked.fee)),
        (LedgerAccount::Fees, booked.fee),
        (LedgerAccount::Returns, change.returned()),
        (LedgerAccount::Revenue, change.asked.saturating_neg()),
    ];
    all.into_iter().filter(|(_, amount)| *amount != 0).collect()
}

/// Debits and credits, in minor units.
#[derive(Clone, Copy, Debug, Default)]
struct Turnover {
    debit: i128,
    credit: i128,
}

impl Turnover {
    fn add(&mut self, amount: i64) {
        let amount = i128::from(amount);
        self.debit += amount.max(0);
        self.credit -= amount.min(0);
    }

    fn cells(&self, currency: Currency) -> [Cell; 2] {
        [self.debit, self.credit].map(|minor| Cell::amount(minor, currency))
    }
}

/// The state of the report while its rows are read.
pub struct JournalReport {
    debtors: Debtors,
    accounts: Accounts,
    window: Window,
    totals: BTreeMap<(LedgerAccount, Currency), Turnover>,
}

impl JournalReport {
    pub async fn begin(store: &Store, window: Window) -> Result<Self, StoreError> {
        let (debtors, accounts) = store
            .for_lists(TOPIC)
            .snapshot(|conn| {
                let debtors = store::load_debtors(conn)?;
                Ok::<_, StoreError>((debtors, settings::store::load(conn)?.accounts))
            })
            .await?;
        Ok(JournalReport {
            debtors,
            accounts,
            window,
            totals: BTreeMap::new(),
        })
    }
}

impl Report for JournalReport {
    type Row = JournalRow;

    fn head(&self) -> ReportHead {
        self.window.head("journal", COLUMNS)
    }

    fn reader(&self) -> ReadBatch<JournalRow> {
        let window = self.window.clone();
        Box::new(move |conn, after| store::read_journal(conn, &window, after))
    }

    fn add(&mut self, row: JournalRow) -> Vec<ReportLine> {
        let JournalRow { booked, invoice } = row;
        let debtor = self.debtors.debtor(invoice.integration_id);
        let currency = invoice.currency;
        let mut lines = Vec::new();
        for (account, amount) in postings(&booked, debtor) {
            let total = self.totals.entry((account, currency)).or_default();
            total.add(amount);
            let mut turnover = Turnover::default();
            turnover.add(amount);
            let [debit, credit] = turnover.cells(currency);
            lines.push(vec![
                Cell::Moment(booked.booked_at),
                Cell::text(booked.transaction.to_string()),
                Cell::text(booked.action.as_str()),
                Cell::text(account.as_str()),
                Cell::text(self.accounts.code(account)),
                Cell::text(currency.code()),
                debit,
                credit,
                Cell::text(invoice.payment_id.to_string()),
                Cell::text(invoice.order_id.clone()),
                Cell::text(invoice.id.to_string()),
                Cell::text(invoice.number.clone()),
                Cell::text(invoice.integration_id.to_string()),
                Cell::text(invoice.website.clone()),
                Cell::text(invoice.customer_id.clone()),
                Cell::text(invoice.customer_name.clone()),
            ]);
        }
        lines
    }

    fn totals(&self) -> Vec<ReportLine> {
        let line = |((account, currency), turnover): (&(LedgerAccount, Currency), &Turnover)| {
            let mut line = vec![Cell::Nothing; 16];
            let [debit, credit] = turnover.cells(*currency);
            let cells = [
                Cell::text(account.as_str()),
                Cell::text(self.accounts.code(*account)),
                Cell::text(currency.code()),
                debit,
                credit,
            ];
            line.splice(3..8, cells);
            line
        };
        self.totals.iter().map(line).collect()
    }
}
