//! `GET /v1/rule-revisions`

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{
    super::super::store::history::{self, ByNumber},
    RuleRevision,
};
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::PageParameters,
        pagination::{self, Direction, Listed, Query},
        precondition,
        problem::Problem,
    },
    store::{Store, StoreError},
};

/// List the revisions of the payment rules
///
/// Newest first. The ETag is what a restore sends as `If-Match`.
#[utoipa::path(
    tag = "Rule revisions",
    security(("bearer" = ["rules:read"])),
    params(
        ("sort" = Option<String>, Query, description = "`number` or `-number` (default).", example = "-number"),
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page of revisions.", body = Listed<RuleRevision>, headers(("ETag" = String, description = "The newest revision of the rules."))),
    ),
)]
#[get("/v1/rule-revisions")]
pub async fn list_rule_revisions(
    _caller: Caller<scope::RulesRead>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let page = query.page(&[(ByNumber::Number, Direction::Descending)]);
    query.finish()?;
    let wanted = page.clone();
    let (revisions, total, newest) = store
        .snapshot(move |conn| {
            let revisions = history::list(conn, &wanted)?;
            let total = wanted.total(|| history::count(conn))?;
            Ok::<_, StoreError>((revisions, total, history::newest(conn)?))
        })
        .await?;
    let mut response = pagination::respond(&request, &page, revisions, total, RuleRevision::from);
    let (name, value) = precondition::etag(newest);
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
