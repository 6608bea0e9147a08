//! What a certificate was on a day.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::noun::history;
use crate::persistence::officers::personnel;
use chrono::NaiveDate;
use domain::officers::certificates::{apply, by_the_calendar};
use entity::officers::certificates::{Entity, Model};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// A certificate in the caller's scope, as it was on a day: what ends by the calendar had ended.
pub async fn certificate(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Uuid,
    (as_of, known_at): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Model> {
    let current = personnel::scoped_certificate(conn, ctx, id).await?;
    let Some(known) = [as_of, known_at].into_iter().flatten().min() else { return Ok(current) };
    let then = history::at::<Entity>(conn, current, known).await?;
    let day = as_of.unwrap_or(known);
    let ended = by_the_calendar(then.status, then.valid_until, then.suspended_until, day);
    let status = ended.map_or(Ok(then.status), |action| apply(then.status, action))?;
    Ok(Model { status, ..then })
}
