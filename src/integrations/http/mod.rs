//! The HTTP operations of integrations.

pub mod bodies;
mod change;
mod check;
mod corporate_accounts;
pub mod document;
mod integrations;
pub mod shapes;
mod switch;
mod types;
mod webhook_url;

use super::{account::NoAccount, connection::Trouble, later, manage::IntegrationError};
use crate::{
    http::routing::Routes, ids::IntegrationId, operation::prelude::*, payment_rules::usage::RuleUse,
};

/// Registers the routes of this feature.
pub fn routes(config: &mut impl Routes) {
    config
        .routing(types::list_integration_types)
        .routing(integrations::list_integrations)
        .routing(integrations::create_integration)
        // Before the routes with an id, which would match `check` as an id.
        .routing(check::check_connection)
        .routing(integrations::get_integration)
        .routing(integrations::list_integration_rules)
        .routing(change::replace_integration)
        .routing(change::update_integration)
        .routing(switch::delete_integration)
        .routing(switch::activate_integration)
        .routing(switch::deactivate_integration)
        .routing(check::check_integration)
        .routing(corporate_accounts::list_corporate_accounts)
        .routing(webhook_url::list_webhook_endpoints)
        .routing(webhook_url::register_webhook_endpoint)
        .routing(webhook_url::rotate_webhook_token)
        .routing(webhook_url::reveal_webhook_url);
}

/// Parses the id in a path; an invalid one is a 404.
fn integration_id(text: &str) -> Result<IntegrationId, Problem> {
    text.parse().map_err(|_| IntegrationError::NotFound.into())
}

impl From<IntegrationError> for Problem {
    fn from(not_done: IntegrationError) -> Self {
        match not_done {
            IntegrationError::NotFound => {
                Problem::new(Kind::NotFound, "There is no such integration.")
            }
            IntegrationError::NameTaken => {
                let message = "Another integration has this name; names are unique.";
                let error = FieldError::at("/name", "taken", message);
                Problem::new(Kind::NameTaken, message).with_errors(vec![error])
            }
            IntegrationError::Refused(problem) => problem,
            IntegrationError::InUse {
                rules,
                open_payments,
            } => in_use(&rules, open_payments),
            IntegrationError::Bound(fields) => bound(&fields),
            IntegrationError::NoWebhook => Problem::new(
                Kind::Conflict,
                "Only Apruve integrations have a webhook URL; offline methods post nothing.",
            ),
            IntegrationError::NoAccount(no_account) => no_account.into(),
            IntegrationError::Unusable(trouble) => trouble.into(),
            IntegrationError::ProviderRefused(message) => {
                Problem::new(Kind::ProviderRefused, format!("{message}."))
            }
            IntegrationError::Contended => Problem::new(
                Kind::Conflict,
                "Others keep changing this integration; read it again and repeat the change.",
            ),
            IntegrationError::KeyReused(reused) => reused.into(),
            IntegrationError::CannotOpen(cause) => Problem::internal(cause),
            IntegrationError::CannotSeal(cause) => Problem::internal(cause),
            IntegrationError::Store(error) => error.into(),
        }
    }
}

impl From<NoAccount> for Problem {
    fn from(no_account: NoAccount) -> Self {
        match no_account {
            NoAccount::NotFound => IntegrationError::NotFound.into(),
            NoAccount::Offline => Problem::new(
                Kind::Conflict,
                "An offline method has no account with a payment provider.",
            ),
            NoAccount::CannotOpen(cause) => Problem::internal(cause),
            NoAccount::Store(error) => error.into(),
        }
    }
}

fn in_use(rules: &[RuleUse], open_payments: i64) -> Problem {
    let mut sentences = Vec::new();
    if open_payments > 0 {
        sentences.push(format!(
            "Payments with it that are not at rest: {open_payments}. Switch it off, and delete it when there are none."
        ));
    }
    if !rules.is_empty() {
        sentences.push(format!(
            "{} payment rules offer its method. Take it out of them, or repeat the request with detach=true.",
            rules.len()
        ));
    }
    Problem::new(Kind::InUse, sentences.join(" "))
        .with("rules", rules)
        .with("openPayments", open_payments)
}

fn bound(fields: &[&str]) -> Problem {
    let errors = fields.iter().map(|name| {
        let message = format!(
            "`{name}` stays as it is, because payments were made with this account. Make another integration for another account."
        );
        FieldError::at(format!("/settings/{name}"), "has_payments", message)
    });
    let detail = "Payments were made with this account, so the integration keeps it.";
    Problem::new(Kind::WrongState, detail).with_errors(errors.collect())
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::BadKey(sentence) => Problem::new(Kind::KeyRefused, sentence),
            Trouble::NoMerchant(sentence) => Problem::new(Kind::ProviderRefused, sentence),
            Trouble::Later(later) => later::problem(&later),
            Trouble::Unreachable(sentence) => Problem::new(Kind::GatewayUnreachable, sentence),
        }
    }
}
