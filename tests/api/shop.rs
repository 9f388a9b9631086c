//! What a test's shop has: methods and rules, made over the API.

use serde_json::{Value, json};

use crate::TestApp;

impl TestApp {
    /// Makes an integration and returns its payment method's id.
    pub async fn method(&self, body: Value) -> String {
        let made = self.post("/v1/integrations", &body).await.expect(201);
        made["paymentMethodId"]
            .as_str()
            .expect("a method id")
            .to_owned()
    }

    /// An Apruve account that takes USD and EUR.
    pub async fn apruve(&self, name: &str) -> String {
        self.method(json!({
            "type": "apruve",
            "name": format!("Method {name}"),
            "label": { "default": "Pay on terms", "localized": { "fr": "Payer à terme" } },
            "shortLabel": { "default": "Apruve" },
            "settings": {
                "merchantId": "9a9c3389fdc281b5c6c8d542a7e91ff6",
                "apiKey": "0123456789abcdef0123456789abcdef",
                "currencies": ["USD", "EUR"],
            },
        }))
        .await
    }

    /// A payment method by check, which fits every cart.
    pub async fn check(&self, name: &str) -> String {
        self.method(json!({
            "type": "check_money_order",
            "name": format!("Method {name}"),
            "label": { "default": "Check" },
            "settings": { "payTo": "Acme", "sendTo": "1 Main Street" },
        }))
        .await
    }

    /// The shop's own payment term.
    pub async fn terms(&self, name: &str) -> String {
        self.method(json!({
            "type": "payment_term",
            "name": format!("Method {name}"),
            "label": { "default": "Invoice" },
            "settings": { "instructions": "Net 30" },
        }))
        .await
    }

    /// Makes a rule in USD and returns its id. `fields` add to it and override.
    pub async fn rule(
        &self,
        name: &str,
        sort_order: i32,
        methods: &[&str],
        fields: Value,
    ) -> String {
        let methods: Vec<Value> = methods.iter().map(|id| json!({ "id": id })).collect();
        let mut body = json!({
            "name": name, "sortOrder": sort_order, "currency": "USD", "paymentMethods": methods,
        });
        for (name, value) in fields.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let made = self.post("/v1/payment-rules", &body).await.expect(201);
        made["id"].as_str().expect("an id").to_owned()
    }

    /// The ids of what a cart is offered.
    pub async fn offered(&self, cart: &Value) -> Vec<String> {
        let answer = self
            .post("/v1/checkout/payment-methods", cart)
            .await
            .expect(200);
        ids(&answer["offered"])
    }

    /// The codes for which a method is not offered to a cart, each with its rule's name.
    pub async fn reasons(&self, cart: &Value, method: &str) -> Vec<String> {
        let answer = self
            .post("/v1/checkout/payment-methods?explain=summary", cart)
            .await
            .expect(200);
        let methods = answer["notOffered"].as_array().cloned().unwrap_or_default();
        let reasons = methods
            .iter()
            .find(|one| one["id"] == method)
            .map(|one| one["reasons"].clone());
        let reasons = reasons
            .as_ref()
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        reasons
            .iter()
            .map(|reason| {
                let code = reason["code"].as_str().expect("a code");
                match reason["rule"]["name"].as_str() {
                    Some(rule) => format!("{rule}: {code}"),
                    None => code.to_owned(),
                }
            })
            .collect()
    }
}

/// The ids in a list of resources.
pub fn ids(items: &Value) -> Vec<String> {
    let items = items.as_array().cloned().unwrap_or_default();
    items
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// A cart of 100 USD that bills to California.
pub fn cart() -> Value {
    json!({
        "currency": "USD",
        "website": "us-store",
        "total": "100.00",
        "subtotal": { "value": "90.00", "currency": "USD" },
        "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210-1234" },
        "customer": { "id": 42, "paymentTerm": { "id": 1 } },
        "lineItems": [{ "productSku": "1GB82", "quantity": 2, "price": { "value": "45.00", "currency": "USD" } }],
    })
}

/// The same with other values at the top.
pub fn cart_with(fields: Value) -> Value {
    let mut cart = cart();
    for (name, value) in fields.as_object().expect("an object") {
        cart[name] = value.clone();
    }
    cart
}
