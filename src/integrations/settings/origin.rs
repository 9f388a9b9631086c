//! The origin of an Apruve account: scheme, host and port, without a path.

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::outbound::HostPolicy;

/// An origin the service may call, without a trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountOrigin(String);

impl AccountOrigin {
    /// Parses a URL. The API's path `/api/v4` is cut off; any other path is refused. The error is a sentence for the
    /// caller.
    pub fn parse(text: &str, policy: &HostPolicy) -> Result<Self, String> {
        let url = Url::parse(text)
            .ok()
            .filter(Url::has_host)
            .ok_or_else(|| "`baseUrl` must be a URL such as https://test.apruve.com.".to_owned())?;
        policy
            .check(&url)
            .map_err(|refused| format!("`baseUrl` is rejected: {refused}"))?;
        let is_api = matches!(url.path().trim_end_matches('/'), "" | "/api/v4");
        if !is_api || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "`baseUrl` must be an origin such as https://test.apruve.com, without a path: /api/v4 is added."
                    .to_owned(),
            );
        }
        Ok(AccountOrigin(url.origin().ascii_serialization()))
    }

    /// The text, such as `https://test.apruve.com`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Settings, Sources};

    fn parse(text: &str) -> Result<String, String> {
        let settings = Settings::load(Sources {
            environment: Some(Vec::new()),
            ..Sources::default()
        })
        .expect("the defaults load");
        let policy = HostPolicy::new(&settings).expect("the defaults have a policy");
        AccountOrigin::parse(text, &policy).map(|origin| origin.0)
    }

    #[test]
    fn an_origin_is_taken_with_or_without_the_path_of_the_api() {
        for (text, origin) in [
            ("https://test.apruve.com", "https://test.apruve.com"),
            ("https://test.apruve.com/", "https://test.apruve.com"),
            (
                "https://TEST.apruve.com:443/api/v4",
                "https://test.apruve.com",
            ),
            ("http://127.0.0.1:4000/api/v4/", "http://127.0.0.1:4000"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(origin), "{text}");
        }
    }

    #[test]
    fn anything_behind_the_origin_is_refused() {
        for text in [
            "https://test.apruve.com/api/v3",
            "https://test.apruve.com/api/v4/merchants",
            "https://test.apruve.com/?a=b",
            "https://test.apruve.com/#a",
            "https://user@test.apruve.com",
            "test.apruve.com",
            "mailto:a@test.apruve.com",
            "",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn another_host_is_refused_with_the_setting_that_would_allow_it() {
        let sentence = parse("https://evil.example").expect_err("not an allowed host");
        assert!(sentence.contains("apruve.allowed_hosts"), "{sentence}");
    }
}
