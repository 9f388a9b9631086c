//! Decides which of the webhook addresses registered at Apruve belong to this service.
//!
//! A merchant may have addresses of others too: of another integration, or of a foreign system. So an address is ours
//! only by the token in it, and because the token is a secret, the address is shown masked.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::webhook_token::{PublicOrigin, hash_of, masked, token_in};
use crate::providers::ProviderId;
use crate::{ids::IntegrationId, providers::apruve::WebhookEndpoint};

/// An address that Apruve posts the merchant's events to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct ProviderEndpoint {
    /// Apruve's id of the endpoint.
    #[schema(value_type = String, example = "5d0c8f3ab2e1479690f8e7d6c5b4a392")]
    pub id: ProviderId,
    /// The address. Of the token of a webhook URL, only the last characters are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://pay.example/webhooks/apruve/…9f3c")]
    pub url: Option<String>,
    /// The version of the event format.
    #[schema(example = "v4")]
    pub version: Option<String>,
    /// Whether the address is or was a webhook URL of this integration.
    pub ours: bool,
    /// Whether the address is the current webhook URL. Registration removes addresses that are `ours` and not
    /// `current`.
    pub current: bool,
}

/// Whose address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EndpointOwnership {
    /// The integration's present webhook URL.
    Current,
    /// An address of this integration with a former token or another origin, or an address below our origin with an
    /// unknown token.
    Stale,
    /// Not this integration's.
    Foreign,
}

/// The hashes of the tokens that identify addresses.
pub struct EndpointTokens {
    /// The one in this integration's webhook URL.
    pub present: String,
    /// The valid tokens of all integrations, including the present one.
    pub owners: HashMap<String, IntegrationId>,
}

impl ProviderEndpoint {
    /// Classifies an address from the point of view of one integration.
    pub fn seen(
        found: WebhookEndpoint,
        id: IntegrationId,
        tokens: &EndpointTokens,
        origin: &PublicOrigin,
    ) -> Self {
        let url = found.url.as_deref();
        let owned = url.map(|url| ownership(url, id, tokens, origin));
        ProviderEndpoint {
            ours: owned.is_some_and(|it| it != EndpointOwnership::Foreign),
            current: owned == Some(EndpointOwnership::Current),
            url: url.map(masked),
            id: found.id,
            version: found.version,
        }
    }
}

fn ownership(
    url: &str,
    id: IntegrationId,
    tokens: &EndpointTokens,
    origin: &PublicOrigin,
) -> EndpointOwnership {
    let Some(hash) = token_in(url).map(hash_of) else {
        return EndpointOwnership::Foreign;
    };
    let is_here = origin.is_of(url);
    match tokens.owners.get(&hash) {
        Some(owner) if *owner != id => EndpointOwnership::Foreign,
        Some(_) if is_here && hash == tokens.present => EndpointOwnership::Current,
        Some(_) => EndpointOwnership::Stale,
        // An unknown token below our own origin has expired: no integration accepts webhooks with it.
        None if is_here => EndpointOwnership::Stale,
        None => EndpointOwnership::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_ours_by_its_token_and_current_by_its_origin_too() {
        let id = |text: &str| text.parse::<IntegrationId>().expect("an id");
        let own = id("integration_01h455vb4pex5vsknk084sn02q");
        let other = id("integration_01h455vb4pex5vsknk084sn02r");
        let tokens = EndpointTokens {
            present: hash_of("present"),
            owners: HashMap::from([
                (hash_of("present"), own),
                (hash_of("rotated"), own),
                (hash_of("others"), other),
            ]),
        };
        let origin = PublicOrigin("https://pay.example".to_owned());
        for (url, expected) in [
            (
                "https://pay.example/webhooks/apruve/present",
                EndpointOwnership::Current,
            ),
            (
                "https://pay.example/webhooks/apruve/rotated",
                EndpointOwnership::Stale,
            ),
            (
                "https://pay.example/webhooks/apruve/ended",
                EndpointOwnership::Stale,
            ),
            (
                "https://pay.example/webhooks/apruve/present?a=b",
                EndpointOwnership::Stale,
            ),
            (
                "https://old.example/webhooks/apruve/present",
                EndpointOwnership::Stale,
            ),
            (
                "https://old.example/webhooks/apruve/ended",
                EndpointOwnership::Foreign,
            ),
            (
                "https://pay.example/webhooks/apruve/others",
                EndpointOwnership::Foreign,
            ),
            (
                "https://pay.example.evil/webhooks/apruve/ended",
                EndpointOwnership::Foreign,
            ),
            ("https://pay.example/elsewhere", EndpointOwnership::Foreign),
            ("", EndpointOwnership::Foreign),
        ] {
            assert_eq!(ownership(url, own, &tokens, &origin), expected, "{url}");
        }
    }
}
