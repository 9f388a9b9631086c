//! `GET /v1/payment-rules/{id}`

use super::super::{Rule, access, refusal::RuleRefusal, store};

use crate::operation::prelude::*;

/// Read a payment rule
///
/// A change to the rule sends its ETag as `If-Match`. The labels of its payment methods belong to the integrations and
/// are not part of its version.
#[utoipa::path(
    params(IfNoneMatch),
    responses((status = 200, description = "The rule.", body = Rule)),
)]
#[get("/v1/payment-rules/{id}")]
pub async fn get_payment_rule(
    read: Read<scope::Filtered<scope::RulesRead>>,
    id: Path<String>,
    store: Data<Store>,
) -> Result<HttpResponse, Problem> {
    let id = super::id(&id)?;
    let rule = store
        .snapshot(move |conn| {
            let mut rule = store::find(conn, id)?.ok_or(RuleRefusal::NoSuchRule(id))?;
            store::add_labels(conn, [&mut rule])?;
            Ok::<_, RuleRefusal>(rule)
        })
        .await?;
    if !access::may_read(&rule, read.caller.websites()) {
        return Err(RuleRefusal::NoSuchRule(id).into());
    }
    Ok(reply::versioned(&read.request, rule.version, rule))
}
