//! A text with translations, as an administrator writes it.

use std::collections::BTreeMap;

use diesel::deserialize::FromSqlRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text_column::from_text_column;

/// A text with a default and translations.
#[derive(Clone, Debug, Default, Deserialize, FromSqlRow, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Labels {
    /// In the language of `defaultLocale` of the settings. Shown also to everyone for whom there is no translation.
    #[schema(example = "Pay on terms", min_length = 1, max_length = 255)]
    pub default: String,
    /// BCP 47 tag → translation.
    #[serde(default)]
    #[schema(example = json!({ "fr": "Payer à terme", "fr-CA": "Payer à terme" }))]
    pub localized: BTreeMap<String, String>,
}

from_text_column!(Labels, |text| serde_json::from_str(text).ok());
