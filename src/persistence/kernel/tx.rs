//! The one write path: begin, change, and commit together with the audit rows of the change.

use super::db::{Db, Tx};
use super::errors::AppResult;
use super::idempotency;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::oversight::audit;
use domain::oversight::audit::AuditAction;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, Statement};
use serde::Serialize;
use serde_json::Value;
use std::sync::Mutex;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

/// A transaction that writes. Write functions take `&WriteTx`; dropping it rolls back.
pub struct WriteTx {
    tx: Tx,
    ctx: Ctx,
    /// What is sent with the audit rows.
    last: Mutex<Vec<Statement>>,
    _turn: Option<OwnedSemaphorePermit>,
}

/// One line of the audit trail.
#[derive(Debug)]
pub struct Event {
    pub action: AuditAction,
    pub resource: &'static str,
    pub resource_id: Uuid,
    pub department_id: Option<Uuid>,
    pub reason: Option<String>,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Event {
    pub fn new(action: AuditAction, resource: &'static str, resource_id: Uuid) -> Self {
        Self { action, resource, resource_id, department_id: None, reason: None, before: None, after: None }
    }

    pub fn before(mut self, value: &impl Serialize) -> Self {
        self.before = serde_json::to_value(value).ok();
        self
    }

    pub fn after(mut self, value: &impl Serialize) -> Self {
        self.after = serde_json::to_value(value).ok();
        self
    }

    pub fn department(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.department_id = id.into();
        self
    }

    pub fn reason(mut self, reason: impl Into<Option<String>>) -> Self {
        self.reason = reason.into();
        self
    }
}

/// A change that was made, with the audit lines that go with it: nothing commits without them.
#[derive(Debug)]
pub struct Change<T> {
    pub value: T,
    events: Vec<Event>,
}

impl<T> Change<T> {
    pub fn new(value: T, event: Event) -> Self {
        Self { value, events: vec![event] }
    }

    pub fn and(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// Takes over another change's audit lines.
    pub fn with<U>(mut self, other: Change<U>) -> Self {
        self.events.extend(other.events);
        self
    }

    /// The audit lines alone, for another change that brings this one with it.
    pub fn into_events(self) -> Vec<Event> {
        self.events
    }

    pub fn and_all(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        self.events.extend(events);
        self
    }

    pub fn try_map<U>(self, f: impl FnOnce(T) -> Result<U>) -> Result<Change<U>> {
        Ok(Change { value: f(self.value)?, events: self.events })
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Change<U> {
        Change { value: f(self.value), events: self.events }
    }
}

impl WriteTx {
    pub async fn begin(db: &Db, ctx: &Ctx) -> Result<Self> {
        let (tx, turn) = db.begin().await?;
        Ok(Self { tx, ctx: ctx.clone(), last: Mutex::default(), _turn: turn })
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
        let audit = audit::rows(&self, change.events);
        // The turn of the one writer of SQLite ends with the commit.
        let Self { tx, last, _turn, .. } = self;
        let mut last = last.into_inner().map_err(|_| AppError::internal("a writer broke off"))?;
        last.extend(audit);
        tx.commit(last).await.or_app()?;
        Ok(change.value)
    }
}

/// Takes the row's lock by an update that changes nothing: the same on both databases.
pub async fn lock_row<E: super::noun::Noun>(conn: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    E::update_many().col_expr(E::VERSION, Expr::col(E::VERSION)).filter(E::ID.eq(id)).exec(conn).await.or_app()?;
    Ok(())
}

/// The same for several rows, in the order of their ids.
pub async fn lock_rows<E: super::noun::Noun>(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<()> {
    let ids: std::collections::BTreeSet<_> = ids.into_iter().collect();
    for id in ids {
        lock_row::<E>(conn, id).await?;
    }
    Ok(())
}

/// How often a transaction that the database broke off is run again.
const ATTEMPTS: u64 = 5;

/// Runs a change in a transaction, again where the database asks for it.
pub async fn write<T>(db: &Db, ctx: &Ctx, work: impl AsyncFn(&WriteTx) -> Result<Change<T>>) -> Result<T> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let outcome = async {
            let tx = WriteTx::begin(db, ctx).await?;
            let change = work(&tx).await?;
            tx.commit(change).await
        };
        match outcome.await {
            Err(error) if error.transient && attempt < ATTEMPTS => pause(attempt).await,
            outcome => return outcome,
        }
    }
}

/// What a keyed write gave: a new effect, or the stored answer of the first one.
pub enum Keyed<T> {
    Fresh(T),
    Replayed(idempotency::StoredAnswer),
}

/// Like [`write()`], once a key: the key, its answer and its effect commit together.
pub async fn write_once<T>(
    db: &Db,
    ctx: &Ctx,
    key: &idempotency::Key,
    work: impl AsyncFn(&WriteTx) -> Result<Change<T>>,
    answer: impl Fn(&T) -> Result<idempotency::StoredAnswer>,
) -> Result<Keyed<T>> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let outcome = async {
            let tx = WriteTx::begin(db, ctx).await?;
            if let Some(stored) = idempotency::reserve(&tx, key).await? {
                return Ok(Keyed::Replayed(stored));
            }
            let change = work(&tx).await?;
            idempotency::store(&tx, key, &answer(&change.value)?).await?;
            tx.commit(change).await.map(Keyed::Fresh)
        };
        match outcome.await {
            Err(error) if error.transient && attempt < ATTEMPTS => pause(attempt).await,
            outcome => return outcome,
        }
    }
}

/// 10, 20, 40 … ms, with up to as much again by chance.
async fn pause(attempt: u64) {
    let base = 10u64 << attempt.min(6);
    let jitter = u64::from(crate::kernel::ctx::random::<1>()[0]) * base / 255;
    tokio::time::sleep(std::time::Duration::from_millis(base + jitter)).await;
}
