//! Closed lists of words with one spelling in JSON, in the database, in the OpenAPI document, and in the code.

/// An enum of words, for code that handles any of them.
pub trait StringEnum: Copy + 'static {
    /// All variants.
    const WORDS: &'static [Self];

    /// The word in JSON.
    fn word(self) -> &'static str;
}

/// Declares such enums, each with its name in the OpenAPI document.
macro_rules! string_enum {
    ($($(#[doc = $doc:literal])* $(#[derive($derived:ident)])? $name:ident as $schema:literal { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        $(#[derive($derived)])?
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// All variants.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];

            /// The word in JSON and in the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)*
                }
            }

            /// The variant of a word.
            #[allow(dead_code, reason = "not every list is read back")]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == word)
            }
        }

        impl crate::string_enum::StringEnum for $name {
            const WORDS: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }

        crate::text_column::text_column!($name, $name::parse, as_str);

        // The derive of utoipa does not see the spelling that the macro passes to serde.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let text = [$($doc),*].map(str::trim).join(" ");
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($word),*]))
                    .description(Some(text))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                $schema.into()
            }
        }
    )*};
}
pub(crate) use string_enum;
