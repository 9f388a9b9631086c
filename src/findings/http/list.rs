//! `GET /v1/findings`.

use crate::{
    findings::{
        Finding,
        store::{self, FindingFilter},
    },
    operation::prelude::*,
};

#[utoipa::path(
    operation_id = "list_findings",
    summary = "List findings",
    description = "Lists the differences between payments and their provider that a person has to check, newest first unless `sort` says otherwise. A complete read that no longer finds a difference resolves the finding. If the difference is found again after that, it is a new finding.",
    params(FindingFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<Finding>>>)),
)]
#[get("/v1/findings")]
pub(super) async fn list_findings(
    caller: Caller<scope::Filtered<scope::FindingsRead>>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (mut filter, page) = FindingFilter::of(&request)?;
    filter.websites = caller.websites().clone();
    let found = store
        .for_lists("findings")
        .list_page(filter, &page, store::list, store::count)
        .await?;
    Ok(pagination::respond_each(
        &request,
        &page,
        found,
        |finding| Versioned::new(finding.version, finding),
    ))
}
