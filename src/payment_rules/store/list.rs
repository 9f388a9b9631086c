//! Lists rules, a page at a time.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{Bool, Text},
};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use super::{add_labels, each_with_methods, place, row::RuleRow};
use crate::{
    auth::Websites,
    geo,
    http::{
        pagination::{ListRow, NamePart, Page, Period, complete_readable, list_filter, list_rows},
        text_value::{TextValue, text_schema, text_values},
    },
    ids::RuleId,
    money::Currency,
    payment_methods::PaymentMethodId,
    payment_rules::Rule,
    store::{
        Conn, MultiBackend, StoreError, folded,
        keyset::{self, equal, sorted, within},
        schema::{integrations, payment_rule_methods, payment_rules},
        timestamp,
    },
};

list_filter! {
    /// A filter of rules. A field that is left out matches every rule.
    #[derive(PartialEq, ToSchema)]
    #[serde(rename_all = "camelCase")]
    RuleFilter of RuleSort by SortOrder Ascending {
        /// Only rules that are enabled (`true`) or disabled (`false`).
        enabled: Option<bool> = "enabled",
        /// Only rules for carts in this ISO 4217 currency.
        currency: Option<Currency> = "currency" such as "USD",
        /// Only rules whose name contains this text, in upper or lower case.
        #[schema(value_type = Option<String>)]
        name: Option<NamePart> = "name",
        /// Only rules that offer this payment method.
        #[schema(value_type = Option<String>, example = "apruve_01h455vb4pex5vsknk084sn02q")]
        payment_method: Option<PaymentMethodId> = "paymentMethodId",
        /// Only rules with a destination in this country. A territory is found under both codes of its place: `PR` and `US`
        /// find rules for `PR` and for `US` with `US-PR`.
        #[schema(value_type = Option<String>, example = "US")]
        country: Option<CountryCode> = "country" such as "US",
        /// Only rules for this website, and rules for every website.
        #[schema(example = "us-store")]
        website: Option<String> = "website" such as "us-store",
        /// Only rules with `stopProcessing` (`true`), or only rules without it (`false`).
        stop_processing: Option<bool> = "stopProcessing",
        /// Only rules that are within their dates at this instant.
        active_at: Option<DateTime<Utc>> = "activeAt",
        /// Only rules created
        #[schema(ignore)]
        created: Period = "created",
        /// Only rules last changed
        #[schema(ignore)]
        updated: Period = "updated",
    }
    formerly {
        "paymentMethod" => "paymentMethodId",
    }
    with {
        /// Only rules that a caller bound to these websites may read.
        #[schema(ignore)]
        websites: Websites,
    }
}

/// An ISO 3166-1 country.
#[derive(Clone, Debug, PartialEq)]
pub struct CountryCode(String);

impl CountryCode {
    fn parse(code: &str) -> Option<Self> {
        geo::is_country(code).then(|| Self(code.to_owned()))
    }
}

text_values! {
    CountryCode: "an ISO 3166-1 country such as US", CountryCode::parse, text_schema(None, None);
}

sorted! {
    /// The sort fields of rules.
    RuleSort of payment_rules by id as String {
        SortOrder = "sortOrder": sort_order as i32,
        Name = "name": name as String,
        Currency = "currency": currency as String,
        Enabled = "enabled": enabled as bool,
        CreatedAt = "createdAt": created_at as NaiveDateTime,
        UpdatedAt = "updatedAt": updated_at as NaiveDateTime,
    }
}

/// The rules of a page, and one more if there is one.
pub fn list(
    conn: &mut Conn,
    filter: &RuleFilter,
    page: &Page<RuleSort>,
) -> Result<Vec<ListRow<Rule>>, StoreError> {
    let rows = keyset::page_of!(conn, page, matching(filter), RuleRow)?;
    let (positions, rows): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
    let rules = each_with_methods(conn, rows)?.into_iter();
    let rules = rules.map(|rule| rule.map_err(StoreError::from));
    let rows = list_rows(positions.into_iter().zip(rules));
    complete_readable(rows, |mut rules| {
        add_labels(conn, &mut rules)?;
        Ok(rules)
    })
}

/// The number of rules that match.
pub fn count(conn: &mut Conn, filter: &RuleFilter) -> Result<i64, StoreError> {
    Ok(matching(filter).count().get_result(conn)?)
}

/// The ids of all rules that match.
pub fn ids(conn: &mut Conn, filter: &RuleFilter) -> Result<Vec<RuleId>, StoreError> {
    Ok(matching(filter)
        .order(payment_rules::id)
        .select(payment_rules::id)
        .load(conn)?)
}

fn matching(filter: &RuleFilter) -> payment_rules::BoxedQuery<'_, MultiBackend> {
    let mut query = equal!(payment_rules::table.into_boxed(), payment_rules {
        enabled = filter.enabled,
        currency = filter.currency,
        stop_processing = filter.stop_processing,
    });
    if let Some(NamePart(name)) = &filter.name {
        let pattern = folded::containing(name);
        query = query.filter(payment_rules::name_folded.like(pattern).escape('\\'));
    }
    if let Some(method) = &filter.payment_method {
        query = query.filter(exists(
            payment_rule_methods::table
                .inner_join(integrations::table)
                .filter(payment_rule_methods::rule_id.eq(payment_rules::id))
                .filter(integrations::id.eq(method.integration))
                .filter(integrations::type_.eq(method.kind)),
        ));
    }
    if let Some(CountryCode(country)) = &filter.country {
        query = query.filter(place::reaches(country));
    }
    if let Some(website) = &filter.website {
        query = query.filter(concerns(std::slice::from_ref(website)));
    }
    if let Some(moment) = filter.active_at.map(timestamp::to_stored) {
        let (from, until) = (payment_rules::active_from, payment_rules::active_until);
        query = query
            .filter(from.is_null().or(from.assume_not_null().le(moment)))
            .filter(until.is_null().or(until.assume_not_null().gt(moment)));
    }
    query = within!(query, payment_rules::created_at, filter.created);
    query = within!(query, payment_rules::updated_at, filter.updated);
    if let Some(names) = filter.websites.names() {
        query = query.filter(concerns(names));
    }
    query
}

#[diesel::declare_sql_function]
extern "SQL" {
    fn replace(text: Text, from: Text, to: Text) -> Text;
}

/// Whether a rule applies to one of these websites, or to all. Websites are stored as a JSON list. On SQLite, LIKE
/// would not distinguish `US` from `us`.
fn concerns(
    names: &[String],
) -> Box<dyn BoxableExpression<payment_rules::table, MultiBackend, SqlType = Bool>> {
    let column = payment_rules::websites;
    let mut any: Box<dyn BoxableExpression<_, _, SqlType = Bool>> = Box::new(column.eq("[]"));
    for name in names {
        let quoted = serde_json::Value::from(name.as_str()).to_string();
        any = Box::new(any.or(replace(column, quoted, "").ne(column)));
    }
    any
}
