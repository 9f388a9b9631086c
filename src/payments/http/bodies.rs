//! What callers send to begin a payment.

use actix_web::{HttpRequest, web::Bytes};
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::due::due_date;
use crate::{
    apruve::ApruveId,
    body::{self, Fields, Findings},
    checkout::CartBody,
    locale::Wanted,
    merge_patch::expect_media_type,
    payment_methods::PaymentMethodId,
    payments::{Reference, create::NewPayment, on_behalf::Buyer},
    problem::Problem,
};

/// A payment to begin.
#[derive(ToSchema)]
#[schema(as = NewPayment, rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
pub struct NewPaymentBody {
    /// One that checkout offers for this cart.
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    payment_method_id: String,
    /// The shop's number for the order.
    #[schema(example = "SO-1001", min_length = 1, max_length = 255)]
    order_id: String,
    /// As in the cart, where that has one.
    #[schema(example = "us-store", min_length = 1, max_length = 255)]
    website: Option<String>,
    /// The buyer's number for the order.
    #[schema(example = "PO-7", min_length = 1, max_length = 255)]
    po_number: Option<String>,
    /// When an offline sale is to be paid.
    due_at: Option<DateTime<Utc>>,
    /// In so many days an offline sale is to be paid; the method's `netDays` when both are left out.
    #[schema(minimum = 0, maximum = 3650, example = 30)]
    net_days: Option<u16>,
    cart: CartBody,
}

/// A payment to begin for a buyer who is not there.
#[derive(ToSchema)]
#[schema(as = NewPaymentOnBehalf, rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
pub struct OnBehalfBody {
    #[schema(example = "apruve_01h455vb4pex5vsknk084sn02q")]
    payment_method_id: String,
    #[schema(example = "SO-1001", min_length = 1, max_length = 255)]
    order_id: String,
    #[schema(example = "us-store", min_length = 1, max_length = 255)]
    website: Option<String>,
    #[schema(example = "PO-7", min_length = 1, max_length = 255)]
    po_number: Option<String>,
    cart: CartBody,
    /// By which Apruve knows the buyer.
    #[schema(example = "amanda@acme.example", min_length = 3, max_length = 254)]
    buyer_email: String,
    /// Which of the buyer's companies pays; Apruve's id.
    #[schema(min_length = 1, max_length = 128)]
    corporate_account_id: Option<String>,
}

/// Reads one of them.
pub fn new_payment(
    request: &HttpRequest,
    bytes: &Bytes,
    on_behalf: bool,
    languages: Wanted,
    now: DateTime<Utc>,
) -> Result<NewPayment, Problem> {
    expect_media_type(request, &["application/json"])?;
    let text = body::text(bytes)?;
    let (map, cart) = body::parse_around(text, "cart")?;
    let findings = Findings::default();
    let fields = Fields::of(&map, &findings);
    let method = method(&fields);
    let order_id = reference(&fields, "orderId", true);
    let website = fields
        .optional_text("website", 255)
        .filter(|website| !website.is_empty());
    let po_number = reference(&fields, "poNumber", false);
    let due = due_date(&fields, method.as_ref(), now);
    let buyer = on_behalf.then(|| buyer(&fields)).flatten();
    let cart = fields.required("cart").and(cart);
    let cart = cart.and_then(|cart| with_website(cart, website.as_deref(), &fields));
    fields.finish();
    let parts = match (method, order_id, cart) {
        (Some(method), Some(order_id), Some((cart, website))) => Some(NewPayment {
            method,
            order_id,
            website,
            po_number,
            cart,
            languages,
            due,
            buyer,
        }),
        _ => None,
    };
    findings.into_result(parts)
}

fn method(fields: &Fields<'_>) -> Option<PaymentMethodId> {
    fields.required("paymentMethodId")?;
    let text = fields.text("paymentMethodId", 1, 255)?;
    let id = PaymentMethodId::parse(&text);
    if id.is_none() {
        let message =
            format!("`{text}` is not a payment method's id, such as those that checkout offers.");
        fields.refuse("paymentMethodId", "unknown_method", message);
    }
    id
}

/// A name of the shop's or the buyer's.
pub fn reference(fields: &Fields<'_>, name: &'static str, required: bool) -> Option<Reference> {
    let text = if required {
        fields.required(name)?;
        fields.text(name, 1, 255)?
    } else {
        fields.optional_text(name, 255)?
    };
    match Reference::parse(&text) {
        Ok(reference) => Some(reference),
        Err(why) => {
            fields.refuse(name, "not_a_reference", format!("`{name}` {why}"));
            None
        }
    }
}

fn buyer(fields: &Fields<'_>) -> Option<Buyer> {
    fields.required("buyerEmail")?;
    let email = fields.text("buyerEmail", 3, 254)?;
    if !email.trim().contains('@') || email.chars().any(char::is_control) {
        fields.refuse(
            "buyerEmail",
            "not_an_email",
            "`buyerEmail` is an e-mail address, such as amanda@acme.example.",
        );
    }
    let company = fields
        .optional_text("corporateAccountId", 128)
        .and_then(|text| {
            let id = ApruveId::parse(&text);
            if id.is_none() {
                fields.refuse(
                    "corporateAccountId",
                    "not_an_id",
                    "`corporateAccountId` is an id at Apruve: letters, digits, `-` and `_`.",
                );
            }
            id
        });
    Some(Buyer {
        email: email.trim().to_owned(),
        company,
    })
}

/// The cart's JSON with the payment's website in it, and that website. The rules see the one cart.
fn with_website(
    cart: &RawValue,
    website: Option<&str>,
    fields: &Fields<'_>,
) -> Option<(String, Option<String>)> {
    #[derive(serde::Deserialize)]
    struct Posted {
        website: Option<serde_json::Value>,
    }
    let text = cart.get().trim();
    // What is no object, or has no text there, is refused where the cart is read.
    let posted = serde_json::from_str::<Posted>(text)
        .ok()
        .and_then(|cart| cart.website);
    let posted = posted
        .as_ref()
        .and_then(|website| website.as_str())
        .filter(|website| !website.is_empty());
    match (posted, website) {
        (Some(posted), Some(website)) if posted != website => {
            fields.refuse(
                "website",
                "contradicts_cart",
                format!("The cart's website is `{posted}`; say the same, or leave one out."),
            );
            None
        }
        (None, Some(website)) if text.starts_with('{') => {
            let rest = text[1..].trim_start();
            let comma = if rest.starts_with('}') { "" } else { "," };
            Some((
                format!("{{\"website\":{}{comma}{rest}", serde_json::json!(website)),
                Some(website.to_owned()),
            ))
        }
        (posted, website) => {
            let website = posted.or(website).map(str::to_owned);
            Some((text.to_owned(), website))
        }
    }
}
