//! The names that most handlers use: `use crate::operation::prelude::*` in a file of a feature's `http`.

pub use actix_web::{
    HttpRequest, HttpResponse, delete, get, patch, post, put,
    web::{self, Data, Path},
};
pub use serde::Serialize;
pub use utoipa::ToSchema;

pub use super::{Call, Edit, Read, Write};
pub(crate) use crate::http::body::declare_body;
pub use crate::{
    auth::{Caller, scope},
    guarded_write::{Guarded, GuardedStore, Refusable},
    http::{
        body::{Fields, Findings},
        merge_patch::BodyChange,
        openapi::{
            Conflicting, FromProvider, IfNoneMatch, OptionalIfMatch, OptionalKey, RequiredIfMatch,
            RequiredKey,
        },
        pagination::{self, Item, ListFilter, Listed, Query, Versioned},
        precondition::IfMatch,
        problem::{FieldError, Kind, Problem},
        query_parameters::ForceParameter,
        reply::{self, Reply},
        request_body::{Empty, Ignored, JsonObject, JsonText, MergePatch, OptionalObject},
    },
    idempotency::{Key, Once},
    store::Store,
};
