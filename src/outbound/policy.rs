//! Which hosts a client may call, and which addresses their names may resolve to.

mod receivers;

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use reqwest::Url;

use super::{
    NOT_PUBLIC,
    address::{is_never_allowed, is_public},
};
use crate::config::{ServerSettings, Settings, WrongSettings};

/// The providers' own hosts.
const PROVIDER_HOSTS: [&str; 2] = ["app.apruve.com", "test.apruve.com"];

/// The hosts that may be called for one purpose.
#[derive(Clone, Debug)]
pub struct HostPolicy {
    hosts: Vec<Host>,
    loopback_allowed: bool,
    /// Whether any public host is allowed in addition; see [`HostPolicy::for_receivers`].
    is_open: bool,
}

#[derive(Clone, Debug)]
struct Host {
    name: String,
    /// The allowed port; `None` allows any.
    port: Option<u16>,
    /// Whether the operator configured the host, so that it may be in a private network.
    written_down: bool,
}

/// Why a URL is refused, as one sentence for the administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct UrlRefusal {
    /// Names the host and what would be allowed.
    pub sentence: String,
}

impl HostPolicy {
    /// The providers' hosts, those of `apruve.allowed_hosts`, and loopback while the service itself listens there.
    pub fn new(settings: &Settings) -> Result<Self, WrongSettings> {
        let mut hosts: Vec<Host> = PROVIDER_HOSTS
            .iter()
            .map(|name| Host {
                name: (*name).to_owned(),
                port: None,
                written_down: false,
            })
            .collect();
        let key = "apruve.allowed_hosts";
        hosts.extend(Host::parse_all(key, &settings.apruve.allowed_hosts)?);
        Ok(HostPolicy {
            hosts,
            loopback_allowed: is_development(&settings.server),
            is_open: false,
        })
    }

    /// A policy that allows only the host of one configured URL.
    pub fn only(url: &Url) -> Self {
        HostPolicy {
            hosts: url
                .host_str()
                .map(|name| Host {
                    name: name.to_owned(),
                    port: url.port_or_known_default(),
                    written_down: true,
                })
                .into_iter()
                .collect(),
            loopback_allowed: false,
            is_open: false,
        }
    }

    /// Checks whether a URL may be called. The addresses of its host are checked when connecting.
    pub fn check(&self, url: &Url) -> Result<(), UrlRefusal> {
        let refused = |sentence: String| Err(UrlRefusal { sentence });
        let Some(host) = url.host_str() else {
            return refused("The URL has no host.".to_owned());
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refused("The URL must not carry a user name or password.".to_owned());
        }
        if self.is_open {
            return self.check_receiver(url, host);
        }
        let loopback = is_loopback(host);
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return refused(format!("`{host}` must be called by https.")),
            other => return refused(format!("`{other}` is not https.")),
        }
        let known = self.hosts.iter().any(|host| host.is_host_of(url))
            || (loopback && self.loopback_allowed);
        if !known {
            return refused(format!(
                "`{host}` is neither {} nor listed in apruve.allowed_hosts.",
                PROVIDER_HOSTS.join(", ")
            ));
        }
        if literal(host).is_some_and(is_never_allowed) {
            return refused(format!("`{host}` is not an address of a server."));
        }
        Ok(())
    }

    /// Whether a connection for `name` may be made to `address`.
    pub fn may_connect(&self, name: &str, address: IpAddr) -> bool {
        if is_loopback(name) {
            return address.to_canonical().is_loopback();
        }
        is_public(address) || (self.is_written_down(name) && !is_never_allowed(address))
    }

    /// Filters the addresses of a name by the policy; an error if none is left.
    pub(super) fn keep_allowed(
        &self,
        name: &str,
        found: impl Iterator<Item = SocketAddr>,
    ) -> io::Result<Vec<SocketAddr>> {
        let allowed: Vec<_> = found
            .filter(|address| self.may_connect(name, address.ip()))
            .collect();
        if allowed.is_empty() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, NOT_PUBLIC));
        }
        Ok(allowed)
    }

    /// Whether the operator configured the host. Only such a name may be resolved by the proxy if it cannot be resolved
    /// here.
    pub(super) fn is_written_down(&self, name: &str) -> bool {
        self.hosts
            .iter()
            .any(|host| host.written_down && host.name.eq_ignore_ascii_case(name))
    }
}

impl Host {
    fn parse_all(key: &str, entries: &[String]) -> Result<Vec<Self>, WrongSettings> {
        let parse = |entry: &String| {
            Host::parse(entry).ok_or_else(|| {
                WrongSettings(format!(
                    "{key} has `{entry}`, which is neither \"host\" nor \"host:port\"."
                ))
            })
        };
        entries.iter().map(parse).collect()
    }

    fn parse(entry: &str) -> Option<Self> {
        let (host, port) = match entry.rsplit_once(':') {
            // The colons of a bare IPv6 address do not separate a port; those need brackets.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (entry, None),
        };
        let url = Url::parse(&format!("https://{host}/")).ok()?;
        let only_a_host = url.path() == "/" && url.port().is_none() && url.username().is_empty();
        Some(Host {
            name: url.host_str().filter(|_| only_a_host)?.to_owned(),
            port,
            written_down: true,
        })
    }

    fn is_host_of(&self, url: &Url) -> bool {
        url.host_str() == Some(&self.name)
            && (self.port.is_none() || self.port == url.port_or_known_default())
    }
}

/// Whether the service runs on a developer's machine. A service that listens on loopback behind a reverse proxy does
/// not count: there, an administrator of integrations could reach other ports of the machine.
fn is_development(server: &ServerSettings) -> bool {
    let public_host = Url::parse(&server.public_base_url).ok();
    let public_host = public_host.as_ref().and_then(Url::host_str);
    server.host.is_loopback()
        && server.trusted_proxies.is_empty()
        && public_host.is_none_or(is_loopback)
}

/// The IP address in the host of a URL, if it is one.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

/// Whether a host name or address is loopback.
pub(super) fn is_loopback(host: &str) -> bool {
    match literal(host) {
        Some(address) => address.to_canonical().is_loopback(),
        None => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    fn policy(listen: &str, allowed: &str) -> HostPolicy {
        policy_of(&[
            ("ONTERMS__SERVER__HOST", listen),
            ("ONTERMS__APRUVE__ALLOWED_HOSTS", allowed),
        ])
    }

    fn policy_of(environment: &[(&str, &str)]) -> HostPolicy {
        let settings = Settings::load(Sources {
            environment: Some(
                environment
                    .iter()
                    .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
                    .collect(),
            ),
            ..Sources::default()
        })
        .expect("the settings fit");
        HostPolicy::new(&settings).expect("the hosts fit")
    }

    fn allows(policy: &HostPolicy, url: &str) -> bool {
        policy
            .check(&Url::parse(url).expect("a test writes valid URLs"))
            .is_ok()
    }

    #[test]
    fn only_https_to_known_hosts_and_loopback_in_development() {
        let policy = policy(
            "127.0.0.1",
            "pay.example,proxy.example:8443,[fd00::1]:9,10.0.0.7",
        );
        for url in [
            "https://app.apruve.com/api/v4",
            "https://test.apruve.com:443/",
            "https://pay.example:1234/",
            "https://proxy.example:8443/",
            "https://[fd00::1]:9/",
            "https://10.0.0.7/",
            "http://127.0.0.1:4000/",
            "http://127.1:4000/",
            "http://[::1]:4000/",
            "http://localhost:4000/",
        ] {
            assert!(allows(&policy, url), "{url}");
        }
        for url in [
            "http://app.apruve.com/",
            "https://app.apruve.com.evil.example/",
            "https://app.apruve.com./",
            "https://app.apruve.com@evil.example/",
            "https://user:secret@app.apruve.com/",
            "https://evil.example/",
            "https://proxy.example/",
            "https://10.0.0.8/",
            "https://169.254.169.254/",
            "http://localhost.evil.example/",
            "ftp://app.apruve.com/",
            "file:///etc/passwd",
        ] {
            assert!(!allows(&policy, url), "{url}");
        }
    }

    #[test]
    fn loopback_is_refused_once_the_service_listens_elsewhere_unless_it_is_listed() {
        let public = policy("0.0.0.0", "localhost:4000");
        assert!(!allows(&public, "http://127.0.0.1:4000/"));
        assert!(!allows(&public, "http://localhost:4001/"));
        assert!(allows(&public, "http://localhost:4000/"));
    }

    #[test]
    fn loopback_is_refused_behind_a_proxy_on_the_same_machine() {
        let base = "ONTERMS__SERVER__PUBLIC_BASE_URL";
        let proxies = "ONTERMS__SERVER__TRUSTED_PROXIES";
        for (environment, allowed) in [
            (&[][..], true),
            (&[(base, "http://localhost:8080")], true),
            (&[(base, "http://127.0.0.1:8080")], true),
            (&[(base, "https://pay.shop.example")], false),
            (&[(base, "https://localhost.shop.example")], false),
            (&[(proxies, "127.0.0.1")], false),
            (
                &[(proxies, "10.0.0.0/8"), (base, "http://localhost")],
                false,
            ),
        ] {
            let policy = policy_of(environment);
            assert_eq!(
                allows(&policy, "http://127.0.0.1:4000/"),
                allowed,
                "{environment:?}"
            );
            assert_eq!(
                allows(&policy, "http://localhost:22/"),
                allowed,
                "{environment:?}"
            );
        }
    }

    #[test]
    fn a_known_name_must_lead_to_a_public_address_and_a_listed_one_not_to_metadata() {
        let policy = policy("127.0.0.1", "pay.example");
        let may = |name: &str, address: &str| {
            policy.may_connect(
                name,
                address.parse().expect("a test writes valid addresses"),
            )
        };
        assert!(may("app.apruve.com", "1.1.1.1"));
        assert!(!may("app.apruve.com", "10.0.0.1"));
        assert!(!may("app.apruve.com", "127.0.0.1"));
        assert!(may("pay.example", "10.0.0.1"));
        assert!(!may("pay.example", "169.254.169.254"));
        assert!(may("localhost", "127.0.0.1"));
        assert!(!may("localhost", "1.1.1.1"));
    }

    #[test]
    fn an_entry_that_is_no_host_is_named() {
        let settings = Settings::load(Sources {
            environment: Some(vec![(
                "ONTERMS__APRUVE__ALLOWED_HOSTS".to_owned(),
                "https://pay.example/".to_owned(),
            )]),
            ..Sources::default()
        })
        .expect("the settings load");
        let error = HostPolicy::new(&settings).expect_err("a URL is not a host");
        assert!(
            error.to_string().contains("apruve.allowed_hosts"),
            "{error}"
        );
    }
}
