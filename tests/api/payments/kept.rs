//! What a payment keeps: what the buyer was shown, who the buyer is, when an offline sale is due, and what the caller said of
//! each move.

use onterms::{
    audit::Actor,
    payments::{self, Erased, Erasure},
    pii::Email,
    privacy::EmailKey,
    seal::Sealer,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::shop_floor::text;
use crate::{
    app::execute,
    buyer::{fresh_key, payable},
    support::{Database, on_both_databases},
    test_shop::TestShop,
};

/// A cart of 100 USD with all that says who buys.
fn named_cart() -> Value {
    let mut cart = payable();
    cart["customer"] =
        json!({ "id": 42, "name": "Acme", "paymentTerm": { "id": 1, "label": "Net 30" } });
    cart["customerUser"] =
        json!({ "id": "u-7", "email": " Amanda@ACME.example ", "fullName": "Amanda Cole" });
    cart
}

/// A method of the shop's own terms that every cart in USD may use.
async fn terms(shop: &TestShop, settings: Value) -> String {
    let method = shop
        .app
        .method(json!({
            "type": "payment_term", "name": "Terms",
            "label": { "default": "Invoice", "localized": { "fr": "Facture" } },
            "shortLabel": { "default": "Inv", "localized": { "fr": "Fact" } },
            "settings": settings,
        }))
        .await;
    shop.app.rule("Terms", 20, &[&method], json!({})).await;
    method
}

fn on_terms(method: &str, order_id: &str, more: Value) -> Value {
    let mut body = json!({ "paymentMethodId": method, "orderId": order_id, "cart": named_cart() });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    body
}

async fn key_of(shop: &TestShop) -> (Sealer, EmailKey) {
    let sealer = Sealer::new(&shop.app.secrets()).expect("keys");
    let key = EmailKey::load(shop.app.service.store(), &sealer, shop.app.now());
    let key = key.await.expect("the key");
    (sealer, key)
}

async fn erase(shop: &TestShop, email: &str) -> Erased {
    let (sealer, key) = key_of(shop).await;
    let buyer: Email = email.parse().expect("an address");
    let actor = Actor {
        subject: "tests".to_owned(),
        request_id: None,
        at: shop.app.now(),
    };
    let wanted = Erasure {
        buyer: &buyer,
        key: &key,
        actor: &actor,
        open_too: true,
    };
    payments::erase(shop.app.service.store(), &sealer, &wanted, &mut |_| {})
        .await
        .expect("it erases")
}

on_both_databases! {
    async fn a_payment_keeps_what_the_buyer_was_shown_in_the_buyers_language(database: Database) {
        let shop = TestShop::open(database).await;
        let method = terms(&shop, json!({})).await;
        let shown = |short: &str, label: &str| json!({
            "id": method, "type": "payment_term", "label": label, "shortLabel": short,
            "paymentTerm": { "id": 1, "label": "Net 30" },
        });
        for (order, query, header, expected) in [
            ("SO-1", "", None, shown("Inv", "Invoice")),
            ("SO-2", "?locale=fr-CA", None, shown("Fact", "Facture")),
            ("SO-3", "", Some("fr-CA, en;q=0.5"), shown("Fact", "Facture")),
            ("SO-4", "?locale=de", Some("fr"), shown("Inv", "Invoice")),
        ] {
            let path = format!("/v1/payments{query}");
            let mut request = shop.app.request(Method::POST, &path).header("Idempotency-Key", &fresh_key());
            if let Some(header) = header {
                request = request.header("Accept-Language", header);
            }
            let begun = request.json(&on_terms(&method, order, json!({}))).send().await.expect(201);
            assert_eq!(begun["paymentMethod"], expected, "{order}");
        }
        let before = shop.app.get("/v1/payments?orderId=SO-2").await.expect(200);
        let integration = method.replace("payment_term_", "/v1/integrations/integration_");
        let one = shop.app.get(&integration).await;
        let tag = one.header("etag").to_owned();
        let renamed = shop.app.request(Method::PATCH, &integration).header("If-Match", &tag);
        renamed.json(&json!({ "label": { "default": "Other" } })).send().await.expect(200);
        let after = shop.app.get("/v1/payments?orderId=SO-2").await.expect(200);
        assert_eq!(after["items"][0]["paymentMethod"], before["items"][0]["paymentMethod"]);
        let wrong = shop.post("/v1/payments?locale=12", &on_terms(&method, "SO-5", json!({}))).await;
        assert_eq!(wrong.problem(422), "invalid");
    }

    async fn a_payment_knows_its_buyer_by_ids_and_never_shows_the_address(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"] = named_cart();
        let begun = shop.post("/v1/payments", &body).await.expect(201);
        assert_eq!(begun["buyer"], json!({ "customerId": "42", "customerName": "Acme", "userId": "u-7" }));
        assert_eq!(begun["paymentMethod"].get("paymentTerm"), None, "Apruve has its own terms");
        assert!(!shop.payment(&begun).await.to_string().to_lowercase().contains("amanda"));
        let unnamed = shop.begun("SO-2").await;
        assert_eq!(unnamed["buyer"], json!({ "customerId": "42", "customerName": null, "userId": null }));
    }

    async fn an_offline_sale_is_due_when_the_caller_or_the_method_says(database: Database) {
        let shop = TestShop::open(database).await;
        let method = terms(&shop, json!({ "netDays": 30 })).await;
        for (order, said, due) in [
            ("SO-1", json!({}), "2026-03-31T12:00:00Z"),
            ("SO-2", json!({ "netDays": 0 }), "2026-03-01T12:00:00Z"),
            ("SO-3", json!({ "netDays": 60 }), "2026-04-30T12:00:00Z"),
            ("SO-4", json!({ "dueAt": "2026-05-01T00:00:00+02:00" }), "2026-04-30T22:00:00Z"),
            ("SO-5", json!({ "netDays": null, "dueAt": null }), "2026-03-31T12:00:00Z"),
        ] {
            let begun = shop.post("/v1/payments", &on_terms(&method, order, said)).await.expect(201);
            assert_eq!(begun["dueAt"], due, "{order}");
            assert_eq!(shop.payment(&begun).await["dueAt"], due, "{order}");
        }
        let check = shop.by_check("SO-9").await;
        assert_eq!(check.get("dueAt"), None);
    }

    async fn a_due_date_that_makes_no_sense_is_refused_with_its_pointer(database: Database) {
        let shop = TestShop::open(database).await;
        let method = terms(&shop, json!({})).await;
        for (said, pointer) in [
            (json!({ "netDays": -1 }), "/netDays"),
            (json!({ "netDays": 3651 }), "/netDays"),
            (json!({ "netDays": 1.5 }), "/netDays"),
            (json!({ "netDays": "30" }), "/netDays"),
            (json!({ "dueAt": "2026-02-28T12:00:00Z" }), "/dueAt"),
            (json!({ "dueAt": "tomorrow" }), "/dueAt"),
            (json!({ "dueAt": "2026-05-01T00:00:00Z", "netDays": 3 }), "/netDays"),
        ] {
            let refused = shop.post("/v1/payments", &on_terms(&method, "SO-1", said.clone())).await;
            assert_eq!(refused.pointers(), [pointer], "{said}");
        }
        let mut body = shop.new_payment("SO-1");
        body["netDays"] = json!(30);
        assert_eq!(shop.post("/v1/payments", &body).await.pointers(), ["/netDays"]);
    }

    async fn a_repeated_sale_is_replayed_also_when_its_due_date_has_passed(database: Database) {
        let shop = TestShop::open(database).await;
        let method = terms(&shop, json!({})).await;
        let body = on_terms(&method, "SO-1", json!({ "dueAt": "2026-03-01T12:00:02Z" }));
        let begun = shop.post_as("one", "/v1/payments", &body).await.expect(201);
        shop.pass(std::time::Duration::from_secs(3)).await;
        let again = shop.post_as("one", "/v1/payments", &body).await.expect(201);
        assert_eq!(again["id"], begun["id"]);
        assert_eq!(shop.post_as("two", "/v1/payments", &body).await.pointers(), ["/dueAt"]);
    }

    async fn what_the_caller_says_of_a_capture_is_kept_audited_and_found(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.by_check("SO-1").await;
        let body = json!({ "amount": "30.00", "reference": " CHK-1 ", "receivedAt": "2026-02-28T09:00:00Z", "note": "by courier" });
        let captured = shop.act(&payment, "capture", &body).await.expect(201);
        assert_eq!((text(&captured, "reference"), text(&captured, "receivedAt"), text(&captured, "note")),
            ("CHK-1", "2026-02-28T09:00:00Z", "by courier"));
        let found = shop.app.get("/v1/payments?reference=CHK-1").await.expect(200);
        assert_eq!(found["items"][0]["id"], payment["id"]);
        let none = shop.app.get("/v1/payments?reference=CHK-2").await.expect(200);
        assert_eq!(none["items"], json!([]));
        let id = payment["id"].as_str().expect("an id");
        let log = shop.app.get(&format!("/v1/audit-log?resourceId={id}&action=capture")).await.expect(200);
        assert_eq!(log["items"][0]["changes"]["reference"]["to"], "CHK-1");
        assert_eq!(log["items"][0]["changes"]["receivedAt"]["to"], "2026-02-28T09:00:00Z");
        assert_eq!(log["items"][0]["changes"]["note"]["to"], "by courier");
        for (said, pointer) in [
            (json!({ "receivedAt": "2026-03-01T12:00:01Z" }), "/receivedAt"),
            (json!({ "reference": "x".repeat(256) }), "/reference"),
            (json!({ "note": 7 }), "/note"),
        ] {
            let refused = shop.act(&payment, "capture", &said).await;
            assert_eq!(refused.pointers(), [pointer], "{said}");
        }
    }

    async fn a_provider_order_finds_its_payment_too(database: Database) {
        let shop = TestShop::open(database).await;
        let payment = shop.authorized("SO-1").await;
        let order = payment["provider"]["orderId"].as_str().expect("an order");
        let found = shop.app.get(&format!("/v1/payments?reference={order}")).await.expect(200);
        assert_eq!(found["items"][0]["id"], payment["id"]);
    }

    async fn the_reason_of_a_cancellation_is_kept_with_each_of_its_transactions(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, _) = shop.with_invoice("SO-1").await;
        let why = json!({ "scope": "all", "reason": "The buyer went away" });
        let canceled = shop.act(&payment, "cancel", &why).await.expect(201);
        let reasons: Vec<&Value> = canceled["transactions"].as_array().into_iter().flatten()
            .filter(|it| it["action"] == "cancel")
            .map(|it| &it["reason"])
            .collect();
        assert!(!reasons.is_empty());
        assert!(reasons.iter().all(|reason| **reason == "The buyer went away"), "{reasons:?}");
        let id = payment["id"].as_str().expect("an id");
        let log = shop.app.get(&format!("/v1/audit-log?resourceId={id}&action=cancel")).await.expect(200);
        assert_eq!(log["items"][0]["changes"]["reason"]["to"], "The buyer went away");
        let other = shop.begun("SO-2").await;
        let both = json!({ "reason": 7, "scope": "some" });
        let mut pointers = shop.act(&other, "cancel", &both).await.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/reason", "/scope"]);
    }

    async fn the_payment_term_that_is_offered_is_the_one_that_is_kept(database: Database) {
        let shop = TestShop::open(database).await;
        let terms = shop.app.terms("Terms").await;
        shop.app.rule("Terms", 20, &[&terms], json!({})).await;
        for (place, (customer, expected)) in [
            (json!({ "paymentTerm": { "id": 1, "label": "Net 30" } }), json!({ "id": 1, "label": "Net 30" })),
            (json!({ "paymentTerm": { "id": "n-30" } }), json!({ "id": "n-30", "label": null })),
            (json!({ "paymentTerm": { "label": "Netto 30 €" }, "group": { "id": 3 } }), json!({ "id": null, "label": "Netto 30 €" })),
            (json!({ "group": { "paymentTerm": { "id": 2, "label": "Net 60" } } }), json!({ "id": 2, "label": "Net 60" })),
            (json!({ "paymentTerm": {} }), json!({ "id": null, "label": null })),
        ].into_iter().enumerate() {
            let mut body = shop.new_payment(&format!("SO-{place}"));
            body["paymentMethodId"] = json!(terms);
            body["cart"]["customer"] = customer;
            for (path, list) in [
                ("payment-methods", "offered"), ("payment-methods?explain=summary", "offered"), ("payment-methods?explain=full", "offered"),
                ("availability", "possible"),
            ] {
                let answer = shop.app.post(&format!("/v1/checkout/{path}"), &body["cart"]).await.expect(200);
                for method in answer[list].as_array().expect("a list") {
                    let should = if method["id"] == json!(terms) { Some(&expected) } else { None };
                    assert_eq!(method.get("paymentTerm"), should, "{path} {method}");
                }
                assert_eq!(answer[list].as_array().map(Vec::len), Some(2), "{path}");
            }
            let payment = shop.post("/v1/payments", &body).await.expect(201);
            assert_eq!(payment["paymentMethod"]["paymentTerm"], expected);
            assert_eq!(shop.payment(&payment).await["paymentMethod"]["paymentTerm"], expected);
        }
    }

    async fn the_reason_for_canceling_one_invoice_is_kept_too(database: Database) {
        let shop = TestShop::open(database).await;
        let (payment, invoice) = shop.with_invoice("SO-1").await;
        let path = format!("invoices/{}/cancel", invoice["id"].as_str().expect("an id"));
        for (body, pointer) in [
            (json!({ "reason": 7 }), "/reason"),
            (json!({ "reason": "x".repeat(1001) }), "/reason"),
            (json!({ "reason": "a\u{0}b" }), "/reason"),
            (json!({ "scope": "all" }), "/scope"),
        ] {
            assert_eq!(shop.act(&payment, &path, &body).await.pointers(), [pointer], "{body}");
        }
        let why = json!({ "reason": "  Billed to the wrong branch " });
        shop.act(&payment, &path, &why).await.expect(201);
        let read = shop.payment(&payment).await;
        let canceled = read["transactions"].as_array().into_iter().flatten().find(|it| it["action"] == "cancel");
        assert_eq!(canceled.expect("a cancellation")["reason"], "Billed to the wrong branch");
        let id = payment["id"].as_str().expect("an id");
        let log = shop.app.get(&format!("/v1/audit-log?resourceId={id}&action=cancel")).await.expect(200);
        let said: Vec<&Value> = log["items"].as_array().into_iter().flatten().map(|it| &it["changes"]["reason"]["to"]).collect();
        assert!(said.contains(&&json!("Billed to the wrong branch")), "{log}");
        let again = shop.act(&payment, "invoices", &json!({ "amount": "50.00" })).await.expect(201);
        let path = format!("invoices/{}/cancel", again["id"].as_str().expect("an id"));
        shop.act(&payment, &path, &json!({ "reason": " " })).await.expect(201);
        let read = shop.payment(&payment).await;
        let last = read["transactions"].as_array().into_iter().flatten().rfind(|it| it["action"] == "cancel");
        assert_eq!(last.expect("a cancellation")["reason"], Value::Null);
    }

    async fn a_buyer_is_erased_by_the_hash_when_no_cart_names_them_any_more(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"] = named_cart();
        let begun = shop.post("/v1/payments", &body).await.expect(201);
        execute(&shop.app, "DELETE FROM payment_checkouts").await;
        assert_eq!(erase(&shop, "joamanda@acme.example").await, Erased::default());
        let gone = Erased { carts: 0, buyers: 1, kept: Vec::new() };
        assert_eq!(erase(&shop, "amanda@acme.example").await, gone);
        let left = shop.payment(&begun).await;
        assert_eq!(left["buyer"], json!({ "customerId": "42", "customerName": null, "userId": null }));
        assert_eq!(erase(&shop, "amanda@acme.example").await, Erased::default());
    }

    async fn what_is_kept_of_a_buyer_is_written_for_them(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"] = named_cart();
        let begun = shop.post("/v1/payments", &body).await.expect(201);
        shop.begun("SO-2").await;
        let (sealer, key) = key_of(&shop).await;
        let buyer: Email = "amanda@acme.example".parse().expect("an address");
        let store = shop.app.service.store();
        let written = payments::export(store, &sealer, &key, &buyer, &mut |_| {}).await;
        let written = json!(written.expect("it exports"));
        assert_eq!(written.as_array().map(Vec::len), Some(1));
        assert_eq!(written[0]["payment"]["id"], begun["id"]);
        assert_eq!(written[0]["checkout"]["cart"]["customerUser"]["fullName"], "Amanda Cole");
    }

    async fn buyers_of_payments_from_before_are_read_from_their_carts(database: Database) {
        let shop = TestShop::open(database).await;
        let mut body = shop.new_payment("SO-1");
        body["cart"] = named_cart();
        let begun = shop.post("/v1/payments", &body).await.expect(201);
        execute(&shop.app, "UPDATE payments SET buyer_customer_id = NULL, buyer_customer_name = NULL, buyer_user_id = NULL, buyer_email_hash = NULL").await;
        execute(&shop.app, "UPDATE payment_checkouts SET buyer_read = FALSE").await;
        assert_eq!(shop.payment(&begun).await["buyer"]["customerId"], json!(null));
        assert_eq!(shop.app.service.fill_buyers().await.expect("it fills"), 1);
        assert_eq!(shop.payment(&begun).await, begun);
        assert_eq!(shop.app.service.fill_buyers().await.expect("it fills"), 0);
        let gone = Erased { carts: 1, buyers: 1, kept: Vec::new() };
        assert_eq!(erase(&shop, "amanda@acme.example").await, gone);
    }
}
