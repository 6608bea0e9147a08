//! A connection on loan: kept for the next one, or closed where it must not come back.

use super::Pool;
use super::TURN_PATIENCE;
use super::conn::{Kept, is_dead};
use super::turns::{Purpose, Turn};
use crate::kernel::seeded;
use crate::persistence::kernel::errors::environment;
use sea_orm::{ConnAcquireErr, DbErr, ExecResult, QueryResult, Statement};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a kept connection counts as alive without being asked.
const FRESH: Duration = Duration::from_secs(5);

/// Whether SQLite may have rolled the transaction back by itself: out of memory, interrupted, a file that cannot be read or
/// written, a full disk, a commit that found the database busy.
fn ends_transaction(error: &DbErr) -> bool {
    environment::sqlite_code(error).is_some_and(|code| matches!(code, 5 | 7 | 9 | 10 | 11 | 13 | 26))
}

/// A connection on loan. Kept for the next one by [`Lease::keep`]; in any other case what it began is rolled back and the
/// pool tests it.
pub(super) struct Lease {
    kept: Option<Kept>,
    pub(super) reused: bool,
    /// Opened or used a moment ago, so that it is very likely alive.
    pub(super) fresh: bool,
    /// It must not be used again: whether a BEGIN arrived is not known, or the database may have ended the transaction by
    /// itself, which the connection does not know.
    spoilt: bool,
    pool: Arc<Pool>,
    _turn: Turn,
}

impl Lease {
    pub(super) async fn take(pool: &Arc<Pool>, purpose: Purpose) -> Result<Self, DbErr> {
        let turn = pool.turns.take(purpose, TURN_PATIENCE).await;
        Self::at(pool, turn.ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?).await
    }

    /// The same where there is a turn at once.
    pub(super) async fn take_now(pool: &Arc<Pool>, purpose: Purpose) -> Result<Option<Self>, DbErr> {
        match pool.turns.take(purpose, Duration::ZERO).await {
            Some(turn) => Self::at(pool, turn).await.map(Some),
            None => Ok(None),
        }
    }

    async fn at(pool: &Arc<Pool>, turn: Turn) -> Result<Self, DbErr> {
        let idle = pool.idle.lock().ok().and_then(|mut idle| idle.pop());
        let fresh = idle.as_ref().is_some_and(|(_, since)| since.elapsed() < FRESH);
        let kept = idle.map(|(kept, _)| kept);
        let mut lease = Self { reused: true, fresh, spoilt: false, kept, pool: Arc::clone(pool), _turn: turn };
        if lease.kept.is_none() {
            // The pool's own may have rested there as well.
            lease.kept = Some(pool.open().await?);
            lease.fresh = true;
        }
        Ok(lease)
    }

    /// A new connection in the place of a dead one. The others that rest have most likely died with it.
    pub(super) async fn renew(&mut self) -> Result<(), DbErr> {
        if let Some(dead) = self.kept.as_mut().filter(|_| !seeded::bug("dead")) {
            dead.close_on_drop();
            let others = self.pool.idle.lock().map(|mut idle| std::mem::take(&mut *idle)).unwrap_or_default();
            for (mut other, _) in others {
                other.close_on_drop();
            }
        }
        self.kept = None;
        self.reused = false;
        self.fresh = true;
        self.spoilt = false;
        self.kept = Some(self.pool.open_alive().await?);
        Ok(())
    }

    pub(super) fn kept(&mut self) -> Result<&mut Kept, DbErr> {
        self.kept.as_mut().ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
    }

    pub(super) async fn execute(&mut self, statement: &Statement) -> Result<ExecResult, DbErr> {
        let done = self.kept()?.execute(statement).await;
        self.noticed(done)
    }

    pub(super) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        let done = self.kept()?.execute_unprepared(sql).await;
        self.noticed(done)
    }

    pub(super) async fn query(&mut self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let done = self.kept()?.query(statement).await;
        self.noticed(done)
    }

    pub(super) async fn commit(&mut self) -> Result<(), DbErr> {
        let done = self.kept()?.commit().await;
        self.noticed(done)
    }

    fn noticed<T>(&mut self, done: Result<T, DbErr>) -> Result<T, DbErr> {
        self.spoilt |= done.as_ref().is_err_and(ends_transaction) && !seeded::bug("ended");
        done
    }

    pub(super) async fn begin(&mut self) -> Result<(), DbErr> {
        self.spoilt = true;
        let begun = self.kept()?.begin().await;
        // An answer came, whichever it was.
        self.spoilt = begun.as_ref().is_err_and(is_dead);
        self.noticed(begun)
    }

    pub(super) fn keep(mut self) {
        if let (Some(kept), Ok(mut idle)) = (self.kept.take(), self.pool.idle.lock()) {
            idle.push((kept, Instant::now()));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(kept) = &mut self.kept {
            if self.spoilt {
                kept.close_on_drop();
            } else {
                kept.start_rollback();
            }
        }
    }
}
