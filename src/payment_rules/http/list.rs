//! `GET /v1/payment-rules`

use super::{
    super::{
        Rule,
        store::list::{self, RuleSort},
    },
    filter,
};
use crate::{money::Currency, operation::prelude::*};

/// List payment rules
///
/// In the order in which checkout walks them, unless `sort` names another.
#[utoipa::path(
    params(
        ("enabled" = Option<bool>, Query, description = "Only rules that are on, or off."),
        ("currency" = Option<Currency>, Query, description = "Only rules for carts in this currency.", example = "USD"),
        ("name" = Option<String>, Query, description = "Contained in the name, in whatever case."),
        ("paymentMethodId" = Option<String>, Query, description = "The id of a payment method the rule offers."),
        ("paymentMethod" = Option<String>, Query, description = "The former name of `paymentMethodId`."),
        ("website" = Option<String>, Query, description = "Rules for this website, and those for every website.", example = "us-store"),
        ("stopProcessing" = Option<bool>, Query, description = "Only rules after which no other is walked, or only the others."),
        ("activeAt" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only rules that are within their dates at this moment."),
        ("createdFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only rules made then or later."),
        ("createdUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only rules made before."),
        ("updatedFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only rules last changed then or later."),
        ("updatedUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only rules last changed before."),
        ("country" = Option<String>, Query, description = "A country that a destination reaches. A territory is found under both codes of its place: `PR` and `US` find rules for `PR` and for `US` with `US-PR`.", example = "US"),
        ("sort" = Option<String>, Query, description = "`sortOrder` (default), `name`, `currency`, `enabled`, `createdAt`, `updatedAt`, several with commas, `-` for descending.", example = "-name"),
        PageParameters,
    ),
    responses((status = 200, description = "A page of rules.", body = Listed<Item<Versioned<Rule>>>)),
)]
#[get("/v1/payment-rules")]
pub async fn list_payment_rules(
    caller: Caller<scope::Filtered<scope::RulesRead>>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let filter = filter::from_query(&mut query, caller.websites());
    let page = query.page(&[(RuleSort::SortOrder, Direction::Ascending)]);
    query.finish()?;
    let found = store
        .for_lists("payment_rules")
        .list_page(filter, &page, list::list, list::count)
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |rule| {
        Versioned::new(rule.version, rule)
    }))
}
