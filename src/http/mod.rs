//! The parts of HTTP that all features share: problem documents, bodies, query parameters, preconditions, and the
//! pieces of the OpenAPI document that operations have in common.

pub mod body;
pub mod merge_patch;
pub mod openapi;
pub mod pagination;
pub mod precondition;
pub mod problem;
pub mod query_parameters;
pub mod reply;
pub mod request_body;
pub mod routing;
pub mod text_value;
mod unknown_name;
