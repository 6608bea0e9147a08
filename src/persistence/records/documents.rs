//! 执法文书.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use domain::records::documents::{DocumentKind, DocumentStatus};
use entity::records::documents::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select};
use std::collections::HashSet;
use uuid::Uuid;

noun!(records::documents, "documents", scoped, |row| Some(row.department_id), history of |row| Some(row.object_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "documents",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("number", Column::Number, Kind::Key, "文号").nullable(),
        Field::new("inspection_id", Column::InspectionId, Kind::Id, "检查"),
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "检查部门"),
        Field::new("kind", Column::Kind, Kind::Code(DocumentKind::CODES), "文书种类"),
        Field::new("status", Column::Status, Kind::Code(DocumentStatus::CODES), "文书状态"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// A department has the documents of its inspections, an officer those of the inspections they are assigned to.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(inspections::records_of(ctx, Column::DepartmentId, Column::InspectionId))
}

/// A document of an inspection that has its number and is good.
pub async fn issued_of(conn: &impl ConnectionTrait, inspection: Uuid, id: Uuid) -> Result<Option<Model>> {
    let found = Entity::find_by_id(id)
        .filter(Column::InspectionId.eq(inspection))
        .filter(Column::Number.is_not_null())
        .filter(Column::Status.ne(DocumentStatus::Void));
    found.one(conn).await.or_app()
}

/// What was issued under a code that stands on the paper.
pub async fn by_code(conn: &impl ConnectionTrait, code: &str) -> Result<Option<Model>> {
    Entity::find().filter(Column::VerifyCode.eq(code)).one(conn).await.or_app()
}

/// A document, whoever asks.
pub async fn any(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// Which of some keys a record refers to.
pub async fn referred(conn: &impl ConnectionTrait, keys: &[String]) -> Result<HashSet<String>> {
    let mut used = HashSet::new();
    for column in [Column::PdfKey, Column::DocxKey] {
        let found = Entity::find().select_only().column(column).filter(column.is_in(keys.to_vec()));
        used.extend(found.into_tuple::<String>().all(conn).await.or_app()?);
    }
    Ok(used)
}
