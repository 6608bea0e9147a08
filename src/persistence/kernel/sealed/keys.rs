//! 数据密钥, wrapped. The newest one seals, the others still open.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use entity::kernel::data_keys::{Column, Entity, Model};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder};

/// Every key, the newest first.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Entity::find().order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(conn).await.or_app()
}

pub async fn add(conn: &impl ConnectionTrait, key: Model) -> Result<()> {
    Entity::insert(key.into_active_model().reset_all()).exec_without_returning(conn).await.or_app()?;
    Ok(())
}
