//! The database behind its URL: embedded SQLite or PostgreSQL. Only this folder asks which of the two it is.

mod conn;
mod lease;
mod ready;
mod transaction;
mod turns;

pub use conn::{counting, is_dead};
pub use transaction::Tx;
pub use turns::working_at;

use super::errors::AppResult;
use super::tx::Desk;
use crate::kernel::error::{AppError, Result};
use crate::kernel::secrets::hmac;
use chrono::NaiveDate;
use conn::Kept;
use domain::oversight::worklist::Waiting;
use lease::Lease;
use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, DbErr, RuntimeErr,
    TransactionTrait,
};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use turns::{Purpose, Turns};

/// PostgreSQL's advisory lock that serialises migrations ("mingjian" in ASCII, truncated).
const MIGRATION_LOCK: i64 = 0x6d69_6e67_6a69;

/// How long a statement waits for another process's or transaction's lock, and how long SQLite's next writer for its turn:
/// together less than the ten seconds in which a write is answered.
const LOCK_PATIENCE: Duration = Duration::from_secs(4);
/// Of each pool's connections so many stand beside those at work: one in the library's test, one for migrations.
const BESIDE: u32 = 2;
const WRITER_PATIENCE: Duration = Duration::from_secs(5);
/// How long a statement waits for a connection before the service says that it is busy.
const TURN_PATIENCE: Duration = Duration::from_secs(2);

/// One small pool a thread, and what it needs to be written to fairly.
///
/// A connection's sockets belong to the runtime that opened it, and each worker has its own: a shared pool would wake
/// the other worker for every answer.
#[derive(Clone)]
pub struct Db {
    pools: Arc<[Arc<Pool>]>,
    /// SQLite has one writer: waiting here is fair, waiting in the database is not.
    writer: Option<Arc<Semaphore>>,
    file: Option<PathBuf>,
    /// The schema was seen to have every column.
    columns_are_right: Arc<AtomicBool>,
    /// When a write last succeeded for the sake of readiness.
    written: Arc<Mutex<Option<Instant>>>,
    /// By when work is due.
    pub(in crate::persistence) desk: Arc<Desk>,
    /// Authenticates page tokens.
    pub page_key: [u8; 32],
    /// Authenticates what waits for its place in the transparency log.
    pub log_key: [u8; 32],
}

impl Db {
    /// `max_connections` are shared out among `threads` pools and one more for background work, so many at least that four are
    /// at work: fewer cannot be shared out.
    pub async fn connect(
        url: &str,
        max_connections: u32,
        threads: usize,
        desk: Desk,
        page_key: [u8; 32],
    ) -> Result<Self> {
        let file = sqlite_file(url);
        if let Some(folder) = file.as_ref().and_then(|file| file.parent()).filter(|path| !path.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(AppError::internal)?;
        }
        let share = (max_connections / u32::try_from(threads + 1).unwrap_or(1)).max(BESIDE + 4);
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(share)
            .min_connections(0)
            .acquire_timeout(Duration::from_secs(2))
            .test_before_acquire_if_idle_for(Duration::from_secs(30))
            .sqlx_logging(false)
            .set_application_name("mingjian")
            .statement_timeout(Duration::from_mins(1))
            .map_sqlx_sqlite_opts(|options| {
                options
                    .create_if_missing(true)
                    .foreign_keys(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Normal)
                    .busy_timeout(LOCK_PATIENCE)
                    .pragma("cache_size", "-16000")
                    // As on PostgreSQL; and only so can an index serve a prefix.
                    .pragma("case_sensitive_like", "ON")
                    .pragma("temp_store", "MEMORY")
            })
            .map_sqlx_postgres_opts(|options| {
                options.options([("lock_timeout", LOCK_PATIENCE.as_millis().to_string())])
            });
        let first = Database::connect(options.clone()).await.or_app()?;
        let sqlite = first.get_database_backend() == DatabaseBackend::Sqlite;
        let mut pools = vec![Pool::new(first, share)];
        options.connect_lazy(true);
        for _ in 0..threads {
            pools.push(Pool::new(Database::connect(options.clone()).await.or_app()?, share));
        }
        let writer = sqlite.then(|| Arc::new(Semaphore::new(1)));
        let columns_are_right = Arc::default();

        Ok(Self {
            pools: pools.into(),
            writer,
            file,
            columns_are_right,
            written: Arc::default(),
            desk: Arc::new(desk),
            page_key,
            log_key: hmac(&page_key, b"log"),
        })
    }

    /// The day by which a kind of work that begins today is due.
    pub fn due_on(&self, today: NaiveDate, kind: Waiting) -> NaiveDate {
        self.desk.due_on(today, kind)
    }

    /// The calling thread's pool.
    fn pool(&self) -> &Arc<Pool> {
        &self.pools[thread_number() % self.pools.len()]
    }

    /// Brings the schema up to date; several processes may start together.
    pub async fn migrate(&self) -> Result<()> {
        if self.writer.is_some() {
            let lock = self.file.as_ref().map(|file| file.with_extension("migrating"));
            let lock = lock.map(std::fs::File::create).transpose().map_err(AppError::internal)?;
            if let Some(lock) = &lock {
                lock.lock().map_err(AppError::internal)?;
            }
            return Migrator::up(&self.pool().connections, None).await.or_app();
        }

        let tx = self.pool().connections.begin().await.or_app()?;
        // The first instance may take longer than a request may.
        tx.execute_unprepared("set local lock_timeout = 0").await.or_app()?;
        tx.execute_unprepared("set local statement_timeout = 0").await.or_app()?;
        tx.execute_unprepared(&format!("select pg_advisory_xact_lock({MIGRATION_LOCK})")).await.or_app()?;
        Migrator::up(&tx, None).await.or_app()?;

        tx.commit().await.or_app()
    }

    /// Begins to write, in its turn where there can be one writer only.
    pub(super) async fn begin(&self) -> Result<(Tx, Option<OwnedSemaphorePermit>)> {
        let Some(writer) = &self.writer else {
            let lease = Lease::take(self.pool(), Purpose::Write).await.or_app()?;
            return Ok((Tx::begin(self, lease).await.or_app()?, None));
        };
        let until = tokio::time::Instant::now() + WRITER_PATIENCE;
        let turn = async || {
            let turn = tokio::time::timeout_at(until, Arc::clone(writer).acquire_owned());
            turn.await.map_err(AppError::unavailable)?.map_err(AppError::unavailable)
        };

        let permit = turn().await?;
        // All writers stand behind this one: while it waits for a connection, another goes first.
        if let Some(lease) = Lease::take_now(self.pool(), Purpose::Write).await.or_app()? {
            return Ok((Tx::begin(self, lease).await.or_app()?, Some(permit)));
        }
        drop(permit);
        let lease = Lease::take(self.pool(), Purpose::Write).await.or_app()?;
        let permit = turn().await?;
        Ok((Tx::begin(self, lease).await.or_app()?, Some(permit)))
    }
}

/// A thread's connections: those at work have a turn, those at rest are kept open.
struct Pool {
    connections: DatabaseConnection,
    turns: Turns,
    /// Connections that may be open.
    size: u32,
    /// Each with the moment since which it rests.
    idle: Mutex<Vec<(Kept, Instant)>>,
}

impl Pool {
    fn new(connections: DatabaseConnection, size: u32) -> Arc<Self> {
        let turns = Turns::new((size - BESIDE) as usize);
        Arc::new(Self { connections, turns, size, idle: Mutex::default() })
    }

    /// A connection that answers: those that rest in the pool of the library may have died with the one that is replaced.
    async fn open_alive(&self) -> std::result::Result<Kept, DbErr> {
        // Each dead one is taken out, so that the library comes to one that it opens anew.
        for _ in 0..self.size {
            let mut kept = self.open().await?;
            match kept.ping().await {
                Err(error) if is_dead(&error) => kept.close_on_drop(),
                alive => return alive.map(|()| kept),
            }
        }
        self.open().await
    }

    async fn open(&self) -> std::result::Result<Kept, DbErr> {
        let opened = if self.connections.get_database_backend() == DatabaseBackend::Sqlite {
            self.connections.get_sqlite_connection_pool().acquire().await.map(Kept::Sqlite)
        } else {
            self.connections.get_postgres_connection_pool().acquire().await.map(Kept::Postgres)
        };
        opened.map_err(|error| {
            if matches!(error, sqlx::Error::PoolTimedOut) {
                return DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
            }
            DbErr::Conn(RuntimeErr::SqlxError(error.into()))
        })
    }
}

impl Drop for Pool {
    /// A connection can only be closed inside a runtime; at the end of the process the system closes it.
    fn drop(&mut self) {
        if tokio::runtime::Handle::try_current().is_err()
            && let Ok(idle) = self.idle.get_mut()
        {
            idle.drain(..).for_each(std::mem::forget);
        }
    }
}

/// Threads in the order in which they first asked: the main thread is 0.
fn thread_number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static NUMBER: usize = NEXT.fetch_add(1, Ordering::Relaxed);
    }
    NUMBER.with(|number| *number)
}

/// The file of an embedded database; none in memory, or on a server.
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    let path = path.split('?').next().unwrap_or(path);
    (!path.contains(":memory:")).then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests;
