//! 检查实施清单.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use crate::persistence::kernel::versions;
use chrono::NaiveDate;
use domain::items::implementation_lists::ListState;
use entity::items::implementation_lists::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(items::implementation_lists, "implementation-lists", scoped, |row| Some(row.department_id), history of |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "implementation-lists",
    id: Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "实施清单编码").sortable(),
        Field::new("name", Column::Name, Kind::Text, "事项名称"),
        Field::new("item_id", Column::ItemId, Kind::Id, "监管事项"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "责任部门"),
        Field::new("state", Column::State, Kind::Code(ListState::CODES), "实施清单状态"),
        Field::new("as_of", Column::Id, Kind::OnDay(in_force_on), "只列当日有效的清单，内容为当日有效的版本"),
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

/// The lists of some items, by item.
pub async fn of_items(conn: &impl ConnectionTrait, items: &[Uuid]) -> Result<BTreeMap<Uuid, Model>> {
    let mut found = BTreeMap::new();
    for items in items.chunks(500) {
        let rows = Entity::find().filter(Column::ItemId.is_in(items.to_vec())).all(conn).await.or_app()?;
        found.extend(rows.into_iter().map(|list| (list.item_id, list)));
    }
    Ok(found)
}

/// Those of the ids that the caller may see.
pub async fn get_many(conn: &impl ConnectionTrait, ctx: &Ctx, ids: &[Uuid]) -> Result<Vec<Model>> {
    let mut found = Vec::new();
    for ids in ids.chunks(500) {
        found.extend(scoped(ctx).filter(Column::Id.is_in(ids.to_vec())).all(conn).await.or_app()?);
    }
    Ok(found)
}

/// Lists by id, whoever asks: for what follows from a clause.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()
}
