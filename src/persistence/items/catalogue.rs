//! 监管事项目录清单: its items, its versions, and what each version changed.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use domain::items::catalogue::{CatalogueStatus, CatalogueVersionStatus, ChangeKind};
use entity::items::catalogue_items::{Column, Entity, Model};
use entity::items::{catalogue_changes as changes, catalogue_versions as versions};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(items::catalogue_items, "catalogue-items");
noun!(items::catalogue_versions, "catalogue-versions");

pub const LISTING: Listing<Entity> = Listing {
    name: "catalogue-items",
    id: Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "子项编码").sortable(),
        Field::new("main_code", Column::MainCode, Kind::Key, "主项编码"),
        Field::new("name", Column::Name, Kind::Text, "子项名称"),
        Field::new("duty_code", Column::DutyCode, Kind::Key, "监管部门（国家代码）"),
        Field::new("county_level", Column::CountyLevel, Kind::Bool, "是否含县级"),
        Field::new("status", Column::Status, Kind::Code(CatalogueStatus::CODES), "目录状态"),
    ],
};

pub const VERSIONS: Listing<versions::Entity> = Listing {
    name: "catalogue-versions",
    id: versions::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("number", versions::Column::Number, Kind::Key, "版本号").sortable(),
        Field::new("status", versions::Column::Status, Kind::Code(CatalogueVersionStatus::CODES), "版本状态"),
        Field::new("created_at", versions::Column::CreatedAt, Kind::Time, "导入时间").sortable(),
    ],
};

pub const CHANGES: Listing<changes::Entity> = Listing {
    name: "catalogue-changes",
    id: changes::Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", changes::Column::Code, Kind::Key, "子项编码").sortable(),
        Field::new("kind", changes::Column::Kind, Kind::Code(ChangeKind::CODES), "变化类别"),
    ],
};

/// The catalogue is published: everybody who is logged in may see it.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

pub fn scoped_versions() -> Select<versions::Entity> {
    versions::Entity::find()
}

pub fn changes_of(version: Uuid) -> Select<changes::Entity> {
    changes::Entity::find().filter(changes::Column::CatalogueVersionId.eq(version))
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn get_version(conn: &impl ConnectionTrait, id: Uuid) -> Result<versions::Model> {
    let found = scoped_versions().filter(versions::Column::Id.eq(id)).one(conn).await.or_app()?;
    found.ok_or_else(AppError::not_found)
}

pub async fn version_of_import(conn: &impl ConnectionTrait, import: Uuid) -> Result<Option<versions::Model>> {
    scoped_versions().filter(versions::Column::ImportId.eq(import)).one(conn).await.or_app()
}

pub async fn by_code(conn: &impl ConnectionTrait, codes: Vec<String>) -> Result<BTreeMap<String, Model>> {
    let found = scoped().filter(Column::Code.is_in(codes)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|item| (item.code.clone(), item)).collect())
}

pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let mut found = BTreeMap::new();
    for ids in ids.chunks(500) {
        let rows = scoped().filter(Column::Id.is_in(ids.to_vec())).all(conn).await.or_app()?;
        found.extend(rows.into_iter().map(|item| (item.id, item)));
    }
    Ok(found)
}

/// Published items that a department of these duties should claim, beyond a code, in the order of their codes.
pub async fn claimable(conn: &impl ConnectionTrait, duty_code: &str, after: &str, limit: u64) -> Result<Vec<Model>> {
    scoped()
        .filter(Column::DutyCode.eq(duty_code))
        .filter(Column::Status.eq(CatalogueStatus::Published))
        .filter(Column::CountyLevel.eq(true))
        .filter(Column::Code.gt(after))
        .order_by_asc(Column::Code)
        .limit(limit)
        .all(conn)
        .await
        .or_app()
}

/// Numbers of the versions that were refused: what only they named was never in use.
fn refused() -> sea_orm::sea_query::SelectStatement {
    let refused = scoped_versions().filter(versions::Column::Status.eq(CatalogueVersionStatus::Refused));
    QueryTrait::into_query(refused.select_only().column(versions::Column::Number))
}

/// What a version leaves out of what was there before it.
#[derive(Clone, Copy, Debug)]
pub struct LeftOut {
    pub published: u64,
    pub absent: u64,
}

/// What a version leaves out of what was published before it: what the file itself brings does not count. With
/// `confirmed`, of what whole versions named; without, of what refused files brought too.
pub async fn left_out(conn: &impl ConnectionTrait, number: &str, confirmed: bool) -> Result<LeftOut> {
    let published = scoped().filter(Column::Status.eq(CatalogueStatus::Published));
    let mut before = published.filter(Column::FirstVersion.lt(number));
    if confirmed {
        before = before.filter(Column::FirstVersion.not_in_subquery(refused()));
    }
    let absent = before.clone().filter(Column::LastVersion.lt(number));

    Ok(LeftOut { published: before.count(conn).await.or_app()?, absent: absent.count(conn).await.or_app()? })
}

/// What a whole version names is in use from then on, if only refused versions had named it before.
pub async fn confirm(conn: &impl ConnectionTrait, number: &str) -> Result<()> {
    use sea_orm::sea_query::Expr;
    let update = Entity::update_many().col_expr(Column::FirstVersion, Expr::value(number));
    let named = update.filter(Column::LastVersion.eq(number)).filter(Column::FirstVersion.in_subquery(refused()));
    named.exec(conn).await.or_app()?;
    Ok(())
}

fn absent_from(number: &str) -> Select<Entity> {
    scoped().filter(Column::Status.eq(CatalogueStatus::Published)).filter(Column::LastVersion.lt(number))
}

pub async fn absent(conn: &impl ConnectionTrait, number: &str, limit: u64) -> Result<Vec<Model>> {
    absent_from(number).order_by_asc(Column::Code).limit(limit).all(conn).await.or_app()
}

pub async fn insert_all(conn: &impl ConnectionTrait, models: Vec<Model>) -> Result<()> {
    let rows = models.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// Marks items as named by a version again.
pub async fn seen(conn: &impl ConnectionTrait, ids: Vec<Uuid>, number: &str) -> Result<()> {
    use sea_orm::sea_query::Expr;
    let update = Entity::update_many().col_expr(Column::LastVersion, Expr::value(number));
    update.filter(Column::Id.is_in(ids)).filter(Column::LastVersion.lt(number)).exec(conn).await.or_app()?;
    Ok(())
}

pub async fn insert_changes(conn: &impl ConnectionTrait, models: Vec<changes::Model>) -> Result<()> {
    let rows = models.into_iter().map(|row| row.into_active_model().reset_all());
    changes::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}
