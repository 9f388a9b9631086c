//! `POST /v1/findings/{id}/acknowledge`.

use super::finding_id;
use crate::{
    findings::{Finding, acknowledge},
    operation::prelude::*,
};

/// The acknowledgement of a finding.
#[derive(Serialize, ToSchema)]
#[schema(as = FindingAcknowledgement)]
struct Acknowledgement {
    /// A note: what was done about the finding, or why nothing has to be done.
    #[schema(max_length = 1000, example = "Canceled at Apruve by phone.")]
    note: Option<String>,
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
pub(super) async fn acknowledge_finding(
    call: Write<scope::Filtered<scope::FindingsWrite>, OptionalObject>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = finding_id(&id)?;
    let note = read(&call.body)?;
    let done = acknowledge::acknowledge(
        &store,
        call.actor,
        call.header,
        id,
        note,
        call.caller.websites().clone(),
    )
    .await?;
    let reply = Reply::ok().version(done.value.version);
    Ok(reply.replayed(done.replayed).json(done.value))
}

/// Reads the note; an absent body has none.
fn read(OptionalObject(body): &OptionalObject) -> Result<Option<String>, Problem> {
    Fields::read(body, |fields| {
        let note = fields.optional_text("note", 1000);
        Some(note.filter(|note| !note.trim().is_empty()))
    })
}
