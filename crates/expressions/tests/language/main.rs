//! The expression language from outside, over a cart such as a shop posts.

mod any_document;
mod arbitrary;
mod cart;
mod diagnostics;
mod editing;
mod explanations;
mod missing;
mod reading;
mod reading_twice;
mod running;
mod suggestions;
