//! The demo: three integrations, four rules, five carts, and a sale.

use std::error::Error;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{receiver::Receiver, runner::DemoRunner};
use apruve_sandbox::Running;

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
pub async fn tell(
    runner: &mut DemoRunner,
    sandbox: &Running,
    receiver: &mut Receiver,
) -> Result<(), Box<dyn Error>> {
    runner.chapter("An administrator connects three payment methods");
    let (account, apruve) = integration(runner, &apruve(sandbox)).await?;
    let (_, terms) = integration(runner, &payment_term()).await?;
    let (_, check) = integration(runner, &check_money_order()).await?;

    runner.chapter("… and says in four rules when each is offered");
    for rule in rules(runner, &apruve, &terms, &check) {
        runner.create("/v1/payment-rules", &rule).await?;
    }

    runner.chapter("A storefront asks for five carts");
    for ((about, text), (offered, refused)) in CARTS.iter().zip(OUTCOMES) {
        println!();
        runner.say(about);
        let cart: Value = serde_json::from_str(text)?;
        let answer = runner
            .ask("/v1/checkout/payment-methods?explain=summary", &cart)
            .await?;
        runner.expect("the offered types", &types(&answer["offered"]), offered);
        runner.expect(
            "the first reasons",
            &first_reasons(&answer["notOffered"]),
            refused,
        );
    }
    super::sale::tell(runner, sandbox, receiver, &account, &apruve).await
}

/// The ids of a new integration and of its method.
async fn integration(
    runner: &mut DemoRunner,
    body: &Value,
) -> Result<(String, String), Box<dyn Error>> {
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
fn rules(runner: &DemoRunner, apruve: &str, terms: &str, check: &str) -> [Value; 4] {
    let day = TimeDelta::days(1);
    [
        json!({
            "name": "Apruve in the US", "sortOrder": 10, "currency": "USD",
            "destinations": [{ "country": "US" }],
            "paymentMethods": [{ "id": apruve }],
        }),
        json!({
            "name": "Terms for known customers, this season", "sortOrder": 20, "currency": "USD",
            "activeFrom": runner.now() - day, "activeUntil": runner.now() + day * 90,
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

fn types(methods: &Value) -> Vec<String> {
    let methods = methods.as_array().into_iter().flatten();
    methods
        .filter_map(|method| Some(method["type"].as_str()?.to_owned()))
        .collect()
}

fn first_reasons(methods: &Value) -> Vec<String> {
    let methods = methods.as_array().into_iter().flatten();
    methods
        .filter_map(|method| {
            let code = method["reasons"][0]["code"].as_str()?;
            Some(format!("{} {code}", method["type"].as_str()?))
        })
        .collect()
}
