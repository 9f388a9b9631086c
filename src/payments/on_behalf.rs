//! Which company an order is made for that a sales rep enters.

use serde_json::{Value, json};

use super::{desk::Desk, not_done::NotDone};
use crate::{
    apruve::{AccountChoice, ApruveId, CorporateAccount, ReadBack},
    money::{Currency, Money},
    payment_methods::PaymentMethodId,
};

/// The buyer as the sales rep names them.
#[derive(Clone, Debug)]
pub struct Buyer {
    pub email: String,
    /// Which of several companies.
    pub company: Option<ApruveId>,
}

/// The credit line that an order goes on, and who it is said to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub company: ApruveId,
    pub shopper: ApruveId,
    /// Minor units; `None` where Apruve does not tell.
    pub available: Option<i64>,
}

impl Account {
    /// As an order names it.
    pub fn choice(&self) -> AccountChoice {
        AccountChoice {
            corporate_account_id: self.company.clone(),
        }
    }

    /// Refuses an order that the credit left does not cover.
    fn check_credit(&self, amount: Money) -> Result<(), NotDone> {
        match self.available {
            Some(available) if available < amount.minor() => Err(NotDone::InsufficientCredit {
                available: Money::from_minor(available, amount.currency()).to_string(),
            }),
            _ => Ok(()),
        }
    }
}

impl Desk {
    /// Asks Apruve which company the buyer belongs to. Where there are several, the one that names the buyer is meant; where
    /// that does not tell them apart, the caller must. Its credit line must cover the order.
    pub async fn account_of(
        &self,
        method: PaymentMethodId,
        buyer: &Buyer,
        total: Money,
    ) -> Result<Account, NotDone> {
        let line = self.exchange().line(method.integration).await?;
        let found = line.accounts_of(&buyer.email).await;
        let found = found.map_err(|error| match NotDone::from(error) {
            NotDone::OrderNotFound => NotDone::NoCorporateAccount,
            other => other,
        })?;
        let account = choose(&found.items, buyer, total.currency())?;
        account.check_credit(total)?;
        Ok(account)
    }
}

fn choose(
    found: &[ReadBack<CorporateAccount>],
    buyer: &Buyer,
    currency: Currency,
) -> Result<Account, NotDone> {
    let usable = found.iter().filter(|it| it.disabled_at.is_none());
    let named: Vec<&ReadBack<CorporateAccount>> = match &buyer.company {
        Some(wanted) => usable.filter(|it| it.id == *wanted).collect(),
        None => usable.collect(),
    };
    let with_buyer: Vec<_> = named
        .iter()
        .copied()
        .filter(|it| it.buyer(&buyer.email).is_some())
        .collect();
    let chosen = match (named.as_slice(), with_buyer.as_slice()) {
        ([], _) => return Err(NotDone::NoCorporateAccount),
        ([only], _) | (_, [only]) => *only,
        _ => {
            let candidates = named.iter().map(|it| candidate(it, currency));
            return Err(NotDone::AmbiguousAccount(candidates.collect()));
        }
    };
    let shopper = chosen
        .buyer(&buyer.email)
        .map(|it| it.id.clone())
        .or_else(|| chosen.customer_id.clone());
    Ok(Account {
        company: chosen.id.clone(),
        shopper: shopper.ok_or(NotDone::NoCorporateAccount)?,
        available: chosen.credit_available_cents,
    })
}

fn candidate(account: &CorporateAccount, currency: Currency) -> Value {
    let available = account.credit_available_cents;
    json!({
        "corporateAccountId": account.id,
        "name": account.name,
        "creditAvailable": available.map(|minor| Money::from_minor(minor, currency).to_string()),
    })
}
