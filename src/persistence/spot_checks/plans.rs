//! 抽查计划 and their lines.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use domain::spot_checks::plans::{PlanKind, PlanStatus};
use entity::spot_checks::plan_lines;
use entity::spot_checks::plans::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(spot_checks::plans, "plans", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "plans",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "计划编号").sortable(),
        Field::new("year", Column::Year, Kind::Int, "年度"),
        Field::new("name", Column::Name, Kind::Text, "计划名称").sortable(),
        Field::new("kind", Column::Kind, Kind::Code(PlanKind::CODES), "计划类别"),
        Field::new("status", Column::Status, Kind::Code(PlanStatus::CODES), "计划状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "牵头部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

/// What the public sees.
pub fn published() -> Select<Entity> {
    Entity::find().filter(Column::Status.is_in([PlanStatus::Published.code(), PlanStatus::Finished.code()]))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn get_published(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    published().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// The annual plans of a department and a year, the latest first.
pub async fn annual(conn: &impl ConnectionTrait, department: Uuid, year: i32) -> Result<Vec<Model>> {
    let own = Entity::find().filter(Column::DepartmentId.eq(department)).filter(Column::Year.eq(year));
    let annual = own.filter(Column::Kind.eq(PlanKind::Annual.code()));
    annual.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(conn).await.or_app()
}

pub async fn lines(conn: &impl ConnectionTrait, plans: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<plan_lines::Model>>> {
    let rows = plan_lines::Entity::find()
        .filter(plan_lines::Column::PlanId.is_in(plans))
        .order_by_asc(plan_lines::Column::Position)
        .all(conn)
        .await
        .or_app()?;
    let mut by_plan: BTreeMap<Uuid, Vec<plan_lines::Model>> = BTreeMap::new();
    for row in rows {
        by_plan.entry(row.plan_id).or_default().push(row);
    }
    Ok(by_plan)
}

pub async fn replace_lines(conn: &impl ConnectionTrait, plan: Uuid, lines: Vec<plan_lines::Model>) -> Result<()> {
    plan_lines::Entity::delete_many().filter(plan_lines::Column::PlanId.eq(plan)).exec(conn).await.or_app()?;
    let rows = lines.into_iter().map(|line| line.into_active_model().reset_all());
    plan_lines::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}
