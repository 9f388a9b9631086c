use serde_json::{Value, json};

use super::*;
use crate::expressions::{ErrorCode, Expression};

/// A cart with everything that must not be kept, and with what rules read.
fn whole() -> Value {
    json!({
        "currency": "USD", "website": "us-store", "total": "1290.50", "subtotal": { "value": "1200.00", "currency": "USD" },
        "shippingAmount": "40.50", "shippingMethod": "flat_rate_1",
        "billingAddress": {
            "countryIso2": "US", "regionCode": "CA", "postalCode": "90210-1234", "city": "Beverly Hills", "street": "1 Rodeo Drive",
            "street2": "Suite 2", "organization": "Acme Inc", "firstName": "Amanda", "lastName": "Cole", "phone": "+1 555 0100",
            "floor": 3,
        },
        "shippingAddress": { "countryIso2": "US", "postalCode": "10001", "city": "New York" },
        "customer": {
            "id": 42, "name": "Acme Industries", "vatId": "DE123456789", "group": { "id": 3, "name": "Wholesale" },
            "paymentTerm": { "id": 1, "label": "Net 30" }, "tier": 2, "isVip": true, "note": "call Amanda", "more": { "a": 1 }, "list": [1], "users": [{ "email": "amanda@acme.example" }],
        },
        "customerUser": { "id": 7, "email": "amanda@acme.example", "fullName": "Amanda Cole", "enabled": true },
        "lineItems": [
            { "productSku": "1GB82", "title": "For Amanda", "quantity": 10, "price": { "value": "120.00", "currency": "USD" }, "weight": 1.5, "engraving": "Amanda" },
            { "productSku": "amanda@acme.example", "quantity": 2, "price": { "value": "4.50", "currency": "USD" } },
        ],
        "loyalty": 12, "coupon": "AMANDA10", "gift": false,
    })
}

fn kept(paths: &[&str]) -> KeptPaths {
    KeptPaths::always_and(paths)
}

fn recorded(cart: &Value, paths: &[&str]) -> Result<Value, NotKept> {
    let text = cart.to_string();
    let cart = cart::read(&text).expect("a cart");
    record(&cart, &kept(paths)).map(|json| serde_json::from_str(&json).expect("JSON"))
}

/// The result of an expression on the recorded part of a cart.
fn comes_to(cart: &Value, paths: &[&str], expression: &str) -> Result<bool, ErrorCode> {
    let text = cart.to_string();
    let posted = cart::read(&text).expect("a cart");
    let projection = record(&posted, &kept(paths)).expect("it is kept");
    let recorded = RecordedCart::parse(projection.as_bytes()).expect("it is read back");
    let cart = recorded.read().expect("a cart");
    let expression = Expression::load(expression, cart::schema()).expect(expression);
    let budget = &mut cart.budget();
    expression
        .holds(cart.record(), budget)
        .map_err(|error| error.code)
}

#[test]
fn without_rules_only_what_checkout_looks_at_is_kept() {
    let recorded = recorded(&whole(), &[]).expect("it is kept");
    let expected = json!({
        "currency": "USD", "website": "us-store", "total": 1290.50, "subtotal": { "value": 1200.00, "currency": "USD" },
        "shippingAmount": 40.50,
        "billingAddress": { "countryIso2": "US", "regionCode": "CA", "postalCode": "90210-1234" },
        "customer": { "id": 42, "group": { "id": 3 }, "paymentTerm": { "id": 1 }, "tier": 2, "isVip": true },
        "loyalty": 12, "gift": false,
    });
    assert_eq!(recorded["cart"], expected);
    assert_eq!(recorded["unpayable"], false);
    let withheld = recorded["withheld"].as_array().cloned().unwrap_or_default();
    for path in [
        "billingAddress.street",
        "customer.name",
        "customerUser",
        "lineItems",
        "coupon",
        "customer.more",
        "shippingMethod",
    ] {
        assert!(withheld.contains(&json!(path)), "{path}: {withheld:?}");
    }
}

#[test]
fn no_person_is_named_whatever_rules_read() {
    let everything = [
        "billingAddress.city",
        "billingAddress.street",
        "billingAddress.organization",
        "billingAddress.firstName",
        "billingAddress.phone",
        "billingAddress.floor",
        "shippingAddress.city",
        "customer.name",
        "customer.vatId",
        "customer.note",
        "customer.users",
        "customer.users[].email",
        "customerUser.id",
        "customerUser.email",
        "customerUser.fullName",
        "customerUser.enabled",
        "lineItems[].title",
        "lineItems[].engraving",
        "lineItems[].productSku",
        "lineItems[].product.sku",
        "coupon",
        "customer.more.a",
    ];
    let recorded = recorded(&whole(), &everything).expect("it is kept");
    let text = recorded["cart"].to_string();
    for personal in [
        "manda",
        "Cole",
        "@",
        "Beverly",
        "Rodeo",
        "Suite",
        "Acme",
        "555",
        "DE123456789",
        "New York",
        "AMANDA10",
        "floor",
    ] {
        assert!(!text.contains(personal), "{personal}: {text}");
    }
    assert_eq!(recorded["cart"]["customerUser"], json!({ "enabled": true }));
    assert_eq!(recorded["cart"]["lineItems"][0]["productSku"], "1GB82");
}

#[test]
fn what_rules_read_is_kept_as_it_was() {
    let paths = [
        "shippingMethod",
        "customer.group.name",
        "lineItems",
        "lineItems[].quantity",
        "lineItems[].price.value",
    ];
    for (expression, holds) in [
        ("shippingMethod = 'flat_rate_1'", true),
        ("customer.group.name = 'Wholesale'", true),
        ("lineItems.any(lineItem.quantity > 9)", true),
        ("lineItems.all(lineItem.price.value > 5)", false),
        ("count(lineItems) = 2", true),
        ("customer.tier = 2 and customer.isVip", true),
        ("lineItems.any(lineItem.weight > 1)", true),
        ("total = 1290.5 and subtotal.value = 1200", true),
        ("shippingOrigin = null", true),
        ("lineItems[1].quantity = 2", true),
    ] {
        let found = comes_to(&whole(), &paths, expression);
        // The second line has no weight.
        let expected = match expression.contains("weight") {
            true => Err(ErrorCode::MissingAttribute),
            false => Ok(holds),
        };
        assert_eq!(found, expected, "{expression}");
    }
}

#[test]
fn what_is_not_kept_is_never_taken_for_absent() {
    for expression in [
        "customer.name = 'Acme Industries'",
        "customer.name = null",
        "customer.name != null and total > 1",
        "not (customer.name matches '/x/')",
        "customerUser = null",
        "customerUser.email = 'x'",
        "shippingAddress.countryIso2 = 'US'",
        "lineItems.any(lineItem.quantity > 1)",
        "count(lineItems) = 0",
        "customer.note = null",
        "customer.note",
        "not customer.note",
        "customer.more.a = 1",
        "count(customer.list) = 1",
        "billingAddress.floor = 3",
        "(customer.note ?: 'none') = 'none'",
        "customer.name in ['a', 'b']",
    ] {
        let found = comes_to(&whole(), &[], expression);
        assert_eq!(found, Err(ErrorCode::UnusableValue), "{expression}");
    }
    // What decides before it is read needs it not.
    assert_eq!(
        comes_to(&whole(), &[], "total < 1 and customer.name = 'x'"),
        Ok(false)
    );
    // What the cart did not have is absent here too.
    assert_eq!(
        comes_to(
            &whole(),
            &[],
            "shippingOrigin = null and customer.colour = null"
        ),
        Ok(true)
    );
}

#[test]
fn a_cart_without_a_cent_to_pay_or_that_contradicts_itself_is_marked() {
    for (fields, unpayable) in [
        (json!({}), false),
        (json!({ "total": "0.00" }), true),
        (json!({ "total": "-1.00" }), true),
        (
            json!({ "total": "1.00", "lineItems": [{ "quantity": 1, "price": { "value": "5.00", "currency": "USD" } }] }),
            true,
        ),
        (
            json!({ "total": "9.00", "lineItems": [{ "quantity": 1, "price": { "value": "5.00", "currency": "USD" } }] }),
            false,
        ),
    ] {
        let mut cart = json!({ "currency": "USD", "total": "5.00" });
        for (name, value) in fields.as_object().expect("an object") {
            cart[name] = value.clone();
        }
        let recorded = recorded(&cart, &[]).expect("it is kept");
        assert_eq!(recorded["unpayable"], unpayable, "{cart}");
    }
}

#[test]
fn nothing_is_kept_of_carts_whose_names_or_places_could_be_a_persons() {
    for fields in [
        json!({ "amanda@acme.example": 1 }),
        json!({ "a".repeat(65): 1 }),
        json!({ "website": "amanda@acme.example" }),
        json!({ "billingAddress": { "countryIso2": "US", "regionCode": "amanda@acme.example" } }),
        json!({ "billingAddress": { "countryIso2": "US", "postalCode": "9".repeat(256) } }),
    ] {
        let mut cart = json!({ "currency": "USD" });
        for (name, value) in fields.as_object().expect("an object") {
            cart[name] = value.clone();
        }
        assert_eq!(recorded(&cart, &[]), Err(NotKept::Private), "{cart}");
    }
    let lines: Vec<Value> = (0..3000)
        .map(|it| json!({ "productSku": format!("SKU-{it}"), "quantity": 1 }))
        .collect();
    let large = json!({ "currency": "USD", "lineItems": lines });
    let paths = ["lineItems[].productSku", "lineItems[].quantity"];
    assert_eq!(recorded(&large, &paths), Err(NotKept::TooLarge));
    assert!(
        recorded(&large, &[]).is_ok(),
        "its lines are not read by any rule"
    );
}
