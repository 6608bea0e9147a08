//! A transaction on a kept connection.

use super::Db;
use super::conn::{Lease, for_backend, is_dead};
use sea_orm::prelude::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use tokio::sync::Mutex;

/// A transaction on a connection of its own; dropping it rolls back.
pub struct Tx {
    lease: Mutex<Lease>,
    backend: DbBackend,
}

impl Tx {
    pub(super) async fn begin(db: &Db) -> Result<Self, DbErr> {
        let mut lease = Lease::take(db.pool()).await?;
        if let Err(error) = lease.begin().await {
            if !(lease.reused && is_dead(&error)) {
                return Err(error);
            }
            lease.renew().await?;
            lease.begin().await?;
        }
        Ok(Self { lease: Mutex::new(lease), backend: db.get_database_backend() })
    }

    pub async fn commit(self) -> Result<(), DbErr> {
        let mut lease = self.lease.into_inner();
        lease.kept()?.commit().await?;
        lease.keep();
        Ok(())
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.lease.lock().await.kept()?.execute(&statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.lease.lock().await.kept()?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let statement = for_backend(self.backend, statement);
        self.lease.lock().await.kept()?.query(&statement).await
    }
}
