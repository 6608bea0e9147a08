//! 随机抽查事项.

use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::spot_check_items::SpotCheckItemStatus;
use entity::spot_checks::spot_check_items::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use uuid::Uuid;

noun!(spot_checks::spot_check_items, "spot-check-items", |_| scoped(), |row| row.department_id);

pub const LISTING: Listing<Entity> = Listing {
    name: "spot-check-items",
    id: Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "事项编码").sortable(),
        Field::new("name", Column::Name, Kind::Text, "事项名称"),
        Field::new("item_kind", Column::ItemKind, Kind::Code(ItemKind::CODES), "事项类别"),
        Field::new("status", Column::Status, Kind::Code(SpotCheckItemStatus::CODES), "事项状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "责任部门").nullable(),
        Field::new("item_id", Column::ItemId, Kind::Id, "监管事项").nullable(),
        Field::new("joint", Column::Joint, Kind::Bool, "是否适合联合检查"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "入库时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// What the public may ask for.
pub const PUBLIC_LISTING: Listing<Entity> = Listing {
    name: "public-spot-check-items",
    id: Column::Id,
    default_sort: "code",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "事项编码").sortable(),
        Field::new("name", Column::Name, Kind::Text, "事项名称"),
        Field::new("item_kind", Column::ItemKind, Kind::Code(ItemKind::CODES), "事项类别"),
        Field::new("joint", Column::Joint, Kind::Bool, "是否适合联合检查"),
    ],
};

/// The list is published: everybody who is logged in may see it.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    scoped().filter(Column::Id.is_in(ids)).order_by_asc(Column::Code).all(conn).await.or_app()
}

pub async fn all(conn: &impl ConnectionTrait) -> Result<Vec<Model>> {
    scoped().order_by_asc(Column::Code).all(conn).await.or_app()
}

/// Those that stand for an item.
pub async fn of_item(conn: &impl ConnectionTrait, item: Uuid) -> Result<Vec<Model>> {
    scoped().filter(Column::ItemId.eq(item)).order_by_asc(Column::Code).all(conn).await.or_app()
}

/// What the public sees.
pub fn published() -> Select<Entity> {
    scoped().filter(Column::Status.eq(SpotCheckItemStatus::Published))
}
