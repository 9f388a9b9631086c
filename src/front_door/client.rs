//! Determines the client's address: the peer, or the address that trusted proxies forward.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::header::{FORWARDED, HeaderMap, HeaderName},
};
use ipnet::IpNet;

use crate::config::WrongSettings;

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The trusted proxies in front of the service; app data.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads `server.trusted_proxies`: addresses and networks.
    pub fn new(entries: &[String]) -> Result<Self, WrongSettings> {
        let read = |entry: &String| {
            let address = entry.parse::<IpAddr>().map(IpNet::from);
            entry.parse().or(address).map_err(|_| {
                WrongSettings(format!(
                    "server.trusted_proxies has `{entry}`, which is neither an address (10.0.0.7) nor a network (10.0.0.0/8)."
                ))
            })
        };
        Ok(TrustedProxies(
            entries.iter().map(read).collect::<Result<_, _>>()?,
        ))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address: the last hop in the forwarding header that is not a trusted proxy. An unreadable hop ends
    /// the search at the proxy that named it. Proxies usually write one of the two headers and pass the other on from
    /// the client, so if both are present and disagree, neither is used.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer) {
            return peer;
        }
        let forwarded = hops(headers, &FORWARDED, forwarded_for);
        let x_forwarded = hops(headers, &X_FORWARDED_FOR, |hop| address(hop.trim()));
        match (
            self.last_untrusted(peer, forwarded),
            self.last_untrusted(peer, x_forwarded),
        ) {
            (Some(one), Some(other)) if one != other => peer,
            (one, other) => one.or(other).unwrap_or(peer),
        }
    }

    fn last_untrusted(&self, peer: IpAddr, hops: Vec<Option<IpAddr>>) -> Option<IpAddr> {
        let mut nearest = None;
        for hop in hops.into_iter().rev() {
            match hop {
                Some(hop) if self.trusts(hop) => nearest = Some(hop),
                Some(hop) => return Some(hop),
                None => return Some(nearest.unwrap_or(peer)),
            }
        }
        nearest
    }
}

/// The client's address of a request, for limits by address.
pub fn client_address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let proxies = request.app_data::<TrustedProxies>();
    Some(match proxies {
        Some(proxies) => proxies.client(peer, request.headers()),
        None => peer,
    })
}

/// The hops of a forwarding header in order, each read by `read`.
fn hops(
    headers: &HeaderMap,
    name: &HeaderName,
    read: impl Fn(&str) -> Option<IpAddr>,
) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(name);
    let texts = lines.map(|line| line.to_str().unwrap_or("unreadable"));
    texts.flat_map(|text| text.split(',')).map(read).collect()
}

/// The `for` of one element of RFC 7239's header.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    address(value.trim().trim_matches('"'))
}

/// An address, with or without a port: `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let bare = match bracketed {
        Some((address, _)) => address,
        None => match text.split_once(':') {
            Some((address, port)) if !port.contains(':') => address,
            _ => text,
        },
    };
    bare.parse()
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client(peer: &str, lines: &[(&HeaderName, &'static str)]) -> String {
        let proxies = ["10.0.0.0/8".to_owned(), "2001:db8:ffff::1".to_owned()];
        let proxies = TrustedProxies::new(&proxies).expect("both can be read");
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append((*name).clone(), HeaderValue::from_static(value));
        }
        let peer = peer.parse().expect("a test writes addresses");
        proxies.client(peer, &headers).to_string()
    }

    #[test]
    fn the_last_hop_that_is_no_trusted_proxy_is_the_client() {
        let (f, x) = (&FORWARDED, &X_FORWARDED_FOR);
        for (peer, lines, expected) in [
            // A header from an untrusted client is ignored.
            ("192.0.2.9", &[(x, "198.51.100.1")][..], "192.0.2.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &[(x, "198.51.100.1")], "198.51.100.1"),
            ("::ffff:10.0.0.1", &[(x, "198.51.100.1")], "198.51.100.1"),
            ("10.0.0.1", &[(x, "6.6.6.6, 198.51.100.1")], "198.51.100.1"),
            (
                "10.0.0.1",
                &[(x, "6.6.6.6"), (x, "198.51.100.1, 10.0.0.2")],
                "198.51.100.1",
            ),
            ("10.0.0.1", &[(x, "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            ("10.0.0.1", &[(x, "6.6.6.6, unknown, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.1", &[(x, "6.6.6.6, rubbish")], "10.0.0.1"),
            ("10.0.0.1", &[(x, "198.51.100.1:4711")], "198.51.100.1"),
            ("10.0.0.1", &[(x, "2001:db8::7")], "2001:db8::7"),
            (
                "2001:db8:ffff::1",
                &[(x, "[2001:db8::7]:80")],
                "2001:db8::7",
            ),
            (
                "10.0.0.1",
                &[(f, "for=198.51.100.1;proto=https")],
                "198.51.100.1",
            ),
            (
                "10.0.0.1",
                &[(f, "proto=https; For=\"[2001:db8::7]:80\"")],
                "2001:db8::7",
            ),
            (
                "10.0.0.1",
                &[(f, "for=6.6.6.6, for=198.51.100.1, for=10.0.0.2")],
                "198.51.100.1",
            ),
            ("10.0.0.1", &[(f, "for=_hidden")], "10.0.0.1"),
            (
                "10.0.0.1",
                &[(f, "for=198.51.100.1"), (x, "198.51.100.1")],
                "198.51.100.1",
            ),
            // The client itself wrote one of the two headers.
            (
                "10.0.0.1",
                &[(f, "for=6.6.6.6"), (x, "198.51.100.1")],
                "10.0.0.1",
            ),
        ] {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn an_entry_that_is_no_network_is_named() {
        let refused = TrustedProxies::new(&["10.0.0.1".to_owned(), "proxy.local".to_owned()]);
        let sentence = refused.expect_err("a name is no network").to_string();
        assert!(
            sentence.contains("server.trusted_proxies has `proxy.local`"),
            "{sentence}"
        );
    }
}
