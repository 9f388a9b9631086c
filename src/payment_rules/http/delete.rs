//! `DELETE /v1/payment-rules/{id}`

use super::{
    super::{access, manage},
    Reported,
};

use crate::operation::prelude::*;

/// Delete a payment rule
///
/// The history of the rule stays. Restoring an earlier revision creates the rule again.
#[utoipa::path(
    params(RequiredIfMatch),
    responses(
        (status = 200, description = "The rule is deleted, and tests of the rules fail since.", body = Reported),
        (status = 204, description = "The rule is deleted."),
    ),
)]
#[delete("/v1/payment-rules/{id}")]
pub async fn delete_payment_rule(
    call: Edit<scope::Filtered<scope::RulesWrite>, Ignored>,
    id: Path<String>,
    writes: Data<GuardedStore>,
) -> Result<HttpResponse, Problem> {
    let id = super::id(&id)?;
    let websites = call.caller.websites().clone();
    let done = writes
        .visible_to(&websites)
        .write(Refusable::Never, &call.actor, move |tx, actor| {
            access::check_change(tx, id, &websites)?;
            manage::delete(tx, actor, &call.header, id)
        })
        .await?;
    Ok(match done.warnings {
        warnings if warnings.is_empty() => HttpResponse::NoContent().finish(),
        warnings => Reply::ok().json(Reported { warnings }),
    })
}
