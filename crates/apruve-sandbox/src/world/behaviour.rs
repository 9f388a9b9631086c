//! What differs between what has been seen of Apruve, for a client to be tested with all of it.

use serde::{Deserialize, Serialize};

use crate::refusal::{ErrorShape, Refusal};

/// The switches.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Behaviour {
    /// The shape of errors other than 404.
    pub error_shape: ErrorShape,
    /// The shape of 404.
    pub not_found_shape: ErrorShape,
    /// The status of what made something: 201, or 200.
    pub created_status: u16,
    /// Whether an order says `payment_term`, or `payment_terms` as in 2018.
    pub payment_term_field: PaymentTermField,
    /// What looking for an unknown buyer's accounts answers.
    pub unknown_email: UnknownEmail,
    /// What becomes of an order that is put up for approval.
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
    /// It waits for a person, or for the control API.
    Manual,
    /// It is approved right after it was answered as pending.
    Approve,
    /// It is declined right after it was answered as pending.
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
    /// The shape in which this refusal is told.
    pub fn shape_of(&self, refusal: &Refusal) -> ErrorShape {
        match refusal.status {
            404 => self.not_found_shape,
            _ => self.error_shape,
        }
    }
}
