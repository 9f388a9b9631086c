//! `POST /v1/payment-rules/reorder`

use actix_web::{HttpResponse, post, web};

use super::{
    super::reorder::{self, RuleOrder},
    analysis::SaveAnalysis,
    bulk::{MAX_IDS, RulesChanged, answer},
};
use crate::{
    auth::scope,
    guarded_write::{GuardedStore, Refusable},
    http::{
        body::{Fields, Findings},
        openapi::{ForceParameter, OptionalKey},
        problem::Problem,
        request_body::JsonObject,
    },
    idempotency::Key,
    operation::{Call, Write},
    revision_watch::RevisionWatch,
};

/// Put payment rules in an order
///
/// The rules get the sort orders 10, 20, 30 and so on in the order of `ids`. Rules that are not named keep theirs.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey, ForceParameter),
    request_body(content = RuleOrder),
    responses((status = 200, description = "How many got another sort order.", body = RulesChanged)),
)]
#[post("/v1/payment-rules/reorder")]
pub async fn reorder_payment_rules(
    call: Write<scope::RulesWrite, JsonObject, (Option<Key>, Refusable)>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor,
        header: (key, refusable),
        body: JsonObject(body),
        ..
    } = call;
    let findings = Findings::default();
    let fields = Fields::of(&body, &findings);
    fields.required("ids");
    let ids = fields.texts("ids", MAX_IDS, 255);
    fields.finish();
    let order = findings.into_result(Some(RuleOrder { ids }))?;
    let author = actor.clone();
    let done = writes
        .write(refusable, &actor, move |tx| {
            reorder::reorder(tx, &author, key.as_ref(), &order)
        })
        .await?;
    answer(&revision_watch, done, Vec::new(), SaveAnalysis::None).await
}
