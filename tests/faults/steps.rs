//! One operation of each kind, prepared up to the request that begins it.

use serde_json::{Value, json};

use crate::{
    buyer::{at, fresh_key},
    process::Served,
    test_cluster::TestCluster,
};

/// An operation that is about to be asked for.
pub struct Step {
    pub name: &'static str,
    pub key: String,
    pub path: String,
    pub body: Value,
    /// The action of the transaction that it is.
    pub action: &'static str,
    /// What it posts to at Apruve.
    pub call: String,
    /// What it does there: (kind, field, value, status).
    effect: (&'static str, &'static str, String, Option<&'static str>),
    /// The payment's address, unless the operation is what begins it.
    payment: Option<String>,
}

impl Step {
    /// How often it was done. The number of a later attempt for an order begins with the order's.
    pub fn effects(&self, held: &Value) -> usize {
        let (kind, field, value, status) = &self.effect;
        let is_it = |it: &&Value| {
            it[field].as_str().is_some_and(|it| it.starts_with(value))
                && status.is_none_or(|status| it["status"] == status)
        };
        held[kind]
            .as_array()
            .expect("a list")
            .iter()
            .filter(is_it)
            .count()
    }

    /// The address of the payment, of the latest attempt where the operation begins one.
    pub async fn payment(&self, cluster: &TestCluster, served: &Served) -> String {
        match &self.payment {
            Some(payment) => payment.clone(),
            None => {
                let number = self.body["orderId"].as_str().expect("a number");
                let list = cluster
                    .get(
                        served,
                        &format!("/v1/payments?orderId={number}&sort=-createdAt"),
                    )
                    .await;
                at(&list["items"][0])
            }
        }
    }

    /// The transaction that it is.
    pub fn transaction<'p>(&self, payment: &'p Value) -> &'p Value {
        let all = payment["transactions"].as_array().expect("a list");
        let last = all.iter().rfind(|it| it["action"] == self.action);
        last.unwrap_or(&Value::Null)
    }
}

/// One of each kind, every one on a payment of its own.
pub async fn all(cluster: &TestCluster, served: &Served) -> Vec<Step> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut steps = vec![Step {
        name: "order on behalf",
        key: fresh_key(),
        path: "/v1/payments/on-behalf".to_owned(),
        body: cluster.on_behalf("SO-behalf"),
        action: "authorize",
        call: "/orders".to_owned(),
        effect: ("orders", "merchant_order_id", "SO-behalf".to_owned(), None),
        payment: None,
    }];
    for name in ["invoice", "cancel order"] {
        let payment = cluster.authorized(served, &format!("SO-{name}")).await;
        let order = text(&payment["provider"]["orderId"]);
        let (verb, body, action, call, effect) = match name {
            "invoice" => (
                "invoices",
                json!({ "amount": "40.00" }),
                name,
                "invoices",
                ("invoices", "order_id", order.clone(), None),
            ),
            _ => (
                "cancel",
                json!({}),
                "cancel",
                "cancel",
                ("orders", "id", order.clone(), Some("canceled")),
            ),
        };
        steps.push(Step {
            name,
            key: fresh_key(),
            path: format!("{}/{verb}", at(&payment)),
            body,
            action,
            call: format!("/orders/{order}/{call}"),
            effect,
            payment: Some(at(&payment)),
        });
    }
    for name in ["issue", "shipment", "cancel invoice", "refund"] {
        let payment = cluster.authorized(served, &format!("SO-{name}")).await;
        let wanted = json!({ "amount": "40.00", "issue": name != "issue" });
        let invoice = cluster.invoiced(served, &payment, wanted).await;
        let (ours, theirs) = (text(&invoice["id"]), text(&invoice["providerId"]));
        let on_invoice = |verb: &str| format!("{}/invoices/{ours}/{verb}", at(&payment));
        let (path, body, action, call, effect) = match name {
            "issue" => (
                on_invoice("issue"),
                json!({}),
                "issue",
                "issue",
                ("invoices", "id", theirs.clone(), Some("open")),
            ),
            "shipment" => (
                on_invoice("shipments"),
                json!({}),
                "shipment",
                "shipments",
                ("shipments", "invoice_id", theirs.clone(), None),
            ),
            "cancel invoice" => (
                on_invoice("cancel"),
                json!({}),
                "cancel",
                "cancel",
                ("invoices", "id", theirs.clone(), Some("canceled")),
            ),
            _ => (
                format!("{}/refunds", at(&payment)),
                json!({ "invoiceId": ours, "amount": "15.00", "currency": "USD", "reason": "Damaged" }),
                "refund",
                "invoice_returns",
                ("invoiceReturns", "invoice_id", theirs.clone(), None),
            ),
        };
        steps.push(Step {
            name,
            key: fresh_key(),
            path,
            body,
            action,
            call: format!("/invoices/{theirs}/{call}"),
            effect,
            payment: Some(at(&payment)),
        });
    }
    steps
}
