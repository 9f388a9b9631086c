//! `/metrics`, on a listener of its own so that it need not be public.

use std::{io, net::TcpListener, time::Duration};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, web};

use crate::{
    config::Settings,
    findings::{self, FindingCode},
    payment_rules::rulebook::Keeper,
    store::Store,
    telemetry, webhooks,
};

/// Histograms hold every sample until they are gathered; without this they would grow until the next scrape.
const GATHER_EVERY: Duration = Duration::from_secs(5);

/// Starts answering on `listener`.
pub fn serve(
    listener: TcpListener,
    store: Store,
    keeper: Keeper,
    settings: &Settings,
) -> io::Result<Server> {
    let handle = telemetry::metrics();
    actix_web::rt::spawn(async {
        loop {
            tokio::time::sleep(GATHER_EVERY).await;
            telemetry::metrics().run_upkeep();
        }
    });
    let connections = settings.database.connections;
    let server = HttpServer::new(move || {
        let (store, keeper) = (store.clone(), keeper.clone());
        let metrics = move || {
            let (store, keeper) = (store.clone(), keeper.clone());
            async move {
                measure(&store, connections);
                measure_backlog(&store).await;
                measure_findings(&store).await;
                metrics::gauge!("onterms_rulebook_age_seconds").set(keeper.age().as_secs_f64());
                HttpResponse::Ok()
                    .content_type("text/plain; version=0.0.4; charset=utf-8")
                    .body(handle.render())
            }
        };
        App::new().route("/metrics", web::get().to(metrics))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

/// While the database is away, the gauge stays where it was.
async fn measure_backlog(store: &Store) {
    if let Ok(waiting) = store.read(webhooks::backlog).await {
        metrics::gauge!("onterms_webhook_backlog").set(waiting as f64);
    }
}

/// How many findings wait for a person or to be seen no more, by code.
async fn measure_findings(store: &Store) {
    if let Ok(counts) = store.read(findings::store::count_unresolved).await {
        for code in FindingCode::ALL {
            let count = counts.get(code.as_str()).copied().unwrap_or(0);
            metrics::gauge!("onterms_findings_open", "code" => code.as_str()).set(count as f64);
        }
    }
}

/// Gauges that are only worth reading when somebody looks.
fn measure(store: &Store, connections: usize) {
    let load = store.load();
    metrics::gauge!("onterms_database_connections").set(connections as f64);
    metrics::gauge!("onterms_database_busy_connections").set(load.readers_busy as f64);
    metrics::gauge!("onterms_database_queued_reads").set(load.reads_waiting as f64);
    metrics::gauge!("onterms_database_queued_writes").set(load.writes_waiting as f64);
}
