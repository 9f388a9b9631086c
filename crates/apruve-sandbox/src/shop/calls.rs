//! The calls of the page that are forwarded to the service, and the token for each.

use actix_web::http::Method;

/// The role whose token a call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallerRole {
    Storefront,
    Office,
}

/// The role for a call, by its method and its path below `/v1`; `None` for calls that are not forwarded.
pub fn role(method: &Method, path: &str) -> Option<CallerRole> {
    let segments: Vec<&str> = path.split('/').collect();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !segments.iter().all(|segment| segment.bytes().all(plain)) {
        return None;
    }
    match (method.as_str(), segments.as_slice()) {
        ("GET", ["payments", _])
        | ("POST", ["payments"] | ["payments", _, "authorize"] | ["checkout", "payment-methods"]) => {
            Some(CallerRole::Storefront)
        }
        (
            "POST",
            [
                "payments",
                _,
                "invoices" | "refunds" | "sync" | "capture" | "cancel",
            ]
            | [
                "payments",
                _,
                "invoices",
                _,
                "issue" | "cancel" | "shipments",
            ],
        ) => Some(CallerRole::Office),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_shops_own_calls_are_passed_on() {
        let (get, post) = (Method::GET, Method::POST);
        for (method, path, expected) in [
            (
                &post,
                "checkout/payment-methods",
                Some(CallerRole::Storefront),
            ),
            (&post, "payments", Some(CallerRole::Storefront)),
            (&get, "payments/payment_01", Some(CallerRole::Storefront)),
            (
                &post,
                "payments/payment_01/authorize",
                Some(CallerRole::Storefront),
            ),
            (
                &post,
                "payments/payment_01/invoices",
                Some(CallerRole::Office),
            ),
            (
                &post,
                "payments/p/invoices/txn_1/shipments",
                Some(CallerRole::Office),
            ),
            (&post, "payments/p/refunds", Some(CallerRole::Office)),
            (&get, "payments", None),
            (&get, "integrations/integration_01", None),
            (&post, "integrations", None),
            (&get, "payments/..", None),
            (&get, "payments/%2e%2e", None),
            (&get, "payments/p?x=y", None),
            (&Method::DELETE, "payments/p", None),
        ] {
            assert_eq!(role(method, path), expected, "{method} {path}");
        }
    }
}
