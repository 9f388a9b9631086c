//! OnTerms lets a B2B shop sell on terms.

pub mod audit;
pub mod auth;
pub mod body;
pub mod cart;
pub mod cli;
pub mod clock;
pub mod config;
pub mod expressions;
pub mod freshness;
pub mod front_door;
pub mod geo;
pub mod idempotency;
pub mod ids;
pub mod locale;
pub mod merge_patch;
pub mod money;
pub mod outbound;
pub mod pagination;
pub mod payment_methods;
pub mod precondition;
pub mod problem;
pub mod rate_limit;
pub mod seal;
pub mod secret;
pub mod store;
pub mod telemetry;
