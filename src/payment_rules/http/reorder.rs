//! `POST /v1/payment-rules/reorder`

use actix_web::{HttpResponse, post, web};

use super::{
    super::reorder::{self, RuleOrder},
    bulk::{MAX_IDS, RulesChanged, answer},
};
use crate::{
    auth::scope,
    http::{
        body::{Fields, Findings},
        openapi::OptionalKey,
        problem::Problem,
        request_body::JsonObject,
    },
    operation::{Call, Write},
    revision_watch::RevisionWatch,
    store::Store,
};

/// Put payment rules in an order
///
/// The rules get the sort orders 10, 20, 30 and so on in the order of `ids`. Rules that are not named keep theirs.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey),
    request_body(content = RuleOrder),
    responses((status = 200, description = "How many got another sort order.", body = RulesChanged)),
)]
#[post("/v1/payment-rules/reorder")]
pub async fn reorder_payment_rules(
    call: Write<scope::RulesWrite, JsonObject>,
    store: web::Data<Store>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor,
        header: key,
        body: JsonObject(body),
        ..
    } = call;
    let findings = Findings::default();
    let fields = Fields::of(&body, &findings);
    fields.required("ids");
    let ids = fields.texts("ids", MAX_IDS, 255);
    fields.finish();
    let order = findings.into_result(Some(RuleOrder { ids }))?;
    let done = store
        .write(move |tx| reorder::reorder(tx, &actor, key.as_ref(), &order))
        .await?;
    answer(&revision_watch, done, Vec::new()).await
}
