//! Prints JSON for the demo.

// Prints no colours without a terminal.
use anstream::println;
use serde_json::Value;

/// A JSON text without its quotes.
pub fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// The members of a JSON list.
pub fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// The value as indented lines.
pub fn indented(value: &Value) -> String {
    format!("   {}", format!("{value:#}").replace('\n', "\n   "))
}

/// The beginning of the value on one line.
pub fn one_line(value: &Value) -> String {
    const MOST: usize = 160;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("   {} …", &text[..end]),
        None => format!("   {text}"),
    }
}

/// Hides a secret, which does not belong on a terminal.
pub fn without_secret(mut value: Value) -> Value {
    if let Some(secret) = value.get_mut("secret") {
        *secret = "whsec_…".into();
    }
    value
}

/// The methods of a cart: what is offered by which rule, and why the others are not.
pub fn print_methods(answer: &Value) {
    for method in items(&answer["offered"]) {
        let (label, rule) = (text_of(&method["label"]), text_of(&method["rule"]["name"]));
        println!("   \x1b[32moffered\x1b[0m      {label}  by \"{rule}\"");
    }
    for method in items(&answer["notOffered"]) {
        println!(
            "   \x1b[33mnot offered\x1b[0m  {}",
            text_of(&method["type"])
        );
        for reason in items(&method["reasons"]) {
            print_reason(reason);
        }
    }
}

fn print_reason(reason: &Value) {
    let rule = reason["rule"]["name"].as_str();
    let rule = rule.unwrap_or("the method itself");
    let (message, code) = (text_of(&reason["message"]), text_of(&reason["code"]));
    println!("                \"{rule}\": {message} ({code})");
    if let Some(change) = reason.get("wouldApplyIf") {
        let value = match &change["value"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let (path, operator) = (text_of(&change["path"]), text_of(&change["operator"]));
        println!("                would apply if {path} {operator} {value}");
    }
}

/// A notification that the shop has received.
pub fn print_notification(is_verified: bool, event: &Value) {
    let signature = match is_verified {
        true => "\x1b[32msignature verified\x1b[0m",
        false => "\x1b[31msignature NOT verified\x1b[0m",
    };
    let data = &event["data"];
    println!(
        "\n<< notification {}, {signature}\n   order {} is {}, version {}: {}",
        text_of(&event["type"]),
        text_of(&data["orderId"]),
        text_of(&data["status"]),
        data["version"],
        one_line(&data["amounts"]).trim_start(),
    );
}

/// Prints how to continue by hand.
pub fn invite(base: &str, shop: &str, storefront: &str, admin: &str) {
    println!("\nClick through a checkout in your browser:\n\n  {shop}");
    println!("\nThe service goes on at {base} until you press Ctrl-C.");
    println!("Try its API out at {base}/docs/, with the administrator's token below.");
    println!("What the shop is notified of is printed here.");
    println!("\nAsk it yourself:\n");
    println!("  curl -s '{base}/v1/checkout/payment-methods?explain=summary' \\");
    println!("    -H 'Authorization: Bearer {storefront}' \\");
    println!("    -H 'Content-Type: application/json' -d @examples/carts/us-large.json\n");
    println!("As an administrator, with the token\n\n  {admin}\n");
}
