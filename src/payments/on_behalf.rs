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

/// The credit line of an order, and the buyer it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuyerAccount {
    pub company: ProviderId,
    pub shopper: ProviderId,
    /// The available credit, where the provider reports it in the order's currency.
    pub available: Option<Money>,
}

impl BuyerAccount {
    /// As an order names it.
    pub fn buyer(&self) -> OrderBuyer {
        OrderBuyer {
            person: self.shopper.clone(),
            company: self.company.clone(),
        }
    }

    /// Refuses an order that the credit left does not cover.
    fn check_credit(&self, amount: Money) -> Result<(), PaymentError> {
        match self.available {
            Some(available) if available.minor() < amount.minor() => {
                Err(PaymentError::InsufficientCredit {
                    available: available.to_string(),
                })
            }
            _ => Ok(()),
        }
    }
}

/// Reads the buyer's company from the provider. Of several, the only one that lists the buyer is taken, or else the
/// only one in the order's currency; otherwise the caller must choose. The company's credit line must cover the order.
pub async fn account_of(
    client: &ProviderClient,
    buyer: &Buyer,
    total: Money,
) -> Result<BuyerAccount, PaymentError> {
    let found = client.accounts_of(&buyer.email).await;
    let found = found.map_err(|error| match PaymentError::from(error) {
        PaymentError::OrderNotFound => PaymentError::NoCorporateAccount,
        other => other,
    })?;
    let account = choose(&found.items, buyer, total.currency())?;
    account.check_credit(total)?;
    Ok(account)
}

fn choose(
    found: &[CorporateAccount],
    buyer: &Buyer,
    currency: Currency,
) -> Result<BuyerAccount, PaymentError> {
    let is_held = |it: &CorporateAccount| is_on_hold(it.status.as_deref(), it.disabled_at);
    let of_company =
        |it: &&CorporateAccount| buyer.company.as_ref().is_none_or(|wanted| it.id == *wanted);
    let mut meant = found.iter().filter(of_company).peekable();
    if meant.peek().is_some() && meant.all(is_held) {
        let issue = CreditIssue::hiding(CreditIssueCode::Hold);
        return Err(PaymentError::NotEligible(credit_reason(&issue, "")));
    }
    let usable = found.iter().filter(|it| !is_held(it));
    let named: Vec<&CorporateAccount> = match &buyer.company {
        Some(wanted) => usable.filter(|it| it.id == *wanted).collect(),
        None => usable.collect(),
    };
    let with_buyer: Vec<_> = named
        .iter()
        .copied()
        .filter(|it| it.buyer(&buyer.email).is_some())
        .collect();
    // Among the companies that list the buyer, or among all if none does.
    let in_currency: Vec<_> = if with_buyer.is_empty() {
        &named
    } else {
        &with_buyer
    }
    .iter()
    .copied()
    .filter(|it| it.known_currency() == Some(currency))
    .collect();
    let chosen = match (
        named.as_slice(),
        with_buyer.as_slice(),
        in_currency.as_slice(),
    ) {
        ([], _, _) => return Err(PaymentError::NoCorporateAccount),
        ([only], _, _) | (_, [only], _) | (_, _, [only]) => *only,
        _ => {
            return Err(PaymentError::AmbiguousAccount(
                named.into_iter().map(candidate).collect(),
            ));
        }
    };
    let shopper = chosen
        .buyer(&buyer.email)
        .map(|it| it.id.clone())
        .or_else(|| chosen.customer_id.clone());
    Ok(BuyerAccount {
        company: chosen.id.clone(),
        shopper: shopper.ok_or(PaymentError::NoCorporateAccount)?,
        available: chosen
            .available()
            .filter(|credit| credit.currency() == currency),
    })
}

fn candidate(account: &CorporateAccount) -> Value {
    json!({
        "corporateAccountId": account.id,
        "name": account.name,
        "creditAvailable": account.available().map(|credit| credit.to_string()),
        "currency": account.known_currency(),
    })
}
