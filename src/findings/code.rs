//! The closed list of what can be found.

use crate::string_enum::string_enum;

macro_rules! codes {
    ($($name:ident = $word:literal, $text:literal;)*) => {
        string_enum! {
            /// The code of the finding. The description of the tag `Findings` explains each code.
            FindingCode as "FindingCode" {
                $(#[doc = $text] $name = $word,)*
            }
        }

        impl FindingCode {
            /// What it means, and what a person can do.
            pub fn meaning(self) -> &'static str {
                match self { $(FindingCode::$name => $text,)* }
            }
        }
    };
}

codes! {
    OrderNotOurs = "order_not_ours", "An order at the provider has a payment's number and another amount, currency, cart or merchant. Cancel it there, unless it is meant.";
    SecondOrder = "second_order", "The provider has another order with the number of a payment that has its order. Cancel the one that is not needed.";
    OrderAfterEnd = "order_after_end", "The provider has an order for an attempt that is over here: superseded, expired, declined or canceled. Cancel it there.";
    OrderConflict = "order_conflict", "The order that the provider has for a payment conflicts with another payment. Cancel one of the two.";
    OrderDiffers = "order_differs", "The order of a payment has another amount or currency at the provider.";
    OrderGone = "order_gone", "The order of a payment does not exist at the provider any more. Ask there.";
    InvoiceDiffers = "invoice_differs", "An invoice has another amount or currency at the provider.";
    InvoiceNotCanceled = "invoice_not_canceled", "An invoice that is canceled here is not canceled at the provider. Cancel it there.";
    InvoiceUnexplained = "invoice_unexplained", "An invoice was made at the provider that the authorization does not cover. Cancel it there, or cancel one of ours.";
    InvoiceGone = "invoice_gone", "The provider does not list an invoice that was made there. Ask there.";
    PaidTooMuch = "paid_too_much", "More was paid for an invoice than it asks for. It is booked; give the rest back.";
    ReturnDiffers = "return_differs", "A return has another amount at the provider.";
    ReturnUnexplained = "return_unexplained", "A return was made at the provider over more than is left of its invoice.";
    TwoLivePayments = "two_live_payments", "Two payments of one order have money or credit at the same time. Cancel or refund one of them.";
}

impl FindingCode {
    /// Whether a complete read of the payment always notices the finding, so that a complete read without it resolves
    /// it. Other findings are resolved by the code that opened them.
    pub fn is_judged_by_reading(self) -> bool {
        self != FindingCode::TwoLivePayments
    }
}

/// The list as a Markdown table, for the API document.
pub fn code_table() -> String {
    let rows = FindingCode::ALL.iter();
    let rows = rows.map(|it| format!("\n| `{}` | {} |", it.as_str(), it.meaning()));
    let rows: String = rows.collect();
    format!("| code | meaning |\n|---|---|{rows}")
}
