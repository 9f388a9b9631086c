//! A sale on terms, from the cart to the refund: the steps of the storefront, the buyer, the shop and Apruve.

use serde_json::{Value, json};

use super::{
    print::{items, text_of},
    runner::{DemoRunner, StepResult},
};

/// Runs the sale with the integration at `integration` and its method.
pub async fn tell(runner: &mut DemoRunner, integration: &str, method: &str) -> StepResult {
    runner.chapter("The webhook URL is registered at Apruve");
    let path = format!("/v1/integrations/{integration}/webhook-endpoints");
    runner.post(&path, &Value::Null, 201).await?;
    subscribe(runner).await?;

    let payment = begin(runner, method).await?;
    let payment = format!("/v1/payments/{payment}");
    part_of_it(runner, &payment).await?;
    the_rest(runner, &payment).await?;
    the_same_again(runner, &payment).await?;
    money_back(runner, &payment).await
}

/// Subscribes the shop's own systems to its payments, so that they need not poll.
async fn subscribe(runner: &mut DemoRunner) -> StepResult {
    runner.chapter("The shop wants to hear of its payments instead of asking again and again");
    let url = format!("http://{}/onterms", runner.receiver.address);
    let body = json!({ "url": url, "types": ["payment.*"], "description": "The shop of the demo" });
    let endpoint = runner
        .post("/v1/notification-endpoints", &body, 201)
        .await?;
    runner.receiver.set_secret(text_of(&endpoint["secret"]));
    runner.say("The secret is shown once; with it the shop checks who sends a notification");
    Ok(())
}

/// Begins, confirms and authorizes a payment.
async fn begin(runner: &mut DemoRunner, method: &str) -> StepResult<String> {
    runner.chapter("A buyer pays a cart of 1290.50 on terms");
    let cart: Value = serde_json::from_str(include_str!("../../../examples/carts/us-large.json"))?;
    let body = json!({ "paymentMethodId": method, "orderId": "SO-1001", "poNumber": "PO-7", "cart": cart });
    let payment = runner.post("/v1/payments", &body, 201).await?;
    let next = &payment["nextAction"];
    runner.expect_text("the next action", &next["type"], "apruve_checkout");

    runner.say(
        "The page gives order and hash to apruve.js, and the buyer confirms in Apruve's popup",
    );
    let order = json!({ "order": next["order"], "secure_hash": next["secureHash"] });
    let checkout = runner.at_apruve("/js/v4/checkouts", &order).await?;
    let place = format!("/js/v4/checkouts/{}/place", text_of(&checkout["id"]));
    let placed = runner
        .at_apruve(&place, &json!({ "approve": true }))
        .await?;

    let id = text_of(&payment["id"]).to_owned();
    let authorize = json!({ "apruveOrderId": placed["order_id"] });
    let path = format!("/v1/payments/{id}/authorize");
    let payment = runner.post(&path, &authorize, 200).await?;
    runner.expect_text("the status", &payment["status"], "authorized");
    Ok(id)
}

/// Invoices and ships a part, which Apruve pays.
async fn part_of_it(runner: &mut DemoRunner, payment: &str) -> StepResult {
    runner.chapter("The shop invoices and ships a part of it, and Apruve pays");
    let part = json!({ "amount": "500.00", "shipment": { "trackingNumber": "1Z 999" } });
    let invoice = runner
        .post(&format!("{payment}/invoices"), &part, 201)
        .await?;
    let status = &invoice["payment"]["status"];
    runner.expect_text("the status", status, "partially_invoiced");
    fund(runner, &invoice).await?;
    let received = runner.expect_notification("payment.partially_paid").await;
    let captured = &received["data"]["amounts"]["captured"];
    runner.expect_text("what is captured", captured, "500.00");
    let payment = runner.read(payment).await?;
    runner.expect_text("the status", &payment["status"], "partially_paid");
    let funding = &payment["invoices"][0]["funding"];
    runner.say(&format!(
        "Apruve keeps {} and pays {}",
        text_of(&funding["feeAmount"]),
        text_of(&funding["netAmount"])
    ));
    Ok(())
}

/// Invoices the rest; the webhook of its funding is lost, and reconciliation finds the money.
async fn the_rest(runner: &mut DemoRunner, payment: &str) -> StepResult {
    runner.chapter(
        "It invoices the rest; this time the webhook is lost, and reconciliation finds the money",
    );
    let rest = json!({ "shipment": {} });
    let invoice = runner
        .post(&format!("{payment}/invoices"), &rest, 201)
        .await?;
    runner.expect_text("the rest", &invoice["amount"], "790.50");
    let lost = json!({ "event": "invoice.funded", "effect": { "kind": "lose" } });
    runner.at_apruve("/control/faults/webhooks", &lost).await?;
    fund(runner, &invoice).await?;
    let run = runner
        .post("/v1/reconciliation/runs", &Value::Null, 202)
        .await?;
    let run = format!("/v1/reconciliation/runs/{}", text_of(&run["id"]));
    runner
        .until(&run, "the run is finished", |it| it["state"] == "finished")
        .await?;
    let received = runner.expect_notification("payment.paid").await;
    let id = payment.rsplit('/').next().unwrap_or_default();
    runner.expect_text("the subject", &received["subject"], id);
    runner.expect_text("what is due", &received["data"]["amounts"]["due"], "0.00");
    let payment = runner.read(payment).await?;
    runner.expect_text("the status", &payment["status"], "paid");
    Ok(())
}

/// The buyer pays Apruve, and the webhook arrives three times; it has one effect.
async fn the_same_again(runner: &mut DemoRunner, payment: &str) -> StepResult {
    runner.chapter("Webhooks are repeated, and nothing happens twice");
    let before = runner.read(payment).await?;
    let thrice =
        json!({ "event": "invoice.closed", "effect": { "kind": "duplicate", "copies": 3 } });
    runner
        .at_apruve("/control/faults/webhooks", &thrice)
        .await?;
    let invoice = text_of(&before["invoices"][0]["providerId"]).to_owned();
    runner
        .at_apruve(&format!("/control/invoices/{invoice}/pay"), &json!({}))
        .await?;
    runner
        .at_apruve("/control/webhooks/flush", &Value::Null)
        .await?;
    let closed = "/v1/webhook-events?event=invoice.closed&count=true";
    let received = runner
        .until(closed, "the event is applied", |it| {
            it["items"][0]["state"] == "applied"
        })
        .await?;
    let total = json!(received["total"].to_string());
    runner.expect_text("the events that are kept", &total, "1");
    let after = runner.read(payment).await?;
    let [before, after] = [&before, &after].map(|it| &it["amounts"]["captured"]);
    runner.expect_text("what is captured", after, text_of(before));
    Ok(())
}

/// Refunds a returned item.
async fn money_back(runner: &mut DemoRunner, payment: &str) -> StepResult {
    runner.chapter("The buyer sends something back");
    let before = runner.read(payment).await?;
    let refund = json!({
        "invoiceId": before["invoices"][1]["id"], "amount": "120.00", "currency": "USD",
        "reason": "DAMAGED", "refundReference": "RMA-1",
    });
    let answer = runner
        .post(&format!("{payment}/refunds"), &refund, 201)
        .await?;
    let after = &answer["payment"];
    runner.expect_text("the status", &after["status"], "partially_refunded");
    let refunded = &after["amounts"]["refunded"];
    runner.expect_text("what was given back", refunded, "120.00");
    let events = runner.read(&format!("{payment}/events?limit=200")).await?;
    runner.say("What happened to this payment, from the first to the last:");
    for event in items(&events["items"]) {
        runner.say(&format!(
            "  {:14} {:22} {}",
            text_of(&event["source"]),
            text_of(&event["kind"]),
            text_of(&event["message"])
        ));
    }
    Ok(())
}

async fn fund(runner: &mut DemoRunner, invoice: &Value) -> StepResult {
    let path = format!("/control/invoices/{}/fund", text_of(&invoice["providerId"]));
    runner.at_apruve(&path, &json!({})).await?;
    Ok(())
}
