//! Whether the database can serve: it answers, its schema is this build's, and it takes a write.

use super::lease::Lease;
use super::turns::Purpose;
use super::{Db, Tx};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::{AppResult, environment, is_unavailable};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Statement};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// What readiness writes, how long the answer holds, and how long it waits for its turn.
const WRITE: &str = "insert into serials (series, last) values ('readiness', 1) \
     on conflict (series) do update set last = serials.last + 1";
const WRITTEN: Duration = Duration::from_secs(2);
const TURN: Duration = Duration::from_secs(1);

const SQLITE_COLUMNS: &str =
    "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'";
const POSTGRES_COLUMNS: &str =
    "select table_name::text, column_name::text from information_schema.columns where table_schema = current_schema()";

impl Db {
    /// Whether the database answers and its schema is this build's.
    pub async fn check_ready(&self) -> Result<()> {
        let connections = &self.pool().connections;
        connections.ping().await.or_app()?;
        let pending = Migrator::get_pending_migrations_read_only(connections).await.or_app()?;
        if !pending.is_empty() {
            return Err(AppError::unavailable("migrations are pending"));
        }
        self.check_columns().await?;
        self.check_writable().await
    }

    /// A database that answers may still not take a write: its disk is full, or it stands by. Asked every two seconds at most.
    async fn check_writable(&self) -> Result<()> {
        let asked = self.written.lock().ok().and_then(|written| *written);
        if asked.is_some_and(|at| at.elapsed() < WRITTEN) {
            return Ok(());
        }
        let turn = match &self.writer {
            None => None,
            Some(writer) => match tokio::time::timeout(TURN, Arc::clone(writer).acquire_owned()).await {
                Ok(turn) => Some(turn.map_err(AppError::unavailable)?),
                // Somebody writes just now.
                Err(_) => return Ok(()),
            },
        };
        let write = async {
            let tx = Tx::begin(self, Lease::take(self.pool(), Purpose::Write).await?).await?;
            tx.execute_unprepared(WRITE).await?;
            tx.commit(Vec::new(), None).await
        };
        let done = write.await;
        drop(turn);

        match done {
            Err(error) if is_unavailable(&error) || environment::is_exhausted(&error) => {
                Err(AppError::unavailable(error))
            }
            _ => {
                if let Ok(mut written) = self.written.lock() {
                    *written = Some(Instant::now());
                }
                Ok(())
            }
        }
    }

    /// The names of steps alone prove nothing: a database made by another build may lack what this one writes. Looked at until
    /// it is right once.
    async fn check_columns(&self) -> Result<()> {
        if self.columns_are_right.load(Ordering::Relaxed) {
            return Ok(());
        }

        let connections = &self.pool().connections;
        let backend = connections.get_database_backend();
        let sql = if self.writer.is_some() { SQLITE_COLUMNS } else { POSTGRES_COLUMNS };
        let rows = connections.query_all_raw(Statement::from_string(backend, sql)).await.or_app()?;
        let mut found: BTreeSet<(String, String)> = BTreeSet::new();
        for row in rows {
            found.insert((row.try_get_by_index(0).or_app()?, row.try_get_by_index(1).or_app()?));
        }

        for (table, columns) in migration::columns() {
            for column in columns {
                if !found.contains(&(table.to_owned(), column.to_owned())) {
                    let cause = format!("the database has no column {table}.{column}: it was made by another build");
                    return Err(AppError::unavailable(cause));
                }
            }
        }
        self.columns_are_right.store(true, Ordering::Relaxed);
        Ok(())
    }
}
