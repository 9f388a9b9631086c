//! What needs no call: the check of amounts, and the data for Apruve's popup.

use serde_json::{json, value::to_raw_value};

use super::{
    model::WireOrder,
    secure_hash::{OrderJson, secure_hash},
};
use crate::{
    http::problem::FieldError,
    money::Money,
    providers::{BuyerConfirmation, OrderDraft},
    secret::SecretText,
};

/// The maximum amount of an order or invoice, in minor units of its currency.
pub const MOST_CENTS: i64 = 99_999_999;

/// Checks that Apruve accepts an order or invoice with this amount; `pointer` is the place of the amount.
pub fn check_amount(pointer: &str, amount: Money) -> Result<(), FieldError> {
    if amount.minor() <= MOST_CENTS {
        return Ok(());
    }
    let most = Money::from_minor(MOST_CENTS, amount.currency());
    let message = format!("{amount} is more than Apruve takes, which is {most}.");
    Err(FieldError::at(pointer, "out_of_range", message))
}

/// The order for the popup as the JSON text that is stored.
pub fn order_text(draft: &OrderDraft) -> String {
    json!(WireOrder::from(draft)).to_string()
}

/// The URL of the script that opens the popup.
pub fn script_url(origin: &str) -> String {
    format!("{origin}/js/v4/apruve.js")
}

/// The data for the popup from a stored order.
pub fn confirmation(
    origin: &str,
    api_key: &SecretText,
    order_text: &str,
) -> serde_json::Result<BuyerConfirmation> {
    let order = serde_json::from_str(order_text)?;
    Ok(BuyerConfirmation {
        script_url: script_url(origin),
        secure_hash: secure_hash(api_key, &order),
        order: to_raw_value(&OrderJson(order))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        money::Currency,
        providers::{CleanText, LineDraft, ProviderId},
    };

    fn money(minor: i64, code: &str) -> Money {
        Money::from_minor(minor, Currency::parse(code).expect("a currency"))
    }

    fn order(total: Money) -> OrderDraft {
        let usd = |minor| money(minor, "USD");
        let mut line = LineDraft::new(CleanText::line("Copper pipe\n15mm"), usd(9000));
        line.quantity = Some(6.into());
        OrderDraft {
            merchant: ProviderId::parse("a1b2").expect("an id"),
            number: "SO-1001".to_owned(),
            total,
            tax: usd(600),
            shipping: usd(1000),
            lines: vec![line],
            charges: Vec::new(),
            po_number: Some(CleanText::line("PO-7")),
            expires_at: "2026-03-31T23:59:59Z".parse().ok(),
            buyer: None,
        }
    }

    /// Orders stored by older versions must keep their hash, and the popup gets the members in the order of the hash.
    #[test]
    fn an_order_is_kept_and_given_to_the_popup_byte_for_byte() {
        let text = order_text(&order(money(10600, "USD")));
        let kept = concat!(
            r#"{"amount_cents":10600,"currency":"USD","expire_at":"2026-03-31T23:59:59+00:00","#,
            r#""finalize_on_create":true,"invoice_on_create":false,"merchant_id":"a1b2","#,
            r#""merchant_order_id":"SO-1001","order_items":[{"amount_cents":9000,"#,
            r#""price_total_cents":9000,"quantity":6,"title":"Copper pipe 15mm"}],"#,
            r#""po_number":"PO-7","shipping_cents":1000,"tax_cents":600}"#
        );
        assert_eq!(text, kept);
        let key = SecretText::new("key");
        let given = confirmation("https://test.apruve.com", &key, &text).expect("JSON");
        assert_eq!(given.script_url, "https://test.apruve.com/js/v4/apruve.js");
        let shown = concat!(
            r#"{"merchant_id":"a1b2","merchant_order_id":"SO-1001","amount_cents":10600,"#,
            r#""currency":"USD","tax_cents":600,"shipping_cents":1000,"#,
            r#""expire_at":"2026-03-31T23:59:59+00:00","finalize_on_create":true,"#,
            r#""invoice_on_create":false,"order_items":[{"title":"Copper pipe 15mm","#,
            r#""price_total_cents":9000,"amount_cents":9000,"quantity":6}],"po_number":"PO-7"}"#
        );
        assert_eq!(given.order.get(), shown);
        // SHA-256 of `keya1b2SO-100110600USD60010002026-03-31T23:59:59+00:00truefalseCopper pipe 15mm90006`.
        assert_eq!(
            given.secure_hash,
            "fb8098deab725a30598f71a80a0ca0e5a235288b9ca0d897fbe53c802bc18319"
        );
        assert!(confirmation("https://test.apruve.com", &key, "{").is_err());
    }

    #[test]
    fn what_is_too_much_is_refused_at_its_field() {
        for (code, shown) in [
            ("USD", "999999.99"),
            ("JPY", "99999999"),
            ("KWD", "99999.999"),
        ] {
            let [most, more] = [MOST_CENTS, MOST_CENTS + 1].map(|minor| money(minor, code));
            assert_eq!(check_amount("/total", most), Ok(()));
            let refused = check_amount("/total", more).expect_err("too much");
            assert_eq!(refused.pointer.as_deref(), Some("/total"));
            assert_eq!(refused.code, "out_of_range");
            let message = format!("{more} is more than Apruve takes, which is {shown}.");
            assert_eq!(refused.message, message);
        }
    }
}
