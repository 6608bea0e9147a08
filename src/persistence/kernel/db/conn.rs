//! Connections that are kept between uses.
//!
//! A pool tests every connection on its way back, which costs a get-by-id a second round trip. A kept connection is used
//! again as it is; one that turns out to be dead is dropped, and the statement is sent once more on a new one.

use super::Db;
use super::lease::Lease;
use super::turns::Purpose;
use sea_orm::prelude::async_trait;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, Database, Executor, Postgres, SqlSafeStr, Sqlite, query_with};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value};
use sea_query_sqlx::SqlxValues;
use sqlx_core::transaction::TransactionManager;
use std::cell::Cell;
use std::future::Future;

tokio::task_local! {
    static SENT: Cell<u32>;
}

/// Runs a request and says how many statements it sent.
pub async fn counting<T>(work: impl Future<Output = T>) -> (T, u32) {
    SENT.scope(Cell::new(0), async {
        let done = work.await;
        (done, SENT.with(Cell::get))
    })
    .await
}

fn count() {
    let _ = SENT.try_with(|sent| sent.set(sent.get() + 1));
}

/// An open connection to either database.
pub(super) enum Kept {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// The same words for both kinds of connection.
macro_rules! on {
    ($kept:expr, $conn:ident: $database:ident => $body:expr) => {
        match $kept {
            Kept::Sqlite($conn) => {
                type $database = Sqlite;
                $body
            }
            Kept::Postgres($conn) => {
                type $database = Postgres;
                $body
            }
        }
    };
}

type Manager<D> = <D as Database>::TransactionManager;

fn values(statement: &Statement) -> SqlxValues {
    SqlxValues(statement.values.clone().unwrap_or(sea_orm::Values(Vec::new())))
}

/// SQLite plans a statement anew each time its LIMIT is bound, so the number is written out: planned once, used often.
pub(super) fn for_backend(backend: DbBackend, mut statement: Statement) -> Statement {
    if backend == DbBackend::Sqlite
        && let (Some(head), Some(values)) = (statement.sql.strip_suffix(" LIMIT ?"), &mut statement.values)
        && let Some(Value::BigUnsigned(Some(limit))) = values.0.last()
    {
        statement.sql = format!("{head} LIMIT {limit}");
        values.0.pop();
    }
    statement
}

fn exec_error(error: sqlx::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(error.into()))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(error.into()))
}

impl Kept {
    pub(super) async fn execute(&mut self, statement: &Statement) -> Result<ExecResult, DbErr> {
        count();
        let (sql, values) = (AssertSqlSafe(statement.sql.as_str()), values(statement));
        on!(self, conn: D => {
            let done = query_with::<D, _>(sql, values).execute(&mut **conn).await;
            done.map(Into::into).map_err(exec_error)
        })
    }

    pub(super) async fn execute_unprepared(&mut self, sql: &str) -> Result<ExecResult, DbErr> {
        count();
        on!(self, conn: _D => {
            let done = (&mut **conn).execute(AssertSqlSafe(sql.to_owned())).await;
            done.map(Into::into).map_err(exec_error)
        })
    }

    pub(super) async fn query(&mut self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        count();
        let (sql, values) = (AssertSqlSafe(statement.sql.as_str()), values(statement));
        on!(self, conn: D => {
            let rows = query_with::<D, _>(sql, values).fetch_all(&mut **conn).await.map_err(query_error)?;
            Ok(rows.into_iter().map(Into::into).collect())
        })
    }

    /// SQLite begins at once as a writer, so that a read-then-write never fails late.
    pub(super) async fn begin(&mut self) -> Result<(), DbErr> {
        count();
        let begun = match self {
            Self::Sqlite(conn) => {
                let words = AssertSqlSafe("BEGIN IMMEDIATE").into_sql_str();
                Manager::<Sqlite>::begin(conn, Some(words)).await
            }
            Self::Postgres(conn) => Manager::<Postgres>::begin(conn, None).await,
        };
        begun.map_err(exec_error)
    }

    pub(super) async fn commit(&mut self) -> Result<(), DbErr> {
        count();
        on!(self, conn: D => Manager::<D>::commit(conn).await.map_err(exec_error))
    }

    pub(super) async fn ping(&mut self) -> Result<(), DbErr> {
        on!(self, conn: _D => conn.ping().await).map_err(query_error)
    }

    pub(super) fn close_on_drop(&mut self) {
        on!(self, conn: _D => conn.close_on_drop());
    }

    pub(super) fn start_rollback(&mut self) {
        on!(self, conn: D => if Manager::<D>::get_transaction_depth(conn) > 0 { Manager::<D>::start_rollback(conn); });
    }
}

/// Whether the connection broke before the database could have said anything.
pub fn is_dead(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = error else {
        return false;
    };
    matches!(&**inner, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed)
        || inner
            .as_database_error()
            .and_then(sqlx_core::error::DatabaseError::code)
            .is_some_and(|code| code.starts_with("57P"))
}

impl Db {
    /// Sends a write of its own, once: whether a broken connection carried it out is not known.
    async fn send(&self, statement: &Statement) -> Result<ExecResult, DbErr> {
        let mut lease = Lease::take(self.pool(), Purpose::Write).await?;
        let done = lease.execute(statement).await?;
        lease.keep();
        Ok(done)
    }

    /// Reads on a kept connection; once more on a new one where the kept one was dead.
    async fn read(&self, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut lease = Lease::take(self.pool(), Purpose::Read).await?;
        loop {
            match lease.query(statement).await {
                Ok(rows) => {
                    lease.keep();
                    return Ok(rows);
                }
                Err(error) if lease.reused && is_dead(&error) => lease.renew().await?,
                Err(error) => return Err(error),
            }
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Db {
    fn get_database_backend(&self) -> DbBackend {
        self.pool().connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.send(&statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut lease = Lease::take(self.pool(), Purpose::Write).await?;
        let done = lease.execute_unprepared(sql).await?;
        lease.keep();
        Ok(done)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = for_backend(self.get_database_backend(), statement);
        self.read(&statement).await
    }
}
