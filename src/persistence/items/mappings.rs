//! 自建系统事项 and the unified items they stand for.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use domain::items::mappings::MappingState;
use entity::items::own_system_items::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(items::own_system_items, "item-mappings", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "item-mappings",
    id: Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "自建系统事项编码").sortable(),
        Field::new("name", Column::Name, Kind::Text, "自建系统事项名称"),
        Field::new("system", Column::System, Kind::Text, "系统名称"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "部门"),
        Field::new("state", Column::State, Kind::Code(MappingState::CODES), "对应状态"),
        Field::new("item_id", Column::ItemId, Kind::Id, "统一事项").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "入库时间").sortable(),
    ],
};

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

/// Confirmed mappings that differ from the unified item in something.
pub fn differing(ctx: &Ctx) -> Select<Entity> {
    scoped(ctx).filter(Column::State.eq(MappingState::Confirmed)).filter(Column::DifferencesCount.gt(0))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// What a department's systems hold, by system and code.
pub async fn of_codes(
    conn: &impl ConnectionTrait,
    departments: Vec<Uuid>,
    codes: Vec<String>,
) -> Result<BTreeMap<(Uuid, String, String), Model>> {
    let found = Entity::find().filter(Column::DepartmentId.is_in(departments)).filter(Column::Code.is_in(codes));
    let rows = found.all(conn).await.or_app()?;
    Ok(rows.into_iter().map(|row| ((row.department_id, row.system.clone(), row.code.clone()), row)).collect())
}

/// Mappings of one department that a change of an item may touch: its own, and those still looking for one.
pub async fn touched_by(conn: &impl ConnectionTrait, department: Uuid, item: Uuid) -> Result<Vec<Model>> {
    let open = [MappingState::Unmatched.code(), MappingState::Suggested.code()];
    let touched = Condition::any().add(Column::ItemId.eq(item)).add(Column::State.is_in(open));
    Entity::find().filter(Column::DepartmentId.eq(department)).filter(touched).all(conn).await.or_app()
}
