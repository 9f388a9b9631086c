//! `GET /v1/integrations/{id}/corporate-accounts`: the companies that may buy on terms, and their credit.

use chrono::{DateTime, Utc};

use super::{integration_id, shapes::ProviderListing};
use crate::{
    integrations::{IntegrationService, connection::Trouble},
    operation::prelude::*,
    providers::{AuthorizedBuyer, CorporateAccount},
};

/// The maximum length of a valid e-mail address in characters.
const MOST_EMAIL_CHARS: usize = 254;

/// The credit line of a buying company with this shop. Limit = balance + available.
#[derive(Serialize, ToSchema)]
#[schema(as = CorporateAccount)]
#[serde(rename_all = "camelCase")]
struct ShownAccount {
    /// Apruve's id of the account; `POST /v1/payments/on-behalf` takes it as `corporateAccountId`.
    #[schema(example = "2f5b1c9e8d7a4f60b3c2d1e0f9a8b7c6")]
    id: String,
    /// The company's name at Apruve.
    #[schema(example = "Acme Manufacturing")]
    name: Option<String>,
    /// Apruve's id of the user who places an order if no authorized buyer has the buyer's e-mail address.
    customer_id: Option<String>,
    /// The payment term of the company, as Apruve writes it.
    #[schema(example = "Net30")]
    payment_term_strategy: Option<String>,
    /// The maximum amount that the company may owe.
    #[schema(example = "100000.00")]
    credit_limit: Option<String>,
    /// The used part of the credit limit. It can exceed the limit after the limit was lowered.
    #[schema(example = "2500.00")]
    credit_balance: Option<String>,
    /// The credit that is left. It can be negative after the limit was lowered.
    #[schema(example = "97500.00")]
    credit_available: Option<String>,
    /// The currency of the credit figures, which are null if the currency is not an ISO 4217 code.
    #[schema(example = "USD")]
    currency: String,
    /// The status of the account, as Apruve writes it.
    #[schema(example = "approved")]
    status: Option<String>,
    /// The time since which the company may not order.
    disabled_at: Option<DateTime<Utc>>,
    /// The people who may order for the company.
    authorized_buyers: Vec<AuthorizedBuyer>,
}

#[utoipa::path(
    summary = "List the companies that may buy on terms",
    description = "Lists the current corporate accounts at Apruve with their credit. The list is empty for an unknown e-mail address.",
    params(("email" = Option<String>, Query, description = "Only accounts of the buyer with this e-mail address.", max_length = 254, example = "amanda@acme.example")),
    responses(
        Conflicting,
        FromProvider,
        (status = 200, description = "The accounts, on one page.", body = ProviderListing<ShownAccount>),
    ),
)]
#[get("/v1/integrations/{id}/corporate-accounts")]
pub(super) async fn list_corporate_accounts(
    _caller: Caller<scope::IntegrationsRead>,
    request: HttpRequest,
    id: Path<String>,
    service: Data<IntegrationService>,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let email = query.parsed("email", "an e-mail address", read_email);
    query.finish()?;
    let id = integration_id(&id)?;
    let account = service.open_account(id).await?;
    let breaker = service.breakers.of(&id.to_string());
    let apruve = account.watched(&service.outbound, &breaker, &service.clock);
    let merchant = &account.merchant;
    let listing = match &email {
        Some(email) => apruve.corporate_accounts_by_email(merchant, email).await,
        None => apruve.corporate_accounts(merchant).await,
    };
    let listing = listing.map_err(|error| Trouble::of(&error, &account.settings))?;
    Ok(HttpResponse::Ok().json(ProviderListing::from(listing.map(ShownAccount::from))))
}

/// Validates an e-mail address. A `+` that was not percent-encoded arrives as a blank and is restored.
fn read_email(text: &str) -> Option<String> {
    let email = text.trim().replace(' ', "+");
    let (name, host) = email.rsplit_once('@')?;
    let fits = !name.is_empty()
        && !host.is_empty()
        && email.chars().count() <= MOST_EMAIL_CHARS
        && !email
            .chars()
            .any(|it| it.is_control() || it.is_whitespace());
    fits.then_some(email)
}

impl From<CorporateAccount> for ShownAccount {
    fn from(account: CorporateAccount) -> Self {
        let amount = |minor| account.money(minor).map(|money| money.to_string());
        ShownAccount {
            id: account.id.to_string(),
            customer_id: account.customer_id.as_ref().map(ToString::to_string),
            credit_limit: amount(account.credit_limit),
            credit_balance: amount(account.credit_used),
            credit_available: amount(account.credit_available),
            currency: match account.known_currency() {
                Some(currency) => currency.to_string(),
                None => account.currency,
            },
            name: account.name,
            payment_term_strategy: account.terms,
            status: account.status,
            disabled_at: account.disabled_at,
            authorized_buyers: account.authorized_buyers,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_email;

    #[test]
    fn an_email_address_is_one_with_or_without_its_plus_encoded() {
        for (text, email) in [
            ("amanda@acme.example", Some("amanda@acme.example")),
            ("amanda+po@acme.example", Some("amanda+po@acme.example")),
            ("amanda po@acme.example", Some("amanda+po@acme.example")),
            (" amanda@acme.example ", Some("amanda@acme.example")),
            ("", None),
            ("amanda", None),
            ("@acme.example", None),
            ("amanda@", None),
            ("amanda@acme\r\n.example", None),
        ] {
            assert_eq!(read_email(text).as_deref(), email, "{text:?}");
        }
        let longest = format!("{}@acme.example", "a".repeat(241));
        assert_eq!(read_email(&longest).as_deref(), Some(&*longest));
        assert_eq!(read_email(&format!("a{longest}")), None);
    }
}
