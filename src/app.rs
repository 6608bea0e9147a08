//! Everything a process needs, made once and shared by its workers.

use crate::config::Settings;
use crate::kernel::ctx::Actor;
use crate::kernel::error::{AppError, Result};
use crate::kernel::secrets::Secrets;
use crate::kernel::seeded;
use crate::kernel::vault::Vault;
use crate::persistence::kernel::db::Db;
use crate::persistence::kernel::tx::Desk;
use crate::persistence::records::files::Files;
use crate::service::access::auth::Provider;
use crate::service::access::clients::usage::Usage;
use chrono::{DateTime, Utc};
use domain::kernel::clocks::calendar::Calendar;
use domain::register::dictionaries;
use domain::register::dictionaries::CodeTable;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{AcquireError, Notify, OnceCell, OwnedSemaphorePermit, Semaphore, SemaphorePermit, watch};

/// A verified access token: who it is and until when.
#[derive(Clone)]
pub struct Session {
    pub actor: Arc<Actor>,
    pub expires_at: DateTime<Utc>,
}

pub struct App {
    pub settings: Settings,
    pub db: Db,
    pub secrets: Secrets,
    /// Evidence and documents, sealed.
    pub files: Files,
    /// Data keys, as this process knows them.
    pub vault: Vault,
    pub calendar: Calendar,
    pub tables: BTreeMap<String, CodeTable>,
    /// Verified tokens by digest, for half a minute: by then other processes know of what ended here.
    pub sessions: moka::sync::Cache<[u8; 32], Session>,
    /// Argon2 is memory-hard: few at a time.
    hashing: Semaphore,
    /// Who changes a password has several hashes to wait for, and takes one turn at a time from those who log in.
    changing: Semaphore,
    /// Testing and backtesting models is work for a core: few at a time.
    pub heavy: Semaphore,
    /// Packages for the archive are read by whoever has their link, at their own pace.
    pub packages: Semaphore,
    /// Transcripts are large: few at a time for the public.
    transcripts: Arc<Semaphore>,
    /// Re-running what anybody sends is work for a core: nobody who reads a transcript waits for it.
    verifying: Arc<Semaphore>,
    /// Large bodies that anybody may send: few at a time are received.
    receiving: Semaphore,
    /// Files on their way in hold a piece each in memory: so many at a time.
    uploads: Arc<Semaphore>,
    /// Pages of drafts are set one at a time: those that are issued do not wait for them.
    previews: Semaphore,
    /// Wakes whoever checks what has arrived.
    pub evidence: Notify,
    /// The provider of single sign-on, once it was asked.
    pub oidc: Provider,
    /// Since when states are kept, once it was asked.
    history_begun: OnceCell<DateTime<Utc>>,
    /// What partner systems did lately.
    pub usage: Usage,
    /// True once the process is to end: work gives back what it holds, streams say so.
    stopping: watch::Sender<bool>,
    /// Wakes the job runner.
    pub jobs: Notify,
}

impl App {
    /// Connects, without touching the schema.
    pub async fn new(settings: Settings) -> Result<Arc<Self>> {
        let secrets = Secrets::load_or_create(&settings.security.secret_file)?;
        let database = &settings.database;
        let threads = settings.server.workers();
        let calendar = || Calendar::published().map_err(AppError::internal);
        let desk = Desk { calendar: calendar()?, rules: settings.rules.clone() };
        let db = Db::connect(&database.url, database.max_connections, threads, desk, secrets.page_key).await?;

        let files = Files::open(&settings.files)?;

        Ok(Arc::new(Self {
            files,
            settings,
            db,
            secrets,
            vault: Vault::default(),
            calendar: calendar()?,
            tables: dictionaries::all()?,
            sessions: moka::sync::Cache::builder()
                .max_capacity(100_000)
                .time_to_live(Duration::from_secs(30))
                .support_invalidation_closures()
                .build(),
            hashing: Semaphore::new(2),
            changing: Semaphore::new(1),
            heavy: Semaphore::new(2),
            packages: Semaphore::new(4),
            transcripts: Arc::new(Semaphore::new(2)),
            verifying: Arc::new(Semaphore::new(1)),
            receiving: Semaphore::new(8),
            uploads: Arc::new(Semaphore::new(32)),
            previews: Semaphore::new(1),
            evidence: Notify::new(),
            oidc: Provider::default(),
            history_begun: OnceCell::new(),
            usage: Usage::default(),
            stopping: watch::Sender::new(false),
            jobs: Notify::new(),
        }))
    }

    /// Forgets verified tokens, so that what has ended ends at once in this process.
    pub fn forget(&self, of: impl Fn(&Session) -> bool + Send + Sync + 'static) {
        if self.sessions.invalidate_entries_if(move |_, session| of(session)).is_err() {
            self.sessions.invalidate_all();
        }
    }

    /// Since when states are kept; asked once.
    pub async fn history_begun(&self, ask: impl AsyncFnOnce() -> Result<DateTime<Utc>>) -> Result<DateTime<Utc>> {
        self.history_begun.get_or_try_init(|| ask()).await.copied()
    }

    /// A turn to hash a password; under a flood of log-ins, who waits for long is told to come back.
    pub async fn hashing_turn(&self) -> Result<SemaphorePermit<'_>> {
        turn(self.hashing.acquire(), 10).await
    }

    /// A turn to change a password.
    pub async fn password_turn(&self) -> Result<SemaphorePermit<'_>> {
        turn(self.changing.acquire(), 10).await
    }

    /// A turn to receive a large body from anybody; it is not the turn to work on it, so that slow senders keep out slow
    /// senders only.
    pub async fn receiving_turn(&self) -> Result<SemaphorePermit<'_>> {
        turn(self.receiving.acquire(), 2).await
    }

    /// A turn to send a file.
    pub async fn upload_turn(&self) -> Result<OwnedSemaphorePermit> {
        turn(Arc::clone(&self.uploads).acquire_owned(), 2).await
    }

    /// A turn to look at a draft.
    pub async fn preview_turn(&self) -> Result<SemaphorePermit<'_>> {
        turn(self.previews.acquire(), 5).await
    }

    /// A turn for what the public may ask for and is large; who waits for long is told to come back.
    pub async fn public_turn(&self) -> Result<OwnedSemaphorePermit> {
        turn(Arc::clone(&self.transcripts).acquire_owned(), 2).await
    }

    /// A turn to re-run what anybody sends.
    pub async fn verifying_turn(&self) -> Result<OwnedSemaphorePermit> {
        let turns = if seeded::bug("verifying") { &self.transcripts } else { &self.verifying };
        turn(Arc::clone(turns).acquire_owned(), 2).await
    }

    /// Until when a job taken or told of now is its holder's.
    pub fn lease_until(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + Duration::from_secs(u64::from(self.settings.server.job_lease_seconds))
    }

    /// The process is to end.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
        self.wake_jobs();
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until the process is to end.
    pub async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // The sender lives as long as the application.
        let _ended = stopping.wait_for(|stopping| *stopping).await;
    }

    /// Work has been queued: every lane of the runner looks, one that is busy when it is free again.
    pub fn wake_jobs(&self) {
        self.jobs.notify_waiters();
        self.jobs.notify_one();
    }

    /// Migrates, loads the regions shipped with the build, and begins the catalogue of what is to be gathered.
    pub async fn migrate(&self) -> Result<()> {
        self.db.migrate().await?;
        crate::service::kernel::sealed::refresh(self).await?;
        crate::service::register::regions::load_shipped(&self.db).await?;
        crate::service::oversight::log::begin(self).await?;
        crate::service::intake::data_sets::begin(self).await
    }
}

/// Waits so many seconds for a turn; after that the service is busy, and says so.
async fn turn<T>(waiting: impl Future<Output = std::result::Result<T, AcquireError>>, seconds: u64) -> Result<T> {
    let turn = tokio::time::timeout(Duration::from_secs(seconds), waiting);
    turn.await.map_err(AppError::unavailable)?.map_err(AppError::unavailable)
}
