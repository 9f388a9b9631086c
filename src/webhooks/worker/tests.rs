//! How far replays are made due, and who comes first.

use chrono::DateTime;
use diesel::RunQueryDsl;
use tempfile::TempDir;

use super::*;
use crate::{
    ids::{self, EventId, IntegrationId},
    store::{Migrator, StoreOptions},
    webhooks::{
        replay,
        store::{NewEvent, Replay, ReplayFilter},
    },
};

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
}

/// A database with one integration.
struct Inbox {
    store: Store,
    integration: IntegrationId,
    _folder: TempDir,
}

impl Inbox {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}", folder.path().join("inbox.db").display());
        let options = StoreOptions::new(url.parse().expect("an address"));
        let mut migrator = Migrator::open(&options).expect("a new file");
        migrator.run().expect("migrations");
        drop(migrator);
        let inbox = Inbox {
            store: Store::open(&options).expect("it opens"),
            integration: ids::fresh(at(0)),
            _folder: folder,
        };
        let insert = format!(
            "INSERT INTO integrations (id, type, name, enabled, label, short_label, settings, version, created_at, \
             updated_at) VALUES ('{}', 'apruve', 'A', TRUE, '{{}}', '{{}}', '{{}}', 1, '2026-01-01 00:00:00', \
             '2026-01-01 00:00:00')",
            inbox.integration
        );
        inbox
            .write(move |tx| Ok(diesel::sql_query(insert).execute(tx.conn())?))
            .await;
        inbox
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write(work).await.expect("a write")
    }

    /// Events with these names and received then: settled, or due.
    async fn receives(&self, names: impl Iterator<Item = String>, seconds: i64, is_settled: bool) {
        let integration = self.integration.to_string();
        let event = |name: String| NewEvent {
            id: EventId::to_string(&ids::fresh(at(seconds))),
            integration: integration.clone(),
            dedup_key: name,
            event: None,
            ignored: is_settled.then(|| "Nothing to do.".to_owned()),
            verified: true,
            body_sealed: "sealed".to_owned(),
            occurred_at: None,
            received_at: at(seconds),
        };
        let events: Vec<NewEvent> = names.map(event).collect();
        self.write(move |tx| store::insert(tx, &events)).await;
    }

    async fn begin(&self, until: Option<i64>, state: Option<WebhookState>) -> ReplayId {
        let replay = Replay {
            id: ids::fresh(at(10)),
            wanted: ReplayFilter {
                since: at(0),
                until: until.map(at),
                state,
                integration: None,
            },
            total: 0,
            requested_by: "admin".to_owned(),
            requested_at: at(10),
        };
        self.write(move |tx| store::begin_replay(tx, replay))
            .await
            .id
    }

    /// Makes the next batch due as the job does; false if it may not yet, or there is none.
    async fn continues(&self, seconds: i64) -> bool {
        self.write(move |tx| {
            let Some(id) = continuable(tx.conn(), at(seconds))? else {
                return Ok(false);
            };
            store::continue_replay(tx, id, REPLAYED_AT_ONCE, at(seconds))
        })
        .await
    }

    async fn claims(&self, seconds: i64, most: i64) -> Vec<ClaimedEvent> {
        let lease = Lease::new(at(seconds), TimeDelta::hours(1));
        self.write(move |tx| store::claim(tx, &lease, most)).await
    }

    /// Total and remaining.
    async fn progress(&self, id: ReplayId) -> (i64, i64) {
        let progress = self
            .store
            .read(move |conn| replay::progress(conn, id).map_err(|_| StoreError::Busy));
        let progress = progress.await.expect("a replay");
        (progress.replay.total, progress.remaining)
    }
}

#[tokio::test]
async fn a_new_webhook_waits_behind_the_events_that_are_due_and_not_behind_a_whole_replay() {
    let inbox = Inbox::new().await;
    let many = REPLAYED_AT_ONCE * 2;
    inbox
        .receives((0..many).map(|nth| format!("old{nth}")), 0, true)
        .await;
    inbox.begin(None, None).await;
    assert!(inbox.continues(11).await);
    assert!(!inbox.continues(12).await, "a batch is due already");
    inbox
        .receives(std::iter::once("new".to_owned()), 13, false)
        .await;
    let first = inbox.claims(14, REPLAYED_AT_ONCE).await;
    assert!(first.iter().all(|it| it.received_at == at(0)));
    assert!(inbox.continues(15).await);
    let next = inbox.claims(16, 1).await;
    assert_eq!(next[0].received_at, at(13), "the new one is next");
    assert_eq!(inbox.claims(16, many).await.len(), 500, "then the rest");
}

#[tokio::test]
async fn a_replay_takes_up_nothing_that_arrived_after_it_and_never_has_more_left_than_in_all() {
    for until in [None, Some(5), Some(1_000_000)] {
        let inbox = Inbox::new().await;
        inbox
            .receives(std::iter::once("before".to_owned()), 1, true)
            .await;
        let id = inbox.begin(until, None).await;
        inbox
            .receives(std::iter::once("after".to_owned()), 20, true)
            .await;
        assert_eq!(inbox.progress(id).await, (1, 1), "{until:?}");
        assert!(inbox.continues(30).await);
        assert_eq!(inbox.progress(id).await, (1, 1), "{until:?}");
        assert!(inbox.continues(31).await);
        assert_eq!(inbox.progress(id).await, (1, 1), "{until:?}");
    }
    // Events that come into the wanted state after they were counted.
    let inbox = Inbox::new().await;
    let names = |from: u8| (from..from + 2).map(|nth| format!("u{nth}"));
    inbox.receives(names(0), 1, true).await;
    let id = inbox.begin(None, Some(WebhookState::Ignored)).await;
    inbox.receives(names(2), 1, true).await;
    assert!(inbox.continues(30).await);
    assert_eq!(inbox.progress(id).await, (4, 4));
}
