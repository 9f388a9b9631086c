//! Faults on demand: which calls or webhooks fail, how, and how often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::ErrorShape;

/// A fault for calls to the API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallFault {
    /// Such as `POST`; every method if absent.
    #[serde(default)]
    pub method: Option<String>,
    /// Below `/api/v4`, such as `/orders/*/invoices`; `*` is any one segment, a final `**` any number of them.
    #[serde(default = "anything")]
    pub path: String,
    #[serde(default)]
    pub when: FaultTiming,
    pub effect: CallEffect,
    #[serde(flatten)]
    pub count: FaultCount,
}

/// Whether a call is executed before or after its fault. A call that is answered or cut before it is executed has no effect;
/// one that is only delayed is still executed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FaultTiming {
    #[default]
    Before,
    After,
}

/// The fault of a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CallEffect {
    /// The call takes this long; it is executed even if the caller hangs up.
    Delay { ms: u64 },
    /// The call waits until the faults are removed; it is executed even if the caller hangs up.
    Hold,
    /// The call is answered with this status, and with an error of this shape or with this body.
    Answer {
        status: u16,
        #[serde(default)]
        shape: ErrorShape,
        /// Such as `{"Retry-After": "7"}`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// A text is sent unchanged, any other value as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
    },
    /// The connection is closed without an answer.
    Cut,
}

/// A fault for webhooks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookFault {
    /// Such as `invoice.*` or `order.accepted`.
    #[serde(default = "anything")]
    pub event: String,
    pub effect: WebhookEffect,
    #[serde(flatten)]
    pub count: FaultCount,
}

/// The fault of a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WebhookEffect {
    /// The webhook is never sent.
    Lose,
    /// This many copies of the webhook are sent in parallel.
    Duplicate { copies: u32 },
    /// The webhook is sent after the next one to the same endpoint.
    Reorder,
    /// The webhook is sent this much later.
    Late { seconds: u32 },
    /// The webhook has a signature of this kind.
    BadSignature { signature: Signature },
}

/// How a webhook is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signature {
    #[default]
    Right,
    Missing,
    /// Not a signature at all.
    Garbage,
    /// A valid one, of another key.
    OtherKey,
    /// A valid one, of another body.
    OtherBody,
}

/// How often a fault applies, counted over the matching calls or webhooks.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FaultCount {
    /// The number of matches before the fault applies.
    #[serde(default)]
    pub skip: u32,
    /// The fault applies this many times; null means always.
    #[serde(default = "once")]
    pub count: Option<u32>,
}

fn anything() -> String {
    "**".to_owned()
}

fn once() -> Option<u32> {
    Some(1)
}

impl FaultCount {
    /// Counts a matching call or webhook, and returns whether the fault applies to it.
    fn applies_next(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        match &mut self.count {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    fn is_over(&self) -> bool {
        self.count == Some(0)
    }
}

/// The current faults.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    pub calls: Vec<CallFault>,
    pub webhooks: Vec<WebhookFault>,
}

impl Faults {
    /// The faults for this call; `path` is below `/api/v4`, without a suffix.
    pub fn of_call(&mut self, method: &str, path: &[&str]) -> Vec<(FaultTiming, CallEffect)> {
        let matches = |fault: &CallFault| {
            let wanted = fault.method.as_deref();
            wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && matches_pattern(fault.path.trim_matches('/').split('/'), path)
        };
        let faults = self.calls.iter_mut().filter(|fault| matches(fault));
        let applied = faults
            .filter_map(|fault| {
                let applied = fault.count.applies_next();
                applied.then(|| (fault.when, fault.effect.clone()))
            })
            .collect();
        self.calls.retain(|fault| !fault.count.is_over());
        applied
    }

    /// The faults for this webhook.
    pub fn of_webhook(&mut self, event: &str) -> Vec<WebhookEffect> {
        let words: Vec<&str> = event.split('.').collect();
        let faults = self.webhooks.iter_mut();
        let applied = faults
            .filter(|fault| matches_pattern(fault.event.split('.'), &words))
            .filter_map(|fault| fault.count.applies_next().then(|| fault.effect.clone()))
            .collect();
        self.webhooks.retain(|fault| !fault.count.is_over());
        applied
    }
}

fn matches_pattern<'a>(pattern: impl Iterator<Item = &'a str>, words: &[&str]) -> bool {
    let mut words = words.iter();
    for wanted in pattern {
        if wanted == "**" {
            return true;
        }
        match words.next() {
            Some(word) if wanted == "*" || wanted == *word => {}
            _ => return false,
        }
    }
    words.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_segment_by_segment() {
        let matches_pattern = |pattern: &str, path: &str| {
            let path: Vec<&str> = path.split('/').collect();
            matches_pattern(pattern.split('/'), &path)
        };
        assert!(matches_pattern("orders", "orders"));
        assert!(matches_pattern("orders/*/invoices", "orders/7/invoices"));
        assert!(matches_pattern("orders/**", "orders/7/invoices"));
        assert!(matches_pattern("**", "merchants"));
        assert!(!matches_pattern("orders", "orders/7"));
        assert!(!matches_pattern("orders/*", "orders"));
        assert!(!matches_pattern("orders/*/invoices", "orders/7/cancel"));
    }

    #[test]
    fn a_fault_strikes_after_those_it_skips_and_as_often_as_it_says() {
        let mut faults = Faults::default();
        let fault = r#"{"path": "/orders", "method": "post", "skip": 1, "count": 2, "effect": {"kind": "cut"}}"#;
        faults
            .calls
            .push(serde_json::from_str(fault).expect("a fault"));
        let mut applied = |method| faults.of_call(method, &["orders"]).len();
        assert_eq!(applied("GET"), 0);
        assert_eq!(
            [
                applied("POST"),
                applied("POST"),
                applied("POST"),
                applied("POST")
            ],
            [0, 1, 1, 0]
        );
        assert!(faults.calls.is_empty());
    }

    #[test]
    fn a_fault_without_a_count_strikes_once_and_with_null_always() {
        let read = |text: &str| serde_json::from_str::<WebhookFault>(text).expect("a fault");
        let once = read(r#"{"effect": {"kind": "lose"}}"#);
        assert_eq!(once.count.count, Some(1));
        let always = read(r#"{"effect": {"kind": "lose"}, "count": null}"#);
        assert_eq!(always.count.count, None);
    }
}
