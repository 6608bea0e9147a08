//! 档案保全.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use domain::access::Reach;
use domain::records::holds::{HoldStatus, HoldSubject};
use entity::records::legal_holds::{Column, Entity};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use std::collections::BTreeSet;
use uuid::Uuid;

noun!(records::legal_holds, "legal-holds", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "legal-holds",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "保全编号").sortable(),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "保全部门"),
        Field::new("subject", Column::Subject, Kind::Code(HoldSubject::CODES), "保全对象"),
        Field::new("record_id", Column::RecordId, Kind::Id, "监管对象、检查或线索"),
        Field::new("status", Column::Status, Kind::Code(HoldStatus::CODES), "状态"),
        Field::new("review_on", Column::ReviewOn, Kind::Date, "复核日期"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// A department sees its own, and those that cover the files of all.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let own = by_department(ctx, Column::DepartmentId);
    let seen = match ctx.reach {
        Reach::Department => Condition::any().add(own).add(Column::CoversAll.eq(true)),
        Reach::All | Reach::Assigned | Reach::Region => own,
    };
    Entity::find().filter(seen)
}

/// A file, as far as holds go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub record_id: Uuid,
    pub object_id: Option<Uuid>,
    pub department_id: Uuid,
}

/// Those of some files that a hold covers: one statement.
pub async fn held(conn: &impl ConnectionTrait, files: &[Held]) -> Result<BTreeSet<Uuid>> {
    let named: BTreeSet<_> = files.iter().flat_map(|file| [Some(file.record_id), file.object_id]).flatten().collect();
    if named.is_empty() {
        return Ok(BTreeSet::new());
    }
    let holds = Entity::find().filter(Column::RecordId.is_in(named)).filter(Column::Status.eq(HoldStatus::Active));
    let holds = holds.all(conn).await.or_app()?;

    let covered = files.iter().filter(|file| {
        holds.iter().any(|hold| {
            // A hold on a record holds it, whoever's it is by now.
            let is_named = hold.record_id == file.record_id;
            let covers = hold.covers_all || hold.departments.contains(&file.department_id);
            is_named || (Some(hold.record_id) == file.object_id && covers)
        })
    });
    Ok(covered.map(|file| file.record_id).collect())
}
