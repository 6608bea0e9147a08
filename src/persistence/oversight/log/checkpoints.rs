//! 检查点 and who cosigned them.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use chrono::{DateTime, Utc};
use domain::kernel::merkle::Digest;
use entity::oversight::audit_entries;
use entity::oversight::log::{checkpoints, cosignatures};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    Select,
};
use uuid::Uuid;

pub const CHECKPOINTS: Listing<checkpoints::Entity> = Listing {
    name: "log-checkpoints",
    id: checkpoints::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("size", checkpoints::Column::Size, Kind::Int, "行数"),
        Field::new("created_at", checkpoints::Column::CreatedAt, Kind::Time, "生成时间").sortable(),
    ],
};

pub fn all_checkpoints() -> Select<checkpoints::Entity> {
    checkpoints::Entity::find()
}

pub async fn checkpoint(conn: &impl ConnectionTrait, id: Uuid) -> Result<checkpoints::Model> {
    all_checkpoints().filter(checkpoints::Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn newest_checkpoint(conn: &impl ConnectionTrait) -> Result<Option<checkpoints::Model>> {
    all_checkpoints().order_by_desc(checkpoints::Column::Size).one(conn).await.or_app()
}

/// Keeps a checkpoint; one of the same size may be there already.
pub async fn keep_checkpoint(
    conn: &impl ConnectionTrait,
    id: Uuid,
    size: u64,
    root: &Digest,
    note: String,
    now: DateTime<Utc>,
) -> Result<()> {
    let size = i64::try_from(size).map_err(AppError::internal)?;
    let row = checkpoints::Model { id, size, root: hex::encode(root), note, created_at: now };
    let known = OnConflict::column(checkpoints::Column::Size).do_nothing().to_owned();
    let insert = checkpoints::Entity::insert(row.into_active_model().reset_all()).on_conflict(known);
    insert.exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// A checkpoint that the trail tells of and that is not there.
pub async fn lost(conn: &impl ConnectionTrait) -> Result<Option<Uuid>> {
    let own = Expr::col((checkpoints::Entity, checkpoints::Column::Id));
    let there = Query::select()
        .expr(Expr::val(1))
        .from(checkpoints::Entity)
        .and_where(own.equals((audit_entries::Entity, audit_entries::Column::ResourceId)))
        .to_owned();
    let found = audit_entries::Entity::find()
        .filter(audit_entries::Column::Resource.eq("log-checkpoints"))
        .filter(Expr::exists(there).not());
    Ok(found.one(conn).await.or_app()?.map(|line| line.resource_id))
}

/// Cosignatures of checkpoints, by the names of their witnesses.
pub async fn cosignatures_of(conn: &impl ConnectionTrait, checkpoints: Vec<Uuid>) -> Result<Vec<cosignatures::Model>> {
    let found = cosignatures::Entity::find().filter(cosignatures::Column::CheckpointId.is_in(checkpoints));
    found.order_by_asc(cosignatures::Column::Witness).all(conn).await.or_app()
}

/// All checkpoints, the smallest log first.
pub async fn checkpoints(conn: &impl ConnectionTrait) -> Result<Vec<checkpoints::Model>> {
    all_checkpoints().order_by_asc(checkpoints::Column::Size).all(conn).await.or_app()
}

/// The largest checkpoint that a witness signed.
pub async fn newest_cosigned(conn: &impl ConnectionTrait) -> Result<Option<checkpoints::Model>> {
    let cosigned = Query::select().column(cosignatures::Column::CheckpointId).from(cosignatures::Entity).to_owned();
    let found = all_checkpoints().filter(checkpoints::Column::Id.in_subquery(cosigned));
    found.order_by_desc(checkpoints::Column::Size).one(conn).await.or_app()
}

/// The checkpoint of a size.
pub async fn checkpoint_of(conn: &impl ConnectionTrait, size: u64) -> Result<Option<checkpoints::Model>> {
    let size = i64::try_from(size).map_err(AppError::internal)?;
    all_checkpoints().filter(checkpoints::Column::Size.eq(size)).one(conn).await.or_app()
}
