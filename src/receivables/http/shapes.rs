//! The response body of invoices.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
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
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ListedInvoice)]
pub struct ListedInvoice {
    /// Its transaction's; of an offline sale, that of the purchase.
    #[schema(value_type = String, example = "txn_01h455vb4pex5vsknk084sn02q")]
    id: TransactionId,
    /// The payment that it belongs to.
    #[schema(value_type = String, example = "payment_01h455vb4pex5vsknk084sn02q")]
    payment_id: PaymentId,
    /// The shop's number for the order.
    #[schema(example = "SO-1001")]
    order_id: String,
    /// The shop's number for the invoice; of an offline sale, that of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SO-1001-1")]
    number: Option<String>,
    /// The provider's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_id: Option<String>,
    /// The number of the buyer's purchase order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "PO-77")]
    po_number: Option<String>,
    /// The website of the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "us-store")]
    website: Option<String>,
    /// The integration that the payment is made with.
    #[schema(value_type = String, example = "integration_01h455vb4pex5vsknk084sn02q")]
    integration_id: IntegrationId,
    /// The shop's id of the buyer's company.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "C-12")]
    customer_id: Option<String>,
    /// The name of the buyer's company.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ACME Inc.")]
    customer_name: Option<String>,
    /// Who owes the shop.
    debtor: Debtor,
    /// The currency of all amounts.
    currency: Currency,
    /// The amounts, as decimal texts.
    amounts: InvoiceAmounts,
    /// Whether it was made at all.
    state: State,
    /// The status at the provider.
    status: InvoiceStatus,
    /// When the buyer was asked to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at: Option<DateTime<Utc>>,
    /// When the buyer is to pay.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<DateTime<Utc>>,
    /// Where the provider owes: when it is to pay, `fundingAlertHours` after the invoice was issued, and shipped where that is
    /// required.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_due_at: Option<DateTime<Utc>>,
    /// Whether something remains although the debtor should have paid by now.
    overdue: bool,
    /// 0 where it is not overdue; otherwise 1 on the day itself, and one more for each midnight in UTC since.
    #[schema(example = 0)]
    days_past_due: u32,
    /// What the provider paid the shop for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    funding: Option<InvoiceFunding>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it was changed last.
    updated_at: DateTime<Utc>,
}

/// The amounts of an invoice: total = canceled + paid + returned + remaining, where nothing was paid or given back too much;
/// what was paid and given back counts in both.
#[derive(Serialize, ToSchema)]
struct InvoiceAmounts {
    /// What was invoiced.
    #[schema(example = "1290.50")]
    total: String,
    /// Canceled, or written off.
    #[schema(example = "0.00")]
    canceled: String,
    /// What reached the shop before fees: from the provider, or from the buyer.
    #[schema(example = "290.50")]
    paid: String,
    /// The provider's payments before its fee.
    #[schema(example = "290.50")]
    funded: String,
    /// Taken off, paid or not.
    #[schema(example = "0.00")]
    returned: String,
    /// What is still to be paid.
    #[schema(example = "1000.00")]
    remaining: String,
}

/// What the provider paid the shop for an invoice.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ListedFunding)]
struct InvoiceFunding {
    /// When the provider first paid the shop, as far as is known.
    funded_at: DateTime<Utc>,
    /// What the provider keeps.
    #[schema(example = "8.72")]
    fee_amount: String,
    /// What reaches the shop.
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
