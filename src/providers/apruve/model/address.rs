//! A postal address on an invoice.

use serde::Serialize;

use crate::providers::CleanText;

/// An address to send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AddressDraft {
    /// The company, or else the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<CleanText>,
    /// The person at the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact_name: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_1: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_2: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<CleanText>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<CleanText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<CleanText>,
}
