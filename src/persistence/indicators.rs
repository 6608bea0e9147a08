//! The facts that indicators are made of: a few columns of many rows, within the caller's scope.

use super::errors::AppResult;
use super::scope::by_department;
use crate::ctx::Ctx;
use crate::error::Result;
use entity::{implementation_lists, items, own_system_items};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(FromQueryResult)]
pub struct ItemRow {
    pub id: Uuid,
    pub department_id: Uuid,
    pub origin: String,
    pub state: String,
    pub administrative_type: String,
}

pub async fn items(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<ItemRow>> {
    use items::Column;
    items::Entity::find()
        .select_only()
        .columns([Column::Id, Column::DepartmentId, Column::Origin, Column::State, Column::AdministrativeType])
        .filter(by_department(ctx, Column::DepartmentId))
        .into_model()
        .all(conn)
        .await
        .or_app()
}

#[derive(FromQueryResult)]
pub struct ListRow {
    pub id: Uuid,
    pub item_id: Uuid,
    pub state: String,
}

pub async fn lists(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<ListRow>> {
    use implementation_lists::Column;
    implementation_lists::Entity::find()
        .select_only()
        .columns([Column::Id, Column::ItemId, Column::State])
        .filter(by_department(ctx, Column::DepartmentId))
        .into_model()
        .all(conn)
        .await
        .or_app()
}

pub async fn mappings(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<own_system_items::Model>> {
    super::mappings::scoped(ctx).all(conn).await.or_app()
}

/// Code and name of some items, by id.
pub async fn item_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = items::Entity::find().filter(items::Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|item| (item.id, (item.code, item.name))).collect())
}

/// Code and name of some items of the departments' own systems, by id.
pub async fn mapping_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = own_system_items::Entity::find().filter(own_system_items::Column::Id.is_in(ids));
    let found = found.all(conn).await.or_app()?;
    Ok(found.into_iter().map(|item| (item.id, (item.code, item.name))).collect())
}
