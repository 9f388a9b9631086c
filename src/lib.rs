//! OnTerms lets a B2B shop sell on terms.

pub mod clock;
pub mod config;
pub mod expressions;
pub mod problem;
pub mod secret;
