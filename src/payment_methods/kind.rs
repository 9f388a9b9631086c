//! The types of payment methods.

use crate::{providers::ProviderKind, string_enum::string_enum};

string_enum! {
    /// The type of method that an integration provides.
    MethodType as "MethodType" {
        /// A credit line at Apruve.
        Apruve = "apruve",
        /// The shop's own terms: the buyer pays within a number of days.
        PaymentTerm = "payment_term",
        /// Payment by check or money order in the mail.
        CheckMoneyOrder = "check_money_order",
    }
}

impl MethodType {
    /// The provider that pays the shop; offline methods are between shop and buyer.
    pub const fn provider(self) -> Option<ProviderKind> {
        match self {
            MethodType::Apruve => Some(ProviderKind::Apruve),
            MethodType::PaymentTerm | MethodType::CheckMoneyOrder => None,
        }
    }

    /// Whether a provider pays the shop.
    pub const fn has_provider(self) -> bool {
        self.provider().is_some()
    }
}
