//! What looking at the buyer's credit costs, once it is known.

use serde_json::{Value, json};

use super::{
    ADDRESS, CART, CONNECTIONS, ROUND, ROUNDS,
    load::{drive, median},
    provider, rules,
    service::Service,
};

/// Buys for the sandbox's company.
const BUYER: &str = "amanda@acme.example";

/// Two services beside one provider: one looks at credit, the other does not.
pub fn compare() {
    let account = provider::start();
    let mut cart: Value = serde_json::from_str(CART).expect("a cart");
    cart["customerUser"]["email"] = json!(BUYER);
    let cart = cart.to_string();
    let [with, without] = ["require", "off"].map(|check| {
        let mut account = account.clone();
        account["credit"] = json!({ "check": check, "maxAge": "1h", "whenUnknown": "hide" });
        let service = Service::start_as(None, &rules::ten_of(100), &account);
        let (_, method) = &service.methods[0];
        let question = json!({ "paymentMethodId": method, "buyerEmail": BUYER });
        let known = service.ask("/v1/checkout/credit", &question.to_string());
        assert!(known.contains("\"ok\""), "{known}");
        assert!(
            service.ask(ADDRESS, &cart).contains(method.as_str()),
            "it is offered"
        );
        service
    });
    let rate = |service: &Service| {
        drive(
            service.port,
            ADDRESS,
            &service.token,
            &cart,
            CONNECTIONS,
            ROUND,
        )
        .per_second
    };
    let rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (rate(&with), rate(&without))).collect();
    let ratio = median(
        rounds
            .iter()
            .map(|(with, without)| with / without)
            .collect(),
    );
    println!(
        "\n{:<44} {:>9.0} {:>9.0} {ratio:>7.2}  goal ≥ 0.95",
        "credit.check = require, warm; beside off",
        median(rounds.iter().map(|it| it.0).collect()),
        median(rounds.iter().map(|it| it.1).collect()),
    );
}
