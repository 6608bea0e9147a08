//! Files whose time is over: closed long enough ago, with nothing of them open, and not kept on by an earlier list.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use chrono::{DateTime, NaiveDate, Utc};
use domain::inspections::case_referrals::{ReferralStatus, is_under_way};
use domain::inspections::follow_ups::{FollowUpStatus, takes_time};
use domain::inspections::inspections::{InspectionStatus, is_closed};
use domain::records::retention::RecordClass;
use domain::risks::risk_clues::{ClueStatus, is_open};
use entity::inspections::{case_referrals, follow_ups, inspections};
use entity::records::disposal_lines as lines;
use entity::risks::risk_clues;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A file that is due.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Due {
    pub id: Uuid,
    pub code: String,
    pub object_id: Option<Uuid>,
    pub updated_at: DateTime<Utc>,
}

/// Files of a class and department that were closed before a moment, the oldest first: those that are not kept on.
pub async fn due(
    conn: &impl ConnectionTrait,
    (class, department): (RecordClass, Uuid),
    before: DateTime<Utc>,
    today: NaiveDate,
    most: u64,
) -> Result<Vec<Due>> {
    match class {
        RecordClass::Inspection => {
            use inspections::Column as C;
            let closed = InspectionStatus::ALL.iter().filter(|status| is_closed(**status)).map(|status| status.code());
            let rows = inspections::Entity::find()
                .select_only()
                .columns([C::Id, C::Code, C::ObjectId, C::UpdatedAt])
                .filter(C::DepartmentId.eq(department))
                .filter(C::UpdatedAt.lt(before))
                .filter(C::Status.is_in(closed))
                .filter(Expr::exists(open_measures(before)).not())
                .filter(Expr::exists(open_referrals(before)).not())
                .filter(Expr::exists(kept_on((inspections::Entity, C::Id), today)).not())
                .order_by_asc(C::UpdatedAt)
                .order_by_asc(C::Id)
                .limit(most);
            rows.into_model().all(conn).await.or_app()
        }
        RecordClass::RiskClue => {
            use risk_clues::Column as C;
            let closed = ClueStatus::ALL.iter().filter(|status| !is_open(**status)).map(|status| status.code());
            let rows = risk_clues::Entity::find()
                .select_only()
                .columns([C::Id, C::Code, C::ObjectId, C::UpdatedAt])
                .filter(C::DepartmentId.eq(department))
                .filter(C::UpdatedAt.lt(before))
                .filter(C::Status.is_in(closed))
                .filter(Expr::exists(kept_on((risk_clues::Entity, C::Id), today)).not())
                .order_by_asc(C::UpdatedAt)
                .order_by_asc(C::Id)
                .limit(most);
            rows.into_model().all(conn).await.or_app()
        }
        RecordClass::Supervision
        | RecordClass::Draw
        | RecordClass::Register
        | RecordClass::Item
        | RecordClass::Trail
        | RecordClass::Disposal => Ok(Vec::new()),
    }
}

/// What follows from an inspection and is not done, or was done later.
fn open_measures(before: DateTime<Utc>) -> SelectStatement {
    use follow_ups::{Column, Entity};
    let waits = FollowUpStatus::ALL.iter().filter(|status| takes_time(**status)).map(|status| status.code());
    let own = Expr::col((Entity, Column::InspectionId)).equals((inspections::Entity, inspections::Column::Id));
    let late = Column::UpdatedAt.gte(before).or(Column::Status.is_in(waits));
    Query::select().expr(Expr::val(1)).from(Entity).and_where(own).and_where(late).take()
}

fn open_referrals(before: DateTime<Utc>) -> SelectStatement {
    use case_referrals::{Column, Entity};
    let waits = ReferralStatus::ALL.iter().filter(|status| is_under_way(**status)).map(|status| status.code());
    let own = Expr::col((Entity, Column::InspectionId)).equals((inspections::Entity, inspections::Column::Id));
    let late = Column::UpdatedAt.gte(before).or(Column::Status.is_in(waits));
    Query::select().expr(Expr::val(1)).from(Entity).and_where(own).and_where(late).take()
}

/// An earlier list keeps the file until a later day, or has not said yet what becomes of it.
fn kept_on<E: EntityTrait>(record: (E, E::Column), today: NaiveDate) -> SelectStatement {
    use lines::{Column, Entity};
    let own = Expr::col((Entity, Column::RecordId)).equals(record);
    let kept = Column::KeepUntil.gt(today).or(Column::Outcome.is_null());
    Query::select().expr(Expr::val(1)).from(Entity).and_where(own).and_where(kept).take()
}

/// When something of these inspections changed last, besides themselves.
pub async fn last_changes(
    conn: &impl ConnectionTrait,
    inspections: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, DateTime<Utc>>> {
    let measures = follow_ups::Entity::find()
        .select_only()
        .columns([follow_ups::Column::InspectionId, follow_ups::Column::UpdatedAt])
        .filter(follow_ups::Column::InspectionId.is_in(inspections.clone()));
    let referrals = case_referrals::Entity::find()
        .select_only()
        .columns([case_referrals::Column::InspectionId, case_referrals::Column::UpdatedAt])
        .filter(case_referrals::Column::InspectionId.is_in(inspections));
    let mut all: Vec<(Uuid, DateTime<Utc>)> = measures.into_tuple().all(conn).await.or_app()?;
    all.extend(referrals.into_tuple::<(Uuid, DateTime<Utc>)>().all(conn).await.or_app()?);

    let mut last = BTreeMap::new();
    for (inspection, at) in all {
        let known = last.entry(inspection).or_insert(at);
        *known = std::cmp::max(at, *known);
    }
    Ok(last)
}
