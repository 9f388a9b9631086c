//! What is taken and may still not be what was meant.

use serde::Serialize;
use utoipa::ToSchema;

/// Something in a body that was taken, and why it may not do what was meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Warning {
    /// RFC 6901 pointer into the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/destinations/0/region")]
    pub pointer: Option<String>,
    /// A stable word for it.
    #[schema(value_type = String, example = "region_withdrawn")]
    pub code: &'static str,
    /// What will happen and what would help.
    #[schema(example = "ISO has withdrawn `NO-30`; its area is `NO-31`, `NO-32`, `NO-33` now.")]
    pub message: String,
}
