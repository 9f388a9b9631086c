//! What addresses are mounted on: the server, or the OpenAPI document.
//!
//! Both take the same `routes`, so that the document describes what is served. They are kept apart because collecting
//! descriptions costs megabytes, which a server that only answers need not spend in each of its workers.

use actix_web::{dev::HttpServiceFactory, web};
use utoipa_actix_web::{OpenApiFactory, service_config};

/// Takes operations, one after another.
pub trait Routes {
    /// Adds an operation.
    fn routing<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static;
}

impl Routes for web::ServiceConfig {
    fn routing<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        self.service(operation)
    }
}

impl Routes for service_config::ServiceConfig<'_> {
    fn routing<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        self.service(operation)
    }
}
