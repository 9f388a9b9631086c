//! What addresses are mounted on: the server, or the OpenAPI document.
//!
//! Both take the same `routes`, so that the document describes what is served. They are kept apart because collecting
//! descriptions costs megabytes, which a server that only answers need not spend in each of its workers.

use actix_web::{
    dev::{HttpServiceFactory, Url},
    guard, web,
};
use utoipa_actix_web::{OpenApiFactory, service_config};

/// Takes operations, one after another.
pub trait Routes {
    /// Adds an operation.
    fn routing<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static;

    /// Adds operations whose addresses all begin with one of `beginnings`. A request for another address passes them by
    /// without a look at their patterns, each of which costs it a thousand instructions.
    fn under(
        &mut self,
        beginnings: &'static [&'static str],
        operations: fn(&mut Self),
    ) -> &mut Self;
}

impl Routes for web::ServiceConfig {
    fn routing<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        self.service(operation)
    }

    fn under(
        &mut self,
        beginnings: &'static [&'static str],
        operations: fn(&mut Self),
    ) -> &mut Self {
        let begins = guard::fn_guard(move |request| {
            let uri = &request.head().uri;
            let begins = |path: &str| beginnings.iter().any(|it| path.starts_with(it));
            match uri.path().contains('%') {
                // As the router reads it: `/v1/pay%6dents` is `/v1/payments`.
                true => begins(Url::new(uri.clone()).path()),
                false => begins(uri.path()),
            }
        });
        self.service(web::scope("").guard(begins).configure(operations))
    }
}

impl Routes for service_config::ServiceConfig<'_> {
    fn routing<F>(&mut self, operation: F) -> &mut Self
    where
        F: HttpServiceFactory + OpenApiFactory + 'static,
    {
        self.service(operation)
    }

    fn under(&mut self, _: &'static [&'static str], operations: fn(&mut Self)) -> &mut Self {
        operations(self);
        self
    }
}
