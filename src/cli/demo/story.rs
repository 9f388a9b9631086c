//! The demo: three integrations, four rules, five carts, and a sale.

use apruve_sandbox::Running;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{
    print::{items, text_of},
    runner::{DemoRunner, StepResult},
};
use crate::clock::Clock;

/// The carts of `examples/carts`, compiled in so that the demo runs anywhere.
const CARTS: [(&str, &str); 5] = [
    (
        "A buyer in California, below the limit of 1000",
        include_str!("../../../examples/carts/us-small.json"),
    ),
    (
        "The same buyer, above the limit",
        include_str!("../../../examples/carts/us-large.json"),
    ),
    (
        "A buyer in Ontario",
        include_str!("../../../examples/carts/canadian.json"),
    ),
    (
        "A buyer in Paris who pays in euro",
        include_str!("../../../examples/carts/euro.json"),
    ),
    (
        "A cart without an address",
        include_str!("../../../examples/carts/no-address.json"),
    ),
];

/// The types that each cart is offered, in order, and the first reason code of each other type.
const OUTCOMES: [(&[&str], &[&str]); 5] = [
    (
        &["apruve", "payment_term"],
        &["check_money_order stopped_by"],
    ),
    (
        &["apruve", "payment_term"],
        &["check_money_order expression_false"],
    ),
    (
        &["payment_term", "check_money_order"],
        &["apruve destination_mismatch"],
    ),
    (
        &[],
        &[
            "apruve currency_mismatch",
            "payment_term currency_mismatch",
            "check_money_order currency_mismatch",
        ],
    ),
    (
        &["check_money_order"],
        &[
            "apruve needs_billing_address",
            "payment_term no_payment_term",
        ],
    ),
];

/// Runs the demo from the first integration to the last cart.
pub async fn tell(runner: &mut DemoRunner) -> StepResult {
    runner.chapter("An administrator connects three payment methods");
    let body = apruve(&runner.sandbox);
    let (account, apruve) = integration(runner, &body).await?;
    let (_, terms) = integration(runner, &payment_term()).await?;
    let (_, check) = integration(runner, &check_money_order()).await?;

    runner.chapter("… and says in four rules when each is offered");
    for rule in rules(&apruve, &terms, &check) {
        runner.create("/v1/payment-rules", &rule).await?;
    }

    runner.chapter("A storefront asks for five carts");
    for ((about, text), (offered, refused)) in CARTS.iter().zip(OUTCOMES) {
        println!();
        runner.say(about);
        let cart: Value = serde_json::from_str(text)?;
        let path = "/v1/checkout/payment-methods?explain=summary";
        let answer = runner.ask(path, &cart).await?;
        let types = items(&answer["offered"]).map(|method| text_of(&method["type"]).to_owned());
        runner.expect("the offered types", &types.collect::<Vec<_>>(), offered);
        let reasons = items(&answer["notOffered"]).map(|method| {
            let code = text_of(&method["reasons"][0]["code"]);
            format!("{} {code}", text_of(&method["type"]))
        });
        runner.expect("the first reasons", &reasons.collect::<Vec<_>>(), refused);
    }
    super::sale::tell(runner, &account, &apruve).await
}

/// The ids of a new integration and of its method.
async fn integration(runner: &mut DemoRunner, body: &Value) -> StepResult<(String, String)> {
    let made = runner.create("/v1/integrations", body).await?;
    let text = |field: &str| made[field].as_str().unwrap_or_default().to_owned();
    let method = text("paymentMethodId");
    runner.say(&format!("It is offered to rules as {method}"));
    Ok((text("id"), method))
}

fn apruve(sandbox: &Running) -> Value {
    json!({
        "type": "apruve",
        "name": "Apruve US",
        "label": { "default": "Pay on terms", "localized": { "fr": "Payer à terme" } },
        "shortLabel": { "default": "Apruve" },
        "settings": {
            "merchantId": sandbox.merchant_id,
            "apiKey": sandbox.api_key,
            "testMode": true,
            "baseUrl": sandbox.origin(),
            "webhookPublicKeys": [sandbox.public_key_pem],
        },
    })
}

fn payment_term() -> Value {
    json!({
        "type": "payment_term",
        "name": "Our own terms",
        "label": { "default": "Pay by invoice" },
        "settings": { "instructions": "Pay within the days of your payment term." },
    })
}

fn check_money_order() -> Value {
    json!({
        "type": "check_money_order",
        "name": "Checks by mail",
        "label": { "default": "Check or money order" },
        "settings": { "payTo": "Acme Wholesale Inc.", "sendTo": "1 Main Street, Springfield" },
    })
}

/// Rules with a destination, with dates, with an expression and a stop, and one for the rest.
fn rules(apruve: &str, terms: &str, check: &str) -> [Value; 4] {
    let (now, day) = (Clock::system().now(), TimeDelta::days(1));
    [
        json!({
            "name": "Apruve in the US", "sortOrder": 10, "currency": "USD",
            "destinations": [{ "country": "US" }],
            "paymentMethods": [{ "id": apruve }],
        }),
        json!({
            "name": "Terms for known customers, this season", "sortOrder": 20, "currency": "USD",
            "activeFrom": now - day, "activeUntil": now + day * 90,
            "paymentMethods": [{ "id": terms }],
        }),
        json!({
            "name": "Large Californian orders end here", "sortOrder": 30, "currency": "USD",
            "expression": "total > 500 and billingAddress and billingAddress.regionCode = \"CA\"",
            "destinations": [{ "country": "US", "region": "US-CA", "postalCodes": ["90000..96199"] }],
            "stopProcessing": true,
            "paymentMethods": [{ "id": terms }],
        }),
        json!({
            "name": "Checks for small orders", "sortOrder": 40, "currency": "USD",
            "expression": "total <= 1000",
            "paymentMethods": [{ "id": check }],
        }),
    ]
}
