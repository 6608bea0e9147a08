//! 案件移送.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections::records_of;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use domain::inspections::case_referrals::ReferralStatus;
use entity::inspections::case_referrals::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(
    inspections::case_referrals,
    "case-referrals",
    scoped,
    |row| Some(row.handler_department_id),
    history of |row| Some(row.object_id)
);

pub const LISTING: Listing<Entity> = Listing {
    name: "case-referrals",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "移送编号").sortable(),
        Field::new("status", Column::Status, Kind::Code(ReferralStatus::CODES), "状态"),
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("inspection_id", Column::InspectionId, Kind::Id, "检查"),
        Field::new("follow_up_id", Column::FollowUpId, Kind::Id, "后续处置"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "移送部门"),
        Field::new("handler_department_id", Column::HandlerDepartmentId, Kind::Id, "办理部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "移送时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// A department reads what it sent and what it received, an officer what came of their inspections.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let sent = records_of(ctx, Column::DepartmentId, Column::InspectionId);
    Entity::find().filter(Condition::any().add(sent).add(by_department(ctx, Column::HandlerDepartmentId)))
}

/// Referrals by id, whoever asks.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let rows = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
