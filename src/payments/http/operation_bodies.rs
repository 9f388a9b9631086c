//! What operations on payments take, for the OpenAPI document. Each body is read by its own file, which finds everything
//! that is wrong at once.

use chrono::{DateTime, Utc};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr, Schema,
        schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type},
    },
};

use crate::money::Currency;

/// Digits with an optional fraction, as amounts are read.
const DECIMAL: &str = r"^(0|[1-9]\d*)(\.\d+)?$";

/// Nothing has to be said; the body may as well be left out.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

/// What to ask for. Without items, lines and an amount, it is all that is left.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct NewInvoice {
    /// Total of the invoice. Without items and lines: everything that is left of the payment when it is left out.
    pub amount: Option<Amount>,
    /// Tax in the total.
    pub tax_amount: Option<Amount>,
    /// Cost of shipping in the total.
    pub shipping_amount: Option<Amount>,
    /// Cost of handling in the total.
    pub handling_amount: Option<Amount>,
    /// Cost of insurance in the total.
    pub insurance_amount: Option<Amount>,
    /// Other surcharges in the total.
    pub surcharge_amount: Option<Amount>,
    /// Taken off the lines; not negative.
    pub discount_amount: Option<Amount>,
    /// Parts of the payment's `lines`.
    #[schema(min_items = 1)]
    pub items: Option<Vec<LinePart>>,
    #[schema(schema_with = lines)]
    pub line_items: Option<Value>,
    /// The shop's number for it, unique within its integration; ours when it is left out. The same number with the same
    /// fields is the same invoice, whatever the `Idempotency-Key`.
    #[schema(min_length = 1, max_length = 255, example = "INV-1001-1")]
    pub merchant_invoice_id: Option<String>,
    /// Not in the past; Apruve's terms when it is left out.
    pub due_at: Option<DateTime<Utc>>,
    /// Whether the buyer owes it at once, or only after `issue`.
    #[schema(default = true)]
    pub issue: Option<bool>,
    /// A text for the buyer on the invoice.
    #[schema(max_length = 3500)]
    pub notes: Option<String>,
    /// Sent to Apruve, and not kept here.
    pub bill_to: Option<InvoiceAddress>,
    /// Sent to Apruve, and not kept here.
    pub ship_to: Option<InvoiceAddress>,
    /// The terms of delivery to print on the invoice.
    #[schema(max_length = 255, example = "DAP Springfield")]
    pub terms_of_delivery: Option<String>,
    /// Told to Apruve once the invoice is made, as a transaction of its own.
    pub shipment: Option<NewShipment>,
}

/// So much of one of the payment's `lines`.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct LinePart {
    /// Its place in `lines`, from 0.
    #[schema(minimum = 0, example = 0)]
    pub line: usize,
    /// More than zero, at most what is left of the line.
    pub quantity: Quantity,
}

/// An address in the words of a cart's.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct InvoiceAddress {
    /// The company's name.
    #[schema(max_length = 255, example = "Acme")]
    pub organization: Option<String>,
    /// What stands before the person's name, such as `Dr.`.
    #[schema(max_length = 255)]
    pub name_prefix: Option<String>,
    /// The person's first name.
    #[schema(max_length = 255, example = "Amanda")]
    pub first_name: Option<String>,
    /// The person's middle name.
    #[schema(max_length = 255)]
    pub middle_name: Option<String>,
    /// The person's last name.
    #[schema(max_length = 255, example = "Cole")]
    pub last_name: Option<String>,
    /// What stands behind the person's name, such as `Jr.`.
    #[schema(max_length = 255)]
    pub name_suffix: Option<String>,
    /// Street and number.
    #[schema(max_length = 255, example = "1 Main Street")]
    pub street: Option<String>,
    /// The second line of the street address.
    #[schema(max_length = 255)]
    pub street2: Option<String>,
    /// The city.
    #[schema(max_length = 255, example = "Springfield")]
    pub city: Option<String>,
    /// As `CA` or `US-CA`.
    #[schema(max_length = 255, example = "US-CA")]
    pub region_code: Option<String>,
    /// The postal code.
    #[schema(max_length = 255, example = "90210")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 code of the country, in two letters.
    #[schema(min_length = 2, max_length = 2, example = "US")]
    pub country_iso2: Option<String>,
    /// A telephone number for questions about the delivery.
    #[schema(max_length = 255)]
    pub phone: Option<String>,
}

/// What went out.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct NewShipment {
    /// What of the invoice is not shipped yet, when it is left out.
    pub amount: Option<Amount>,
    /// Parts of the payment's `lines` that the invoice is over.
    #[schema(min_items = 1)]
    pub items: Option<Vec<LinePart>>,
    /// Now when it is left out.
    pub shipped_at: Option<DateTime<Utc>>,
    /// When it arrived, where that is known.
    pub delivered_at: Option<DateTime<Utc>>,
    /// The same as `carrier`.
    #[schema(max_length = 255, example = "UPS")]
    pub shipper: Option<String>,
    /// Who carries it.
    #[schema(max_length = 255, example = "UPS")]
    pub carrier: Option<String>,
    /// Kept here alone; Apruve does not know it.
    #[schema(
        max_length = 2000,
        example = "https://carrier.example/track/1Z999AA10123456784"
    )]
    pub tracking_url: Option<String>,
    /// A text about the shipment, sent to Apruve.
    #[schema(max_length = 3500)]
    pub notes: Option<String>,
    /// Unique within the invoice: the same number with the same fields is the same shipment, whatever the
    /// `Idempotency-Key`.
    #[schema(max_length = 255, example = "1Z999AA10123456784")]
    pub tracking_number: Option<String>,
    /// Left out, it is `fulfilled` when the shipments come to the invoice.
    pub status: Option<Extent>,
}

/// What is to be said of a shipment from now on. What is left out stays as it is; null takes it back.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct ShipmentChanges {
    /// Unique within the invoice.
    #[schema(max_length = 255, example = "1Z999AA10123456784")]
    pub tracking_number: Option<String>,
    /// Who carries it.
    #[schema(max_length = 255, example = "UPS")]
    pub carrier: Option<String>,
    /// Kept here alone; Apruve does not know it.
    #[schema(
        max_length = 2000,
        example = "https://carrier.example/track/1Z999AA10123456784"
    )]
    pub tracking_url: Option<String>,
    /// When it arrived.
    pub delivered_at: Option<DateTime<Utc>>,
    /// A text about the shipment, sent to Apruve.
    #[schema(max_length = 3500)]
    pub notes: Option<String>,
}

/// Whether more of the invoice is to follow.
#[derive(ToSchema)]
#[schema(as = ShipmentStatus, rename_all = "lowercase")]
pub enum Extent {
    /// More will follow.
    Partial,
    /// That was all.
    Fulfilled,
}

/// How much is to be given up.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct Cancellation {
    /// What to cancel: the part that is not invoiced when it is left out.
    pub scope: Option<CancellationScope>,
    /// Kept with each transaction of it.
    #[schema(max_length = 1000, example = "The buyer changed their mind")]
    pub reason: Option<String>,
}

/// Why an invoice is given up; the body may as well be left out.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct InvoiceCancellation {
    /// Kept with the transaction and in the audit log.
    #[schema(max_length = 1000, example = "Billed to the wrong branch")]
    pub reason: Option<String>,
}

/// How much is to be given up.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum CancellationScope {
    /// What is not invoiced; the default.
    Remainder,
    /// Every invoice first, none of which may be paid, funded or shipped.
    All,
}

/// Money that came on an offline method.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct NewCapture {
    /// All that is due when it is left out.
    pub amount: Option<Amount>,
    /// The payment's currency.
    pub currency: Option<Currency>,
    /// The shop's own name for it, such as the number of a check.
    #[schema(max_length = 255, example = "CHK-1")]
    pub reference: Option<String>,
    /// When the money came; not in the future.
    pub received_at: Option<DateTime<Utc>>,
    /// What a person should know about the money.
    #[schema(max_length = 1000, example = "Two checks in one letter")]
    pub note: Option<String>,
}

/// Money to be given back, or not to be asked for any more.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct NewRefund {
    /// The invoice it is taken off. Only offline methods have none.
    #[schema(example = "txn_01h455vb4pex5vsknk084sn02q")]
    pub invoice_id: Option<String>,
    /// How much is given back or taken off.
    pub amount: Amount,
    /// The payment's currency.
    pub currency: Currency,
    /// Why money is given back.
    #[schema(max_length = 255, example = "Damaged")]
    pub reason: Option<String>,
    /// The shop's own number for it, unique within the invoice: the same number with the same fields is the same refund,
    /// whatever the `Idempotency-Key`.
    #[schema(max_length = 255, example = "RMA-17")]
    pub refund_reference: Option<String>,
}

/// How an invoice ended that the shop finances itself.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct Closing {
    /// How the invoice ended outside Apruve.
    pub outcome: ClosingOutcome,
    /// Kept with the transaction.
    #[schema(max_length = 500, example = "Bank transfer of 3 March")]
    pub reason: Option<String>,
}

/// How an invoice ended.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ClosingOutcome {
    /// What was due came.
    Paid,
    /// It is not to come any more.
    WrittenOff,
}

/// What became of a transaction, as a person found out.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub struct Resolution {
    /// What the transaction's outcome was.
    pub state: ResolvedState,
    /// How that is known.
    #[schema(
        min_length = 1,
        max_length = 500,
        example = "Apruve's support says that it was never made."
    )]
    pub reason: String,
    /// Apruve's id of the order, invoice, shipment or return; needed with `succeeded`. What has no id of its own needs none.
    #[schema(example = "9a9c3389fdc281b5c6c8d542a7e91ff6")]
    pub provider_id: Option<String>,
    /// Takes `failed` for an invoice or a refund although no complete listing without it was read.
    #[schema(default = false)]
    pub force: Option<bool>,
}

/// What became of it.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ResolvedState {
    Succeeded,
    Failed,
}

/// An amount in the payment's currency.
pub struct Amount;

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        decimal(
            "An amount: a decimal text or a JSON number, read exactly; no more digits than the currency has.",
            serde_json::json!("500.00"),
        )
    }
}

impl ToSchema for Amount {}

/// How many units.
pub struct Quantity;

impl PartialSchema for Quantity {
    fn schema() -> RefOr<Schema> {
        decimal(
            "A quantity: a JSON number or a decimal text, read exactly; at most six digits after the point.",
            serde_json::json!(4),
        )
    }
}

impl ToSchema for Quantity {}

fn decimal(description: &str, example: Value) -> RefOr<Schema> {
    let schema = ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::String, Type::Number]))
        .pattern(Some(DECIMAL))
        .examples([example])
        .description(Some(description));
    RefOr::T(schema.into())
}

fn lines() -> RefOr<Schema> {
    let list = ArrayBuilder::new()
        .items(Ref::from_schema_name("CartLineItem"))
        .schema_type(SchemaType::Array(vec![Type::Array, Type::Null]))
        .description(Some(
            "Lines of the shop's own, as in a cart. With tax, shipping and discount they come to the amount.",
        ));
    RefOr::T(list.into())
}
