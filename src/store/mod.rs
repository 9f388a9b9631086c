//! The database: SQLite in a file, or PostgreSQL, chosen when the service starts.
//!
//! Use cases borrow a connection by one of four methods, on a thread of the store: [`Store::read`],
//! [`Store::snapshot`], [`Store::write`] and [`Store::write_one`]. A function that changes something takes a `&mut Tx`,
//! which only the last two provide, so that a read cannot write.
//!
//! Note: a read may run twice (if its connection was lost; a repeated read is harmless), and an answered write is on
//! disk. No network, cryptography or JSON work belongs inside a write, because on SQLite all writes share one thread.

pub mod columns;
mod conn;
pub mod each;
mod error;
mod file;
pub mod folded;
mod grouped;
pub mod keyset;
mod losses;
mod migrate;
mod options;
mod outage;
pub mod pooler;
mod prepared;
mod private;
mod readers;
pub mod replicas;
pub mod revisions;
pub mod schema;
mod share;
mod slot;
pub mod timestamp;
pub mod together;
mod transaction;
mod tx;
mod url;
mod watch;
mod writer;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::r2d2::R2D2Connection;
use tokio::sync::oneshot;

use crate::http::pagination::Page;

pub use crate::{first_locked, load_unlocked, on_each, row_part};
pub use conn::{Conn, MultiBackend};
pub use error::{StoreError, UnreadableRow};
pub use grouped::Grouped;
pub use losses::Loss;
pub use migrate::{Migrator, Undone};
pub use options::StoreOptions;
pub use outage::Outage;
pub use prepared::Prepared;
pub use tx::Tx;
pub use url::{Backend, BadDatabaseUrl, DatabaseUrl};

use conn::{Purpose, Shared};
use readers::Readers;
use share::{ConnectionClass, Share};
use slot::{Gates, Slot};
use transaction::Mode;
use writer::Writer;

/// The maximum time that the database may take to answer a health check.
const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// Access to the database. Clones share the threads, which end when the last clone is dropped.
#[derive(Clone)]
pub struct Store {
    inner: Arc<StoreInner>,
    share: Share,
}

struct StoreInner {
    backend: Backend,
    shared: Arc<Shared>,
    /// Those of each class, in the order of [`ConnectionClass::ALL`].
    readers: Vec<Readers>,
    /// Only on SQLite; on PostgreSQL the reading threads also write.
    writer: Option<Writer>,
}

/// The current load, for the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Writes waiting for SQLite's writer; always 0 on PostgreSQL, where writes wait among the reads.
    pub writes_waiting: usize,
    /// Tasks waiting for a thread.
    pub reads_waiting: usize,
    /// Busy threads.
    pub readers_busy: usize,
    /// All threads with a connection each, without SQLite's writer.
    pub readers: usize,
}

/// Reads one page of a list with a filter.
type ReadPage<F, S, R> = fn(&mut Conn, &F, &Page<S>) -> Result<Vec<R>, StoreError>;

impl Store {
    /// Opens the database and starts the threads. It does not migrate; see [`Migrator`].
    ///
    /// Fails with [`StoreError::Unavailable`] when the database cannot be opened now.
    pub fn open(options: &StoreOptions) -> Result<Self, StoreError> {
        let backend = options.url.backend();
        let shared = Arc::new(Shared::new(options.clone()));
        let gates = Arc::<Gates>::default();
        let slot =
            |purpose, class| Slot::new(Arc::clone(&shared), purpose, class, Arc::clone(&gates));
        let reading = match backend {
            Backend::Sqlite => Purpose::Reading,
            Backend::PostgreSql => Purpose::Any,
        };
        let mut threads = ConnectionClass::ALL.map(|class| {
            let slots = (0..class.threads(options)).map(|_| slot(reading, class));
            slots.collect::<Vec<_>>()
        });
        // One thread connects now, so that a failure is reported at once.
        let writer = match backend {
            Backend::Sqlite => {
                let mut writing = slot(Purpose::Any, ConnectionClass::Requests);
                writing.conn()?;
                Some(Writer::start(writing, options.write_queue)?)
            }
            Backend::PostgreSql => {
                let first = threads.iter_mut().flatten().next();
                first.map(|slot| slot.conn().map(drop)).transpose()?;
                None
            }
        };
        let readers = threads.map(|slots| Readers::start(slots, options.read_queue));
        Ok(Self {
            inner: Arc::new(StoreInner {
                backend,
                readers: readers.into_iter().collect::<Result<_, _>>()?,
                writer,
                shared,
            }),
            share: Share::default(),
        })
    }

    /// A handle for requests about `topic`, such as a feature. Topics share threads, but no topic can hold all of them.
    pub fn about(&self, topic: &'static str) -> Self {
        self.shared_as(ConnectionClass::Requests, topic)
    }

    /// A handle for lists about `topic`, on separate threads.
    pub fn for_lists(&self, topic: &'static str) -> Self {
        self.shared_as(ConnectionClass::Lists, topic)
    }

    /// A handle for background work about `topic`, on separate threads.
    pub fn in_background(&self, topic: &'static str) -> Self {
        self.shared_as(ConnectionClass::Background, topic)
    }

    /// A handle for the service's own control queries, on a separate thread.
    pub fn for_control(&self) -> Self {
        self.shared_as(ConnectionClass::Control, "control")
    }

    /// Passes the text of every further statement of this store to `observer`; for tests that look at plans or count
    /// statements. Returns false if there already is an observer.
    pub fn observe_statements(&self, observer: impl Fn(&str) + Send + Sync + 'static) -> bool {
        self.inner.shared.statements.observe(observer)
    }

    /// Passes the text of every further statement that a connection prepares and caches to `observer`; for tests. A
    /// statement that was sent but never cached is prepared at each use. Returns false if there already is an observer.
    pub fn observe_kept_statements(&self, observer: impl Fn(&str) + Send + Sync + 'static) -> bool {
        self.inner.shared.statements.observe_kept(observer)
    }

    fn shared_as(&self, class: ConnectionClass, topic: &'static str) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            share: Share { class, topic },
        }
    }

    /// The reason why nothing can be written now, as found by the last write.
    pub fn outage(&self) -> Option<Outage> {
        self.inner.shared.outages.current()
    }

    /// Which of the two databases this is.
    pub fn backend(&self) -> Backend {
        self.inner.backend
    }

    /// Lends a connection for reading. `f` may run twice, if the connection is lost during the first run.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.on_a_thread(move |slot| slot.read(&f)).await
    }

    /// Like [`Store::read`], but everything that `f` reads is from one moment: for data that must be consistent across
    /// statements.
    pub async fn snapshot<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: Fn(&mut Conn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.read(move |conn| {
            transaction::begin(conn, Mode::Snapshot)?;
            let result = f(conn);
            transaction::finish(conn, result)
        })
        .await
    }

    /// Reads a page of a list and, if requested, the total number of rows, both from one moment.
    pub async fn list_page<R, F, S>(
        &self,
        filter: F,
        page: &Page<S>,
        list: ReadPage<F, S, R>,
        count: fn(&mut Conn, &F) -> Result<i64, StoreError>,
    ) -> Result<(Vec<R>, Option<i64>), StoreError>
    where
        R: Send + 'static,
        F: Send + 'static,
        S: Clone + Send + 'static,
    {
        let page = page.clone();
        self.snapshot(move |conn| {
            let rows = list(conn, &filter, &page)?;
            let total = page.total(|| count(conn, &filter))?;
            Ok((rows, total))
        })
        .await
    }

    /// Runs `f` in one transaction, which is committed if `f` returns `Ok` and rolled back otherwise. Returns when the
    /// commit is on disk. A caller that stops waiting cannot know the outcome.
    ///
    /// Errors besides those of `f`: [`StoreError::Busy`] if the queue is full or another writer holds a lock, and
    /// [`StoreError::Unavailable`] if the database cannot be reached or could not commit.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => answer(writer.submit(f)?).await,
            None => self.on_a_thread(move |slot| slot.write(f)).await,
        }
    }

    /// Like [`Store::write`] for an `f` with exactly one statement, which is a transaction by itself: this saves
    /// PostgreSQL two round trips. With several statements, PostgreSQL could keep some when a later one fails. On
    /// SQLite it is the same as [`Store::write`].
    pub async fn write_one<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.inner.writer {
            Some(writer) => answer(writer.submit(f)?).await,
            None => self.on_a_thread(move |slot| slot.write_one(f)).await,
        }
    }

    /// Whether the database answers within two seconds.
    pub async fn is_healthy(&self) -> bool {
        let ping = self.read(|conn| conn.ping().map_err(StoreError::from));
        matches!(tokio::time::timeout(PING_TIMEOUT, ping).await, Ok(Ok(())))
    }

    /// The current load.
    pub fn load(&self) -> Load {
        let loads: Vec<_> = self.inner.readers.iter().map(Readers::load).collect();
        let reads_waiting = loads.iter().map(|(waiting, _, _)| waiting).sum();
        let readers_busy = loads.iter().map(|(_, busy, _)| busy).sum();
        let writes_waiting = self.inner.writer.as_ref().map_or(0, Writer::waiting);
        Load {
            writes_waiting,
            reads_waiting,
            readers_busy,
            readers: loads.iter().map(|(_, _, threads)| threads).sum(),
        }
    }

    /// Accepts no more work, finishes the queued work, and closes the connections. Safe to call twice.
    pub async fn close(&self) {
        let mut threads: Vec<_> = self.inner.readers.iter().flat_map(Readers::close).collect();
        threads.extend(self.inner.writer.as_ref().and_then(Writer::close));
        // Joining blocks, so it runs on a blocking thread. Database threads catch panics.
        let _ = tokio::task::spawn_blocking(|| threads.into_iter().try_for_each(JoinHandle::join))
            .await;
    }

    /// Queues work for a thread of this handle's class and does not wait for it.
    fn start(&self, work: impl FnOnce(&mut Slot) + Send + 'static) -> Result<(), StoreError> {
        let threads = &self.inner.readers[self.share.class as usize];
        threads.submit(self.share.topic, Box::new(work))
    }

    async fn on_a_thread<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce(&mut Slot) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, receiver) = oneshot::channel();
        self.start(move |slot| {
            // If the caller has gone away, the work is skipped before it begins.
            if !reply.is_closed() {
                let _ = reply.send(f(slot));
            }
        })?;
        answer(receiver).await
    }
}

/// The sender is dropped without an answer only if its task panicked.
async fn answer<T, E: From<StoreError>>(receiver: oneshot::Receiver<Result<T, E>>) -> Result<T, E> {
    receiver
        .await
        .unwrap_or_else(|_| Err(StoreError::broken("a database task panicked").into()))
}
