//! Faults on demand: what goes wrong with which call or webhook, and how often.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::ErrorShape;

/// Something that goes wrong with calls to the API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CallFault {
    /// `POST`; every method where absent.
    #[serde(default)]
    pub method: Option<String>,
    /// Below `/api/v4`, such as `/orders/*/invoices`; `*` is any one segment, a last `**` any number of them.
    #[serde(default = "anything")]
    pub path: String,
    #[serde(default)]
    pub when: When,
    pub effect: CallEffect,
    #[serde(flatten)]
    pub turns: Turns,
}

/// Whether the work of a call is already done when the fault strikes. A call that is answered or cut before its work leaves
/// nothing behind; one that is only delayed is still done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    #[default]
    Before,
    After,
}

/// What goes wrong with a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum CallEffect {
    /// It takes this long; the work is done even if the caller hangs up meanwhile.
    Delay { ms: u64 },
    /// It goes on when the faults are taken away; as with a delay, the work is done even if the caller is gone by then.
    Hold,
    /// It is answered with this status, and with an error of this shape or with this very body.
    Answer {
        status: u16,
        #[serde(default = "usual_shape")]
        shape: ErrorShape,
        /// Such as `{"Retry-After": "7"}`.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// A text is sent as it is, anything else as JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Value>,
    },
    /// The connection is closed without an answer.
    Cut,
}

/// Something that goes wrong with webhooks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookFault {
    /// Such as `invoice.*` or `order.accepted`.
    #[serde(default = "anything")]
    pub event: String,
    pub effect: WebhookEffect,
    #[serde(flatten)]
    pub turns: Turns,
}

/// What goes wrong with a webhook.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum WebhookEffect {
    /// It is never sent.
    Lose,
    /// So many copies of it are sent side by side.
    Duplicate { copies: u32 },
    /// It waits for the next one to the same address and goes after it.
    Reorder,
    /// It goes this much later.
    Late { seconds: u32 },
    /// Its signature is not what it should be.
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
    /// A good one, of another key.
    OtherKey,
    /// A good one, of another body.
    OtherBody,
}

/// When a fault strikes, counted over the calls or webhooks that match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Turns {
    /// So many pass unharmed first.
    #[serde(default)]
    pub skip: u32,
    /// So many are struck; null is every one from then on.
    #[serde(default = "once")]
    pub count: Option<u32>,
}

fn anything() -> String {
    "**".to_owned()
}

fn once() -> Option<u32> {
    Some(1)
}

fn usual_shape() -> ErrorShape {
    ErrorShape::Errors
}

impl Turns {
    /// Counts one that matches, and says whether it is struck.
    fn strikes(&mut self) -> bool {
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

/// The faults that are set.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    pub calls: Vec<CallFault>,
    pub webhooks: Vec<WebhookFault>,
}

impl Faults {
    /// What strikes this call; `path` is below `/api/v4`, without a suffix.
    pub fn of_call(&mut self, method: &str, path: &[&str]) -> Vec<(When, CallEffect)> {
        let matches = |fault: &CallFault| {
            let wanted = fault.method.as_deref();
            wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
                && fits(fault.path.trim_matches('/').split('/'), path)
        };
        let faults = self.calls.iter_mut().filter(|fault| matches(fault));
        let struck = faults
            .filter_map(|fault| {
                let struck = fault.turns.strikes();
                struck.then(|| (fault.when, fault.effect.clone()))
            })
            .collect();
        self.calls.retain(|fault| !fault.turns.is_over());
        struck
    }

    /// What strikes this webhook.
    pub fn of_webhook(&mut self, event: &str) -> Vec<WebhookEffect> {
        let words: Vec<&str> = event.split('.').collect();
        let faults = self.webhooks.iter_mut();
        let struck = faults
            .filter(|fault| fits(fault.event.split('.'), &words))
            .filter_map(|fault| fault.turns.strikes().then(|| fault.effect.clone()))
            .collect();
        self.webhooks.retain(|fault| !fault.turns.is_over());
        struck
    }
}

fn fits<'a>(pattern: impl Iterator<Item = &'a str>, words: &[&str]) -> bool {
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
        let fits = |pattern: &str, path: &str| {
            let path: Vec<&str> = path.split('/').collect();
            fits(pattern.split('/'), &path)
        };
        assert!(fits("orders", "orders"));
        assert!(fits("orders/*/invoices", "orders/7/invoices"));
        assert!(fits("orders/**", "orders/7/invoices"));
        assert!(fits("**", "merchants"));
        assert!(!fits("orders", "orders/7"));
        assert!(!fits("orders/*", "orders"));
        assert!(!fits("orders/*/invoices", "orders/7/cancel"));
    }

    #[test]
    fn a_fault_strikes_after_those_it_skips_and_as_often_as_it_says() {
        let mut faults = Faults::default();
        let fault = r#"{"path": "/orders", "method": "post", "skip": 1, "count": 2, "effect": {"kind": "cut"}}"#;
        faults
            .calls
            .push(serde_json::from_str(fault).expect("a fault"));
        let mut struck = |method| faults.of_call(method, &["orders"]).len();
        assert_eq!(struck("GET"), 0);
        assert_eq!(
            [
                struck("POST"),
                struck("POST"),
                struck("POST"),
                struck("POST")
            ],
            [0, 1, 1, 0]
        );
        assert!(faults.calls.is_empty());
    }

    #[test]
    fn a_fault_without_a_count_strikes_once_and_with_null_always() {
        let read = |text: &str| serde_json::from_str::<WebhookFault>(text).expect("a fault");
        let once = read(r#"{"effect": {"kind": "lose"}}"#);
        assert_eq!(once.turns.count, Some(1));
        let always = read(r#"{"effect": {"kind": "lose"}, "count": null}"#);
        assert_eq!(always.turns.count, None);
    }
}
