//! `POST /v1/payment-rules/what-if`.

use actix_web::{
    HttpResponse, post,
    web::{self, Data},
};

use super::{
    body::{self, NewWhatIf},
    shapes::ShownWhatIf,
};
use crate::{
    auth::scope,
    http::{openapi::OptionalKey, problem::Problem, reply::Reply, request_body::CartText},
    jobs::Wakeup,
    operation::{Call, Write},
    payment_rules::rulebook::{HistoricRulebooks, RulebookCache, When},
    rate_limit::class,
    store::Store,
    what_if::{start, worker::Trials},
};

type TrialScope = scope::CountedAs<scope::RulesWrite, class::Evaluate>;

#[utoipa::path(
    tag = "Payment rules",
    summary = "Try other rules on recorded carts",
    description = "Evaluates the carts that checkout recorded (`recording.sample` of the configuration) by the live rules and by others, both at the time of the request, and counts for each payment method which carts would gain or lose it. Credit and the health of providers are left out. It changes nothing, runs in the background and leaves one core to checkout; `Location` is the path of its progress and result.",
    params(OptionalKey),
    request_body(content = NewWhatIf, content_type = "application/json"),
    responses(
        (status = 202, description = "It is running.", body = ShownWhatIf, headers(("Location" = String, description = "The path of its progress and result."))),
        (status = 404, description = "`/problems/not-found`: the trial that an earlier request with this key started is not kept any more."),
        (status = 409, description = "`/problems/revision-incomplete`: of the revision only the rules are kept, because it is older than the upgrade to complete revisions."),
    ),
    security(("bearer" = ["rules:write"])),
)]
#[post("/v1/payment-rules/what-if")]
pub(super) async fn start_what_if(
    call: Write<TrialScope, CartText>,
    store: Data<Store>,
    rulebooks: Data<RulebookCache>,
    historic: Data<HistoricRulebooks>,
    wakeup: Data<Wakeup<Trials>>,
) -> Result<HttpResponse, Problem> {
    let Call {
        actor,
        header: key,
        body: CartText(bytes),
        ..
    } = call;
    let live = rulebooks.current()?.shared();
    let past = match body::named_revision(&bytes) {
        Some(number) => Some(historic.find(When::Revision(number)).await),
        None => None,
    };
    let now = actor.at;
    let new = web::block(move || body::read(&bytes, &live, past, now));
    let new = new.await.map_err(Problem::internal)??;
    let done = start::start(&store, actor, key, new).await?;
    wakeup.ring();
    let location = format!("/v1/payment-rules/what-if/{}", done.value.id);
    let reply = Reply::accepted().location(location).replayed(done.replayed);
    // A result may be there already where the request is repeated; its examples are read by its path.
    Ok(reply.json(ShownWhatIf::without_result(done.value)))
}
