//! Times in the format that is sent to Apruve.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

/// A moment that is written with a numeric offset and without a fraction, the form Apruve writes itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireTime(pub DateTime<Utc>);

impl Serialize for WireTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::Secs, false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_numeric_offset_and_no_fraction() {
        let moment = "2026-03-31T23:59:59.987Z".parse().expect("a moment");
        let text = serde_json::to_value(WireTime(moment)).expect("a text");
        assert_eq!(text, "2026-03-31T23:59:59+00:00");
    }
}
