//! 行政区划.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use entity::register::regions::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryOrder};

/// All regions by code: a few dozen rows.
pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    Entity::find().order_by_asc(Column::Code).all(conn).await.or_app()
}

/// Adds the regions that are not there yet.
pub async fn add_missing(conn: &impl ConnectionTrait, regions: Vec<Model>) -> Result<()> {
    let rows: Vec<ActiveModel> = regions.into_iter().map(|region| region.into_active_model().reset_all()).collect();
    let on_conflict = OnConflict::new().do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(conn).await.or_app()?;
    Ok(())
}
