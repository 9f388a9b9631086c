//! The proxy of `outbound.proxy`, for networks without direct access to the internet.
//!
//! Names are still looked up and checked here, and the proxy gets the checked address; TLS and the Host header keep the
//! name. Only a host that the operator configured may be looked up by the proxy, and only if it cannot be looked up
//! here. Loopback is called directly.

use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use reqwest::{Url, header::HeaderValue};

use crate::{config::WrongSettings, secret::SecretText};

/// The address of the proxy, and its credentials.
#[derive(Clone)]
pub struct Proxy {
    pub(super) address: http::Uri,
    pub(super) authorization: Option<HeaderValue>,
}

impl Proxy {
    /// Parses `http://[user:password@]host:port`; an empty text is no proxy. The error does not quote the text, which
    /// may contain a password.
    pub fn read(text: &SecretText) -> Result<Option<Self>, WrongSettings> {
        if text.is_empty() {
            return Ok(None);
        }
        let proxy = parse(text.expose()).ok_or_else(|| {
            WrongSettings(
                "outbound.proxy must be \"http://host:port\" or \"http://user:password@host:port\"."
                    .to_owned(),
            )
        })?;
        Ok(Some(proxy))
    }
}

fn parse(text: &str) -> Option<Proxy> {
    let url = Url::parse(text).ok()?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if url.scheme() != "http" || !url.has_host() || !is_bare {
        return None;
    }
    // The library decodes the percent-encoded user and password.
    let matcher = Matcher::builder().all(url.as_str().to_owned()).build();
    let found: Intercept = matcher.intercept(&http::Uri::from_static("https://any.example/"))?;
    Some(Proxy {
        address: found.uri().clone(),
        authorization: found.basic_auth().cloned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Proxy>, WrongSettings> {
        Proxy::read(&SecretText::new(text))
    }

    #[test]
    fn a_proxy_is_a_host_and_a_port_with_or_without_a_user() {
        for (text, address, authorization) in [
            (
                "http://proxy.internal:3128",
                "http://proxy.internal:3128/",
                None,
            ),
            ("http://10.0.0.1:8080/", "http://10.0.0.1:8080/", None),
            ("http://[fd00::1]:3128", "http://[fd00::1]:3128/", None),
            // "me:s3:cret" in Base64.
            (
                "http://me:s3%3Acret@proxy:1",
                "http://proxy:1/",
                Some("Basic bWU6czM6Y3JldA=="),
            ),
        ] {
            let proxy = read(text).expect(text).expect("a proxy");
            assert_eq!(proxy.address.to_string(), address);
            let shown = proxy
                .authorization
                .map(|it| it.to_str().expect("text").to_owned());
            assert_eq!(shown.as_deref(), authorization, "{text}");
        }
        assert!(read("").expect("no proxy is fine").is_none());
    }

    #[test]
    fn anything_else_is_refused_without_being_repeated() {
        for text in [
            "proxy.internal:3128",
            "https://s3cret@proxy:1",
            "socks5://s3cret:s3cret@proxy:1",
            "http://",
            "http://s3cret@proxy:1/path",
            "http://s3cret@proxy:1/?a=b",
            "http://s3cret@proxy:99999",
        ] {
            let sentence = read(text)
                .err()
                .unwrap_or_else(|| panic!("{text} was taken"));
            assert!(sentence.0.starts_with("outbound.proxy "), "{sentence}");
            assert!(!sentence.0.contains("s3cret"), "{sentence}");
        }
    }
}
