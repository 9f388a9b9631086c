//! The bodies of requests that begin a payment.

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use crate::{
    auth::Websites,
    cart,
    checkout::CartBody,
    http::{
        body::{self, Members},
        merge_patch::expect_media_type,
    },
    locale::Wanted,
    operation::prelude::*,
    payment_methods::PaymentMethodId,
    payments::{
        Reference,
        create::{DueDate, NewPayment},
        on_behalf::Buyer,
        order::OrderTotals,
    },
    providers::ProviderId,
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
    /// The number of days in which an offline sale is to be paid; the method's `netDays` when both are left out.
    #[schema(minimum = 0, maximum = 3650, example = 30)]
    net_days: Option<u16>,
    /// When the order at Apruve expires unless the buyer has confirmed it; in the future.
    expires_at: Option<DateTime<Utc>>,
    /// What the buyer is about to pay for, as checkout was given it.
    cart: CartBody,
}

/// A payment to begin for a buyer who is not there.
#[derive(ToSchema)]
#[schema(as = NewPaymentOnBehalf, rename_all = "camelCase")]
#[expect(dead_code, reason = "only described")]
pub struct OnBehalfBody {
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
    /// When the order at Apruve expires unless it is accepted; in the future.
    expires_at: Option<DateTime<Utc>>,
    /// What the buyer pays for, as checkout was given it.
    cart: CartBody,
    /// The e-mail address by which Apruve knows the buyer.
    #[schema(example = "amanda@acme.example", min_length = 3, max_length = 254)]
    buyer_email: String,
    /// Which of the buyer's companies pays; Apruve's id.
    #[schema(min_length = 1, max_length = 128)]
    corporate_account_id: Option<String>,
}

/// Reads the body of a new payment, or of one on behalf of a buyer.
pub fn new_payment(
    request: &HttpRequest,
    bytes: &Bytes,
    websites: &Websites,
    on_behalf: bool,
    languages: Wanted,
) -> Result<NewPayment, Problem> {
    expect_media_type(request, &["application/json"])?;
    let text = body::text(bytes)?;
    let (map, cart) = body::parse_around(text, "cart")?;
    let findings = Findings::default();
    let fields = Fields::of(&map, &findings);
    let method = method(&fields);
    let order_id = reference(&fields, "orderId", true);
    let website = fields.optional_text("website", 255);
    let website = website.filter(|website| !website.trim().is_empty());
    let po_number = reference(&fields, "poNumber", false);
    let due = due_date(&fields, method.as_ref());
    let expires_at = expiry(&fields, method.as_ref());
    let buyer = on_behalf.then(|| buyer(&fields)).flatten();
    let cart = fields.required("cart").and(cart);
    let cart = match cart.map(|cart| (cart, with_website(cart, website, &fields))) {
        None => None,
        Some((posted, (text, website))) => match websites.choose(website.as_deref())? {
            chosen if chosen == website => Some((text, website)),
            chosen => Some(with_website(posted, chosen, &fields)),
        },
    };
    fields.finish();
    if let Some((cart, _)) = &cart {
        check_cart(cart, &findings)?;
    }
    let parts = match (method, order_id, cart) {
        (Some(method), Some(order_id), Some((cart, website))) => Some(NewPayment {
            method,
            order_id,
            website,
            po_number,
            cart,
            languages,
            due,
            expires_at,
            buyer,
        }),
        _ => None,
    };
    findings.into_result(parts)
}

/// Reads `dueAt` or `netDays`, of which an offline method takes one. A method with a provider takes neither.
fn due_date(fields: &Fields<'_>, method: Option<&PaymentMethodId>) -> Option<DueDate> {
    let at = fields.instant("dueAt");
    let days = fields.net_days("netDays");
    if method.is_some_and(|method| method.kind.has_provider()) {
        let names = [("dueAt", at.is_some()), ("netDays", days.is_some())];
        for (name, _) in names.into_iter().filter(|(_, given)| *given) {
            let message = format!(
                "`{name}` is for offline methods; the provider's terms say when its invoices are due, or `dueAt` of an invoice."
            );
            fields.refuse(name, "not_for_this_method", message);
        }
        return None;
    }
    if at.is_some() && days.is_some() {
        let message = "Give `dueAt` or `netDays`, not both.";
        fields.refuse("netDays", "given_twice", message);
    }
    at.map(DueDate::At).or(days.map(DueDate::NetDays))
}

/// Reads `expiresAt`, which only orders at the provider have.
fn expiry(fields: &Fields<'_>, method: Option<&PaymentMethodId>) -> Option<DateTime<Utc>> {
    let at = fields.instant("expiresAt")?;
    if method.is_some_and(|method| !method.kind.has_provider()) {
        let message = "`expiresAt` is for orders at the provider; an offline sale does not expire.";
        fields.refuse("expiresAt", "not_for_this_method", message);
    }
    Some(at)
}

fn method(fields: &Fields<'_>) -> Option<PaymentMethodId> {
    let text = fields.text("paymentMethodId", 1, 255)?;
    let id = PaymentMethodId::parse(&text);
    if id.is_none() {
        let message =
            format!("`{text}` is not a payment method's id, such as those that checkout offers.");
        fields.refuse("paymentMethodId", "unknown_method", message);
    }
    id
}

/// Reads a reference of the shop or the buyer.
pub fn reference(fields: &Fields<'_>, name: &'static str, required: bool) -> Option<Reference> {
    let text = match required {
        true => fields.text(name, 1, 255)?,
        false => fields.optional_text(name, 255)?,
    };
    let refuse = |why| fields.refuse(name, "not_a_reference", format!("`{name}` {why}"));
    Reference::parse(&text).map_err(refuse).ok()
}

fn buyer(fields: &Fields<'_>) -> Option<Buyer> {
    let email = fields.text("buyerEmail", 3, 254)?;
    if !email.trim().contains('@') || email.chars().any(char::is_control) {
        let message = "`buyerEmail` is an e-mail address, such as amanda@acme.example.";
        fields.refuse("buyerEmail", "not_an_email", message);
    }
    let given = fields.optional_text("corporateAccountId", 128);
    let company = given.as_deref().and_then(ProviderId::parse);
    if given.is_some() && company.is_none() {
        let message =
            "`corporateAccountId` is an id at the provider: letters, digits, `-` and `_`.";
        fields.refuse("corporateAccountId", "not_an_id", message);
    }
    Some(Buyer {
        email: email.trim().to_owned(),
        company,
    })
}

/// The cart's JSON with the payment's website in it for the rules, and that website. Null or blank counts as absent.
fn with_website(
    cart: &RawValue,
    website: Option<String>,
    fields: &Fields<'_>,
) -> (String, Option<String>) {
    let text = cart.get().to_owned();
    // The reader of carts refuses a cart that is not an object.
    let Ok(Members(mut members)) = serde_json::from_str(cart.get()) else {
        return (text, website);
    };
    let posted = members.iter().find(|(name, _)| name == "website");
    let posted = posted.map(|(_, value)| value.get());
    let in_cart = posted.and_then(|value| serde_json::from_str::<String>(value).ok());
    let in_cart = in_cart.filter(|website| !website.trim().is_empty());
    match (in_cart, website) {
        (Some(in_cart), Some(website)) if in_cart != website => {
            let message =
                format!("The cart's website is `{in_cart}`; say the same, or leave one out.");
            fields.refuse("website", "contradicts_cart", message);
            (text, Some(in_cart))
        }
        (Some(in_cart), _) => (text, Some(in_cart)),
        (None, Some(website))
            if posted.is_none_or(|value| value == "null" || value.starts_with('"')) =>
        {
            let Ok(value) = serde_json::value::to_raw_value(&website) else {
                return (text, Some(website));
            };
            members.retain(|(name, _)| name != "website");
            members.push(("website".to_owned(), &value));
            (Members(members).to_json(), Some(website))
        }
        (None, website) => (text, website),
    }
}

/// Records all errors of the cart. Its sums are checked only if something is refused anyway, because the rules are
/// evaluated before the sums.
fn check_cart(cart: &str, findings: &Findings) -> Result<(), Problem> {
    let below = |error: &FieldError| error.clone().prefixed("/cart");
    match cart::read_to_pay(cart) {
        Ok(cart) if !findings.is_empty() => {
            let errors = OrderTotals::read(&cart).err().unwrap_or_default();
            findings.extend(errors.iter().map(below));
        }
        Ok(_) => {}
        Err(problem) if problem.errors().is_empty() => return Err(problem),
        Err(problem) => findings.extend(problem.errors().iter().map(below)),
    }
    Ok(())
}
