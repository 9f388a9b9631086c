//! Random stories of some hundred payments: whatever is sold, paid, canceled and returned, the reports agree with books that
//! were kept by hand, at any moment.
//!
//! `ONTERMS_BOOKS` tells how many sales on each database, `ONTERMS_BOOKS_SEED` which.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    check_method,
    dice::{Dice, cents, decimal},
    ledger_model::{Accounts, Aging, Entry, Sold, aging},
    moment, sale,
};
use crate::{
    payments::shop_floor::text,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A shop, its books, and what its invoices are called over HTTP.
struct Accountant<'s> {
    shop: &'s TestShop,
    dice: Dice,
    check: String,
    books: Vec<Sold>,
    /// The payment of each, and its invoice at Apruve.
    things: Vec<(Value, Option<Value>)>,
    /// Moments at which something happened.
    moments: Vec<DateTime<Utc>>,
}

impl Accountant<'_> {
    fn now(&mut self) -> DateTime<Utc> {
        let now = self.shop.app.now();
        self.moments.push(now);
        now
    }

    async fn sell(&mut self, order: &str) {
        let customer = self
            .dice
            .pick(&["C-1", "C-2", "C-3", "=HYPERLINK(1)"])
            .to_owned();
        let website = self.dice.pick(&["us-store", "eu-store"]).to_owned();
        let cart = json!({ "customer": { "id": customer, "name": format!("Customer {customer}") }, "website": website });
        let now = self.now();
        if self.dice.up_to(4) == 0 {
            let mut body = self.shop.new_payment(order);
            for (name, value) in cart.as_object().expect("an object") {
                body["cart"][name] = value.clone();
            }
            let payment = self.shop.post("/v1/payments", &body).await.expect(201);
            let placed = self.shop.confirm(&payment, true).await;
            let payment = self.shop.authorize(&payment, &placed).await.expect(200);
            for part in [40, 60] {
                let invoice = self.shop.invoiced(&payment, &part.to_string()).await;
                let due = Some(now + TimeDelta::hours(24));
                self.note("provider", &customer, &website, due, part * 100);
                self.things.push((payment.clone(), Some(invoice)));
            }
            return;
        }
        let due = match self.dice.up_to(3) {
            0 => None,
            _ => Some(now + TimeDelta::days(self.dice.up_to(40)) + TimeDelta::hours(1)),
        };
        let more = due.map_or(json!({}), |due| json!({ "dueAt": moment(due) }));
        let payment = sale(self.shop, &self.check, order, more, cart).await;
        self.note("buyer", &customer, &website, due, 10_000);
        self.things.push((payment, None));
    }

    fn note(
        &mut self,
        debtor: &'static str,
        customer: &str,
        website: &str,
        due: Option<DateTime<Utc>>,
        amount: i64,
    ) {
        let now = self.now();
        self.books.push(Sold {
            debtor,
            customer: customer.to_owned(),
            website: website.to_owned(),
            currency: "USD",
            due,
            entries: vec![(now, Entry::Sold(amount))],
        });
    }

    /// Something happens to one of the invoices. What the service refuses has not happened.
    async fn happen(&mut self) {
        let count = i64::try_from(self.books.len()).expect("few");
        let place = usize::try_from(self.dice.up_to(count)).expect("few");
        let (payment, invoice) = self.things[place].clone();
        let now = self.now();
        let accounts = self.books[place].at(now);
        let part = 1 + self.dice.up_to(accounts.owed.max(2) - 1);
        let whole = self.dice.up_to(2) == 0;
        let paid = if whole { accounts.owed } else { part };
        let entry = match (self.dice.up_to(8), &invoice) {
            (0..4, _) if accounts.owed == 0 => return,
            (0..4, None) => {
                let body = json!({ "amount": decimal(paid) });
                self.shop.act(&payment, "capture", &body).await.expect(201);
                Entry::Paid(paid, 0)
            }
            (0..4, Some(invoice)) => {
                let fee = self.dice.up_to(paid.min(50));
                let path = format!("/invoices/{}/fund", text(invoice, "providerId"));
                let body = json!({ "amountCents": paid, "feeCents": fee });
                assert!(self.shop.try_control(&path, &body).await);
                self.shop.synced(&payment).await;
                Entry::Paid(paid, fee)
            }
            (4, None) => match self
                .shop
                .act(&payment, "cancel", &json!({}))
                .await
                .status
                .as_u16()
            {
                201 => Entry::Canceled,
                _ => return,
            },
            (4, Some(invoice)) if accounts.cash == 0 && accounts.returns == 0 => {
                let path = format!("invoices/{}/cancel", text(invoice, "id"));
                match self
                    .shop
                    .act(&payment, &path, &json!({}))
                    .await
                    .status
                    .as_u16()
                {
                    201 => Entry::Canceled,
                    _ => return,
                }
            }
            _ => {
                let cents = 1 + self.dice.up_to(5_000);
                let mut body = json!({ "amount": decimal(cents), "currency": "USD" });
                if let Some(invoice) = &invoice {
                    body["invoiceId"] = invoice["id"].clone();
                }
                match self
                    .shop
                    .act(&payment, "refunds", &body)
                    .await
                    .status
                    .as_u16()
                {
                    201 if invoice.is_some() => Entry::Returned(cents),
                    201 => Entry::GivenBack(cents),
                    _ => return,
                }
            }
        };
        self.books[place].entries.push((now, entry));
    }

    async fn report(&self, path: &str) -> Value {
        self.shop
            .app
            .get(&format!("/v1/reports/{path}"))
            .await
            .expect(200)
    }

    /// Every row and every sum of the aging report of a moment.
    async fn compare_aging(&self, at: DateTime<Utc>) {
        let at_text = moment(at);
        let customer = |sold: &Sold| sold.customer.clone();
        let website = |sold: &Sold| sold.website.clone();
        for (by, name, of_all) in [
            ("customer", "customerId", false),
            ("website", "website", true),
        ] {
            let report = self.report(&format!("aging?by={by}&asOf={at_text}")).await;
            let group = |sold: &Sold| {
                if by == "customer" {
                    customer(sold)
                } else {
                    website(sold)
                }
            };
            let seen: Vec<Sold> = self
                .books
                .iter()
                .filter(|it| of_all || it.debtor == "buyer")
                .cloned()
                .collect();
            let expected = keyed(&seen, at, group);
            assert_eq!(
                read_aging(&report["rows"], Some(name)),
                expected,
                "{by} as of {at_text}"
            );
            let totals = keyed(&seen, at, |_| String::new());
            assert_eq!(
                read_aging(&report["totals"], None),
                totals,
                "totals by {by} as of {at_text}"
            );
        }
    }

    /// The accounts by the journal until a moment, and that each transaction's lines sum to zero.
    async fn compare_journal(&self, at: DateTime<Utc>) {
        let until = moment(at + TimeDelta::microseconds(1));
        let journal = self
            .report(&format!("journal?from=2026-01-01&until={until}"))
            .await;
        let mut by_transaction: BTreeMap<&str, i64> = BTreeMap::new();
        let mut by_account: BTreeMap<&str, i64> = BTreeMap::new();
        for line in journal["rows"].as_array().expect("a list") {
            let amount = cents(&line["debit"]) - cents(&line["credit"]);
            *by_transaction
                .entry(text(line, "transactionId"))
                .or_default() += amount;
            *by_account.entry(text(line, "account")).or_default() += amount;
        }
        assert!(
            by_transaction.values().all(|sum| *sum == 0),
            "{by_transaction:?}"
        );
        let mut expected = Accounts::default();
        for one in self.books.iter().map(|it| it.at(at)) {
            expected.owed += one.owed;
            expected.cash += one.cash;
            expected.fees += one.fees;
            expected.returns += one.returns;
            expected.revenue += one.revenue;
        }
        let sum = |account: &str| by_account.get(account).copied().unwrap_or(0);
        let found = Accounts {
            owed: sum("receivable") + sum("providerReceivable"),
            cash: sum("cash"),
            fees: sum("fees"),
            returns: sum("returns"),
            revenue: -sum("revenue"),
        };
        assert_eq!(found, expected, "the journal until {until}");
        for total in journal["totals"].as_array().expect("a list") {
            let balance = cents(&total["debit"]) - cents(&total["credit"]);
            assert_eq!(balance, sum(text(total, "account")), "{total}");
        }
    }

    /// What the payments themselves say, which `verify` computes, is what the reports of now add up to.
    async fn compare_payments(&self) {
        let (mut captured, mut returned, mut cursor) = (0, 0, String::new());
        loop {
            let page = self
                .shop
                .app
                .get(&format!("/v1/payments?limit=200{cursor}"))
                .await
                .expect(200);
            for payment in page["items"].as_array().expect("a list") {
                captured += cents(&payment["amounts"]["captured"]);
                returned += cents(&payment["amounts"]["returned"]);
            }
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        let journal = self
            .report("journal?from=2026-01-01&until=2026-12-31")
            .await;
        let of = |account: &str, action: &str| -> i64 {
            let rows = journal["rows"].as_array().expect("a list").iter();
            let rows = rows.filter(|it| {
                it["account"] == account && (action.is_empty() || it["action"] == action)
            });
            rows.map(|it| cents(&it["debit"]) - cents(&it["credit"]))
                .sum()
        };
        assert_eq!(of("cash", "capture") + of("fees", ""), captured);
        assert_eq!(of("returns", ""), returned);
        let funding = self
            .report("funding?from=2026-01-01&until=2026-12-31")
            .await;
        let total = &funding["totals"][0];
        assert_eq!(cents(&total["fee"]), of("fees", ""));
        let funded: i64 = self
            .books
            .iter()
            .filter(|it| it.debtor == "provider")
            .flat_map(|it| &it.entries)
            .map(|(_, entry)| match entry {
                Entry::Paid(cents, _) => *cents,
                _ => 0,
            })
            .sum();
        assert_eq!(cents(&total["gross"]), funded);
        let by_day: i64 = funding["rows"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| cents(&it["net"]))
            .sum();
        assert_eq!(
            by_day,
            cents(&total["gross"]) - cents(&total["fee"]) - cents(&total["returns"])
        );
    }
}

fn keyed(books: &[Sold], at: DateTime<Utc>, group: impl Fn(&Sold) -> String) -> Aging {
    let named: Vec<Sold> = books
        .iter()
        .cloned()
        .map(|sold| Sold {
            customer: group(&sold),
            ..sold
        })
        .collect();
    aging(&named, at, |sold| &sold.customer)
}

/// The buckets of rows in which anything is.
fn read_aging(rows: &Value, group: Option<&str>) -> Aging {
    let mut read = Aging::new();
    for row in rows.as_array().expect("a list") {
        let mut total = 0;
        for bucket in ["notDue", "1-30", "31-60", "61-90", "91+"] {
            let amount = cents(&row[bucket]);
            total += amount;
            let name = group.map_or("", |group| text(row, group));
            let key = (
                text(row, "debtor").to_owned(),
                name.to_owned(),
                text(row, "currency").to_owned(),
                bucket.to_owned(),
            );
            if amount != 0 {
                assert_eq!(read.insert(key, amount), None, "{row} is there twice");
            }
        }
        assert_eq!(total, cents(&row["total"]), "{row}");
    }
    read
}

on_both_databases! {
    async fn reports_agree_with_books_kept_by_hand_at_any_moment(database: Database) {
        let shop = TestShop::of_services(database).await;
        let check = check_method(&shop, "checks").await;
        let seed = number("ONTERMS_BOOKS_SEED", 20_260_301);
        let mut accountant = Accountant {
            shop: &shop,
            dice: Dice::of(seed),
            check,
            books: Vec::new(),
            things: Vec::new(),
            moments: Vec::new(),
        };
        for sale in 0..number("ONTERMS_BOOKS", 200) {
            accountant.sell(&format!("SO-{sale}")).await;
            for _ in 0..accountant.dice.up_to(4) {
                if accountant.dice.up_to(2) == 0 {
                    let hours = u64::try_from(1 + accountant.dice.up_to(20)).expect("few");
                    shop.pass(Duration::from_secs(hours * 3600)).await;
                }
                accountant.happen().await;
            }
        }
        let count = i64::try_from(accountant.moments.len()).expect("few");
        let mut moments: Vec<DateTime<Utc>> = Vec::new();
        for _ in 0..12 {
            let place = usize::try_from(accountant.dice.up_to(count)).expect("few");
            let at = accountant.moments[place];
            moments.extend([at, at - TimeDelta::microseconds(1)]);
        }
        moments.push(shop.app.now());
        for at in moments {
            accountant.compare_aging(at).await;
            accountant.compare_journal(at).await;
        }
        accountant.compare_payments().await;
    }
}
