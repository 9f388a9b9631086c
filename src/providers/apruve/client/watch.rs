//! Metrics and logs of the calls: a counter of their outcomes, and one log line each time an account stops or resumes
//! answering.

use metrics::Counter;
use reqwest::Url;

use super::{NoAnswer, Received};
use crate::{
    outbound::{BodyFailed, CallFailed},
    providers::Breaker,
    string_enum::string_enum,
};

string_enum! {
    /// How a call to a provider ended.
    CallOutcome as "ProviderCallOutcome" {
        /// With an answer, whether a success or a refusal.
        Answered = "answered",
        /// 401 or 403.
        KeyRefused = "key_refused",
        /// 429.
        TooManyCalls = "too_many_calls",
        /// 5xx.
        ServerError = "server_error",
        /// It was sent, and no complete answer arrived.
        NoAnswer = "no_answer",
        /// The connection failed.
        NotSent = "not_sent",
        /// It was not sent, because the last calls failed.
        HeldBack = "held_back",
    }
}

impl CallOutcome {
    pub(super) fn of(received: &Result<Received, NoAnswer>) -> Self {
        match received {
            Err(NoAnswer::HeldBack { .. }) => CallOutcome::HeldBack,
            Err(NoAnswer::Failed(CallFailed::NotSent(_))) => CallOutcome::NotSent,
            Err(NoAnswer::Failed(CallFailed::Unknown(_))) => CallOutcome::NoAnswer,
            Ok(received) => match (received.status, &received.body) {
                (401 | 403, _) => CallOutcome::KeyRefused,
                (429, _) => CallOutcome::TooManyCalls,
                (500.., _) => CallOutcome::ServerError,
                (_, Err(BodyFailed::Broken(_))) => CallOutcome::NoAnswer,
                _ => CallOutcome::Answered,
            },
        }
    }
}

fn counter(outcome: CallOutcome) -> Counter {
    metrics::counter!("onterms_provider_calls_total", "outcome" => outcome.as_str())
}

pub(super) fn count(outcome: CallOutcome) {
    counter(outcome).increment(1);
}

/// Registers every series at zero, so that it exists before its first event.
pub fn register_metrics() {
    let all = CallOutcome::ALL.iter();
    all.for_each(|it| counter(*it).increment(0));
}

/// Logs that calls to an account are held back from now on; called once per outage.
pub(super) fn tell_that_it_is_away(breaker: &Breaker, origin: &str) {
    let (integration, host) = (breaker.account(), host_of(origin));
    show(integration, &host, 0.0);
    tracing::warn!(
        integration,
        host,
        "a provider stopped answering; calls to it are held back"
    );
}

/// Logs that an account answers again; called once per outage.
pub(super) fn tell_that_it_answers(breaker: &Breaker, origin: &str) {
    let (integration, host) = (breaker.account(), host_of(origin));
    show(integration, &host, 1.0);
    tracing::info!(integration, host, "a provider answers again");
}

/// Sets the gauge of one account, which exists from its first outage on.
fn show(integration: &str, host: &str, up: f64) {
    let (integration, host) = (integration.to_owned(), host.to_owned());
    metrics::gauge!("onterms_provider_up", "integration" => integration, "host" => host).set(up);
}

fn host_of(origin: &str) -> String {
    let url = Url::parse(origin).ok();
    let host = url.and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_default()
}
