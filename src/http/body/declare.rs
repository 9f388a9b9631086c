//! Declares request bodies: each field with its type, its reader, and what the document says of it.

/// Declares bodies that are read with [`Fields`](super::Fields). A field is `name: type = reader(arguments)`, where the
/// reader is a method of `Fields`.
macro_rules! declare_fields {
    ($($(#[$($meta:tt)*])* $name:ident { $($(#[$($about:tt)*])* $field:ident: $type:ty = $reader:ident($($argument:expr),*),)* })*) => {$(
        #[derive(utoipa::ToSchema)]
        #[schema(rename_all = "camelCase")]
        $(#[$($meta)*])*
        pub struct $name {
            $($(#[$($about)*])* pub $field: $type,)*
        }

        impl $name {
            /// Reads the fields and records errors.
            pub fn read(fields: &$crate::http::body::Fields<'_>) -> Self {
                $name { $($field: fields.$reader($($argument),*),)* }
            }
        }
    )*};
}
pub(crate) use declare_fields;
