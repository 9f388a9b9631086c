//! The messages for issues with a method's provider or with the buyer's credit.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    credit::{CreditIssue, CreditIssueCode},
    money::Money,
};

/// The message for a method's credit issue, and the compared values. Figures are for callers with `credit:read`.
pub fn credit_text(
    issue: &CreditIssue,
    label: &str,
    total: Option<Money>,
    shows_figures: bool,
) -> (String, BTreeMap<String, Value>) {
    let mut observed = BTreeMap::new();
    let message = match (issue.code, issue.available.zip(total)) {
        (CreditIssueCode::Insufficient, Some((available, total))) if shows_figures => {
            observed.insert("creditAvailable".to_owned(), available.to_string().into());
            observed.insert("total".to_owned(), total.to_string().into());
            let currency = total.currency();
            format!(
                "The buyer has {available} {currency} of credit left; the total is {total} {currency}."
            )
        }
        (CreditIssueCode::Insufficient, _) => {
            "The buyer's credit does not cover the total.".to_owned()
        }
        (CreditIssueCode::Hold, _) => "The buyer's account for credit is on hold.".to_owned(),
        (CreditIssueCode::Unknown, _) => "The buyer's credit is not known.".to_owned(),
        (CreditIssueCode::NoAccount, _) => "The buyer has no account for credit.".to_owned(),
        (CreditIssueCode::ProviderUnreachable, _) => {
            format!("The payment provider of \"{label}\" does not answer at the moment.")
        }
        (CreditIssueCode::CredentialsInvalid, _) => {
            format!("The payment provider of \"{label}\" rejects the API key.")
        }
    };
    (message, observed)
}
