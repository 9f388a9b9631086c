//! `GET /v1/findings`, `GET /v1/findings/{id}` and `POST /v1/findings/{id}/acknowledge`.

use super::{
    Finding,
    acknowledge::{NotAcknowledged, acknowledge, find_visible},
    store::{self, FindingFilter},
};
use crate::{http::routing::Routes, ids::FindingId, operation::prelude::*};

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(list_findings)
        .routing(get_finding)
        .routing(acknowledge_finding);
}

#[utoipa::path(
    operation_id = "list_findings",
    summary = "List findings",
    description = "Lists the differences between payments and their provider that a person has to check, newest first unless `sort` says otherwise. A complete read that no longer finds a difference resolves the finding. If the difference is found again after that, it is a new finding.",
    params(FindingFilter),
    responses((status = 200, description = "A page.", body = Listed<Item<Versioned<Finding>>>)),
)]
#[get("/v1/findings")]
async fn list_findings(
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

#[utoipa::path(
    operation_id = "get_finding",
    summary = "Read a finding",
    params(IfNoneMatch),
    responses((status = 200, description = "The finding.", body = Finding)),
)]
#[get("/v1/findings/{id}")]
async fn get_finding(
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

declare_body! {
    by Fields<'_>;

    /// The acknowledgement of a finding.
    #[schema(as = FindingAcknowledgement)]
    Acknowledgement {
        /// A note: what was done about the finding, or why nothing has to be done.
        #[schema(max_length = 1000, example = "Canceled at Apruve by phone.")]
        note: Option<String> = optional_text("note", 1000),
    }
}

#[utoipa::path(
    summary = "Acknowledge a finding",
    description = "Marks the finding as known. It is resolved when a complete read no longer finds the difference. The caller is recorded. A second acknowledgement replaces the note.",
    params(OptionalKey),
    request_body(content = Option<Acknowledgement>, content_type = "application/json", example = json!({ "note": "Canceled at Apruve by phone." })),
    responses(
        (status = 200, description = "The finding after the acknowledgement.", body = Finding, headers(("ETag" = String, description = "The version of the finding."))),
        (status = 409, description = "`/problems/wrong-state`: the finding is resolved."),
    ),
)]
#[post("/v1/findings/{id}/acknowledge")]
async fn acknowledge_finding(
    call: Write<scope::Filtered<scope::FindingsWrite>, OptionalObject>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = finding_id(&id)?;
    let note = Fields::read(&call.body.0, |fields| {
        Some(Acknowledgement::read(fields).note)
    })?;
    let done = acknowledge(
        &store,
        call.actor,
        call.header,
        id,
        note.filter(|note| !note.trim().is_empty()),
        call.caller.websites().clone(),
    )
    .await?;
    let reply = Reply::ok().version(done.value.version);
    Ok(reply.replayed(done.replayed).json(done.value))
}

/// Parses the id in a path; an invalid one is a 404.
fn finding_id(text: &str) -> Result<FindingId, Problem> {
    text.parse().map_err(|_| NotAcknowledged::NotFound.into())
}

impl From<NotAcknowledged> for Problem {
    fn from(error: NotAcknowledged) -> Self {
        match error {
            NotAcknowledged::NotFound => Problem::new(Kind::NotFound, "There is no such finding."),
            NotAcknowledged::Resolved => Problem::new(
                Kind::WrongState,
                "The finding is resolved, so that there is nothing to acknowledge.",
            ),
            NotAcknowledged::KeyReused(reused) => reused.into(),
            NotAcknowledged::Store(error) => error.into(),
        }
    }
}
