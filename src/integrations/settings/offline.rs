//! The two offline methods every shop starts with.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::body::Fields;

/// The settings of the shop's own terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PaymentTermSettings {
    /// The instructions that the buyer sees with the method.
    #[schema(max_length = 2000, example = "We send the invoice with the goods.")]
    pub instructions: String,
    /// The number of days within which a sale is to be paid, unless the payment says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 3650, example = 30)]
    pub net_days: Option<u16>,
}

/// The settings of payment by check or money order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckMoneyOrderSettings {
    /// The payee of the check.
    #[schema(max_length = 255, example = "Acme Supplies Inc.")]
    pub pay_to: String,
    /// The address to which the check is sent.
    #[schema(max_length = 2000, example = "1 Main St, Springfield, IL 62701")]
    pub send_to: String,
}

pub(super) fn read_payment_term(fields: &Fields<'_>) -> Option<PaymentTermSettings> {
    Some(PaymentTermSettings {
        instructions: fields
            .optional_text("instructions", 2000)
            .unwrap_or_default(),
        net_days: fields.net_days("netDays"),
    })
}

pub(super) fn read_check_money_order(fields: &Fields<'_>) -> Option<CheckMoneyOrderSettings> {
    Some(CheckMoneyOrderSettings {
        pay_to: fields.optional_text("payTo", 255).unwrap_or_default(),
        send_to: fields.optional_text("sendTo", 2000).unwrap_or_default(),
    })
}
