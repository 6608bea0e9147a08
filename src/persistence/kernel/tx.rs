//! The one write path: begin, change, and commit together with the audit rows of the change.

use super::change::Change;
use super::db::{Db, Tx};
use super::errors::AppResult;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{Again, AppError, Result};
use crate::persistence::intake::data_sets;
use crate::persistence::oversight::{audit, worklist};
use chrono::NaiveDate;
use domain::kernel::clocks::Term;
use domain::kernel::clocks::calendar::Calendar;
use domain::kernel::rules::Rules;
use domain::oversight::worklist::Waiting;
use sea_orm::Statement;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::OwnedSemaphorePermit;

/// By when work is due: the calendar of working days and the rules' terms.
pub struct Desk {
    pub calendar: Calendar,
    pub rules: Rules,
}

impl Desk {
    /// The day by which a kind of work that begins today is due.
    pub fn due_on(&self, today: NaiveDate, kind: Waiting) -> NaiveDate {
        Term::working_days(kind.working_days(&self.rules)).due_on(&self.calendar, today)
    }
}

/// A transaction that writes. Write functions take `&WriteTx`; dropping it rolls back.
pub struct WriteTx {
    tx: Tx,
    ctx: Ctx,
    desk: Arc<Desk>,
    log_key: [u8; 32],
    /// What is sent with the audit rows.
    last: Mutex<Vec<Statement>>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl WriteTx {
    pub async fn begin(db: &Db, ctx: &Ctx) -> Result<Self> {
        let (tx, turn) = db.begin().await?;
        Ok(Self {
            tx,
            ctx: ctx.clone(),
            desk: Arc::clone(&db.desk),
            log_key: db.log_key,
            last: Mutex::default(),
            _turn: turn,
        })
    }

    /// Keeps an INSERT to be sent with the audit rows, so that a change that is nothing else takes one round trip. Nothing
    /// of the transaction reads what it writes, and its refusal is the commit's.
    pub fn insert_last(&self, statement: Statement) -> Result<()> {
        self.last.lock().map_err(|_| AppError::internal("a writer broke off"))?.push(statement);
        Ok(())
    }

    pub fn conn(&self) -> &Tx {
        &self.tx
    }

    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// Writes the audit rows and commits.
    pub async fn commit<T>(self, change: Change<T>) -> Result<T> {
        let (value, events) = change.into_parts();
        // Whoever has to wait from now on, or no longer, is told in the same transaction.
        worklist::follow(&self, &self.desk, &events).await?;
        data_sets::note_today(&self, data_sets::arrived(&events))?;
        let (audit, proof) = audit::rows(&self.ctx, &self.tx, &self.log_key, events);
        // The turn of the one writer of SQLite ends with the commit.
        let Self { tx, last, _turn, .. } = self;
        let mut last = last.into_inner().map_err(|_| AppError::internal("a writer broke off"))?;
        last.extend(audit);
        tx.commit(last, proof).await.or_app()?;
        Ok(value)
    }
}

/// How often a transaction that was broken off is run again, and until when: whoever waits for it is answered within ten
/// seconds, behind the longest lock too.
const ATTEMPTS: u64 = 5;
const PATIENCE: Duration = Duration::from_secs(3);

/// Runs a change in a transaction, again where it was broken off.
pub async fn write<T>(db: &Db, ctx: &Ctx, work: impl AsyncFn(&WriteTx) -> Result<Change<T>>) -> Result<T> {
    repeated(async || {
        let tx = WriteTx::begin(db, ctx).await?;
        let change = work(&tx).await?;
        tx.commit(change).await
    })
    .await
}

/// Runs what changes no record of the trade in a transaction: the bookkeeping of the log.
pub async fn keep<T>(db: &Db, work: impl AsyncFn(&Tx) -> Result<T>) -> Result<T> {
    repeated(async || {
        let (tx, _turn) = db.begin().await?;
        let value = work(&tx).await?;
        tx.commit(Vec::new(), None).await.or_app()?;
        Ok(value)
    })
    .await
}

/// Does a piece of work, again where what it wrote was broken off.
pub(super) async fn repeated<T>(work: impl AsyncFn() -> Result<T>) -> Result<T> {
    let begun = Instant::now();
    let mut attempt = 0;
    loop {
        attempt += 1;
        match work().await {
            Err(error) if error.again != Again::No && attempt < ATTEMPTS && begun.elapsed() < PATIENCE => {
                pause(attempt).await;
            }
            outcome => return outcome,
        }
    }
}

/// 10, 20, 40 … ms, with up to as much again by chance.
async fn pause(attempt: u64) {
    let base = 10u64 << attempt.min(6);
    let jitter = u64::from(crate::kernel::ctx::random::<1>()[0]) * base / 255;
    tokio::time::sleep(Duration::from_millis(base + jitter)).await;
}
