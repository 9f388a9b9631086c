//! Reads the filters of rules from a query string or a body.

use super::super::store::list::RuleFilter;
use crate::{
    auth::Websites,
    geo,
    http::{
        body::Fields,
        pagination::{Period, Query},
    },
    money::Currency,
    payment_methods::PaymentMethodId,
};

const CURRENCY: &str = "an ISO 4217 currency such as USD";
const METHOD: &str = "the id of a payment method";
const COUNTRY: &str = "an ISO 3166-1 country such as US";

/// Reads the filters of a list from its query string.
pub fn from_query(query: &mut Query, websites: &Websites) -> RuleFilter {
    query.alias("paymentMethodId", "paymentMethod");
    RuleFilter {
        enabled: query.flag("enabled"),
        currency: query.parsed("currency", CURRENCY, Currency::parse),
        name: query.part_of_name(),
        payment_method: query.parsed("paymentMethodId", METHOD, PaymentMethodId::parse),
        country: query.parsed("country", COUNTRY, country),
        website: query.text("website"),
        stop_processing: query.flag("stopProcessing"),
        active_at: query.instant("activeAt"),
        created: query.period("createdFrom", "createdUntil"),
        updated: query.period("updatedFrom", "updatedUntil"),
        websites: websites.clone(),
    }
}

/// Reads the same filters from an object of a body, without the creation and change times of rules.
pub fn from_fields(fields: Fields<'_>) -> RuleFilter {
    let filter = RuleFilter {
        enabled: fields
            .value("enabled")
            .map(|_| fields.flag("enabled", false)),
        currency: fields.parsed("currency", CURRENCY, Currency::parse),
        name: fields.optional_text("name", 255),
        payment_method: fields
            .parsed("paymentMethodId", METHOD, PaymentMethodId::parse)
            .or_else(|| fields.parsed("paymentMethod", METHOD, PaymentMethodId::parse)),
        country: fields.parsed("country", COUNTRY, country),
        website: fields.optional_text("website", 255),
        stop_processing: fields
            .value("stopProcessing")
            .map(|_| fields.flag("stopProcessing", false)),
        active_at: fields.instant("activeAt"),
        created: Period::default(),
        updated: Period::default(),
        websites: Websites::All,
    };
    fields.finish();
    filter
}

fn country(code: &str) -> Option<String> {
    geo::is_country(code).then(|| code.to_owned())
}
