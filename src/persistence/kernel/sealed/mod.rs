//! Every column that holds sealed values, for changing their key. One list: what is not here cannot be rotated.

pub mod keys;

use crate::kernel::error::Result;
use crate::kernel::vault::Place;
use crate::persistence::kernel::errors::AppResult;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

pub struct SealedColumn {
    table: &'static str,
    column: &'static str,
}

const fn column(table: &'static str, column: &'static str) -> SealedColumn {
    SealedColumn { table, column }
}

pub const COLUMNS: &[SealedColumn] = &[
    column("users", "id_number"),
    column("users", "totp_secret"),
    column("sessions", "oidc_id_token"),
    column("personnel", "id_number"),
    column("personnel", "phone"),
    column("personnel", "address"),
    column("objects", "cert_number"),
    column("objects", "personal_address"),
    column("objects", "phone"),
    column("behaviours", "person"),
    column("complaints", "reporter_name"),
    column("complaints", "reporter_phone"),
    column("complaints", "reporter_id_number"),
    column("import_chunks", "content"),
    column("documents", "content"),
    column("documents", "service"),
    column("documents", "refusal"),
];

/// Values read at once; pieces of files are a megabyte each.
const BATCH: u64 = 200;
const PIECES: u64 = 8;

impl SealedColumn {
    pub const fn place(&self, id: Uuid) -> Place {
        Place { table: self.table, column: self.column, id }
    }

    /// Values under another key; `None` where there are none left.
    pub async fn not_under(&self, conn: &impl ConnectionTrait, key: &str) -> Result<Option<Vec<(Uuid, String)>>> {
        let value = || Expr::col(Alias::new(self.column));
        let query = Query::select()
            .columns([Alias::new("id"), Alias::new(self.column)])
            .from(Alias::new(self.table))
            .and_where(value().is_not_null())
            .and_where(value().not_like(format!("{key}.%")))
            .limit(if self.table == "import_chunks" { PIECES } else { BATCH })
            .to_owned();
        let rows = conn.query_all(&query).await.or_app()?;
        let rows = rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)));
        let rows: Vec<_> = rows.collect::<std::result::Result<_, DbErr>>().or_app()?;
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }

    /// Puts the new value in the old one's place, unless somebody wrote another meanwhile. The record is the same, so its
    /// version stays.
    pub async fn replace(&self, conn: &impl ConnectionTrait, id: Uuid, old: &str, new: &str) -> Result<u64> {
        let update = Query::update()
            .table(Alias::new(self.table))
            .value(Alias::new(self.column), new)
            .and_where(Expr::col(Alias::new("id")).eq(id))
            .and_where(Expr::col(Alias::new(self.column)).eq(old))
            .to_owned();
        Ok(conn.execute(&update).await.or_app()?.rows_affected())
    }
}
