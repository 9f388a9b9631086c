//! `POST /v1/payment-rules/{id}/enable` and `…/disable`

use super::{
    super::{Rule, access, manage, refusal::RuleRefusal},
    SavedPaymentRule,
    analysis::{Analyze, RuleAnalyst},
};
use crate::{audit::Actor, auth::Websites, ids::RuleId, operation::prelude::*};

/// Turn a payment rule on
///
/// A rule that is enabled already does not change. A rule without a payment method cannot be enabled.
#[utoipa::path(
    params(OptionalKey, ForceParameter, Analyze),
    responses(
        (status = 200, description = "The rule as it is now.", body = SavedPaymentRule, headers(("ETag" = String, description = "Its version."))),
        Conflicting,
    ),
)]
#[post("/v1/payment-rules/{id}/enable")]
pub async fn enable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty, (Option<Key>, Refusable), Analyze>,
    id: Path<String>,
    writes: Data<GuardedStore>,
    analyst: Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let ((key, refusable), websites) = (call.header, call.caller.websites());
    let switch = (super::id(&id)?, true);
    let done = set_enabled(switch, key, refusable, &call.actor, websites, &writes).await?;
    let (rule, reply) = (done.value.value, Reply::ok().replayed(done.value.replayed));
    let analysis = analyst.analyze_saved([&rule], call.query, websites);
    Ok(super::with_saved(reply, &rule, None, done.warnings, analysis).await)
}

/// Turn a payment rule off
///
/// A rule that is disabled already does not change.
#[utoipa::path(
    params(OptionalKey),
    responses((status = 200, description = "The rule as it is now.", body = DisabledRule, headers(("ETag" = String, description = "Its version.")))),
)]
#[post("/v1/payment-rules/{id}/disable")]
pub async fn disable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty>,
    id: Path<String>,
    writes: Data<GuardedStore>,
) -> Result<HttpResponse, Problem> {
    let (key, websites) = (call.header, call.caller.websites());
    let switch = (super::id(&id)?, false);
    let never = Refusable::Never;
    let done = set_enabled(switch, key, never, &call.actor, websites, &writes).await?;
    let rule = &done.value.value;
    let reply = Reply::ok().replayed(done.value.replayed);
    Ok(reply.version(rule.version).json(DisabledRule {
        rule,
        warnings: done.warnings,
    }))
}

/// A rule after it was disabled.
#[derive(Serialize, ToSchema)]
#[schema(as = DisabledPaymentRule)]
struct DisabledRule<'r> {
    #[serde(flatten)]
    rule: &'r Rule,
    /// The tests of the rules that fail now; absent where none does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    warnings: Vec<FieldError>,
}

async fn set_enabled(
    (id, enabled): (RuleId, bool),
    key: Option<Key>,
    refusable: Refusable,
    actor: &Actor,
    websites: &Websites,
    writes: &GuardedStore,
) -> Result<Guarded<Once<Rule>>, RuleRefusal> {
    let websites = websites.clone();
    writes
        .visible_to(&websites)
        .write(refusable, actor, move |tx, actor| {
            access::check_change(tx, id, &websites)?;
            manage::set_enabled(tx, actor, key.as_ref(), id, enabled)
        })
        .await
}
