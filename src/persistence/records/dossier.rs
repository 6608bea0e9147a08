//! 一企一档: what there is of an enterprise, a statement a block. A line is a record's.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::complaints;
use crate::persistence::inspections::{case_referrals, follow_ups, inspections};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::records::{documents, evidence};
use crate::persistence::risks::risk_clues;
use crate::persistence::visits::visits;
use chrono::{DateTime, Utc};
use domain::records::dossier::{
    ClueLine, ComplaintLine, DocumentLine, EvidenceLine, FollowUpLine, InspectionLine, Line, ReferralLine, VisitLine,
};
use entity::inspections::inspection_results;
use entity::visits::visit_counts;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Order, Query};
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
    of_object: Select<E>,
    newest_by: (E::Column, E::Column),
    before: Option<DateTime<Utc>>,
) -> Result<Vec<L>> {
    newest::<E, L>(of_object, newest_by, before).into_model().all(conn).await.or_app()
}

/// The statement for them.
fn newest<E: EntityTrait, L: Line>(
    mut of_object: Select<E>,
    (created, id): (E::Column, E::Column),
    before: Option<DateTime<Utc>>,
) -> Select<E> {
    if let Some(before) = before {
        of_object = of_object.filter(created.lt(before));
    }
    let own = L::FIELDS.iter().filter_map(|name| E::Column::from_str(name).ok());
    of_object.select_only().columns(own).order_by_desc(created).order_by_desc(id).limit(MOST + 1)
}

pub async fn visits(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<VisitLine>> {
    use entity::visits::visits::Column;
    let own = visits::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    lines(conn, own, (Column::CreatedAt, Column::Id), of.before).await
}

/// Inspections, and the codes of what came of each.
pub type WithResults = (Vec<InspectionLine>, BTreeMap<Uuid, Vec<String>>);

/// Inspections with their result codes: one statement.
pub async fn inspections(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<WithResults> {
    use entity::inspections::inspections::Column;
    let own = inspections::scoped(ctx).filter(Column::ObjectId.eq(of.object));
    let own = newest::<_, InspectionLine>(own, (Column::CreatedAt, Column::Id), of.before);

    let (found, code) = (Alias::new("found"), inspection_results::Column::Code);
    let of_found = Expr::col((inspection_results::Entity, inspection_results::Column::InspectionId));
    let with_results = Query::select()
        .column((found.clone(), Asterisk))
        .expr_as(Expr::col((inspection_results::Entity, code)), Alias::new("result_code"))
        .from_subquery(QueryTrait::into_query(own), found.clone())
        .left_join(inspection_results::Entity, of_found.equals((found.clone(), Column::Id)))
        .order_by((found.clone(), Column::CreatedAt), Order::Desc)
        .order_by((found, Column::Id), Order::Desc)
        .order_by((inspection_results::Entity, code), Order::Asc)
        .take();

    let (mut lines, mut results) = (Vec::<InspectionLine>::new(), BTreeMap::<Uuid, Vec<String>>::new());
    for row in conn.query_all(&with_results).await.or_app()? {
        let line = InspectionLine::from_query_result(&row, "").or_app()?;
        if let Some(code) = row.try_get("", "result_code").or_app()? {
            results.entry(line.id).or_default().push(code);
        }
        if lines.last().is_none_or(|last| last.id != line.id) {
            lines.push(line);
        }
    }
    Ok((lines, results))
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

pub async fn complaints(conn: &impl ConnectionTrait, ctx: &Ctx, of: Of) -> Result<Vec<ComplaintLine>> {
    use entity::complaints::complaints::Column;
    let own = complaints::scoped(ctx).filter(Column::ObjectId.eq(of.object));
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
