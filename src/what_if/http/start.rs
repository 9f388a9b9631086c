//! `POST /v1/payment-rules/what-if`.

use super::{
    body::{self, NewWhatIf},
    shapes::ShownWhatIf,
};
use crate::{
    http::request_body::CartText,
    jobs::Wakeup,
    operation::prelude::*,
    payment_rules::rulebook::{HistoricRulebooks, RulebookCache, When},
    rate_limit::class,
    what_if::{start, worker::Trials},
};

type TrialScope = scope::CountedAs<scope::RulesWrite, class::Evaluate>;

#[utoipa::path(
    summary = "Try other rules on recorded carts",
    description = "Evaluates the carts that checkout recorded (`recording.sample` of the configuration) with the live rules and with other rules, both at the time of the request. The trial counts for each payment method the carts that would gain or lose it. Credit and the health of providers are not considered. The trial changes nothing, runs in the background and leaves one core to checkout. `Location` is the path of its progress and result.",
    params(OptionalKey),
    request_body(content = NewWhatIf, content_type = "application/json"),
    responses(
        (status = 202, description = "The trial is running.", body = ShownWhatIf, headers(("Location" = String, description = "The path of the trial's progress and result."))),
        (status = 404, description = "`/problems/not-found`: the trial that an earlier request with this key started is no longer kept."),
        (status = 409, description = "`/problems/revision-incomplete`: only the rules of the revision are kept, because it is older than the upgrade to complete revisions."),
    ),
)]
#[post("/v1/payment-rules/what-if")]
pub(super) async fn start_what_if(
    call: Write<TrialScope, CartText>,
    store: Data<Store>,
    rulebooks: Data<RulebookCache>,
    historic: Data<HistoricRulebooks>,
    wakeup: Data<Wakeup<Trials>>,
) -> Result<HttpResponse, Problem> {
    let live = rulebooks.current()?.shared();
    let past = match body::named_revision(&call.body.0) {
        Some(number) => Some(historic.find(When::Revision(number)).await),
        None => None,
    };
    let now = call.actor.at;
    let new = web::block(move || body::read(&call.body.0, &live, past, now));
    let new = new.await.map_err(Problem::internal)??;
    let done = start::start(&store, call.actor, call.header, new).await?;
    wakeup.ring();
    let location = format!("/v1/payment-rules/what-if/{}", done.value.id);
    let reply = Reply::accepted().location(location).replayed(done.replayed);
    // A repeated request may find a finished trial; its result is read from the path in `Location`.
    Ok(reply.json(ShownWhatIf::of(done.value, None)))
}
