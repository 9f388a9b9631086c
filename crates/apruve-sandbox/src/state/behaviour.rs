//! Settings for the known variants of Apruve's answers, so that a client can be tested with all of them.

use serde::{Deserialize, Serialize};

use crate::error::{ApiError, ErrorShape};

/// The settings.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Behaviour {
    /// The shape of errors other than 404.
    pub error_shape: ErrorShape,
    /// The shape of 404.
    pub not_found_shape: ErrorShape,
    /// The status of answers to creating calls: 201 or 200.
    pub created_status: u16,
    /// Whether the field of an order is `payment_term`, or `payment_terms` as in 2018.
    pub payment_term_field: PaymentTermField,
    /// The answer to a search for the accounts of an unknown buyer.
    pub unknown_email: UnknownEmail,
    /// What happens to an order that is submitted for approval.
    pub approval: Approval,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentTermField {
    PaymentTerm,
    PaymentTerms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownEmail {
    Empty,
    NotFound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// The order waits for a person, or for the control API.
    Manual,
    /// The order is approved right after the answer, which says `pending`.
    Approve,
    /// The order is declined right after the answer, which says `pending`.
    Decline,
}

impl Default for Behaviour {
    fn default() -> Self {
        Behaviour {
            error_shape: ErrorShape::Errors,
            not_found_shape: ErrorShape::Text,
            created_status: 201,
            payment_term_field: PaymentTermField::PaymentTerm,
            unknown_email: UnknownEmail::Empty,
            approval: Approval::Manual,
        }
    }
}

impl Behaviour {
    /// The shape of the body for this error.
    pub fn shape_of(&self, error: &ApiError) -> ErrorShape {
        match error.status {
            404 => self.not_found_shape,
            _ => self.error_shape,
        }
    }
}
