//! Declares request bodies: one line per member gives its schema in the document and its reader. Collects all errors.

/// Declares the bodies of operations: each member with its type, its reader and what the document says of it.
macro_rules! declare_body {
    ($($(#[$($meta:tt)*])* $name:ident { $($(#[$($about:tt)*])* $field:ident: $type:ty = $reader:ident($($argument:expr),*),)* })*) => {$(
        #[derive(utoipa::ToSchema)]
        #[schema(rename_all = "camelCase")]
        $(#[$($meta)*])*
        #[allow(dead_code, reason = "some members are only checked, or read together with others")]
        pub struct $name {
            $($(#[$($about)*])* pub $field: $type,)*
        }

        impl $name {
            /// Reads the members and records errors.
            #[allow(unused_variables, reason = "a body may have no members")]
            pub fn read(body: &$crate::payments::http::reader::ObjectReader<'_>) -> Self {
                $name { $($field: body.$reader($($argument),*),)* }
            }
        }
    )*};
}
pub(super) use declare_body;
