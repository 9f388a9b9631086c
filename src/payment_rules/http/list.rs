//! `GET /v1/payment-rules`

use super::super::{
    Rule,
    store::list::{self, RuleFilter},
};
use crate::operation::prelude::*;

/// List payment rules
///
/// In the order in which checkout walks them, unless `sort` names another.
#[utoipa::path(
    params(RuleFilter),
    responses((status = 200, description = "A page of rules.", body = Listed<Item<Versioned<Rule>>>)),
)]
#[get("/v1/payment-rules")]
pub async fn list_payment_rules(
    caller: Caller<scope::Filtered<scope::RulesRead>>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (mut filter, page) = RuleFilter::of(&request)?;
    filter.websites = caller.websites().clone();
    let found = store
        .for_lists("payment_rules")
        .list_page(filter, &page, list::list, list::count)
        .await?;
    Ok(pagination::respond_each(&request, &page, found, |rule| {
        Versioned::new(rule.version, rule)
    }))
}
