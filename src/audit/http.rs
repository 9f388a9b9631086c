//! `GET /v1/audit-log`

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{
    log::Entry,
    store::{self, AuditFilter, AuditSort},
};
use crate::{
    auth::{Caller, scope},
    http::{
        openapi::PageParameters,
        pagination::{self, Direction, Listed, Query},
        problem::Problem,
        routing::Routes,
    },
    store::Store,
};

/// Mounts the call.
pub fn routes(config: &mut impl Routes) {
    config.routing(list_audit_entries);
}

/// List who changed what
///
/// Entries are listed newest first unless `sort` says otherwise. They are never changed or removed.
#[utoipa::path(
    params(
        ("resourceType" = Option<String>, Query, description = "Only changes of resources of this type, such as `payment_rule`, `integration` or `settings`.", example = "payment_rule"),
        ("resourceId" = Option<String>, Query, description = "Only changes of the resource with this id."),
        ("actor" = Option<String>, Query, description = "Only changes by this caller: the subject of a token."),
        ("action" = Option<String>, Query, description = "Only changes with this action, such as `create`, `update` or `delete`.", example = "update"),
        ("happenedFrom" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only changes at or after this instant.", example = "2026-03-01T00:00:00Z"),
        ("happenedUntil" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "Only changes before this instant."),
        ("from" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "The former name of `happenedFrom`."),
        ("until" = Option<chrono::DateTime<chrono::Utc>>, Query, description = "The former name of `happenedUntil`."),
        ("sort" = Option<String>, Query, description = "`happenedAt` or `-happenedAt` (default).", example = "-happenedAt"),
        PageParameters,
    ),
    responses((status = 200, description = "A page of entries.", body = Listed<Entry>)),
)]
#[get("/v1/audit-log")]
async fn list_audit_entries(
    _caller: Caller<scope::AuditRead>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    query.alias("happenedFrom", "from");
    query.alias("happenedUntil", "until");
    let filter = AuditFilter {
        resource_type: query.text("resourceType"),
        resource_id: query.text("resourceId"),
        actor: query.text("actor"),
        action: query.text("action"),
        happened: query.period("happenedFrom", "happenedUntil"),
    };
    let page = query.page(&[(AuditSort::HappenedAt, Direction::Descending)]);
    query.finish()?;
    let found = store
        .for_lists("audit")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond(&request, &page, found, |entry| entry))
}
