//! Whether the ledger agrees with Apruve: what a payment says, and what the sandbox holds.

use serde_json::Value;

/// How many of these the sandbox holds whose field has this value.
pub fn count(held: &Value, kind: &str, field: &str, value: &str) -> usize {
    of(held, kind, field, value).len()
}

/// Those of the sandbox whose field has this value.
pub fn of<'v>(held: &'v Value, kind: &str, field: &str, value: &str) -> Vec<&'v Value> {
    let all = held[kind].as_array().expect("a list");
    all.iter().filter(|one| one[field] == value).collect()
}

/// Holds a settled payment against everything that Apruve has of its order.
#[track_caller]
pub fn agree(payment: &Value, held: &Value) {
    let context = || format!("{payment:#}\n{held:#}");
    assert_eq!(payment["unsettled"], false, "{}", context());
    let number = payment["provider"]["merchantOrderId"]
        .as_str()
        .expect("a number");
    let orders = of(held, "orders", "merchant_order_id", number);
    assert_eq!(orders.len(), 1, "one order under {number}: {}", context());
    let order = orders[0]["id"].as_str().expect("an id");
    assert_eq!(payment["provider"]["orderId"], order, "{}", context());
    let theirs = of(held, "invoices", "order_id", order);
    let ours = members(payment, "invoices", "succeeded");
    assert_eq!(ours.len(), theirs.len(), "{}", context());
    for invoice in theirs {
        let id = invoice["id"].as_str().expect("an id");
        let found = ours.iter().filter(|it| it["providerId"] == id);
        let [mine] = found.collect::<Vec<_>>()[..] else {
            panic!("not once with us: {id}: {}", context());
        };
        assert_eq!(mine["status"], invoice["status"], "{}", context());
        assert_eq!(
            cents(&mine["amount"]),
            invoice["amount_cents"],
            "{}",
            context()
        );
        let shipments = members(mine, "shipments", "succeeded").len();
        assert_eq!(
            shipments,
            count(held, "shipments", "invoice_id", id),
            "{}",
            context()
        );
        let returned: i64 = of(held, "invoiceReturns", "invoice_id", id)
            .iter()
            .filter_map(|it| it["amount_cents"].as_i64())
            .sum();
        assert_eq!(cents(&mine["returned"]), returned, "{}", context());
        let paid =
            invoice["status"] == "closed" || invoice["funding_details"] != serde_json::json!([]);
        assert_eq!(cents(&mine["captured"]) > 0, paid, "{}", context());
        let captures = of(payment, "transactions", "action", "capture");
        let captured = captures
            .iter()
            .filter(|it| it["parentId"] == mine["id"])
            .count();
        assert_eq!(captured, usize::from(paid), "{}", context());
    }
    if orders[0]["status"] == "canceled" {
        assert_eq!(
            cents(&payment["amounts"]["openAuthorized"]),
            0,
            "{}",
            context()
        );
    }
}

fn members<'v>(of: &'v Value, list: &str, state: &str) -> Vec<&'v Value> {
    let all = of[list].as_array().expect("a list");
    all.iter().filter(|one| one["state"] == state).collect()
}

/// An amount of ours in cents.
fn cents(amount: &Value) -> i64 {
    let digits = amount.as_str().expect("an amount").replace('.', "");
    digits.parse().expect("cents")
}
