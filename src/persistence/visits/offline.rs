//! 离线作业包 and what was sent with them.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::{by_department, nothing};
use domain::access::Reach;
use domain::inspections::inspections::InspectionStatus;
use domain::visits::VisitStatus;
use domain::visits::offline::{OfflineAction, OfflineStatus, PassStatus};
use entity::inspections::{inspection_officers, inspections};
use entity::visits::{offline_passes, offline_records, visits};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(visits::offline_passes, "offline-passes", scoped_passes, |row| Some(row.department_id));
noun!(visits::offline_records, "offline-records", scoped_records, |row| Some(row.department_id));

use offline_passes::Column as PassColumn;
use offline_records::Column as RecordColumn;

pub const PASSES: Listing<offline_passes::Entity> = Listing {
    name: "offline-passes",
    id: PassColumn::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("user_id", PassColumn::UserId, Kind::Id, "领取人"),
        Field::new("department_id", PassColumn::DepartmentId, Kind::Id, "部门"),
        Field::new("status", PassColumn::Status, Kind::Code(PassStatus::CODES), "状态"),
        Field::new("created_at", PassColumn::CreatedAt, Kind::Time, "领取时间").sortable(),
        Field::new("updated_at", PassColumn::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

pub const RECORDS: Listing<offline_records::Entity> = Listing {
    name: "offline-records",
    id: RecordColumn::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("pass_id", RecordColumn::PassId, Kind::Id, "离线作业包"),
        Field::new("user_id", RecordColumn::UserId, Kind::Id, "记录人"),
        Field::new("department_id", RecordColumn::DepartmentId, Kind::Id, "部门"),
        Field::new("subject_id", RecordColumn::SubjectId, Kind::Id, "入企检查或检查"),
        Field::new("action", RecordColumn::Action, Kind::Code(OfflineAction::CODES), "离线操作"),
        Field::new("status", RecordColumn::Status, Kind::Code(OfflineStatus::CODES), "状态"),
        Field::new("created_at", RecordColumn::CreatedAt, Kind::Time, "到达时间").sortable(),
        Field::new("updated_at", RecordColumn::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// An officer has what they took along, a department what its officers did.
pub fn scoped_passes(ctx: &Ctx) -> Select<offline_passes::Entity> {
    offline_passes::Entity::find().filter(scope(ctx, PassColumn::UserId, PassColumn::DepartmentId))
}

pub fn scoped_records(ctx: &Ctx) -> Select<offline_records::Entity> {
    offline_records::Entity::find().filter(scope(ctx, RecordColumn::UserId, RecordColumn::DepartmentId))
}

fn scope(ctx: &Ctx, user: impl ColumnTrait, department: impl ColumnTrait) -> Condition {
    match ctx.reach {
        Reach::All | Reach::Department => by_department(ctx, department),
        Reach::Assigned => Condition::all().add(user.eq(ctx.actor.id)),
        Reach::Region => nothing(),
    }
}

/// Inspections of an officer's teams whose results are still to be recorded, those that are named or the oldest ones.
pub async fn to_take(
    conn: &impl ConnectionTrait,
    officer: Uuid,
    named: &[Uuid],
    limit: u64,
) -> Result<Vec<inspections::Model>> {
    use InspectionStatus as S;
    let own = inspection_officers::Entity::find()
        .select_only()
        .column(inspection_officers::Column::InspectionId)
        .filter(inspection_officers::Column::PersonnelId.eq(officer));
    let among = (!named.is_empty()).then(|| inspections::Column::Id.is_in(named.to_vec()));

    inspections::Entity::find()
        .filter(inspections::Column::Id.in_subquery(QueryTrait::into_query(own)))
        .filter(inspections::Column::Status.is_in([S::Pending, S::Started, S::Returned].map(S::code)))
        .filter(Condition::all().add_option(among))
        .order_by_asc(inspections::Column::CreatedAt)
        .order_by_asc(inspections::Column::Id)
        .limit(limit)
        .all(conn)
        .await
        .or_app()
}

/// A pass, whoever asks.
pub async fn pass(conn: &impl ConnectionTrait, id: Uuid) -> Result<offline_passes::Model> {
    offline_passes::Entity::find_by_id(id).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// How many records of a pass are not settled.
pub async fn open_of(conn: &impl ConnectionTrait, pass: Uuid) -> Result<u64> {
    use OfflineStatus as S;
    let open = RecordColumn::Status.is_in([S::Waiting, S::Conflict, S::Refused].map(S::code));
    let records = offline_records::Entity::find().filter(RecordColumn::PassId.eq(pass)).filter(open);
    records.count(conn).await.or_app()
}

/// Visits that may be made, or are being made, of those with these ids.
pub async fn to_make(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<visits::Model>> {
    use VisitStatus as S;
    let open = visits::Column::Status.is_in([S::Approved, S::Notified, S::Entered].map(S::code));
    let found = visits::Entity::find().filter(visits::Column::Id.is_in(ids)).filter(open);
    found.order_by_asc(visits::Column::WindowFrom).order_by_asc(visits::Column::Id).all(conn).await.or_app()
}

/// Records by the ids that devices gave them, whoever sent them.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, offline_records::Model>> {
    let found = offline_records::Entity::find().filter(RecordColumn::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|record| (record.id, record)).collect())
}

/// Records that wait, of these visits or about these inspections: in the order in which things happened.
pub async fn waiting(
    conn: &impl ConnectionTrait,
    visits: Vec<Uuid>,
    subjects: Vec<Uuid>,
) -> Result<Vec<offline_records::Model>> {
    let about = Condition::any().add(RecordColumn::VisitId.is_in(visits)).add(RecordColumn::SubjectId.is_in(subjects));

    offline_records::Entity::find()
        .filter(RecordColumn::Status.eq(OfflineStatus::Waiting))
        .filter(about)
        .order_by_asc(RecordColumn::HappenedAt)
        .order_by_asc(RecordColumn::DeviceAt)
        .order_by_asc(RecordColumn::Id)
        .limit(MOST_WAITING)
        .all(conn)
        .await
        .or_app()
}

/// Records that are looked at in one round.
const MOST_WAITING: u64 = 500;

/// The result that was applied last to an inspection.
pub async fn last_applied(conn: &impl ConnectionTrait, subject: Uuid) -> Result<Option<offline_records::Model>> {
    offline_records::Entity::find()
        .filter(RecordColumn::SubjectId.eq(subject))
        .filter(RecordColumn::Status.eq(OfflineStatus::Applied))
        .filter(RecordColumn::Action.eq(OfflineAction::RecordResult))
        .order_by_desc(RecordColumn::AppliedAt)
        .order_by_desc(RecordColumn::SubjectVersion)
        .limit(1)
        .one(conn)
        .await
        .or_app()
}
