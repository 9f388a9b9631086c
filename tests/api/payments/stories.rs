//! Random stories of orders with several payments: whatever callers, buyers, Apruve and people do, nothing fails inside the
//! service, a caller that has to retry is told when, an order has one live payment at most, and `onterms verify` agrees after
//! every story.
//!
//! `ONTERMS_STORIES` tells how many on each database, `ONTERMS_STORIES_SEED` which.

use std::time::Duration;

use onterms::payments::verify;
use serde_json::{Value, json};

use super::shop_floor::text;
use crate::{
    app::Answer,
    buyer::{at, payable},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

const STEPS: usize = 25;

/// Numbers that look random (xorshift), the same for the same seed.
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn up_to(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits") % most.max(1)
    }

    fn of_list<'l>(&mut self, list: &'l [Value]) -> Option<&'l Value> {
        list.get(self.up_to(list.len()))
    }

    fn amount(&mut self) -> String {
        ["0.01", "10.00", "33.33", "40.00", "60.00", "100.00"][self.up_to(6)].to_owned()
    }

    fn cents(&mut self) -> i64 {
        [1, 1_000, 3_333, 4_000, 6_000, 10_000][self.up_to(6)]
    }
}

/// One order and what was begun for it.
struct Story<'b> {
    shop: &'b TestShop,
    dice: Dice,
    order: String,
    check: &'b str,
    payments: Vec<Value>,
    told: Vec<String>,
}

impl Story<'_> {
    async fn step(&mut self) {
        let payment = match self.dice.of_list(&self.payments.clone()) {
            Some(known) => self.shop.payment(known).await,
            None => return self.begin().await,
        };
        match self.dice.up_to(16) {
            0 => self.begin().await,
            1 => self.confirm(&payment).await,
            2 | 3 => {
                let body = json!({ "amount": self.dice.amount() });
                self.act(&payment, "invoices", &body).await;
            }
            4 => {
                let body = json!({ "amount": self.dice.amount() });
                self.act(&payment, "capture", &body).await;
            }
            5 => {
                let scope = ["remainder", "all"][self.dice.up_to(2)];
                self.act(&payment, "cancel", &json!({ "scope": scope }))
                    .await;
            }
            6 | 7 => self.refund(&payment).await,
            8 | 9 => self.at_apruve(&payment).await,
            10 => self.on_invoice(&payment).await,
            11 | 14 => self.fault().await,
            12 => self.resolve(&payment).await,
            13 => {
                let seconds = [1, 70, 400][self.dice.up_to(3)];
                self.shop.pass(Duration::from_secs(seconds)).await;
            }
            _ => self.act(&payment, "sync", &json!({})).await,
        }
    }

    /// A refusal is an answer; a failure of the service is not.
    fn note(&mut self, what: &str, answer: &Answer) {
        let status = answer.status.as_u16();
        self.told.push(format!("{what}: {status}"));
        if status < 500 {
            return;
        }
        let at_the_provider = status == 502 || status == 503;
        assert!(at_the_provider, "{:?}\n{}", self.told, answer.text);
        // A key that is refused is not taken again by waiting.
        let is_refused = answer.problem(status) == "key-refused";
        let says_when = !answer.header("retry-after").is_empty();
        assert_eq!(says_when, !is_refused, "{:?}\n{answer:?}", self.told);
    }

    async fn act(&mut self, payment: &Value, what: &str, body: &Value) {
        let answer = self.shop.act(payment, what, body).await;
        self.note(&format!("{what} {body}"), &answer);
    }

    async fn begin(&mut self) {
        let method = match self.dice.up_to(3) {
            0 => self.check,
            _ => &self.shop.method,
        };
        let mut body =
            json!({ "paymentMethodId": method, "orderId": self.order, "cart": payable() });
        if self.dice.up_to(3) == 0 {
            body["poNumber"] = json!(format!("PO-{}", self.dice.up_to(2)));
        }
        let path = match *method == self.shop.method && self.dice.up_to(3) == 0 {
            true => "/v1/payments/on-behalf",
            false => "/v1/payments",
        };
        if path.ends_with("on-behalf") {
            body["buyerEmail"] = json!(self.shop.sandbox.buyer_email);
        }
        let answer = self.shop.post(path, &body).await;
        self.note(path, &answer);
        // An order whose making is not known to have succeeded is a payment all the same.
        let begun = answer.status == 201 || answer.status == 202;
        let is_new = |known: &Value| known["id"] != answer.json()["id"];
        if begun && self.payments.iter().all(is_new) {
            self.payments.push(answer.json());
        }
    }

    /// Apruve's own decision on an order that was made on the buyer's behalf.
    async fn decide(&mut self, payment: &Value) {
        let Some(order) = payment["provider"]["orderId"].as_str() else {
            return;
        };
        let what = ["approve", "approve", "approve", "decline"][self.dice.up_to(4)];
        let path = format!("/orders/{order}/{what}");
        let done = self.shop.try_control(&path, &json!({})).await;
        self.told.push(format!("{what} at Apruve: {done}"));
    }

    async fn confirm(&mut self, payment: &Value) {
        if payment["nextAction"].is_null() {
            return self.decide(payment).await;
        }
        let approve = self.dice.up_to(5) > 0;
        let order = self.shop.confirm(payment, approve).await;
        if self.dice.up_to(4) > 0 {
            let answer = self.shop.authorize(payment, &order).await;
            self.note("authorize", &answer);
        }
    }

    fn invoice(&mut self, payment: &Value) -> Option<Value> {
        let invoices = payment["invoices"].as_array().expect("a list");
        self.dice.of_list(invoices).cloned()
    }

    async fn refund(&mut self, payment: &Value) {
        let mut body = json!({ "amount": self.dice.amount(), "currency": "USD" });
        if let Some(invoice) = self.invoice(payment) {
            body["invoiceId"] = invoice["id"].clone();
        }
        self.act(payment, "refunds", &body).await;
    }

    /// Something happens to an invoice at Apruve.
    async fn at_apruve(&mut self, payment: &Value) {
        let Some(invoice) = self.invoice(payment) else {
            return;
        };
        let Some(id) = invoice["providerId"].as_str() else {
            return;
        };
        let what = [
            "fund", "fund", "fund", "pay", "pay", "bounce", "change", "cancel", "close",
        ][self.dice.up_to(9)];
        let body = match self.dice.up_to(3) {
            0 if what != "change" => json!({}),
            _ => json!({ "amountCents": self.dice.cents() }),
        };
        let done = self
            .shop
            .try_control(&format!("/invoices/{id}/{what}"), &body)
            .await;
        self.told.push(format!("{what} {body} at Apruve: {done}"));
    }

    async fn on_invoice(&mut self, payment: &Value) {
        let Some(invoice) = self.invoice(payment) else {
            return;
        };
        let what = ["cancel", "close", "close", "shipments"][self.dice.up_to(4)];
        let outcome = ["paid", "written_off"][self.dice.up_to(2)];
        let body = match what {
            "close" => json!({ "outcome": outcome }),
            _ => json!({}),
        };
        self.act(
            payment,
            &format!("invoices/{}/{what}", text(&invoice, "id")),
            &body,
        )
        .await;
    }

    /// The next call goes wrong: it is cut off before or after it is done, or Apruve has had too many calls, or does not take
    /// the key.
    async fn fault(&mut self) {
        let when = ["before", "after"][self.dice.up_to(2)];
        let method = ["POST", "POST", "GET"][self.dice.up_to(3)];
        let busy = json!({ "kind": "answer", "status": 429, "headers": { "Retry-After": "7" } });
        let effect = match self.dice.up_to(5) {
            0 | 1 => json!({ "kind": "cut" }),
            2 => busy,
            3 => json!({ "kind": "answer", "status": 401 }),
            _ => json!({ "kind": "answer", "status": 403 }),
        };
        // What Apruve refuses it does not do.
        let when = if effect["kind"] == "cut" {
            when
        } else {
            "before"
        };
        let fault = json!({ "method": method, "when": when, "effect": effect, "count": 1 + self.dice.up_to(3) });
        self.shop.fault(&fault).await;
        self.told.push(fault.to_string());
    }

    /// A person resolves something unknown, rightly or not.
    async fn resolve(&mut self, payment: &Value) {
        let transactions = payment["transactions"].as_array().expect("a list");
        let unknown = transactions.iter().filter(|it| it["state"] == "unknown");
        let unknown: Vec<Value> = unknown.cloned().collect();
        let Some(transaction) = self.dice.of_list(&unknown).cloned() else {
            return;
        };
        let mut body = json!({ "state": "failed", "reason": "So they say", "force": true });
        if self.dice.up_to(2) == 0 {
            body["state"] = json!("succeeded");
            if ["authorize", "invoice", "shipment", "refund"]
                .contains(&text(&transaction, "action"))
            {
                body["providerId"] = json!(format!("made-up-{}", self.told.len()));
            }
        }
        let path = format!("transactions/{}/resolve", text(&transaction, "id"));
        self.act(payment, &path, &body).await;
    }

    /// What must hold in the end.
    async fn end(&mut self) {
        self.shop.mended().await;
        for payment in self.payments.clone() {
            self.shop.pass(Duration::from_secs(120)).await;
            self.act(&payment, "sync", &json!({})).await;
        }
        let told = self
            .shop
            .app
            .get(&format!("/v1/orders/{}/payment-status", self.order))
            .await;
        if !self.payments.is_empty() {
            let told = told.expect(200);
            let attempts = told["payments"].as_array().expect("a list");
            let live = attempts.iter().filter(|it| it["live"] == true).count();
            assert!(live <= 1, "{told} {:?}", self.told);
        }
        let mut found = Vec::new();
        let differs = |_, some: Vec<verify::FailedCheck>| found.extend(some);
        verify::verify(self.shop.app.service.store(), differs)
            .await
            .expect("it reads");
        assert!(found.is_empty(), "{found:?}\n{:#?}", self.told);
        for payment in &self.payments {
            let shown = self.shop.app.get(&at(payment)).await;
            shown.expect(200);
        }
    }
}

/// A number from the environment.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

on_both_databases! {
    async fn verify_agrees_after_every_random_story(database: Database) {
        let shop = TestShop::of_services(database).await;
        let check = shop.app.check("Check").await;
        shop.app.rule("Checks", 20, &[&check], json!({})).await;
        let seed = number("ONTERMS_STORIES_SEED", 20_260_301);
        for story in 0..number("ONTERMS_STORIES", 12) {
            let financing = if story % 2 == 0 { "apruve" } else { "self" };
            let patch = json!({ "settings": { "financing": financing } });
            shop.app.patch(&shop.integration, &patch).await.expect(200);
            let mut story = Story {
                shop: &shop,
                dice: Dice::of(seed.wrapping_add(story)),
                order: format!("S-{story}"),
                check: &check,
                payments: Vec::new(),
                told: Vec::new(),
            };
            for _ in 0..STEPS {
                story.step().await;
            }
            story.end().await;
        }
    }
}
