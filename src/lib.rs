//! OnTerms lets a B2B shop sell on terms.

pub mod body;
pub mod clock;
pub mod config;
pub mod expressions;
pub mod geo;
pub mod ids;
pub mod locale;
pub mod money;
pub mod problem;
pub mod secret;
