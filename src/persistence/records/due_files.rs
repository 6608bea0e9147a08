//! Files whose time is over: closed long enough ago, with nothing of them open, and not kept on by an earlier list.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use chrono::{DateTime, NaiveDate, Utc};
use domain::inspections::case_referrals::{ReferralStatus, is_under_way};
use domain::inspections::follow_ups::{FollowUpStatus, takes_time};
use domain::inspections::inspections::{InspectionStatus, is_closed};
use domain::oversight::turns::of_document;
use domain::records::documents::{DocumentKind, DocumentStatus};
use domain::records::evidence::{EvidenceStatus, is_awaited};
use domain::records::retention::FileClass;
use domain::risks::risk_clues::{ClueStatus, is_open};
use entity::inspections::{case_referrals, follow_ups, inspections};
use entity::records::{disposal_lines as lines, documents, evidence};
use entity::risks::risk_clues;
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect,
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
    (class, department): (FileClass, Uuid),
    before: DateTime<Utc>,
    today: NaiveDate,
    most: u64,
) -> Result<Vec<Due>> {
    match class {
        FileClass::Inspection => {
            use inspections::Column as C;
            let closed = InspectionStatus::ALL.iter().filter(|status| is_closed(**status)).map(|status| status.code());
            let rows = inspections::Entity::find()
                .select_only()
                .columns([C::Id, C::Code, C::ObjectId, C::UpdatedAt])
                .filter(C::DepartmentId.eq(department))
                .filter(C::UpdatedAt.lt(before))
                .filter(C::Status.is_in(closed))
                .filter(is_late(before).not())
                .filter(Expr::exists(kept_on((inspections::Entity, C::Id), today)).not())
                .order_by_asc(C::UpdatedAt)
                .order_by_asc(C::Id)
                .limit(most);
            rows.into_model().all(conn).await.or_app()
        }
        FileClass::RiskClue => {
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
    }
}

/// A table of what belongs to an inspection: what is open of it, or changed later.
fn late<E: EntityTrait>(
    table: E,
    (inspection, updated_at): (E::Column, E::Column),
    open: Expr,
    before: DateTime<Utc>,
) -> SelectStatement {
    let own = Expr::col((table, inspection)).equals((inspections::Entity, inspections::Column::Id));
    Query::select().expr(Expr::val(1)).from(table).and_where(own).and_where(updated_at.gte(before).or(open)).take()
}

/// What of an inspection's file is open, or changed later, in any of its tables (`case_files` says the same of a file that is read).
fn is_late(before: DateTime<Utc>) -> Condition {
    let measures = FollowUpStatus::ALL.iter().filter(|status| takes_time(**status)).map(|status| status.code());
    let referrals = ReferralStatus::ALL.iter().filter(|status| is_under_way(**status)).map(|status| status.code());
    let pieces = EvidenceStatus::ALL.iter().filter(|status| is_awaited(**status)).map(|status| status.code());
    let papers = DocumentKind::ALL.iter().flat_map(|kind| {
        let waits = DocumentStatus::ALL.iter().filter(|status| !of_document(**status, *kind).is_empty());
        waits.map(|status| documents::Column::Kind.eq(*kind).and(documents::Column::Status.eq(*status)))
    });
    let papers = papers.fold(Condition::any(), Condition::add);

    use case_referrals::Column as R;
    use documents::Column as D;
    use evidence::Column as P;
    use follow_ups::Column as F;
    Condition::any()
        .add(Expr::exists(late(follow_ups::Entity, (F::InspectionId, F::UpdatedAt), F::Status.is_in(measures), before)))
        .add(Expr::exists(late(
            case_referrals::Entity,
            (R::InspectionId, R::UpdatedAt),
            R::Status.is_in(referrals),
            before,
        )))
        .add(Expr::exists(late(evidence::Entity, (P::InspectionId, P::UpdatedAt), P::Status.is_in(pieces), before)))
        .add(Expr::exists(late(documents::Entity, (D::InspectionId, D::UpdatedAt), papers.into(), before)))
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
    let mut last = BTreeMap::new();
    macro_rules! newest {
        ($($table:ident),+) => { $({
            let own = $table::Column::InspectionId;
            let rows = $table::Entity::find().select_only().columns([own, $table::Column::UpdatedAt]);
            let rows = rows.filter(own.is_in(inspections.clone()));
            for (inspection, at) in rows.into_tuple::<(Uuid, DateTime<Utc>)>().all(conn).await.or_app()? {
                let known = last.entry(inspection).or_insert(at);
                *known = std::cmp::max(at, *known);
            }
        })+ };
    }
    newest!(follow_ups, case_referrals, documents, evidence);

    Ok(last)
}
