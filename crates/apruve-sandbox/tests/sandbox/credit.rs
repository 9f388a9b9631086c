//! Credit that moves: taken by invoices, given back by payments and returns, and never more than there is.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bed::Bed;

async fn set_limit(bed: &Bed, cents: i64) {
    let account = bed.account().await;
    let path = format!(
        "/accounts/{}/credit",
        account["id"].as_str().expect("an id")
    );
    bed.control(Method::PUT, &path, &json!({ "creditAmountCents": cents }))
        .await;
}

async fn figures(bed: &Bed) -> [i64; 3] {
    let account = bed.account().await;
    [
        "credit_amount_cents",
        "credit_balance_cents",
        "credit_available_cents",
    ]
    .map(|name| account[name].as_i64().expect("a number"))
}

#[actix_web::test]
async fn an_order_above_the_credit_left_is_declined_when_it_is_approved() {
    let bed = Bed::new().await;
    set_limit(&bed, 999).await;
    let order = bed.make("/orders", &bed.order_body(1_000).await).await;
    let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
    bed.webhooks().await;
    bed.act(&format!("{path}/approve")).await;
    assert_eq!(bed.read(&path).await["status"], "canceled");
    assert_eq!(bed.events().await, ["order.canceled"]);
    set_limit(&bed, 1_000).await;
    let fits = bed.accepted_order(1_000).await;
    assert_eq!(
        bed.read(&format!("/orders/{fits}")).await["status"],
        "accepted"
    );
}

#[actix_web::test]
async fn an_invoice_above_the_credit_left_is_neither_made_nor_issued() {
    let bed = Bed::new().await;
    let id = bed.accepted_order(1_000).await;
    set_limit(&bed, 999).await;
    let invoices = format!("/orders/{id}/invoices");
    let (status, refusal) = bed.post(&invoices, &json!({ "amount_cents": 1_000 })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refusal["errors"][0]["source"]["parameter"], "amount_cents");
    assert_eq!(bed.read(&invoices).await, json!([]));
    let waiting = json!({ "amount_cents": 1_000, "issue_on_create": false });
    let waiting = bed.make(&invoices, &waiting).await;
    let issue = format!("/invoices/{}/issue", waiting["id"].as_str().expect("an id"));
    assert_eq!(
        bed.post(&issue, &Value::Null).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(figures(&bed).await, [999, 0, 999]);
    set_limit(&bed, 1_000).await;
    assert_eq!(bed.post(&issue, &Value::Null).await.0, StatusCode::OK);
    assert_eq!(figures(&bed).await, [1_000, 1_000, 0]);
}

#[actix_web::test]
async fn a_return_on_an_open_invoice_lowers_what_is_due_and_frees_credit() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(1_000).await;
    let returns = format!("/invoices/{id}/invoice_returns");
    let body = json!({ "amount_cents": 300, "reason": "DAMAGED", "merchant_notes": "ours-1" });
    let made = bed.make(&returns, &body).await;
    assert_eq!(made["merchant_notes"], "ours-1");
    assert_eq!(
        bed.read(&format!("/invoices/{id}")).await["amount_due"],
        700
    );
    assert_eq!(figures(&bed).await[1], 700);
    assert_eq!(bed.read(&returns).await, json!([made]));
    let one = format!("{returns}/{}", made["id"].as_str().expect("an id"));
    assert_eq!(bed.read(&one).await, made);
    bed.act(&format!("/invoices/{id}/pay")).await;
    let paid = bed.read(&format!("/invoices/{id}")).await;
    assert_eq!(paid["payments"][0]["amount_cents"], 700);
    assert_eq!(figures(&bed).await[1], 0);
}

#[actix_web::test]
async fn a_return_on_a_paid_invoice_is_money_back_and_at_most_what_is_left() {
    let bed = Bed::new().await;
    let id = bed.open_invoice(1_000).await;
    bed.act(&format!("/invoices/{id}/pay")).await;
    let returns = format!("/invoices/{id}/invoice_returns");
    let give_back = |cents: i64| json!({ "amount_cents": cents, "reason": "OTHER" });
    bed.make(&returns, &give_back(600)).await;
    assert_eq!(
        bed.post(&returns, &give_back(401)).await.0,
        StatusCode::BAD_REQUEST
    );
    bed.make(&returns, &give_back(400)).await;
    assert_eq!(
        bed.post(&returns, &give_back(1)).await.0,
        StatusCode::BAD_REQUEST
    );
    let paid = bed.read(&format!("/invoices/{id}")).await;
    assert_eq!(paid["payments"][0]["refunded_amount_cents"], 1_000);
    assert_eq!(figures(&bed).await[1], 0);
}

#[actix_web::test]
async fn an_invoice_that_is_not_issued_or_is_canceled_takes_no_return() {
    let bed = Bed::new().await;
    let order = bed.accepted_order(1_000).await;
    let body = json!({ "amount_cents": 500, "issue_on_create": false });
    let invoice = bed.make(&format!("/orders/{order}/invoices"), &body).await;
    let id = invoice["id"].as_str().expect("an id");
    let returns = format!("/invoices/{id}/invoice_returns");
    let body = json!({ "amount_cents": 1, "reason": "OTHER" });
    assert_eq!(bed.post(&returns, &body).await.0, StatusCode::BAD_REQUEST);
    bed.act(&format!("/invoices/{id}/cancel")).await;
    assert_eq!(bed.post(&returns, &body).await.0, StatusCode::BAD_REQUEST);
}

#[actix_web::test]
async fn a_buyer_is_found_in_any_case_and_an_unknown_one_as_the_behaviour_says() {
    let bed = Bed::new().await;
    let accounts = format!("/merchants/{}/corporate_accounts", bed.sandbox.merchant_id);
    let by_email = |email: &str| format!("{accounts}?email={email}");
    let all = bed.read(&accounts).await;
    assert_eq!(bed.read(&by_email("AMANDA%40Acme.Example")).await, all);
    assert_eq!(
        bed.read(&by_email("nobody%40acme.example")).await,
        json!([])
    );
    let unknown = json!({ "unknownEmail": "not-found" });
    bed.control(Method::PUT, "/behaviour", &unknown).await;
    assert_eq!(
        bed.get(&by_email("nobody%40acme.example")).await.0,
        StatusCode::NOT_FOUND
    );
}
