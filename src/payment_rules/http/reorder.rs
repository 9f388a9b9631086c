//! `POST /v1/payment-rules/reorder`

use super::{
    super::reorder::{self, RuleOrder},
    analysis::SavedAnalysis,
    bulk::{MAX_IDS, RulesChanged, answer},
    warned::Warnings,
};

use crate::operation::prelude::*;

/// Put payment rules in an order
///
/// The rules get the sort orders 10, 20, 30 and so on in the order of `ids`. Rules that are not named keep their sort
/// order.
#[utoipa::path(
    params(OptionalKey, ForceParameter),
    request_body(content = RuleOrder),
    responses((status = 200, description = "How many got another sort order.", body = RulesChanged)),
)]
#[post("/v1/payment-rules/reorder")]
pub async fn reorder_payment_rules(
    call: Write<scope::RulesWrite, JsonObject, (Option<Key>, Refusable)>,
    writes: Data<GuardedStore>,
) -> Result<HttpResponse, Problem> {
    let (key, refusable) = call.header;
    let order = Fields::read(&call.body.0, |fields| {
        fields.required("ids");
        let ids = fields.texts("ids", MAX_IDS, 255);
        Some(RuleOrder { ids })
    })?;
    let done = writes
        .write(refusable, &call.actor, move |tx, actor| {
            reorder::reorder(tx, actor, key.as_ref(), &order)
        })
        .await?;
    let warnings = Warnings::of(Vec::new(), SavedAnalysis::default(), done.warnings).await?;
    Ok(answer(&done.value, warnings))
}
