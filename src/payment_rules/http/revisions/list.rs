//! `GET /v1/revisions`

use super::super::super::store::history::{
    self, Revision, RevisionFilter, RevisionSort, RuleRevisionFilter,
};
use crate::{
    auth::Websites,
    http::{pagination::Page, precondition},
    operation::prelude::*,
    store::{StoreError, revisions::RevisionSubject},
};

/// List the revisions
///
/// Every change of what checkout sees: rules, integrations, labels and settings. Newest first. A restore sends the ETag
/// as `If-Match`.
///
/// A token of websites does not see changes of rules that only apply to other websites.
#[utoipa::path(
    params(RevisionFilter),
    responses((status = 200, description = "A page of revisions.", body = Listed<Revision>, headers(("ETag" = String, description = "The newest revision of the rules.")))),
)]
#[get("/v1/revisions")]
pub async fn list_revisions(
    caller: Caller<scope::Filtered<scope::RulesRead>>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (filter, page) = RevisionFilter::of(&request)?;
    list(&request, page, filter.subject, &store, caller.websites()).await
}

/// List the revisions of the payment rules
///
/// `GET /v1/revisions` with `subject=rules`.
#[utoipa::path(
    params(RuleRevisionFilter),
    responses((status = 200, description = "A page of revisions.", body = Listed<Revision>, headers(("ETag" = String, description = "The newest revision of the rules.")))),
)]
#[get("/v1/rule-revisions")]
pub async fn list_rule_revisions(
    caller: Caller<scope::Filtered<scope::RulesRead>>,
    request: HttpRequest,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let (_, page) = RuleRevisionFilter::of(&request)?;
    let subject = Some(RevisionSubject::Rules);
    list(&request, page, subject, &store, caller.websites()).await
}

async fn list(
    request: &HttpRequest,
    page: Page<RevisionSort>,
    subject: Option<RevisionSubject>,
    store: &Store,
    websites: &Websites,
) -> Result<HttpResponse, Problem> {
    let (wanted, websites) = (page.clone(), websites.clone());
    let (found, newest) = store
        .snapshot(move |conn| {
            let revisions = history::list_for(conn, subject, &wanted, &websites)?;
            let total = wanted.total(|| history::count_for(conn, subject, &wanted, &websites))?;
            Ok::<_, StoreError>(((revisions, total), history::newest(conn)?))
        })
        .await?;
    let mut response = pagination::respond(request, &page, found, std::convert::identity);
    let (name, value) = precondition::etag(newest);
    if let Ok(value) = value.parse() {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}
