//! A transaction on a kept connection, begun when its first statement is sent.

use super::Db;
use super::conn::{for_backend, is_dead};
use super::lease::Lease;
use crate::kernel::seeded;
use sea_orm::prelude::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement};
use tokio::sync::{Mutex, MutexGuard};

/// A transaction on a connection of its own; dropping it rolls back.
pub struct Tx {
    state: Mutex<State>,
    backend: DbBackend,
}

struct State {
    lease: Lease,
    begun: bool,
}

impl State {
    async fn begin(&mut self) -> Result<(), DbErr> {
        if self.begun {
            return Ok(());
        }
        if let Err(error) = self.lease.begin().await {
            if !(self.lease.reused && is_dead(&error)) {
                return Err(error);
            }
            self.lease.renew().await?;
            self.lease.begin().await?;
        }
        self.begun = true;
        Ok(())
    }

    /// A transaction of one statement. On a kept connection that turns out to be dead it is sent once more on a new one: its
    /// rows have their ids, so that it cannot be carried out twice.
    async fn send_whole(mut self, statement: &Statement, proof: Option<Statement>) -> Result<(), DbErr> {
        let reused = self.lease.reused;
        let mut done = self.lease.execute(statement).await;
        let again = reused && done.as_ref().is_err_and(is_dead) && proof.is_some() && !seeded::bug("dead");
        if let (true, Err(error)) = (again, &done) {
            self.lease.renew().await.map_err(|_| unknown(error))?;
            done = self.lease.execute(statement).await;
        }

        match done {
            // Sent twice, it may be refused as known already: by the first sending, or by what was there before.
            Err(error) if again || is_dead(&error) => self.was_done(proof, error).await,
            Err(error) => Err(error),
            Ok(_) => {
                self.lease.keep();
                Ok(())
            }
        }
    }

    /// Whether what was sent last was carried out, though no answer came.
    async fn was_done(mut self, proof: Option<Statement>, error: DbErr) -> Result<(), DbErr> {
        let Some(proof) = proof else { return Err(unknown(&error)) };
        // Who cannot look does not know: the change is not made again with other ids.
        self.lease.renew().await.map_err(|_| unknown(&error))?;
        let found = self.lease.query(&proof).await;
        let found = found.map_err(|lost| if seeded::bug("proof") { lost } else { unknown(&error) })?;
        self.lease.keep();
        match found.is_empty() {
            false => Ok(()),
            // It may still be under way on the server.
            true if is_dead(&error) => Err(unknown(&error)),
            true => Err(error),
        }
    }
}

/// What a caller is told who must look again: nothing is repeated by itself.
fn unknown(error: &DbErr) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(format!("whether the change was made is not known: {error}")))
}

impl Tx {
    /// SQLite has one writer, whose turn it is now; PostgreSQL begins with the first statement.
    pub(super) async fn begin(db: &Db, lease: Lease) -> Result<Self, DbErr> {
        let backend = db.get_database_backend();
        let mut state = State { lease, begun: false };
        if backend == DbBackend::Sqlite {
            state.begin().await?;
        }
        Ok(Self { state: Mutex::new(state), backend })
    }

    /// Sends the last statements, INSERTs without RETURNING, and commits. Where nothing was sent before, PostgreSQL takes
    /// them as one statement that is a transaction by itself: one round trip instead of one a statement and two around.
    ///
    /// Where the connection breaks, `proof` finds a row if all was carried out nevertheless.
    pub async fn commit(self, mut last: Vec<Statement>, proof: Option<Statement>) -> Result<(), DbErr> {
        let mut state = self.state.into_inner();
        if !state.begun && state.lease.fresh && self.backend == DbBackend::Postgres && !last.is_empty() {
            return state.send_whole(&joined(&last), proof).await;
        }
        state.begin().await?;

        // Each statement that is sent wakes SQLite's thread and waits for it: they go together.
        if self.backend == DbBackend::Sqlite && last.len() > 1 {
            last = vec![in_a_row(&last)];
        }
        for statement in &last {
            state.lease.execute(statement).await?;
        }
        match state.lease.commit().await {
            Err(error) if is_dead(&error) => return state.was_done(proof, error).await,
            done => done?,
        }
        state.lease.keep();
        Ok(())
    }

    async fn state(&self) -> Result<MutexGuard<'_, State>, DbErr> {
        let mut state = self.state.lock().await;
        state.begin().await?;
        Ok(state)
    }
}

/// `INSERT …; INSERT …`, as SQLite takes them, with the bound values of all.
fn in_a_row(statements: &[Statement]) -> Statement {
    let sql: Vec<_> = statements.iter().map(|statement| statement.sql.as_str()).collect();
    let values = statements.iter().flat_map(|statement| &statement.values).flat_map(|values| values.0.iter().cloned());
    Statement::from_sql_and_values(DbBackend::Sqlite, sql.join("; "), values)
}

/// `WITH s0 AS (INSERT …), s1 AS (INSERT …) INSERT …`, with the bound values numbered on.
fn joined(statements: &[Statement]) -> Statement {
    let mut values = Vec::new();
    let mut parts = Vec::new();
    for statement in statements {
        parts.push(numbered_on(&statement.sql, values.len()));
        values.extend(statement.values.iter().flat_map(|values| values.0.iter().cloned()));
    }
    let last = parts.pop().unwrap_or_default();
    let named: Vec<_> = parts.iter().enumerate().map(|(at, sql)| format!("s{at} AS ({sql})")).collect();
    let sql = if named.is_empty() { last } else { format!("WITH {} {last}", named.join(", ")) };
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// `$1` becomes `$(1 + by)`. Every value is bound, so there is no `$` in the words themselves.
fn numbered_on(sql: &str, by: usize) -> String {
    let mut pieces = sql.split('$');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = piece[..digits].parse().unwrap_or(0);
        out.extend(["$", &(number + by).to_string(), &piece[digits..]]);
    }
    out
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.state().await?.lease.execute(&statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.state().await?.lease.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = for_backend(self.backend, statement);
        self.state().await?.lease.query(&statement).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Value;

    #[test]
    fn statements_are_joined_with_their_values_in_order() {
        let statement =
            |sql: &str, values: Vec<Value>| Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let insert = |table: &str| format!("INSERT INTO \"{table}\" (\"a\", \"b\") VALUES ($1, $2), ($3, $10)");
        let first = statement(&insert("x"), vec![1.into(), 2.into()]);
        let second = statement("INSERT INTO \"y\" (\"a\") VALUES ($1)", vec!["$1".into()]);
        let joined = joined(&[first, second]);
        assert_eq!(
            joined.sql,
            "WITH s0 AS (INSERT INTO \"x\" (\"a\", \"b\") VALUES ($1, $2), ($3, $10)) INSERT INTO \"y\" (\"a\") VALUES ($3)"
        );
        assert_eq!(joined.values.map(|values| values.0.len()), Some(3));
    }
}
