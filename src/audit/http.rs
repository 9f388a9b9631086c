//! `GET /v1/audit-log`

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{
    log::Entry,
    store::{self, AuditFilter},
};
use crate::{
    auth::{Caller, scope},
    http::{
        pagination::{self, ListFilter, Listed},
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
    params(AuditFilter),
    responses((status = 200, description = "A page of entries.", body = Listed<Entry>)),
)]
#[get("/v1/audit-log")]
async fn list_audit_entries(
    _caller: Caller<scope::AuditRead>,
    request: HttpRequest,
    store: web::Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = AuditFilter::of(&request)?;
    let found = store
        .for_lists("audit")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond(&request, &page, found, |entry| entry))
}
