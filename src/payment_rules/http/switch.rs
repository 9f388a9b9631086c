//! `POST /v1/payment-rules/{id}/enable` and `…/disable`

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        Rule, access,
        manage::{self, ChangedRule},
        refusal::RuleRefusal,
        store,
    },
    SavedPaymentRule,
    analysis::{Analyze, AnalyzeParameter, RuleAnalyst, SaveAnalysis},
};
use crate::{
    audit::Actor,
    auth::{Websites, scope},
    guarded_write::{Guarded, GuardedStore, Refusable},
    http::{
        openapi::{Conflicting, ForceParameter, OptionalKey},
        problem::{FieldError, Problem},
        reply::Reply,
        request_body::Empty,
    },
    idempotency::{Key, Once},
    ids::RuleId,
    operation::{Call, Write},
    revision_watch::RevisionWatch,
};

/// Turn a payment rule on
///
/// One that is on already is left as it is. One without a payment method cannot be turned on.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey, ForceParameter, AnalyzeParameter),
    responses(
        (status = 200, description = "The rule as it is now.", body = SavedPaymentRule, headers(("ETag" = String, description = "Its version."))),
        Conflicting,
    ),
)]
#[post("/v1/payment-rules/{id}/enable")]
pub async fn enable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty, (Option<Key>, Refusable), Analyze>,
    id: web::Path<String>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
    analyst: web::Data<RuleAnalyst>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: (key, refusable),
        query: analyze,
        ..
    } = call;
    let websites = caller.websites();
    let switch = Switch {
        id: super::id(&id)?,
        enabled: true,
        refusable,
        key,
    };
    let done = switch
        .make(&actor, websites, &writes, &revision_watch)
        .await?;
    let analysis = SaveAnalysis::of_rule(analyze, &analyst, websites);
    let analysis = analysis.of(&done.value.value).await;
    let reply = Reply::ok().replayed(done.value.replayed);
    let rule = &done.value.value.rule;
    Ok(super::with_saved(reply, rule, done.warnings, analysis))
}

/// Turn a payment rule off
///
/// One that is off already is left as it is.
#[utoipa::path(
    tag = "Payment rules",
    security(("bearer" = ["rules:write"])),
    params(OptionalKey),
    responses(
        (status = 200, description = "The rule as it is now.", body = DisabledRule, headers(("ETag" = String, description = "Its version."))),
    ),
)]
#[post("/v1/payment-rules/{id}/disable")]
pub async fn disable_payment_rule(
    call: Write<scope::Filtered<scope::RulesWrite>, Empty>,
    id: web::Path<String>,
    writes: web::Data<GuardedStore>,
    revision_watch: web::Data<RevisionWatch>,
) -> Result<HttpResponse, Problem> {
    let Call {
        caller,
        actor,
        header: key,
        ..
    } = call;
    let switch = Switch {
        id: super::id(&id)?,
        enabled: false,
        refusable: Refusable::Never,
        key,
    };
    let websites = caller.websites();
    let done = switch
        .make(&actor, websites, &writes, &revision_watch)
        .await?;
    let Guarded {
        value: done,
        warnings,
    } = done;
    let rule = &done.value.rule;
    let reply = Reply::ok().replayed(done.replayed).version(rule.version);
    Ok(reply.json(DisabledRule { rule, warnings }))
}

/// A rule as it was turned off.
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

/// A rule that is to be turned on or off.
struct Switch {
    id: RuleId,
    enabled: bool,
    refusable: Refusable,
    key: Option<Key>,
}

impl Switch {
    /// Makes it, and returns when checkout sees it.
    async fn make(
        self,
        actor: &Actor,
        websites: &Websites,
        writes: &GuardedStore,
        revision_watch: &RevisionWatch,
    ) -> Result<Guarded<Once<ChangedRule>>, Problem> {
        let Switch {
            id,
            enabled,
            refusable,
            key,
        } = self;
        let (author, websites) = (actor.clone(), websites.clone());
        let done = writes
            .visible_to(&websites)
            .write(refusable, actor, move |tx| {
                access::check_change(tx, id, &websites)?;
                let mut done = manage::set_enabled(tx, &author, key.as_ref(), id, enabled)?;
                store::add_labels(tx.conn(), [&mut done.value.rule])?;
                Ok::<_, RuleRefusal>(done)
            })
            .await?;
        revision_watch.wait_for(done.value.value.revision).await;
        Ok(done)
    }
}
