//! 信用分类结果.

use super::errors::AppResult;
use super::list::{Field, Kind, Listing};
use crate::domain::credit::LocalClass;
use crate::error::Result;
use entity::credit_classifications::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

pub const LISTING: Listing<Entity> = Listing {
    name: "credit-classifications",
    id: Column::Id,
    default_sort: "-received_at",
    fields: &[
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("scheme", Column::Scheme, Kind::Text, "分类体系（国家代码）"),
        Field::new("level", Column::Level, Kind::Text, "推送等级"),
        Field::new("batch", Column::Batch, Kind::Text, "批次（yyyyMM）"),
        Field::new("local_class", Column::LocalClass, Kind::Code(LocalClass::CODES), "本地信用类别"),
        Field::new("received_at", Column::ReceivedAt, Kind::Time, "接收时间").sortable(),
    ],
};

/// Internal to the county's departments; never on the public side.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

pub async fn of_objects(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Model>> {
    Entity::find().filter(Column::ObjectId.is_in(ids)).all(conn).await.or_app()
}
