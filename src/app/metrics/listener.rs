//! `/metrics` on a separate listener, so that it need not be public.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, web};

use super::{Measured, keep_fresh, measure, register};
use crate::{config::Settings, telemetry};

/// Histograms keep every sample until they are gathered; without this they would grow until the next scrape.
const GATHER_EVERY: Duration = Duration::from_secs(5);

/// Starts answering on `listener`.
pub fn serve(listener: TcpListener, measured: Measured, settings: &Settings) -> io::Result<Server> {
    let handle = telemetry::metrics();
    register(&measured.store, settings);
    actix_web::rt::spawn(async {
        loop {
            tokio::time::sleep(GATHER_EVERY).await;
            telemetry::metrics().run_upkeep();
        }
    });
    actix_web::rt::spawn(keep_fresh(measured.clone(), settings.metrics.refresh));
    let server = HttpServer::new(move || {
        let measured = measured.clone();
        let metrics = move || {
            measure(&measured);
            let text = handle.render();
            async move {
                HttpResponse::Ok()
                    .content_type("text/plain; version=0.0.4; charset=utf-8")
                    .body(text)
            }
        };
        App::new().route("/metrics", web::get().to(metrics))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}
