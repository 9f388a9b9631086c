//! Registration of operations, either on the server or in the OpenAPI document.
//!
//! Both use the same `routes`, so that the document describes exactly the served operations. They are separate because
//! collecting the descriptions costs megabytes in each worker, which a server does not need.

use actix_web::{dev::HttpServiceFactory, web};
use utoipa_actix_web::{OpenApiFactory, service_config};

/// Receives operations one by one.
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
