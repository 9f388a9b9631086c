//! `GET /v1/findings/{id}`.

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};

use super::finding_id;
use crate::{
    auth::{Caller, scope},
    findings::{Finding, acknowledge::NotAcknowledged, store},
    http::{
        openapi::{Guarded, OnOne},
        pagination::Query,
        precondition,
        problem::Problem,
    },
    store::Store,
};

#[utoipa::path(
    tag = "Findings",
    operation_id = "get_finding",
    summary = "Read a finding",
    params(
        ("id" = String, Path, description = "The finding's id.", example = "finding_01h455vb4pex5vsknk084sn02q"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of a version that the caller has."),
    ),
    responses(
        Guarded,
        OnOne,
        (status = 200, description = "The finding.", body = Finding,
            headers(("ETag" = String, description = "Its version."))),
        (status = 304, description = "The ETag in `If-None-Match` is current."),
    ),
    security(("bearer" = ["findings:read"])),
)]
#[get("/v1/findings/{id}")]
pub(super) async fn get_finding(
    _caller: Caller<scope::FindingsRead>,
    request: HttpRequest,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = finding_id(&id)?;
    Query::of(&request)?.finish()?;
    let found = store.read(move |conn| store::find(conn, id)).await?;
    let finding = found.ok_or(NotAcknowledged::NotFound)?;
    let etag = precondition::etag(finding.version);
    if precondition::unchanged(&request, finding.version) {
        return Ok(HttpResponse::NotModified().insert_header(etag).finish());
    }
    Ok(HttpResponse::Ok().insert_header(etag).json(finding))
}
