//! Which websites a token is good for.

use std::sync::Arc;

use crate::http::problem::{FieldError, Kind, Problem};

/// The websites of a caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Websites {
    /// All websites, and objects that belong to no website.
    #[default]
    All,
    /// Only these websites; an empty list means none.
    Only(Arc<[String]>),
}

impl Websites {
    /// Whether the caller may access an object of this website.
    pub fn include(&self, website: Option<&str>) -> bool {
        match self {
            Websites::All => true,
            Websites::Only(names) => {
                website.is_some_and(|website| names.iter().any(|name| name == website))
            }
        }
    }

    /// The names of the websites that the caller is bound to; `None` if it is not bound.
    pub fn names(&self) -> Option<&[String]> {
        match self {
            Websites::All => None,
            Websites::Only(names) => Some(names),
        }
    }

    /// Whether the caller is bound to websites.
    pub fn is_bound(&self) -> bool {
        self.names().is_some()
    }

    /// The website of a new object. The caller may omit it if only one is possible.
    pub fn choose(&self, named: Option<&str>) -> Result<Option<String>, WebsiteRefusal> {
        let Websites::Only(names) = self else {
            return Ok(named.map(str::to_owned));
        };
        match (named, &names[..]) {
            (Some(named), _) if self.include(Some(named)) => Ok(Some(named.to_owned())),
            (None, [only]) => Ok(Some(only.clone())),
            (None, [_, _, ..]) => Err(WebsiteRefusal::Required),
            _ => Err(WebsiteRefusal::NotYours),
        }
    }
}

/// Why a caller may not act for a website.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebsiteRefusal {
    /// The token is bound to other websites.
    #[error("the token is bound to other websites")]
    NotYours,
    /// The token is good for several websites, and the request names none.
    #[error("the token is good for several websites, and none was named")]
    Required,
}

impl From<WebsiteRefusal> for Problem {
    fn from(refusal: WebsiteRefusal) -> Self {
        match refusal {
            WebsiteRefusal::NotYours => Problem::new(
                Kind::WebsiteNotYours,
                "The token is bound to other websites than this one; `GET /v1/me` lists them.",
            ),
            WebsiteRefusal::Required => {
                let message = "Name the `website`: the token is good for several.";
                let error = FieldError::at("/website", "required", message);
                Problem::new(Kind::WebsiteRequired, message).with_errors(vec![error])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_website_is_chosen_where_only_one_is_possible() {
        let only =
            |names: &[&str]| Websites::Only(names.iter().map(|it| (*it).to_owned()).collect());
        let us = Some("us".to_owned());
        for (websites, named, chosen) in [
            (Websites::All, None, Ok(None)),
            (Websites::All, Some("us"), Ok(us.clone())),
            (only(&["us"]), None, Ok(us.clone())),
            (only(&["us", "eu"]), Some("us"), Ok(us)),
            (only(&["us", "eu"]), None, Err(WebsiteRefusal::Required)),
            (only(&["us"]), Some("eu"), Err(WebsiteRefusal::NotYours)),
            (only(&[]), None, Err(WebsiteRefusal::NotYours)),
            (only(&[]), Some("us"), Err(WebsiteRefusal::NotYours)),
        ] {
            assert_eq!(websites.choose(named), chosen, "{websites:?} {named:?}");
        }
    }
}
