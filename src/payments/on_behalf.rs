//! The company for which a sales rep's order is made.

use serde_json::{Value, json};

use super::{error::PaymentError, gateway::ProviderClient};
use crate::{
    checkout::permission::credit_reason,
    credit::{CreditIssue, CreditIssueCode, is_on_hold},
    money::{Currency, Money},
    providers::{CorporateAccount, OrderBuyer, ProviderId},
};

/// The buyer as the sales rep names them.
#[derive(Clone, Debug)]
pub struct Buyer {
    pub email: String,
    /// Which of several companies.
    pub company: Option<ProviderId>,
}

/// Reads the buyer's company from the provider. Of several, the only one that lists the buyer is taken, or else the
/// only one in the order's currency; otherwise the caller must choose. The company's credit line must cover the order.
pub async fn account_of(
    client: &ProviderClient,
    buyer: &Buyer,
    total: Money,
) -> Result<OrderBuyer, PaymentError> {
    let provider = client.provider();
    let found = provider.accounts_of(&client.opened.merchant, &buyer.email);
    let found = found
        .await
        .map_err(|error| match PaymentError::from(error) {
            PaymentError::OrderNotFound => PaymentError::NoCorporateAccount,
            other => other,
        })?;
    let (chosen, available) = choose(&found.items, buyer, total.currency())?;
    match available.filter(|available| available.minor() < total.minor()) {
        Some(available) => Err(PaymentError::InsufficientCredit {
            available: available.to_string(),
        }),
        None => Ok(chosen),
    }
}

/// The company and the buyer in it, and the credit left where the provider reports that in the order's currency.
fn choose(
    found: &[CorporateAccount],
    buyer: &Buyer,
    currency: Currency,
) -> Result<(OrderBuyer, Option<Money>), PaymentError> {
    let is_held = |it: &CorporateAccount| is_on_hold(it.status.as_deref(), it.disabled_at);
    let of_company =
        |it: &&CorporateAccount| buyer.company.as_ref().is_none_or(|wanted| it.id == *wanted);
    let mut meant = found.iter().filter(of_company).peekable();
    if meant.peek().is_some() && meant.all(is_held) {
        let issue = CreditIssue::hiding(CreditIssueCode::Hold);
        return Err(PaymentError::NotEligible(credit_reason(&issue, "")));
    }
    let usable = found.iter().filter(|it| !is_held(it));
    let named: Vec<&CorporateAccount> = usable.filter(of_company).collect();
    let mut with_buyer = named.clone();
    with_buyer.retain(|it| it.buyer(&buyer.email).is_some());
    // Among the companies that list the buyer, or among all if none does.
    let mut in_currency = match with_buyer.is_empty() {
        true => named.clone(),
        false => with_buyer.clone(),
    };
    in_currency.retain(|it| it.known_currency() == Some(currency));
    let chosen = match (&named[..], &with_buyer[..], &in_currency[..]) {
        ([], _, _) if buyer.company.is_some() && !found.is_empty() => {
            return Err(PaymentError::NotTheBuyersCompany);
        }
        ([], _, _) => return Err(PaymentError::NoCorporateAccount),
        ([only], _, _) | (_, [only], _) | (_, _, [only]) => *only,
        _ => {
            let candidates = named.into_iter().map(candidate).collect();
            return Err(PaymentError::AmbiguousAccount(candidates));
        }
    };
    let listed = chosen.buyer(&buyer.email).map(|it| &it.id);
    let shopper = listed.or(chosen.customer_id.as_ref()).cloned();
    let available = chosen.available();
    let buyer = OrderBuyer {
        person: shopper.ok_or(PaymentError::NoCorporateAccount)?,
        company: chosen.id.clone(),
    };
    Ok((
        buyer,
        available.filter(|credit| credit.currency() == currency),
    ))
}

fn candidate(account: &CorporateAccount) -> Value {
    json!({
        "corporateAccountId": account.id,
        "name": account.name,
        "creditAvailable": account.available().map(|credit| credit.to_string()),
        "currency": account.known_currency(),
    })
}
