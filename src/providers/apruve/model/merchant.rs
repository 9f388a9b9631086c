//! The shop itself, and its webhook endpoints: the addresses that Apruve posts events to.

use serde::Serialize;

use crate::providers::ProviderId;
use crate::providers::apruve::fields::{UnreadableAnswer, Wire, WireFields};

/// A shop, as Apruve knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    pub id: ProviderId,
    pub name: Option<String>,
}

impl Wire for Merchant {
    const NOUN: &'static str = "merchant";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(Merchant {
            id: fields.own_id()?,
            name: fields.text("name"),
        })
    }
}

/// An address that Apruve posts a merchant's events to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEndpoint {
    pub id: ProviderId,
    pub url: Option<String>,
    /// The version of the event format: `v4`.
    pub version: Option<String>,
}

impl Wire for WebhookEndpoint {
    const NOUN: &'static str = "webhook_endpoint";

    fn read(fields: &WireFields<'_>) -> Result<Self, UnreadableAnswer> {
        Ok(WebhookEndpoint {
            id: fields.own_id()?,
            url: fields.text("url"),
            version: fields.text("version"),
        })
    }
}

/// A new endpoint.
#[derive(Serialize)]
pub(in crate::providers::apruve) struct WebhookEndpointDraft<'a> {
    pub url: &'a str,
    pub version: &'static str,
}
