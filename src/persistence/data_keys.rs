//! 数据密钥, wrapped.

use super::errors::AppResult;
use crate::error::Result;
use entity::data_keys::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

/// The one that seals.
pub const ACTIVE: &str = "ACTIVE";
/// Still opens what was sealed with it.
pub const RETIRED: &str = "RETIRED";

/// Every key, the newest first.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Entity::find().order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(conn).await.or_app()
}

pub async fn add(conn: &impl ConnectionTrait, key: Model) -> Result<()> {
    Entity::insert(key.into_active_model().reset_all()).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Every other key seals no more.
pub async fn retire_others(conn: &impl ConnectionTrait, id: &str) -> Result<()> {
    let others = Entity::update_many().col_expr(Column::Status, Expr::value(RETIRED)).filter(Column::Id.ne(id));
    others.exec(conn).await.or_app()?;
    Ok(())
}
