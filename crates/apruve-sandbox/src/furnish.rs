//! What is there from the start.

use super::{
    Options,
    world::{
        World,
        account::{NewAccount, NewBuyer},
    },
};

/// The limit of the account that is there from the start.
const CREDIT_CENTS: i64 = 10_000_000;
/// Somebody who may buy, by name and e-mail address.
pub const BUYER: (&str, &str) = ("Amanda Cole", "amanda@acme.example");
const COLLEAGUE: (&str, &str) = ("Bob Miller", "bob@acme.example");

/// What is there from the start: one shop, and one company that buys there.
pub fn furnish(world: &mut World, options: &Options) -> String {
    let merchant_id = world.add_merchant("Sandbox Merchant", options.physical_goods);
    let buyers = [BUYER, COLLEAGUE].map(|(name, email)| NewBuyer {
        name: name.to_owned(),
        email: email.to_owned(),
    });
    let account = world.add_account(
        &merchant_id,
        NewAccount {
            name: "Acme Manufacturing".to_owned(),
            currency: "USD".to_owned(),
            strategy: "Net30".to_owned(),
            credit_amount_cents: CREDIT_CENTS,
            buyers: buyers.to_vec(),
        },
    );
    // The shop was just made, so none of this is refused.
    debug_assert!(account.is_ok());
    for url in &options.webhook_urls {
        let endpoint = world.add_endpoint(&merchant_id, url);
        debug_assert!(endpoint.is_ok());
    }
    merchant_id
}
