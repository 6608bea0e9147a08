//! 部门.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use entity::register::departments::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(register::departments, "departments", |_| scoped(), |row| Some(row.id));

pub const LISTING: Listing<Entity> = Listing {
    name: "departments",
    id: Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "部门编码").sortable(),
        Field::new("name", Column::Name, Kind::Text, "部门名称").sortable(),
        Field::new("duty_code", Column::DutyCode, Kind::Key, "监管部门（国家代码）").nullable(),
        Field::new("kind", Column::Kind, Kind::Text, "部门类别"),
        Field::new("parent_id", Column::ParentId, Kind::Id, "上级部门").nullable(),
        Field::new("region_code", Column::RegionCode, Kind::Key, "行政区划代码"),
    ],
};

/// Reference data: everybody who is logged in may see it.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Model>> {
    scoped().filter(Column::Code.eq(code)).one(conn).await.or_app()
}

pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    scoped().order_by_asc(Column::Code).all(conn).await.or_app()
}

/// Department ids by code.
pub async fn ids_by_code(conn: &impl ConnectionTrait) -> Result<BTreeMap<String, Uuid>> {
    Ok(scoped().all(conn).await.or_app()?.into_iter().map(|department| (department.code, department.id)).collect())
}

/// Department ids by the national code of their duty.
pub async fn by_duty(conn: &impl ConnectionTrait) -> Result<BTreeMap<String, Vec<Uuid>>> {
    let mut duties: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
    for department in
        scoped().filter(Column::DutyCode.is_not_null()).order_by_asc(Column::Code).all(conn).await.or_app()?
    {
        duties.entry(department.duty_code.unwrap_or_default()).or_default().push(department.id);
    }
    Ok(duties)
}

/// Those of the ids that exist.
pub async fn existing(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Model>> {
    let found = scoped().filter(Column::Id.is_in(ids.to_vec())).order_by_asc(Column::Id).all(conn).await;
    found.or_app()
}

/// The department of a kind, such as the justice bureau.
pub async fn of_kind(conn: &impl ConnectionTrait, kind: &str) -> Result<Option<Model>> {
    scoped().filter(Column::Kind.eq(kind)).order_by_asc(Column::Code).one(conn).await.or_app()
}

/// The topmost department above one, itself where there is none; the government's own office is nobody's house.
pub async fn house(conn: &impl ConnectionTrait, id: Uuid) -> Result<Uuid> {
    let mut house = id;
    let mut seen = vec![id];
    while let Some(parent) = get(conn, house).await?.parent_id.filter(|parent| !seen.contains(parent)) {
        if get(conn, parent).await?.kind == "GOVERNMENT_OFFICE" {
            break;
        }
        seen.push(parent);
        house = parent;
    }
    Ok(house)
}

/// A department and all below it.
pub async fn subtree(conn: &impl ConnectionTrait, root: Uuid) -> Result<Vec<Uuid>> {
    let mut all = vec![root];
    let mut level = vec![root];
    while !level.is_empty() {
        let below = scoped().filter(Column::ParentId.is_in(level)).all(conn).await.or_app()?;
        level = below.into_iter().map(|department| department.id).filter(|id| !all.contains(id)).collect();
        all.extend(&level);
    }
    Ok(all)
}

/// Departments whose documents have a word, or that have no word and are called so.
pub async fn with_word(conn: &impl ConnectionTrait, word: &str) -> Result<Vec<Model>> {
    let called = Condition::all().add(Column::DocumentWord.is_null()).add(Column::ShortName.eq(word));
    Entity::find().filter(Condition::any().add(Column::DocumentWord.eq(word)).add(called)).all(conn).await.or_app()
}
