//! 一企一档: what there is of an enterprise, a statement a block. A line is a record's.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::inspections::{case_referrals, follow_ups, inspections};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::records::{documents, evidence};
use crate::persistence::risks::risk_clues;
use crate::persistence::visits::visits;
use chrono::{DateTime, Utc};
use domain::records::dossier::{
    ClueLine, DocumentLine, EvidenceLine, FollowUpLine, InspectionLine, Line, ReferralLine, VisitLine,
};
use entity::inspections::inspection_results;
use entity::visits::visit_counts;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use std::collections::BTreeMap;
use std::str::FromStr;
use uuid::Uuid;

/// Records of one kind that are read for one enterprise, at most.
pub const MOST: u64 = 20_000;

/// What is read: of one enterprise, of what there was before a moment.
#[derive(Clone, Copy)]
pub struct Of {
    pub object: Uuid,
    pub before: Option<DateTime<Utc>>,
}

/// Lines of a noun, newest first; one more than is read says that there are more.
async fn lines<E: EntityTrait, L: Line + FromQueryResult>(
    conn: &impl ConnectionTrait,
    mut of_object: Select<E>,
    (created, id): (E::Column, E::Column),
    before: Option<DateTime<Utc>>,
) -> Result<Vec<L>> {
    if let Some(before) = before {
        of_object = of_object.filter(created.lt(before));
    }
    let own = L::FIELDS.iter().filter_map(|name| E::Column::from_str(name).ok());
    let newest = of_object.select_only().columns(own).order_by_desc(created).order_by_desc(id).limit(MOST + 1);
    newest.into_model().all(conn).await.or_app()
}

pub async fn visits(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<VisitLine>> {
    use entity::visits::visits::Column;
    let own = visits::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

pub async fn inspections(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<InspectionLine>> {
    use entity::inspections::inspections::Column;
    let own = inspections::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

/// Result codes of an enterprise's inspections.
pub async fn results(conn: &impl ConnectionTrait, object: Uuid) -> Result<BTreeMap<Uuid, Vec<String>>> {
    use entity::inspections::inspections::{Column, Entity};
    let own = Entity::find().select_only().column(Column::Id).filter(Column::ObjectId.eq(object));
    let rows = inspection_results::Entity::find()
        .filter(inspection_results::Column::InspectionId.in_subquery(QueryTrait::into_query(own)))
        .order_by_asc(inspection_results::Column::Code);

    let mut results: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    for row in rows.all(conn).await.or_app()? {
        results.entry(row.inspection_id).or_default().push(row.code);
    }
    Ok(results)
}

pub async fn follow_ups(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<FollowUpLine>> {
    use entity::inspections::follow_ups::Column;
    use entity::inspections::inspections::{Column as Inspected, Entity as Inspections};
    let inspected = Inspections::find().select_only().column(Inspected::Id).filter(Inspected::ObjectId.eq(of.object));
    let own = follow_ups::scoped(ctx).filter(Column::InspectionId.in_subquery(QueryTrait::into_query(inspected)));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

pub async fn referrals(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<ReferralLine>> {
    use entity::inspections::case_referrals::Column;
    let own = case_referrals::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

pub async fn clues(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<ClueLine>> {
    use entity::risks::risk_clues::Column;
    let own = risk_clues::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

pub async fn documents(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<DocumentLine>> {
    use entity::records::documents::Column;
    let own = documents::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

pub async fn evidence(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<EvidenceLine>> {
    use entity::records::evidence::Column;
    let own = evidence::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

/// How many visits of a year count for an enterprise, for whichever body.
pub async fn visits_used(conn: &impl ConnectionTrait, object: Uuid, year: i32) -> Result<u32> {
    let found = visit_counts::Entity::find_by_id((object, year, Uuid::nil())).one(conn).await.or_app()?;
    Ok(found.map_or(0, |row| u32::try_from(row.visits).unwrap_or(0)))
}
