//! The policy for receivers of notifications: public hosts, and hosts that the operator configured.

use reqwest::Url;

use super::{
    Host, HostPolicy, UrlRefusal, is_development, is_loopback, is_never_allowed, is_public, literal,
};
use crate::config::{Settings, WrongSettings};

/// The allowed ports of public receivers.
const PORTS: [u16; 2] = [443, 8443];

impl HostPolicy {
    /// Allows every public host by https on port 443 or 8443. Hosts of `notifications.allowed_hosts`, and loopback
    /// while the service itself listens there, may also be private, use http and any port.
    pub fn for_receivers(settings: &Settings) -> Result<Self, WrongSettings> {
        let listed = &settings.notifications.allowed_hosts;
        Ok(HostPolicy {
            hosts: Host::parse_all("notifications.allowed_hosts", listed)?,
            loopback_allowed: is_development(&settings.server),
            is_open: true,
        })
    }

    pub(super) fn check_receiver(&self, url: &Url, host: &str) -> Result<(), UrlRefusal> {
        let refused = |sentence: String| Err(UrlRefusal { sentence });
        if !matches!(url.scheme(), "https" | "http") {
            return refused(format!("`{}` is not https.", url.scheme()));
        }
        let address = literal(host);
        if address.is_some_and(is_never_allowed) {
            return refused(format!("`{host}` is not an address of a server."));
        }
        let is_listed = self.hosts.iter().any(|it| it.is_host_of(url));
        if is_listed || (is_loopback(host) && self.loopback_allowed) {
            return Ok(());
        }
        // A listed name may resolve to a private address, so ports that are not listed stay refused.
        let is_private = is_loopback(host)
            || address.is_some_and(|it| !is_public(it))
            || self.is_written_down(host);
        if is_private {
            let port = url.port_or_known_default().unwrap_or_default();
            return refused(format!(
                "`{host}` on port {port} is not on the public internet and not listed in notifications.allowed_hosts."
            ));
        }
        if url.scheme() != "https" {
            return refused(format!("`{host}` must be called by https."));
        }
        match url.port_or_known_default() {
            Some(port) if PORTS.contains(&port) => Ok(()),
            _ => refused(format!("`{host}` must be called on port 443 or 8443.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sources;

    fn policy(listen: &str, allowed: &str) -> HostPolicy {
        let pairs = [
            ("ONTERMS__SERVER__HOST", listen),
            ("ONTERMS__NOTIFICATIONS__ALLOWED_HOSTS", allowed),
        ];
        let settings = Settings::load(Sources {
            environment: Some(
                pairs
                    .map(|(key, value)| (key.to_owned(), value.to_owned()))
                    .into(),
            ),
            ..Sources::default()
        });
        HostPolicy::for_receivers(&settings.expect("the settings fit")).expect("the hosts fit")
    }

    fn allows(policy: &HostPolicy, url: &str) -> bool {
        policy
            .check(&Url::parse(url).expect("a test writes valid URLs"))
            .is_ok()
    }

    #[test]
    fn anybody_public_by_https_and_what_is_listed_by_any_way() {
        let policy = policy("0.0.0.0", "hook.internal,10.0.0.7:9000,localhost:4000");
        for url in [
            "https://shop.example/hook?token=1",
            "https://shop.example:8443/",
            "https://1.1.1.1/",
            "https://[2606:4700::1111]/",
            "http://hook.internal:81/",
            "https://hook.internal/",
            "http://10.0.0.7:9000/",
            "http://localhost:4000/",
        ] {
            assert!(allows(&policy, url), "{url}");
        }
        for url in [
            "http://shop.example/",
            "https://shop.example:9443/",
            "https://user:secret@shop.example/",
            "ftp://hook.internal/",
            "https://10.0.0.7/",
            "https://10.0.0.8/",
            "https://169.254.169.254/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://127.1/",
            "https://2130706433/",
            "https://localhost/",
            "https://a.localhost/",
            "http://localhost:4001/",
        ] {
            assert!(!allows(&policy, url), "{url}");
        }
    }

    #[test]
    fn loopback_is_a_receiver_in_development_alone() {
        let url = "http://127.0.0.1:4000/";
        assert!(allows(&policy("127.0.0.1", ""), url));
        assert!(!allows(&policy("0.0.0.0", ""), url));
        let development = policy("127.0.0.1", "");
        assert!(!allows(&development, "http://10.0.0.7/"));
        let may = |name: &str, address: &str| {
            development.may_connect(name, address.parse().expect("an address"))
        };
        assert!(may("shop.example", "1.1.1.1"));
        assert!(!may("shop.example", "127.0.0.1"));
        assert!(!may("shop.example", "10.0.0.1"));
    }
}
