//! The data that exists at start.

use super::{
    Options,
    state::{
        SandboxState,
        account::{NewAccount, NewBuyer},
    },
};

/// The credit limit of the initial account.
const CREDIT_CENTS: i64 = 10_000_000;
/// A buyer, by name and e-mail address.
pub const BUYER: (&str, &str) = ("Amanda Cole", "amanda@acme.example");
const COLLEAGUE: (&str, &str) = ("Bob Miller", "bob@acme.example");

/// Adds one shop, and one company that may buy there. Returns the shop's id.
pub fn insert_initial_data(state: &mut SandboxState, options: &Options) -> String {
    let merchant_id = state.add_merchant("Sandbox Merchant", options.physical_goods);
    let buyers = [BUYER, COLLEAGUE].map(|(name, email)| NewBuyer {
        name: name.to_owned(),
        email: email.to_owned(),
    });
    let account = state.add_account(
        &merchant_id,
        NewAccount {
            name: "Acme Manufacturing".to_owned(),
            currency: "USD".to_owned(),
            strategy: "Net30".to_owned(),
            credit_amount_cents: CREDIT_CENTS,
            buyers: buyers.to_vec(),
        },
    );
    // The shop exists, so no call is rejected.
    debug_assert!(account.is_ok());
    for url in &options.webhook_urls {
        let endpoint = state.add_endpoint(&merchant_id, url);
        debug_assert!(endpoint.is_ok());
    }
    merchant_id
}
