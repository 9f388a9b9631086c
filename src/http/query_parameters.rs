//! The query parameters of an operation that is not a list. [`query_parameters!`] declares each once: its field, its name
//! and its description. The reader and the API document follow from it.

use crate::http::pagination::Query;

/// The query parameters of an operation; `()` means none.
pub trait RequestQuery: Sized + 'static {
    /// Reads the parameters. Errors are recorded in `query`.
    fn read(query: &mut Query) -> Self;
}

impl RequestQuery for () {
    fn read(_: &mut Query) -> Self {}
}

/// Declares the query parameters of an operation.
macro_rules! query_parameters {
    ($(#[$attribute:meta])* $parameters:ident {
        $($(#[doc = $text:literal])+ $field:ident: $type:ty = $name:literal,)*
    }) => {
        $(#[$attribute])*
        pub struct $parameters {
            $($(#[doc = $text])+ pub $field: $type,)*
        }

        const _: () = {
            use $crate::http::pagination::{Query, list_filter};

            impl $crate::http::query_parameters::RequestQuery for $parameters {
                fn read(query: &mut Query) -> Self {
                    Self {
                        $($field: list_filter::FilterField::read(
                            query,
                            $crate::http::pagination::list_filter!(@spec $name [$($text)+] []),
                        ),)*
                    }
                }
            }

            impl utoipa::IntoParams for $parameters {
                fn into_params(
                    _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
                ) -> Vec<utoipa::openapi::path::Parameter> {
                    [$(<$type as list_filter::FilterField>::parameters(
                        $crate::http::pagination::list_filter!(@spec $name [$($text)+] []),
                    ),)*]
                    .concat()
                }
            }
        };
    };
}
pub(crate) use query_parameters;

query_parameters! {
    /// The parameter of changes that tests of the rules may refuse.
    ForceParameter {
        /// Whether to make the change although tests of the rules that pass now would fail; needs `rules:force`.
        force: Option<bool> = "force",
    }
}
