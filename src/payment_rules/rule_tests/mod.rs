//! Tests that administrators store with their rules: a cart, and the methods that it must be offered.
//!
//! This module stores, exports and imports them. Checkout runs them, because it walks the rules.

mod manage;
mod read;
pub mod store;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::{
    auth::Websites,
    cart,
    pii::Email,
    store::{Store, StoreError},
};

pub use manage::{merge, replace};
pub use read::{MOST_TESTS, read_list};

/// A cart, and the methods that it must be offered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleTest {
    /// Unique among the tests.
    #[schema(
        example = "A small order from California may use terms",
        min_length = 1,
        max_length = 255
    )]
    pub name: String,
    /// The cart, as checkout takes it.
    #[schema(value_type = Object, example = json!({ "currency": "USD", "total": "90.00", "billingAddress": { "countryIso2": "US", "regionCode": "CA" } }))]
    pub cart: Box<RawValue>,
    /// The instant that dates of rules are judged by; the present one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
    /// The methods that the cart must be offered.
    pub expect: Expectation,
}

/// The expected methods, by the names of their integrations.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RuleTestExpectation)]
pub enum Expectation {
    /// These are offered in this order, and nothing else.
    Offered(Vec<String>),
    /// These are among what is offered.
    Contains(Vec<String>),
    /// None of these is offered.
    Excludes(Vec<String>),
}

impl Expectation {
    /// The names of integrations in it.
    pub fn names(&self) -> &[String] {
        match self {
            Expectation::Offered(names)
            | Expectation::Contains(names)
            | Expectation::Excludes(names) => names,
        }
    }
}

/// The tests whose cart contains a person's e-mail address. They are not erased automatically, because their checks of
/// the rules would be lost.
pub async fn tests_that_mention(
    store: &Store,
    person: &Email,
) -> Result<Vec<RuleTest>, StoreError> {
    let mut tests = store.read(store::load).await?;
    tests.retain(|test| person.is_in(test.cart.get().as_bytes()));
    Ok(tests)
}

impl RuleTest {
    /// Whether a caller bound to these websites may see the test: its cart belongs to one of them, or to none.
    pub fn is_for(&self, websites: &Websites) -> bool {
        if !websites.is_bound() {
            return true;
        }
        let cart = cart::read(self.cart.get()).ok();
        cart.is_some_and(|cart| {
            let website = cart.website();
            website.is_none() || websites.include(website)
        })
    }
}

impl PartialEq for RuleTest {
    fn eq(&self, other: &Self) -> bool {
        let same_cart = self.cart.get() == other.cart.get();
        same_cart && (&self.name, self.at, &self.expect) == (&other.name, other.at, &other.expect)
    }
}
