//! Which of the addresses that Apruve posts a merchant's events to are ours.
//!
//! Others may have theirs there too: another integration with the same merchant, or a program that is none of ours. So an
//! address is ours only by the token in it; and since that token is a secret, nobody is shown the whole of it.

use std::collections::HashMap;

use super::webhook_token::{PublicOrigin, hash_of, masked, token_in};
use crate::providers::ProviderId;
use crate::{ids::IntegrationId, providers::apruve::WebhookEndpoint};

/// An address at Apruve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderEndpoint {
    pub id: ProviderId,
    /// With a hint in the place of a token.
    pub url: Option<String>,
    /// Of the events' format.
    pub version: Option<String>,
    pub ownership: EndpointOwnership,
}

/// Whose address it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointOwnership {
    /// Where this integration takes webhooks now.
    Current,
    /// Ours with another token, or below another origin than the present one.
    Stale,
    /// Not this integration's.
    Foreign,
}

/// The hashes of the tokens that identify addresses.
pub struct EndpointTokens {
    /// The one in this integration's webhook URL.
    pub present: String,
    /// Those of all integrations that are good at the moment, the present one among them.
    pub owners: HashMap<String, IntegrationId>,
}

impl ProviderEndpoint {
    /// Tells an address from the point of view of one integration.
    pub fn seen(
        found: WebhookEndpoint,
        id: IntegrationId,
        tokens: &EndpointTokens,
        origin: &PublicOrigin,
    ) -> Self {
        let url = found.url.as_deref();
        ProviderEndpoint {
            ownership: url.map_or(EndpointOwnership::Foreign, |url| {
                ownership(url, id, tokens, origin)
            }),
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
        // Nobody takes webhooks with it any more, neither we nor anybody else at our own origin.
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
