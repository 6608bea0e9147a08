//! 监管事项.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use crate::persistence::kernel::versions;
use chrono::NaiveDate;
use domain::items::items::{ItemOrigin, ItemState, Upstream};
use entity::items::items::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Select,
};
use uuid::Uuid;

noun!(items::items, "items", scoped, |row| Some(row.department_id), history of |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "items",
    id: Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "事项编码").sortable(),
        Field::new("name", Column::Name, Kind::Text, "事项名称"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "责任部门"),
        Field::new("state", Column::State, Kind::Code(ItemState::CODES), "事项状态"),
        Field::new("origin", Column::Origin, Kind::Code(ItemOrigin::CODES), "事项来源"),
        Field::new("upstream", Column::Upstream, Kind::Code(Upstream::CODES), "上级目录变化"),
        Field::new("administrative_type", Column::AdministrativeType, Kind::Text, "行政类型"),
        Field::new("basis_lost_on", Column::BasisLostOn, Kind::Date, "依据废止日期").nullable(),
        Field::new("as_of", Column::Id, Kind::OnDay(in_force_on), "只列当日有效的事项，内容为当日有效的版本"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

fn in_force_on(day: NaiveDate) -> Condition {
    versions::in_force_on::<Entity>(day)
}

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Those of the ids that the caller may see.
pub async fn get_many(conn: &impl ConnectionTrait, ctx: &Ctx, ids: &[Uuid]) -> Result<Vec<Model>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(500) {
        found.extend(scoped(ctx).filter(Column::Id.is_in(ids.to_vec())).all(conn).await.or_app()?);
    }
    Ok(found)
}

/// Items by id, whoever asks: for checks that follow from another record.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()
}

/// The departments' items of some catalogue items.
pub async fn of_catalogue(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::CatalogueItemId.is_in(ids)).all(conn).await.or_app()
}

/// An item and all items that it carries on, as their successor.
pub async fn with_predecessors(conn: &impl ConnectionTrait, item: Uuid) -> Result<Vec<Uuid>> {
    let mut all = vec![item];
    let mut level = vec![item];
    while !level.is_empty() {
        let found = Entity::find().filter(Column::SuccessorId.is_in(level)).all(conn).await.or_app()?;
        level = found.into_iter().map(|item| item.id).filter(|id| !all.contains(id)).collect();
        all.extend(&level);
    }
    Ok(all)
}

/// The items and all their successors.
pub async fn with_successors(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    let mut all: Vec<Model> = Vec::new();
    let mut level = ids;
    while !level.is_empty() {
        let found = by_ids(conn, level).await?;
        all.extend(found.iter().cloned());
        let next = found.into_iter().filter_map(|item| item.successor_id);
        level = next.filter(|id| !all.iter().any(|known| known.id == *id)).collect();
    }
    Ok(all)
}

/// Items of some codes, whoever they belong to.
pub async fn of_codes(conn: &impl ConnectionTrait, codes: Vec<String>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::Code.is_in(codes)).all(conn).await.or_app()
}

/// Items of a department that are in force or were: what its own system is compared with.
pub async fn claimed_of(conn: &impl ConnectionTrait, department: Uuid) -> Result<Vec<Model>> {
    let claimed = ItemState::ALL.iter().filter(|state| state.is_claimed()).map(|state| state.code());
    let found = Entity::find().filter(Column::DepartmentId.eq(department)).filter(Column::State.is_in(claimed));
    found.all(conn).await.or_app()
}

pub async fn insert_all(conn: &impl ConnectionTrait, models: Vec<Model>) -> Result<()> {
    for rows in models.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}
