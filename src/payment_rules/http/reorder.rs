//! `POST /v1/payment-rules/reorder`

use actix_web::{HttpRequest, HttpResponse, post, web};

use super::{
    super::reorder::{self, RuleOrder},
    bulk::{MAX_IDS, RulesChanged, answer},
};
use crate::{
    audit::Actor,
    auth::{Caller, scope},
    clock::Clock,
    http::{
        body::{self, Fields, Findings},
        merge_patch,
        openapi::{Guarded, Once},
        pagination::Query,
        problem::Problem,
    },
    idempotency::Key,
    revision_watch::RevisionWatch,
    store::Store,
};

/// Put payment rules in an order
///
/// The rules get the sort orders 10, 20, 30 and so on in the order of `ids`. Rules that are not named keep theirs.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255, description = "Repeating the request with the same key has no further effect.")),
    request_body(content = RuleOrder),
    responses((status = 200, description = "How many got another sort order.", body = RulesChanged), Guarded, Once),
)]
#[post("/v1/payment-rules/reorder")]
pub async fn reorder_payment_rules(
    caller: Caller<scope::RulesWrite>,
    request: HttpRequest,
    store: web::Data<Store>,
    clock: web::Data<Clock>,
    revision_watch: web::Data<RevisionWatch>,
    body: web::Bytes,
) -> Result<HttpResponse, Problem> {
    Query::of(&request)?.finish()?;
    merge_patch::expect_media_type(&request, &["application/json"])?;
    let object = body::parse_object(&body)?;
    let findings = Findings::default();
    let fields = Fields::of(&object, &findings);
    fields.required("ids");
    let ids = fields.texts("ids", MAX_IDS, 255);
    fields.finish();
    let order = findings.into_result(Some(RuleOrder { ids }))?;
    let actor = Actor::of(&request, caller.subject(), clock.now());
    let key = Key::read(&request, caller.subject(), &body)?;
    let done = store
        .write(move |tx| reorder::reorder(tx, &actor, key.as_ref(), &order))
        .await?;
    answer(&revision_watch, done, Vec::new()).await
}
