//! What the service takes of memory before anybody asks anything. How much a release takes, `cargo bench --bench rulebook` says.

use crate::process::Workspace;

/// Memory of the process that is no copy of a file, in MB. A debug build takes about as much as a release.
const MOST_AT_REST_MB: u64 = 22;
const MOST_FOR_A_WORKER_MB: u64 = 4;

/// What a service with so many workers takes once it is ready.
async fn at_rest_mb(workers: &str) -> u64 {
    let place = Workspace::new()
        .with_keys()
        .with("ONTERMS__SERVER__WORKERS", workers);
    let service = place.serve(&[]);
    let ready = service.request(reqwest::Method::GET, "/health/ready");
    assert_eq!(ready.send().await.expect("an answer").status(), 200);
    service.anonymous_mb()
}

#[tokio::test]
async fn at_rest_the_service_and_each_of_its_workers_take_little_memory() {
    let one = at_rest_mb("1").await;
    assert!(one > 0 && one <= MOST_AT_REST_MB, "{one} MB");
    let five = at_rest_mb("5").await;
    let each = five.saturating_sub(one) / 4;
    assert!(each <= MOST_FOR_A_WORKER_MB, "{each} MB for a worker");
}
