//! A payment method's id: its type, then the suffix of its integration's id.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::openapi::{RefOr, Schema};

use crate::{
    http::text_value::{TextValue, text_schema, text_values},
    ids::IntegrationId,
    payment_methods::MethodType,
};

/// Names a payment method, such as `apruve_01h455vb4pex5vsknk084sn02q`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PaymentMethodId {
    pub kind: MethodType,
    pub integration: IntegrationId,
}

impl PaymentMethodId {
    /// Parses an id; it does not check that the method exists.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, suffix) = text.rsplit_once('_')?;
        let integration = format!("integration_{suffix}").parse().ok()?;
        Some(PaymentMethodId {
            kind: MethodType::parse(word)?,
            integration,
        })
    }
}

impl Serialize for PaymentMethodId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PaymentMethodId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        PaymentMethodId::parse(&text).ok_or_else(|| de::Error::custom("not a payment method's id"))
    }
}

text_values! {
    PaymentMethodId: "the id of a payment method", PaymentMethodId::parse, text_schema(Some(1), None);
}

impl fmt::Display for PaymentMethodId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let integration = self.integration.to_string();
        let suffix = integration
            .rsplit_once('_')
            .map_or("", |(_, suffix)| suffix);
        write!(f, "{}_{suffix}", self.kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for kind in MethodType::ALL.iter().copied() {
            let id = PaymentMethodId {
                kind,
                integration: crate::ids::fresh(chrono::DateTime::UNIX_EPOCH),
            };
            assert_eq!(PaymentMethodId::parse(&id.to_string()), Some(id));
        }
        for text in ["apruve", "apruve_1", "cash_01h455vb4pex5vsknk084sn02q", ""] {
            assert_eq!(PaymentMethodId::parse(text), None, "{text}");
        }
    }
}
