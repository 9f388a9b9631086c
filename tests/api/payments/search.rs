//! The filters of `GET /v1/payments` over what a payment and its buyer are, and `q`.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::execute,
    buyer::{at, fresh_key, payable},
    shop::cart_with,
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// The order ids of the payments that a filter finds for a token.
async fn found_as(shop: &TestShop, token: &str, filter: &str) -> Vec<String> {
    let path = format!("/v1/payments?sort=orderId&count=true&{filter}");
    let request = shop.app.bare(Method::GET, &path).bearer(token);
    let page = request.send().await.expect(200);
    let items = page["items"].as_array().expect("a list");
    assert_eq!(page["total"], items.len(), "{filter}");
    items
        .iter()
        .map(|item| item["orderId"].as_str().expect("a text").to_owned())
        .collect()
}

async fn found(shop: &TestShop, filter: &str) -> Vec<String> {
    let token = shop.app.token("admin", onterms::auth::Scope::ALL);
    found_as(shop, &token, filter).await
}

async fn begin(shop: &TestShop, method: &str, order: &str, more: Value) -> Value {
    let mut body = json!({ "paymentMethodId": method, "orderId": order, "cart": payable() });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    shop.post("/v1/payments", &body).await.expect(201)
}

fn bought_by(id: &str, name: &str, website: &str) -> Value {
    let customer = json!({ "id": id, "name": name });
    cart_with(json!({ "taxAmount": "10.00", "customer": customer, "website": website }))
}

/// Payments by check for two companies on two websites, and one on terms.
struct SoldOrders {
    shop: TestShop,
    check: String,
    on_terms: Value,
}

impl SoldOrders {
    async fn open(database: Database) -> Self {
        let shop = TestShop::open(database).await;
        let check = shop.app.check("Check").await;
        shop.app.rule("Checks", 20, &[&check], json!({})).await;
        let yen = json!({ "currency": "JPY" });
        shop.app.rule("Yen", 30, &[&check], yen).await;
        let acme = |website: &str| bought_by("ACME-7", "Acme Nuts & Bolts 100%", website);
        for (order, po, cart) in [
            ("SO-1", "PO_1", acme("us")),
            ("SO-10", "PO%1", acme("eu")),
            ("so-2", "PO-2", bought_by("42", "M\u{fc}ller_GmbH", "us")),
        ] {
            begin(
                &shop,
                &check,
                order,
                json!({ "poNumber": po, "cart": cart }),
            )
            .await;
        }
        let yen = json!({ "currency": "JPY", "total": "500", "taxAmount": "0", "website": "us", "subtotal": null,
            "customer": { "id": "YEN" }, "lineItems": [{ "productSku": "N", "quantity": 1, "price": { "value": "500", "currency": "JPY" } }] });
        begin(&shop, &check, "JP-1", json!({ "cart": yen })).await;
        shop.pass(Duration::from_secs(3600)).await;
        let on_terms = shop.authorized("TERMS-1").await;
        SoldOrders {
            shop,
            check,
            on_terms,
        }
    }
}

on_both_databases! {
    async fn each_filter_finds_what_it_says(database: Database) {
        let sold = SoldOrders::open(database).await;
        let (shop, payment) = (&sold.shop, &sold.on_terms);
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        let invoice = shop.post(&format!("{}/invoices", at(payment)), &json!({ "merchantInvoiceId": "INV-77" })).await.expect(201);
        let reference = invoice["providerId"].as_str().expect("an id");
        let integration = |method: &str| {
            let suffix = method.rsplit('_').next().expect("a suffix");
            format!("integration_{suffix}")
        };
        let noon = "2026-03-01T12:00:00Z";
        let later = "2026-03-01T12:30:00Z";
        for (filter, expected) in [
            ("poNumber=PO_1".to_owned(), &["SO-1"][..]),
            ("poNumber=PO%251".to_owned(), &["SO-10"]),
            ("poNumber=po_1".to_owned(), &[]),
            ("customerId=ACME-7".to_owned(), &["SO-1", "SO-10"]),
            ("customerId=ACME".to_owned(), &[]),
            ("customerId=ACME-7&website=eu".to_owned(), &["SO-10"]),
            (format!("providerOrderId={order}"), &["TERMS-1"]),
            ("providerOrderId=nothing".to_owned(), &[]),
            (format!("reference={reference}"), &["TERMS-1"]),
            ("currency=JPY".to_owned(), &["JP-1"]),
            ("currency=EUR".to_owned(), &[]),
            ("currency=JPY&amountFrom=500&amountUntil=501".to_owned(), &["JP-1"]),
            ("currency=JPY&amountUntil=500".to_owned(), &[]),
            ("currency=USD&amountFrom=100.00".to_owned(), &["SO-1", "SO-10", "TERMS-1", "so-2"]),
            ("currency=USD&amountFrom=100.01".to_owned(), &[]),
            ("currency=USD&amountUntil=100.01&website=us".to_owned(), &["SO-1", "so-2"]),
            (format!("integrationId={}", integration(&shop.method)), &["TERMS-1"]),
            (format!("integrationId={}", integration(&sold.check)), &["JP-1", "SO-1", "SO-10", "so-2"]),
            (format!("paymentMethodId={}", sold.check.replace("check_money_order", "payment_term")), &[]),
            (format!("updatedFrom={later}"), &["TERMS-1"]),
            (format!("updatedUntil={later}"), &["JP-1", "SO-1", "SO-10", "so-2"]),
            (format!("updatedFrom={noon}&updatedUntil={later}&customerId=42"), &["so-2"]),
            ("status=invoiced".to_owned(), &["TERMS-1"]),
            ("status=invoiced&status=pending&status=invoiced&customerId=42".to_owned(), &["TERMS-1", "so-2"]),
            ("status=authorized&status=pending&customerId=42".to_owned(), &["so-2"]),
            ("status=invoiced&status=pending".to_owned(), &["JP-1", "SO-1", "SO-10", "TERMS-1", "so-2"]),
            ("status=paid&status=declined".to_owned(), &[]),
        ] {
            assert_eq!(found(shop, &filter).await, expected, "{filter}");
        }
    }

    async fn a_search_finds_names_by_their_beginning_and_takes_every_character_literally(database: Database) {
        let sold = SoldOrders::open(database).await;
        let shop = &sold.shop;
        shop.post(&format!("{}/invoices", at(&sold.on_terms)), &json!({ "merchantInvoiceId": "INV-77" })).await.expect(201);
        let all = ["JP-1", "SO-1", "SO-10", "TERMS-1", "so-2"];
        let order = sold.on_terms["provider"]["orderId"].as_str().expect("an order").to_owned();
        for (text, expected) in [
            ("SO-1", &["SO-1", "SO-10"][..]),
            ("so-1", &["SO-1", "SO-10"]),
            ("So", &["SO-1", "SO-10", "so-2"]),
            ("so-10", &["SO-10"]),
            ("%20so-10%20", &["SO-10"]),
            ("O-1", &[]),
            ("po", &["SO-1", "SO-10", "so-2"]),
            ("po_1", &["SO-1"]),
            ("po%251", &["SO-10"]),
            ("po%25", &["SO-10"]),
            ("%25", &[]),
            ("_", &[]),
            ("%5C", &[]),
            ("'", &[]),
            ("acme", &["SO-1", "SO-10"]),
            ("acme%20nuts%20%26%20bolts%20100%25", &["SO-1", "SO-10"]),
            ("m%C3%BCller_", &["so-2"]),
            // Only the letters A to Z are folded.
            ("M%C3%9CLLER", &[]),
            ("42", &["TERMS-1", "so-2"]),
            (&order.to_uppercase(), &["TERMS-1"]),
            (&order[..8], &["TERMS-1"]),
            ("inv-77", &["TERMS-1"]),
            ("%F4%8F%BF%BF", &[]),
        ] {
            assert_eq!(found(shop, &format!("q={text}")).await, expected, "{text}");
        }
        assert_eq!(found(shop, "q=so-1&customerId=ACME-7&website=us").await, ["SO-1"]);
        assert_eq!(found(shop, "").await, all);
        let first = shop.app.get("/v1/payments?q=s&limit=1&sort=-orderId").await.expect(200);
        let cursor = first["nextCursor"].as_str().expect("more");
        let rest = shop.app.get(&format!("/v1/payments?q=s&limit=5&sort=-orderId&cursor={cursor}")).await.expect(200);
        let orders: Vec<&Value> = rest["items"].as_array().expect("a list").iter().map(|it| &it["orderId"]).collect();
        assert_eq!(orders, ["SO-10", "SO-1"]);
        assert_eq!(shop.app.get(&format!("/v1/payments?q=so&limit=5&sort=-orderId&cursor={cursor}")).await.pointers(), ["cursor"]);
    }

    async fn a_bound_token_searches_its_websites_alone(database: Database) {
        let sold = SoldOrders::open(database).await;
        let shop = &sold.shop;
        let (us, nobody) = (shop.app.token_of(&["us"]), shop.app.token_of(&[]));
        for (filter, expected) in [
            ("", &["JP-1", "SO-1", "so-2"][..]),
            ("q=so", &["SO-1", "so-2"]),
            ("customerId=ACME-7", &["SO-1"]),
            ("website=eu", &[]),
            ("website=eu&customerId=ACME-7", &[]),
            ("poNumber=PO%251", &[]),
            ("status=pending&status=authorized&q=SO-10", &[]),
        ] {
            assert_eq!(found_as(shop, &us, filter).await, expected, "{filter}");
            assert_eq!(found_as(shop, &nobody, filter).await, [] as [&str; 0], "{filter}");
        }
    }

    async fn what_no_filter_can_mean_is_refused_all_at_once(database: Database) {
        let shop = TestShop::open(database).await;
        let many = vec!["status=paid"; 101].join("&");
        let day = "2026-03-01T00:00:00Z";
        for (query, parameters) in [
            ("currency=XXX", &["currency"][..]),
            ("currency=usd", &["currency"]),
            ("amountFrom=10", &["currency"]),
            ("amountFrom=x&amountUntil=1.2.3", &["amountFrom", "amountUntil", "currency"]),
            ("currency=USD&amountFrom=10.005", &["amountFrom"]),
            ("currency=USD&amountFrom=20&amountUntil=19.99", &["amountUntil"]),
            (&format!("createdFrom={day}&createdUntil=2026-02-28T23:59:59Z"), &["createdUntil"]),
            (&format!("updatedFrom={day}&updatedUntil=2026-02-28T23:59:59Z"), &["updatedUntil"]),
            ("updatedFrom=yesterday", &["updatedFrom"]),
            ("status=paid&status=payed&status=", &["status", "status"]),
            (&many, &["status"]),
            ("q=", &["q"]),
            ("q=%20", &["q"]),
            ("q=a&q=b", &["q"]),
            ("q=a%00", &["q"]),
            ("poNumber=%00", &["poNumber"]),
            ("poNumber=1&poNumber=1", &["poNumber"]),
            ("integrationId=apruve", &["integrationId"]),
            ("customerID=1", &["customerID"]),
            ("cursor=e30", &["cursor"]),
        ] {
            assert_eq!(shop.app.get(&format!("/v1/payments?{query}")).await.pointers(), parameters, "{query}");
        }
    }

    async fn a_payment_of_before_buyers_were_kept_is_found_by_what_it_has(database: Database) {
        let shop = TestShop::open(database).await;
        shop.post_as(&fresh_key(), "/v1/payments", &shop.new_payment("SO-1")).await.expect(201);
        shop.app.is_tampered();
        execute(&shop.app, "UPDATE payments SET buyer_customer_id = NULL, buyer_customer_name = NULL, po_number = NULL").await;
        assert_eq!(found(&shop, "q=so").await, ["SO-1"]);
        assert_eq!(found(&shop, "q=42").await, [] as [&str; 0]);
    }
}
