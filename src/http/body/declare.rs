//! Declares request bodies: each field with its type, its reader, and what the document says of it.

/// Declares bodies that `$fields` reads, [`Fields`](super::Fields) for one. A field is `name: type = reader(arguments)`,
/// where the reader is a method of `$fields`.
macro_rules! declare_body {
    (by $fields:ty; $($(#[$($meta:tt)*])* $name:ident { $($(#[$($about:tt)*])* $field:ident: $type:ty = $reader:ident($($argument:expr),*),)* })*) => {$(
        #[derive(utoipa::ToSchema)]
        #[schema(rename_all = "camelCase")]
        $(#[$($meta)*])*
        #[allow(dead_code, reason = "some fields are only checked, or read together with others")]
        pub struct $name {
            $($(#[$($about)*])* pub $field: $type,)*
        }

        impl $name {
            /// Reads the fields and records errors.
            #[allow(unused_variables, reason = "a body may have no fields")]
            pub fn read(fields: &$fields) -> Self {
                $name { $($field: fields.$reader($($argument),*),)* }
            }
        }
    )*};
}
pub(crate) use declare_body;
