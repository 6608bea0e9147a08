//! What a database error means to the service.

use super::db::is_dead;
use crate::kernel::error::{Again, AppError, Result};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr};

/// `result.or_app()?` on everything that comes from the database.
pub trait AppResult<T> {
    fn or_app(self) -> Result<T>;
}

impl<T> AppResult<T> for std::result::Result<T, DbErr> {
    fn or_app(self) -> Result<T> {
        self.map_err(|error| from_db(&error))
    }
}

fn from_db(error: &DbErr) -> AppError {
    if let Some(SqlErr::UniqueConstraintViolation(_)) = error.sql_err() {
        return duplicate(error);
    }
    if let Some(SqlErr::ForeignKeyConstraintViolation(_)) = error.sql_err() {
        return AppError {
            cause: Some(error.to_string()),
            ..AppError::new(
                Code::StillReferenced,
                text!(
                    "引用的记录不存在，或该记录仍被引用。",
                    "A record referred to does not exist, or this one is still referred to."
                ),
            )
        };
    }

    if is_conflict(error) {
        return AppError { again: Again::Conflict, ..AppError::unavailable(error) };
    }
    if is_dead(error) {
        return AppError { again: Again::Lost, ..AppError::unavailable(error) };
    }
    if is_unavailable(error) || environment::is_exhausted(error) {
        return AppError::unavailable(error);
    }
    if is_unreadable(error) {
        return AppError::corrupt(error);
    }

    AppError::internal(error)
}

fn duplicate(error: &DbErr) -> AppError {
    AppError {
        cause: Some(error.to_string()),
        ..AppError::new(Code::Duplicate, text!("已有相同的记录。", "Such a record exists already."))
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's variants grow; only these carry sqlx's error")]
fn sqlx_error(error: &DbErr) -> Option<&sea_orm::sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner))
        | DbErr::Conn(RuntimeErr::SqlxError(inner)) => Some(inner),
        _ => None,
    }
}

/// A value came, and is none of its type: a code that is not known, JSON of another shape.
fn is_unreadable(error: &DbErr) -> bool {
    matches!(error, DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. })
        || matches!(sqlx_error(error), Some(sea_orm::sqlx::Error::ColumnDecode { .. }))
}

/// What surrounds the database: disks, memory, slots. Nothing is wrong with the request, which may succeed later.
pub mod environment {
    use super::{DbErr, sqlx_error};

    /// SQLite's primary result code; PostgreSQL's codes have five characters.
    pub fn sqlite_code(error: &DbErr) -> Option<i32> {
        let code = sqlx_error(error)?.as_database_error()?.code()?;
        let number = (code.len() < 5).then(|| code.parse::<i32>().ok()).flatten()?;
        Some(number & 0xff)
    }

    /// SQLite: out of memory, read-only, unreadable, full, cannot be opened, locked out. PostgreSQL: insufficient resources
    /// (class 53: disk full, out of memory, too many connections), read-only, an I/O error of the system.
    pub fn is_exhausted(error: &DbErr) -> bool {
        if let Some(code) = sqlite_code(error) {
            return matches!(code, 7 | 8 | 10 | 13 | 14 | 15 | 22);
        }
        let code = sqlx_error(error).and_then(|inner| inner.as_database_error()?.code());
        code.is_some_and(|code| code.starts_with("53") || matches!(&*code, "25006" | "58030"))
    }
}

/// Serialization failure, deadlock, lock timeout; SQLite busy or locked.
fn is_conflict(error: &DbErr) -> bool {
    let Some(code) = sqlx_error(error).and_then(|inner| inner.as_database_error()?.code()) else { return false };
    matches!(&*code, "40001" | "40P01" | "55P03")
        || environment::sqlite_code(error).is_some_and(|code| matches!(code, 5 | 6))
}

/// No connection to be had, or it broke: PostgreSQL is away or restarting (class 57P and 08).
pub(super) fn is_unavailable(error: &DbErr) -> bool {
    if matches!(
        error,
        DbErr::Conn(_) | DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed)
    ) {
        return true;
    }

    let Some(inner) = sqlx_error(error) else { return false };
    let code = inner.as_database_error().and_then(sea_orm::sqlx::error::DatabaseError::code);

    // 57014: the statement ran into its time limit.
    code.is_some_and(|code| code.starts_with("57") || code.starts_with("08"))
        || matches!(
            inner,
            sea_orm::sqlx::Error::Io(_) | sea_orm::sqlx::Error::Protocol(_) | sea_orm::sqlx::Error::PoolTimedOut
        )
}
