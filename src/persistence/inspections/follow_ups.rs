//! 后续处置.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use domain::access::Reach;
use domain::inspections::case_referrals::ReferralStatus;
use domain::inspections::follow_ups::{FollowUpStatus, takes_time};
use domain::inspections::inspections::TRANSFERRED_FOR_A_CASE;
use entity::inspections::follow_ups::{Column, Entity, Model};
use entity::inspections::inspections;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

noun!(inspections::follow_ups, "follow-ups", scoped, |_| None, history of |row| row.object_id);

/// 后续处置 of the inspections that the caller may see.
pub const LISTING: Listing<Entity> = Listing {
    name: "follow-ups",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("inspection_id", Column::InspectionId, Kind::Id, "检查"),
        Field::new("department_id", Column::Id, Kind::RelatedId(of_department), "检查部门"),
        Field::new("status", Column::Status, Kind::Code(FollowUpStatus::CODES), "处置状态"),
        Field::new("measure", Column::Measure, Kind::Text, "处置措施（spot-dispose）"),
        Field::new("due_on", Column::DueOn, Kind::Date, "期限").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "登记时间").sortable(),
    ],
};

/// Those of one department's inspections.
fn of_department(department: Uuid) -> Condition {
    let own = inspections::Entity::find()
        .select_only()
        .column(inspections::Column::Id)
        .filter(inspections::Column::DepartmentId.eq(department));
    Condition::all().add(Column::InspectionId.in_subquery(QueryTrait::into_query(own)))
}

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    if ctx.reach == Reach::All {
        return Entity::find();
    }
    let own = QueryTrait::into_query(super::inspections::scoped(ctx).select_only().column(inspections::Column::Id));
    Entity::find().filter(Column::InspectionId.in_subquery(own))
}

/// What still waits after an inspection.
pub async fn open_of(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Vec<Model>> {
    let open = Entity::find().filter(Column::InspectionId.eq(inspection));
    open.filter(Column::Status.eq(FollowUpStatus::Open)).all(conn).await.or_app()
}

/// Measures that led to a case: handed on and not given back; of before referrals were kept, whatever was to be.
pub fn led_to_a_case() -> Condition {
    use entity::inspections::case_referrals;
    let given_back = [ReferralStatus::Declined, ReferralStatus::Withdrawn].map(ReferralStatus::code);
    let cases = case_referrals::Entity::find()
        .select_only()
        .column(case_referrals::Column::Id)
        .filter(case_referrals::Column::Status.is_not_in(given_back));
    let meant = Condition::all().add(Column::Measure.eq(TRANSFERRED_FOR_A_CASE)).add(Column::ReferralId.is_null());
    Condition::any().add(meant).add(Column::ReferralId.in_subquery(QueryTrait::into_query(cases)))
}

/// A measure, whoever asks.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// Whether a measure that is not done is looked at again by an inspection.
pub async fn wait_for(conn: &impl ConnectionTrait, recheck: Uuid) -> Result<bool> {
    let waits = FollowUpStatus::ALL.iter().filter(|status| takes_time(**status)).map(|status| status.code());
    let waiting = Entity::find().filter(Column::RecheckInspectionId.eq(recheck)).filter(Column::Status.is_in(waits));
    Ok(waiting.count(conn).await.or_app()? > 0)
}
