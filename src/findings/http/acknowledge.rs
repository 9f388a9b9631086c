//! `POST /v1/findings/{id}/acknowledge`.

use actix_web::{
    HttpRequest, HttpResponse, post,
    web::{Bytes, Data, Path},
};
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

use super::finding_id;
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    findings::{Finding, acknowledge},
    http::{
        body::{self, Fields, Findings},
        merge_patch::expect_media_type,
        openapi::{Guarded, OnOne, Once},
        pagination::Query,
        precondition,
        problem::{Problem, ProblemBody},
    },
    idempotency::{Key, REPLAYED},
    store::Store,
};

/// What is known of it.
#[derive(Serialize, ToSchema)]
#[schema(as = FindingAcknowledgement)]
struct Acknowledgement {
    /// What was done about it, or why nothing has to be.
    #[schema(max_length = 1000, example = "Canceled at Apruve by phone.")]
    note: Option<String>,
}

#[utoipa::path(
    tag = "Findings",
    summary = "Acknowledge a finding",
    description = "Marks the finding as known. It is resolved when a complete read does not find it any more. The caller is recorded. A second acknowledgement replaces the note.",
    params(
        ("id" = String, Path, description = "The finding's id.", example = "finding_01h455vb4pex5vsknk084sn02q"),
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "The same request with the same key is one operation, for 24 hours."),
    ),
    request_body(content = Option<Acknowledgement>, content_type = "application/json", example = json!({ "note": "Canceled at Apruve by phone." })),
    responses(
        Guarded,
        OnOne,
        Once,
        (status = 200, description = "The finding as it is now.", body = Finding,
            headers(
                ("ETag" = String, description = "Its version."),
                ("Idempotent-Replayed" = Option<String>, description = "`true` when an earlier request has done it."),
            )),
        (status = 409, description = "`/problems/wrong-state`: the finding is resolved.",
            body = ProblemBody, content_type = "application/problem+json"),
    ),
    security(("bearer" = ["findings:write"])),
)]
#[post("/v1/findings/{id}/acknowledge")]
pub(super) async fn acknowledge_finding(
    caller: Caller<scope::FindingsWrite>,
    request: HttpRequest,
    id: Path<String>,
    bytes: Bytes,
    store: Data<Store>,
    clock: Data<Clock>,
) -> Result<HttpResponse, Problem> {
    let id = finding_id(&id)?;
    Query::of(&request)?.finish()?;
    expect_media_type(&request, &["application/json"])?;
    let note = read(&bytes)?;
    let key = Key::read(&request, caller.subject(), &bytes)?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let done = acknowledge::acknowledge(&store, actor, key, id, note).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(precondition::etag(done.value.version));
    if done.replayed {
        response.insert_header((REPLAYED.clone(), "true"));
    }
    Ok(response.json(done.value))
}

/// No body at all is one without a note.
fn read(bytes: &Bytes) -> Result<Option<String>, Problem> {
    let map = if bytes.iter().all(u8::is_ascii_whitespace) {
        Map::new()
    } else {
        body::parse_object(bytes)?
    };
    let findings = Findings::default();
    let fields = Fields::of(&map, &findings);
    let note = fields.optional_text("note", 1000);
    fields.finish();
    findings.into_result(Some(note.filter(|note| !note.trim().is_empty())))
}
