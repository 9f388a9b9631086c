//! Accounts with payment providers, and offline methods: each provides one payment method.
//!
//! A deleted integration is only archived, because payments keep referring to it; its name is free again and its
//! secrets are deleted. Secrets are sealed before a write begins and opened after it has ended, never inside it.

pub mod account;
mod connection;
mod draft;
mod endpoint;
mod form;
pub mod health;
pub mod http;
mod integration;
mod labels;
pub mod later;
pub mod manage;
mod schema;
mod service;
mod settings;
pub mod store;
pub mod webhook_token;

pub use http::{
    document::{describe_settings, typed_resources},
    routes,
};
pub use integration::Integration;
pub use service::IntegrationService;
pub use settings::{ApruveSettings, Financing, IntegrationSettings};
pub use store::SEALED;
pub use webhook_token::PublicOrigin;
