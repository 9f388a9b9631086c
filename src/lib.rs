//! OnTerms lets a B2B shop sell on terms.

pub mod cli;
pub mod expressions;
pub mod freshness;
pub mod front_door;
pub mod geo;
pub mod idempotency;
pub mod ids;
pub mod integrations;
pub mod locale;
pub mod merge_patch;
pub mod money;
pub mod openapi;
pub mod outbound;
pub mod pagination;
pub mod payment_methods;
pub mod payment_rules;
pub mod precondition;
pub mod problem;
pub mod rate_limit;
pub mod seal;
pub mod secret;
pub mod settings;
pub mod store;
pub mod telemetry;
