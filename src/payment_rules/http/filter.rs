//! Reads the filters of rules from a body.

use super::super::store::list::RuleFilter;
use crate::http::body::Fields;

/// Reads the filters from an object of a body, without the creation and change times of rules.
pub fn from_fields(fields: Fields<'_>) -> RuleFilter {
    let filter = RuleFilter {
        enabled: fields
            .value("enabled")
            .map(|_| fields.flag("enabled", false)),
        currency: fields.text_value("currency"),
        name: fields.text_value("name"),
        payment_method: fields
            .text_value("paymentMethodId")
            .or_else(|| fields.text_value("paymentMethod")),
        country: fields.text_value("country"),
        website: fields.optional_text("website", 255),
        stop_processing: fields
            .value("stopProcessing")
            .map(|_| fields.flag("stopProcessing", false)),
        active_at: fields.instant("activeAt"),
        ..RuleFilter::default()
    };
    fields.finish();
    filter
}
