//! `GET /v1/findings/{id}`.

use super::finding_id;
use crate::{
    findings::{Finding, acknowledge::find_visible},
    operation::prelude::*,
};

#[utoipa::path(
    operation_id = "get_finding",
    summary = "Read a finding",
    params(IfNoneMatch),
    responses((status = 200, description = "The finding.", body = Finding)),
)]
#[get("/v1/findings/{id}")]
pub(super) async fn get_finding(
    read: Read<scope::Filtered<scope::FindingsRead>>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = finding_id(&id)?;
    let websites = read.caller.websites().clone();
    let finding = store
        .snapshot(move |conn| find_visible(conn, id, &websites))
        .await?;
    Ok(reply::versioned(&read.request, finding.version, finding))
}
