//! OnTerms lets a B2B shop sell on terms.

pub mod expressions;
