//! 投诉举报.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use domain::access::{Reach, Role};
use domain::complaints::{ComplaintChannel, ComplaintKind, ComplaintOutcome, ComplaintStatus};
use entity::complaints::complaints::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Select};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(complaints::complaints, "complaints", scoped, |row| row.department_id, history of |row| row.object_id);

pub const LISTING: Listing<Entity> = Listing {
    name: "complaints",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "登记编号").sortable(),
        Field::new("kind", Column::Kind, Kind::Code(ComplaintKind::CODES), "类别"),
        Field::new("channel", Column::Channel, Kind::Code(ComplaintChannel::CODES), "来源渠道"),
        Field::new("source_no", Column::SourceNo, Kind::Text, "来源编号").nullable(),
        Field::new("status", Column::Status, Kind::Code(ComplaintStatus::CODES), "状态"),
        Field::new("problem_type", Column::ProblemType, Kind::Text, "问题类型（国家代码）").nullable(),
        Field::new("outcome", Column::Outcome, Kind::Code(ComplaintOutcome::CODES), "处理结论").nullable(),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "承办部门").nullable(),
        Field::new("object_id", Column::ObjectId, Kind::Id, "被反映的监管对象").nullable(),
        Field::new("township_code", Column::TownshipCode, Kind::Text, "乡镇").nullable(),
        Field::new("master_id", Column::MasterId, Kind::Id, "并入的投诉举报").nullable(),
        Field::new("due_on", Column::DueOn, Kind::Date, "办理期限").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "登记时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Departments see their own; platforms what they sent.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let scope = match ctx.reach {
        Reach::All => Condition::all(),
        Reach::Department => Condition::all().add(Column::DepartmentId.is_in(ctx.actor.departments.clone())),
        Reach::Assigned if ctx.actor.role == Role::Partner => Condition::all().add(Column::SenderId.eq(ctx.actor.id)),
        Reach::Assigned | Reach::Region => nothing(),
    };
    Entity::find().filter(scope)
}

/// A complaint, whoever asks.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// The complaint that a channel's number means.
pub async fn by_number(conn: &impl ConnectionTrait, channel: ComplaintChannel, number: &str) -> Result<Option<Model>> {
    let same = Entity::find().filter(Column::Channel.eq(channel)).filter(Column::SourceNo.eq(number));
    same.one(conn).await.or_app()
}

/// The codes of what went into each of these matters, one statement however many.
pub async fn merged_into(conn: &impl ConnectionTrait, masters: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<String>>> {
    let rows = Entity::find().filter(Column::MasterId.is_in(masters)).order_by_asc(Column::Code);
    let mut grouped: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for row in rows.all(conn).await.or_app()? {
        if let Some(master) = row.master_id {
            grouped.entry(master).or_default().push(row.code);
        }
    }
    Ok(grouped)
}
