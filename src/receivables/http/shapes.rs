//! The response body of invoices.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::{
    ids::{IntegrationId, PaymentId, TransactionId},
    money::{Currency, Money},
    payments::{Receivable, State},
    providers::InvoiceStatus,
    receivables::{
        calendar::days_past_due,
        debtor::{Dates, Debtor, Debtors},
    },
};

/// An invoice at the provider, or an offline sale.
#[skip_serializing_none]
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ListedInvoice)]
pub struct ListedInvoice {
    /// The id of the invoice's transaction; for an offline sale, the id of the purchase.
    #[schema(value_type = String, example = "txn_01h455vb4pex5vsknk084sn02q")]
    id: TransactionId,
    /// The payment that the invoice belongs to.
    #[schema(value_type = String, example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: PaymentId,
    /// The shop's number for the order.
    #[schema(example = "SO-1001")]
    order_id: String,
    /// The shop's number for the invoice; for an offline sale, the number of the order.
    #[schema(example = "SO-1001-1")]
    number: Option<String>,
    /// The provider's id of the invoice.
    provider_id: Option<String>,
    /// The number of the buyer's purchase order.
    #[schema(example = "PO-77")]
    po_number: Option<String>,
    /// The website of the order.
    #[schema(example = "us-store")]
    website: Option<String>,
    /// The integration that the payment is made with.
    #[schema(value_type = String, example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: IntegrationId,
    /// The shop's id of the buyer's company.
    #[schema(example = "C-12")]
    customer_id: Option<String>,
    /// The name of the buyer's company.
    #[schema(example = "ACME Inc.")]
    customer_name: Option<String>,
    /// The party that owes the shop.
    debtor: Debtor,
    /// The currency of all amounts.
    currency: Currency,
    /// The amounts of the invoice, as decimal texts.
    amounts: InvoiceAmounts,
    /// The state of the invoice's creation.
    state: State,
    /// The status of the invoice at the provider.
    status: InvoiceStatus,
    /// When the buyer was asked to pay.
    issued_at: Option<DateTime<Utc>>,
    /// When the buyer has to pay.
    due_at: Option<DateTime<Utc>>,
    /// When the provider has to pay: `fundingAlertHours` after the invoice was issued, or after it was both issued and
    /// shipped if the account requires shipment. Absent if the buyer owes.
    provider_due_at: Option<DateTime<Utc>>,
    /// Whether an amount remains although the debtor should have paid by now.
    overdue: bool,
    /// The number of days past due: 0 if the invoice is not overdue, otherwise the number of midnights in UTC since the
    /// due time, at least 1.
    #[schema(example = 0)]
    days_past_due: u32,
    /// The payment of the provider to the shop for the invoice.
    funding: Option<InvoiceFunding>,
    /// When the invoice was created.
    created_at: DateTime<Utc>,
    /// When the invoice was last changed.
    updated_at: DateTime<Utc>,
}

/// The amounts of an invoice: total = canceled + paid + returned + remaining, unless too much was paid or given back.
/// An amount that was paid and given back counts in both `paid` and `returned`.
#[derive(Serialize, ToSchema)]
struct InvoiceAmounts {
    /// The invoiced amount.
    #[schema(example = "1290.50")]
    total: String,
    /// The amount that was canceled or written off.
    #[schema(example = "0.00")]
    canceled: String,
    /// The amount that the provider or the buyer paid to the shop, before fees.
    #[schema(example = "290.50")]
    paid: String,
    /// The amount that the provider paid, before its fee.
    #[schema(example = "290.50")]
    funded: String,
    /// The amount that was taken off the invoice, paid or not.
    #[schema(example = "0.00")]
    returned: String,
    /// The amount that is still to be paid.
    #[schema(example = "1000.00")]
    remaining: String,
}

/// The payment of the provider to the shop for an invoice.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ListedFunding)]
struct InvoiceFunding {
    /// When the provider first paid the shop, as far as known.
    funded_at: DateTime<Utc>,
    /// The fee that the provider keeps.
    #[schema(example = "8.72")]
    fee_amount: String,
    /// The amount that reaches the shop.
    #[schema(example = "281.78")]
    net_amount: String,
}

impl ListedInvoice {
    /// Converts an invoice; overdue and days past due are judged at `now`.
    pub fn of(it: Receivable, debtors: &Debtors, now: DateTime<Utc>) -> Self {
        let money = |minor| Money::from_minor(minor, it.currency).to_string();
        let terms = debtors.funding(it.integration_id);
        let dates = Dates::of(&it);
        let days = match it.remaining {
            0 => 0,
            _ => days_past_due(dates.due(terms), now, Tz::UTC),
        };
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let funded_at: Option<DateTime<Utc>> = it.funded_at.into();
        ListedInvoice {
            id: it.id,
            payment_id: it.payment_id,
            number: text(&it.number),
            provider_id: text(&it.provider_id),
            po_number: text(&it.po_number),
            website: text(&it.website),
            integration_id: it.integration_id,
            customer_id: text(&it.customer_id),
            customer_name: text(&it.customer_name),
            debtor: debtors.debtor(it.integration_id),
            currency: it.currency,
            amounts: InvoiceAmounts {
                total: money(it.amount),
                canceled: money(it.canceled),
                paid: money(it.paid),
                funded: money(it.funded),
                returned: money(it.returned),
                remaining: money(it.remaining),
            },
            state: it.state,
            status: it.status,
            issued_at: dates.issued_at,
            due_at: dates.due_at,
            provider_due_at: terms.and_then(|_| dates.due(terms)),
            overdue: days > 0,
            days_past_due: days,
            funding: funded_at.map(|funded_at| InvoiceFunding {
                funded_at,
                fee_amount: money(it.fee),
                net_amount: money(it.funded.saturating_sub(it.fee)),
            }),
            created_at: it.created_at.into(),
            updated_at: it.updated_at.into(),
            order_id: it.order_id,
        }
    }
}
