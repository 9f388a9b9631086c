//! Parameters that many operations take, named in their `params(…)`. [`super::conventions`] adds what each of them implies.

use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        ObjectBuilder, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

macro_rules! parameters {
    ($($(#[doc = $doc:literal])* $name:ident = $place:ident $wire:literal $required:ident $example:expr;)*) => {$(
        $(#[doc = $doc])*
        pub struct $name;

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                let description = [$($doc),*].map(str::trim).join(" ");
                let mut schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
                if $wire == IDEMPOTENCY_KEY {
                    schema = schema.max_length(Some(255));
                }
                vec![ParameterBuilder::new()
                    .name($wire)
                    .parameter_in(ParameterIn::$place)
                    .required(Required::$required)
                    .description(Some(description))
                    .schema(Some(schema.build()))
                    .example(Some($example.into()))
                    .build()]
            }
        }
    )*};
}

pub(super) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
pub(super) const IF_MATCH: &str = "If-Match";
pub(super) const IF_NONE_MATCH: &str = "If-None-Match";
pub(super) const CURSOR: &str = "cursor";

parameters! {
    /// The same request with the same key is one operation, for 24 hours.
    OptionalKey = Header "Idempotency-Key" False "0b7c6f3e-4c43-4f6a-9f4e-2a1f3f0f7a55";
    /// Required: the same request with the same key is one operation, for 24 hours.
    RequiredKey = Header "Idempotency-Key" True "0b7c6f3e-4c43-4f6a-9f4e-2a1f3f0f7a55";
    /// The ETag that was read.
    RequiredIfMatch = Header "If-Match" True "\"1\"";
    /// The ETag that was read, if the change depends on it.
    OptionalIfMatch = Header "If-Match" False "\"1\"";
    /// The ETag of a version that the caller has.
    IfNoneMatch = Header "If-None-Match" False "\"1\"";
}

/// The parameters that every list takes beside its filters and its `sort`.
#[derive(IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "describes what `Query::page` reads")]
pub struct PageParameters {
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200, required = false)]
    limit: u8,
    /// The `nextCursor` of the previous page.
    #[param(min_length = 1, required = false)]
    cursor: String,
    /// Whether to return `total`.
    #[param(required = false)]
    count: bool,
}

pub(super) const FORCE: &str = "force";
