//! 行政检查主体.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::inspections::inspecting_bodies::BodyStatus;
use entity::inspections::inspecting_bodies::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

noun!(inspections::inspecting_bodies, "inspecting-bodies", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "inspecting-bodies",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("department_id", Column::DepartmentId, Kind::Id, "部门"),
        Field::new("status", Column::Status, Kind::Code(BodyStatus::CODES), "状态"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "登记时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// What the public may ask for.
pub const PUBLIC_LISTING: Listing<Entity> = Listing {
    name: "public-inspecting-bodies",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("department_id", Column::DepartmentId, Kind::Id, "部门"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "登记时间").sortable(),
    ],
};

/// Who may inspect is for everybody to know; a department changes its own.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    match ctx.reach {
        Reach::All => Entity::find(),
        Reach::Department => Entity::find().filter(Column::DepartmentId.is_in(ctx.actor.departments.clone())),
        Reach::Assigned | Reach::Region => Entity::find().filter(nothing()),
    }
}

/// What the public sees: who may inspect on a day.
pub fn published(day: NaiveDate) -> Select<Entity> {
    let valid = Condition::any().add(Column::ValidTo.is_null()).add(Column::ValidTo.gte(day));
    Entity::find().filter(Column::Status.eq(BodyStatus::Published)).filter(valid)
}

/// The published bodies of departments, and those in whose names they act.
pub async fn published_of(conn: &impl ConnectionTrait, departments: &[Uuid]) -> Result<Vec<Model>> {
    let of = |departments: Vec<Uuid>| {
        Entity::find().filter(Column::Status.eq(BodyStatus::Published)).filter(Column::DepartmentId.is_in(departments))
    };
    let mut found = of(departments.to_vec()).all(conn).await.or_app()?;
    let others =
        found.iter().filter_map(|body| body.principal_id).filter(|id| !departments.contains(id)).collect::<Vec<_>>();
    if !others.is_empty() {
        found.extend(of(others).all(conn).await.or_app()?);
    }
    Ok(found)
}
