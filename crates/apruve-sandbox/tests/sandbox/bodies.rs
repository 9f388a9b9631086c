//! The two forms of bodies, variants of paths, pages of lists, and rejected requests.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_sandbox::TestSandbox;

#[actix_web::test]
async fn a_wrapped_body_does_what_a_bare_one_does() {
    let sandbox = TestSandbox::new().await;
    let bare = sandbox.order_body(100).await;
    for body in [bare.clone(), json!({ "order": bare })] {
        let order = sandbox.make("/orders", &body).await;
        assert_eq!(order["amount_cents"], 100);
        let id = order["id"].as_str().expect("an id");
        sandbox.act(&format!("/orders/{id}/approve")).await;
    }
    let order = sandbox.accepted_order(100).await;
    let bare = json!({ "amount_cents": 10, "order_id": order });
    for (path, body) in [
        (
            format!("/orders/{order}/invoices"),
            json!({ "invoice": bare }),
        ),
        (format!("/orders/{order}/invoices"), bare.clone()),
        ("/invoices".to_owned(), json!({ "invoice": bare })),
        ("/invoices".to_owned(), bare.clone()),
    ] {
        let invoice = sandbox.make(&path, &body).await;
        let id = invoice["id"].as_str().expect("an id");
        let bare = json!({ "shipped_at": "2026-01-15T16:00:00Z", "status": "partial" });
        for body in [bare.clone(), json!({ "shipment": bare })] {
            let shipment = sandbox
                .make(&format!("/invoices/{id}/shipments"), &body)
                .await;
            assert_eq!(shipment["status"], "partial");
        }
        let bare = json!({ "amount_cents": 1, "reason": "OTHER" });
        for body in [bare.clone(), json!({ "invoice_return": bare })] {
            sandbox
                .make(&format!("/invoices/{id}/invoice_returns"), &body)
                .await;
        }
    }
}

#[actix_web::test]
async fn addresses_may_end_in_json_or_a_slash_and_patch_is_as_good_as_put() {
    let sandbox = TestSandbox::new().await;
    let mut body = sandbox.order_body(100).await;
    body["finalize_on_create"] = json!("false");
    let order = sandbox.make("/orders/", &body).await;
    let id = order["id"].as_str().expect("an id");
    for path in [
        format!("/orders/{id}"),
        format!("/orders/{id}.json"),
        format!("/orders/{id}/"),
    ] {
        assert_eq!(sandbox.read(&path).await["status"], "new", "{path}");
    }
    for (method, number) in [(Method::PUT, "SO-2"), (Method::PATCH, "SO-3")] {
        let change = json!({ "order": { "merchant_order_id": number } });
        let (status, order) = sandbox
            .call(method, &format!("/orders/{id}"), &change)
            .await;
        assert_eq!(
            (status, &order["merchant_order_id"]),
            (StatusCode::OK, &json!(number))
        );
    }
    let link = order["links"]["self"].as_str().expect("a link");
    let linked = link
        .strip_prefix(&sandbox.url("/api/v4"))
        .expect("a link to here");
    assert_eq!(sandbox.read(linked).await["id"], order["id"]);
}

#[actix_web::test]
async fn an_order_changes_until_it_is_finalized_and_then_no_more() {
    let sandbox = TestSandbox::new().await;
    let mut body = sandbox.order_body(100).await;
    body["finalize_on_create"] = json!(false);
    let order = sandbox.make("/orders", &body).await;
    let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    let item = json!({ "title": "Freight", "price_total_cents": 25 });
    let item = sandbox.make(&format!("{path}/order_items"), &item).await;
    let item_path = format!("/order_items/{}", item["id"].as_str().expect("an id"));
    let dearer = json!({ "title": "Freight", "price_total_cents": 30 });
    let (_, changed) = sandbox.call(Method::PUT, &item_path, &dearer).await;
    assert_eq!(
        (&changed["id"], &changed["price_total_cents"]),
        (&item["id"], &json!(30))
    );
    assert_eq!(
        sandbox.read(&path).await["order_items"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(
        sandbox
            .call(Method::DELETE, &item_path, &Value::Null)
            .await
            .0,
        StatusCode::OK
    );
    assert_eq!(sandbox.get(&item_path).await.0, StatusCode::NOT_FOUND);
    let (status, finalized) = sandbox
        .post(&format!("{path}/finalize"), &Value::Null)
        .await;
    assert_eq!(
        (status, &finalized["status"]),
        (StatusCode::OK, &json!("pending"))
    );
    let change = json!({ "amount_cents": 50 });
    assert_eq!(
        sandbox.call(Method::PUT, &path, &change).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        sandbox
            .post(&format!("{path}/finalize"), &Value::Null)
            .await
            .0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(sandbox.read(&path).await["amount_cents"], 100);
}

#[actix_web::test]
async fn an_order_is_found_by_its_number_and_lists_come_in_pages_of_25() {
    let sandbox = TestSandbox::new().await;
    let mut body = sandbox.order_body(1).await;
    for number in 1..=27 {
        body["merchant_order_id"] = json!(format!("SO-{number}"));
        sandbox.make("/orders", &body).await;
    }
    let numbers = |orders: Value| -> Vec<String> {
        let orders = orders.as_array().expect("a list").iter();
        orders
            .map(|order| {
                order["merchant_order_id"]
                    .as_str()
                    .expect("a number")
                    .to_owned()
            })
            .collect()
    };
    assert_eq!(numbers(sandbox.read("/orders").await).len(), 25);
    assert_eq!(
        numbers(sandbox.read("/orders?page=2").await),
        ["SO-26", "SO-27"]
    );
    assert_eq!(
        numbers(sandbox.read("/orders?page=2&per_page=2").await),
        ["SO-3", "SO-4"]
    );
    assert_eq!(
        numbers(sandbox.read("/orders?merchant_order_id=SO-9").await),
        ["SO-9"]
    );
    assert_eq!(
        sandbox.read("/orders?merchant_order_id=none").await,
        json!([])
    );
}

#[actix_web::test]
async fn what_does_not_fit_is_refused_with_the_name_of_its_field() {
    let sandbox = TestSandbox::new().await;
    let good = sandbox.order_body(100).await;
    for (field, value) in [
        ("merchant_id", json!("another")),
        ("amount_cents", json!(100_000_000)),
        ("amount_cents", json!("a lot")),
        ("amount_cents", Value::Null),
        ("currency", json!("EUR")),
        ("shopper_id", json!("nobody")),
        ("payment_term", Value::Null),
        ("order_items", Value::Null),
        ("order_items", json!("one")),
        ("finalize_on_create", json!("maybe")),
        ("expire_at", json!("tomorrow")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let (status, refusal) = sandbox.post("/orders", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        assert_eq!(refusal["errors"][0]["source"]["parameter"], field, "{body}");
    }
    for body in [json!([]), json!("order")] {
        assert_eq!(
            sandbox.post("/orders", &body).await.0,
            StatusCode::BAD_REQUEST
        );
    }
    assert_eq!(sandbox.read("/orders").await, json!([]));
}

#[actix_web::test]
async fn behaviour_changes_spellings_and_statuses_and_overrides_change_anything() {
    let sandbox = TestSandbox::new().await;
    let spelled =
        json!({ "paymentTermField": "payment_terms", "createdStatus": 200, "approval": "approve" });
    sandbox.control(Method::PUT, "/behaviour", &spelled).await;
    let (status, order) = sandbox
        .post("/orders", &sandbox.order_body(100).await)
        .await;
    assert_eq!(
        (status, &order["status"]),
        (StatusCode::OK, &json!("pending"))
    );
    assert_eq!(order["payment_terms"]["status"], "accepted");
    assert_eq!(order.get("payment_term"), None);
    let id = order["id"].as_str().expect("an id");
    let path = format!("/orders/{id}");
    assert_eq!(sandbox.read(&path).await["status"], "accepted");
    let other = json!({ "status": "under_review", "amount_cents": 99 });
    sandbox
        .control(Method::PUT, &format!("/overrides/{id}"), &other)
        .await;
    let shown = sandbox.read(&path).await;
    assert_eq!(
        (&shown["status"], &shown["amount_cents"]),
        (&json!("under_review"), &json!(99))
    );
    sandbox
        .control(Method::DELETE, &format!("/overrides/{id}"), &Value::Null)
        .await;
    assert_eq!(sandbox.read(&path).await["status"], "accepted");
}
