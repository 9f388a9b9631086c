//! Credit: used by invoices, released by payments and returns, and never exceeded.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_sandbox::TestSandbox;

async fn set_limit(sandbox: &TestSandbox, cents: i64) {
    let account = sandbox.account().await;
    let path = format!(
        "/accounts/{}/credit",
        account["id"].as_str().expect("an id")
    );
    sandbox
        .control(Method::PUT, &path, &json!({ "creditAmountCents": cents }))
        .await;
}

async fn figures(sandbox: &TestSandbox) -> [i64; 3] {
    let account = sandbox.account().await;
    [
        "credit_amount_cents",
        "credit_balance_cents",
        "credit_available_cents",
    ]
    .map(|name| account[name].as_i64().expect("a number"))
}

#[actix_web::test]
async fn an_order_above_the_credit_left_is_declined_when_it_is_approved() {
    let sandbox = TestSandbox::new().await;
    set_limit(&sandbox, 999).await;
    let order = sandbox
        .make("/orders", &sandbox.order_body(1_000).await)
        .await;
    let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    sandbox.webhooks().await;
    sandbox.act(&format!("{path}/approve")).await;
    assert_eq!(sandbox.read(&path).await["status"], "canceled");
    assert_eq!(sandbox.events().await, ["order.canceled"]);
    set_limit(&sandbox, 1_000).await;
    let fits = sandbox.accepted_order(1_000).await;
    assert_eq!(
        sandbox.read(&format!("/orders/{fits}")).await["status"],
        "accepted"
    );
}

#[actix_web::test]
async fn an_invoice_above_the_credit_left_is_neither_made_nor_issued() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.accepted_order(1_000).await;
    set_limit(&sandbox, 999).await;
    let invoices = format!("/orders/{id}/invoices");
    let (status, refusal) = sandbox
        .post(&invoices, &json!({ "amount_cents": 1_000 }))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal["errors"][0]["source"]["parameter"], "amount_cents");
    assert_eq!(sandbox.read(&invoices).await, json!([]));
    let waiting = json!({ "amount_cents": 1_000, "issue_on_create": false });
    let waiting = sandbox.make(&invoices, &waiting).await;
    let issue = format!("/invoices/{}/issue", waiting["id"].as_str().expect("an id"));
    assert_eq!(
        sandbox.post(&issue, &Value::Null).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(figures(&sandbox).await, [999, 0, 999]);
    set_limit(&sandbox, 1_000).await;
    assert_eq!(sandbox.post(&issue, &Value::Null).await.0, StatusCode::OK);
    assert_eq!(figures(&sandbox).await, [1_000, 1_000, 0]);
}

#[actix_web::test]
async fn a_return_on_an_open_invoice_lowers_what_is_due_and_frees_credit() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(1_000).await;
    let returns = format!("/invoices/{id}/invoice_returns");
    let body = json!({ "amount_cents": 300, "reason": "DAMAGED", "merchant_notes": "ours-1" });
    let made = sandbox.make(&returns, &body).await;
    assert_eq!(made["merchant_notes"], "ours-1");
    assert_eq!(
        sandbox.read(&format!("/invoices/{id}")).await["amount_due"],
        700
    );
    assert_eq!(figures(&sandbox).await[1], 700);
    assert_eq!(sandbox.read(&returns).await, json!([made]));
    let one = format!("{returns}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(sandbox.read(&one).await, made);
    sandbox.act(&format!("/invoices/{id}/pay")).await;
    let paid = sandbox.read(&format!("/invoices/{id}")).await;
    assert_eq!(paid["payments"][0]["amount_cents"], 700);
    assert_eq!(figures(&sandbox).await[1], 0);
}

#[actix_web::test]
async fn a_return_on_a_paid_invoice_is_money_back_and_at_most_what_is_left() {
    let sandbox = TestSandbox::new().await;
    let id = sandbox.open_invoice(1_000).await;
    sandbox.act(&format!("/invoices/{id}/pay")).await;
    let returns = format!("/invoices/{id}/invoice_returns");
    let give_back = |cents: i64| json!({ "amount_cents": cents, "reason": "OTHER" });
    sandbox.make(&returns, &give_back(600)).await;
    assert_eq!(
        sandbox.post(&returns, &give_back(401)).await.0,
        StatusCode::BAD_REQUEST
    );
    sandbox.make(&returns, &give_back(400)).await;
    assert_eq!(
        sandbox.post(&returns, &give_back(1)).await.0,
        StatusCode::BAD_REQUEST
    );
    let paid = sandbox.read(&format!("/invoices/{id}")).await;
    assert_eq!(paid["payments"][0]["refunded_amount_cents"], 1_000);
    assert_eq!(figures(&sandbox).await[1], 0);
}

#[actix_web::test]
async fn an_invoice_that_is_not_issued_or_is_canceled_takes_no_return() {
    let sandbox = TestSandbox::new().await;
    let order = sandbox.accepted_order(1_000).await;
    let body = json!({ "amount_cents": 500, "issue_on_create": false });
    let invoice = sandbox
        .make(&format!("/orders/{order}/invoices"), &body)
        .await;
    let id = invoice["id"].as_str().expect("an id");
    let returns = format!("/invoices/{id}/invoice_returns");
    let body = json!({ "amount_cents": 1, "reason": "OTHER" });
    assert_eq!(
        sandbox.post(&returns, &body).await.0,
        StatusCode::BAD_REQUEST
    );
    sandbox.act(&format!("/invoices/{id}/cancel")).await;
    assert_eq!(
        sandbox.post(&returns, &body).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[actix_web::test]
async fn a_buyer_is_found_in_any_case_and_an_unknown_one_as_the_behaviour_says() {
    let sandbox = TestSandbox::new().await;
    let accounts = format!(
        "/merchants/{}/corporate_accounts",
        sandbox.running.merchant_id
    );
    let by_email = |email: &str| format!("{accounts}?email={email}");
    let all = sandbox.read(&accounts).await;
    assert_eq!(sandbox.read(&by_email("AMANDA%40Acme.Example")).await, all);
    assert_eq!(
        sandbox.read(&by_email("nobody%40acme.example")).await,
        json!([])
    );
    let unknown = json!({ "unknownEmail": "not-found" });
    sandbox.control(Method::PUT, "/behaviour", &unknown).await;
    assert_eq!(
        sandbox.get(&by_email("nobody%40acme.example")).await.0,
        StatusCode::NOT_FOUND
    );
}

#[actix_web::test]
async fn a_company_that_is_on_hold_is_shown_so_and_gets_no_order() {
    let sandbox = TestSandbox::new().await;
    let account = sandbox.account().await;
    let path = format!(
        "/accounts/{}/status",
        account["id"].as_str().expect("an id")
    );
    for (status, disabled, accepted) in [
        ("suspended", false, "canceled"),
        ("denied", false, "canceled"),
        ("disabled", false, "canceled"),
        ("approved", true, "canceled"),
        ("approved", false, "accepted"),
    ] {
        let body = json!({ "status": status, "disabled": disabled });
        let shown = sandbox.control(Method::PUT, &path, &body).await;
        assert_eq!(shown["status"], status);
        assert_eq!(shown["disabled_at"].is_string(), disabled, "{shown}");
        let events = sandbox.events().await;
        assert_eq!(
            events.last().map(String::as_str),
            Some(&*format!("corporate_account.{status}"))
        );
        let order = sandbox
            .make("/orders", &sandbox.order_body(1_000).await)
            .await;
        let order = format!("/orders/{}", order["id"].as_str().expect("an id"));
        sandbox.act(&format!("{order}/approve")).await;
        assert_eq!(
            sandbox.read(&order).await["status"],
            accepted,
            "{status} {disabled}"
        );
        sandbox.webhooks().await;
    }
}

#[actix_web::test]
async fn buyers_join_and_leave_with_a_webhook_each() {
    let sandbox = TestSandbox::new().await;
    let account = sandbox.account().await;
    let id = account["id"].as_str().expect("an id");
    sandbox.webhooks().await;
    let path = format!("/accounts/{id}/buyers");
    let body = json!({ "name": "Bob", "email": "bob@acme.example" });
    let shown = sandbox.control(Method::POST, &path, &body).await;
    let buyers = shown["authorized_buyers"]
        .as_array()
        .expect("buyers")
        .clone();
    let bob = buyers.last().expect("a buyer").clone();
    assert_eq!(bob["email"], "bob@acme.example");
    let bob = bob["id"].as_str().expect("an id");
    sandbox
        .control(Method::DELETE, &format!("{path}/{bob}"), &Value::Null)
        .await;
    assert_eq!(
        sandbox.events().await,
        ["team_member.added", "team_member.removed"]
    );
    let (status, _) = sandbox
        .try_control(Method::DELETE, &format!("{path}/{bob}"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
