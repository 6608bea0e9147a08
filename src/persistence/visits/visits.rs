//! 入企检查 and their bodies' parts.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::{history, lock_rows, noun};
use crate::persistence::kernel::scope::nothing;
use crate::persistence::kernel::tx::WriteTx;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::inspections::inspections::InspectionStatus;
use domain::inspections::inspections::is_closed;
use domain::spot_checks::tasks::TaskSource;
use domain::visits::VisitStatus;
use entity::inspections::{inspection_officers, inspections};
use entity::spot_checks::tasks;
use entity::visits::visit_parts;
use entity::visits::visits::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(visits::visits, "visits", scoped, |row| Some(row.lead_department_id), history of |row| Some(row.object_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "visits",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "入企检查编号"),
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("lead_department_id", Column::LeadDepartmentId, Kind::Id, "牵头部门"),
        Field::new("status", Column::Status, Kind::Code(VisitStatus::CODES), "状态"),
        Field::new("window_from", Column::WindowFrom, Kind::Date, "检查期间起"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Visits in which the departments have a part.
fn of_departments(departments: &[Uuid]) -> SelectStatement {
    let parts = visit_parts::Entity::find()
        .select_only()
        .column(visit_parts::Column::VisitId)
        .filter(visit_parts::Column::DepartmentId.is_in(departments.to_vec()));
    QueryTrait::into_query(parts)
}

/// Visits with a part of the departments that nobody has approved.
pub fn unapproved_of(departments: &[Uuid]) -> SelectStatement {
    let parts = visit_parts::Entity::find()
        .select_only()
        .column(visit_parts::Column::VisitId)
        .filter(visit_parts::Column::DepartmentId.is_in(departments.to_vec()))
        .filter(visit_parts::Column::ApprovedBy.is_null())
        .filter(visit_parts::Column::Refused.eq(false));
    QueryTrait::into_query(parts)
}

/// Visits on which an officer is to go.
pub fn of_officer(officer: Uuid) -> SelectStatement {
    let own = inspection_officers::Entity::find()
        .select_only()
        .column(inspection_officers::Column::InspectionId)
        .filter(inspection_officers::Column::PersonnelId.eq(officer));
    let visits = inspections::Entity::find()
        .select_only()
        .column(inspections::Column::VisitId)
        .filter(inspections::Column::Id.in_subquery(QueryTrait::into_query(own)))
        .filter(inspections::Column::VisitId.is_not_null());
    QueryTrait::into_query(visits)
}

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let scope = match (ctx.reach, ctx.actor.personnel_id) {
        (Reach::All, _) => Condition::all(),
        (Reach::Department, _) => Condition::all().add(Column::Id.in_subquery(of_departments(&ctx.actor.departments))),
        (Reach::Assigned, Some(officer)) => Condition::all().add(Column::Id.in_subquery(of_officer(officer))),
        (Reach::Assigned, None) | (Reach::Region, _) => nothing(),
    };
    Entity::find().filter(scope)
}

/// What belongs to a visit.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub parts: Vec<visit_parts::Model>,
    pub inspections: Vec<inspections::Model>,
    pub officers: Vec<inspection_officers::Model>,
}

impl Parts {
    /// What has a result still to come.
    pub fn open(&self) -> impl Iterator<Item = &inspections::Model> {
        self.inspections.iter().filter(|inspection| !is_closed(inspection.status))
    }

    /// What is, or was, looked at.
    pub fn live(&self) -> impl Iterator<Item = &inspections::Model> {
        self.inspections.iter().filter(|inspection| inspection.status != InspectionStatus::Void)
    }

    /// Who goes, and for which body.
    pub fn who_goes(&self) -> Vec<(Uuid, Uuid)> {
        let of = |officer: &inspection_officers::Model| {
            let inspection = self.live().find(|inspection| inspection.id == officer.inspection_id)?;
            Some((inspection.department_id, officer.personnel_id))
        };
        self.officers.iter().filter_map(of).collect()
    }
}

/// Parts of visits: three statements however many.
pub async fn parts(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Parts>> {
    let mut all: BTreeMap<Uuid, Parts> = BTreeMap::new();
    let found = visit_parts::Entity::find()
        .filter(visit_parts::Column::VisitId.is_in(ids.clone()))
        .order_by_asc(visit_parts::Column::DepartmentId);
    for part in found.all(conn).await.or_app()? {
        all.entry(part.visit_id).or_default().parts.push(part);
    }

    let found = inspections::Entity::find()
        .filter(inspections::Column::VisitId.is_in(ids))
        .order_by_asc(inspections::Column::Code);
    let found = found.all(conn).await.or_app()?;
    let visit_of: BTreeMap<_, _> = found.iter().filter_map(|row| Some((row.id, row.visit_id?))).collect();
    for row in found {
        if let Some(visit) = row.visit_id {
            all.entry(visit).or_default().inspections.push(row);
        }
    }

    let officers = inspection_officers::Entity::find()
        .filter(inspection_officers::Column::InspectionId.is_in(visit_of.keys().copied()))
        .order_by_asc(inspection_officers::Column::PersonnelId);
    for officer in officers.all(conn).await.or_app()? {
        if let Some(visit) = visit_of.get(&officer.inspection_id) {
            all.entry(*visit).or_default().officers.push(officer);
        }
    }
    Ok(all)
}

pub async fn parts_of(conn: &impl ConnectionTrait, id: Uuid) -> Result<Parts> {
    Ok(parts(conn, vec![id]).await?.remove(&id).unwrap_or_default())
}

/// A visit, whoever asks.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// A department's part in a visit.
pub async fn part(conn: &impl ConnectionTrait, visit: Uuid, department: Uuid) -> Result<Option<visit_parts::Model>> {
    visit_parts::Entity::find_by_id((visit, department)).one(conn).await.or_app()
}

/// Visits by their ids, whoever asks.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|visit| (visit.id, visit)).collect())
}

pub async fn by_nonce(conn: &impl ConnectionTrait, nonce: &str) -> Result<Option<Model>> {
    Entity::find().filter(Column::Nonce.eq(nonce)).one(conn).await.or_app()
}

pub async fn put_part(conn: &impl ConnectionTrait, part: visit_parts::Model) -> Result<()> {
    let old = visit_parts::Entity::delete_by_id((part.visit_id, part.department_id));
    old.exec(conn).await.or_app()?;
    let row = part.into_active_model().reset_all();
    visit_parts::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

pub async fn drop_part(conn: &impl ConnectionTrait, visit: Uuid, department: Uuid) -> Result<()> {
    visit_parts::Entity::delete_by_id((visit, department)).exec(conn).await.or_app()?;
    Ok(())
}

/// Takes inspections onto a visit.
pub async fn attach(tx: &WriteTx, visit: Uuid, inspections: Vec<Uuid>) -> Result<()> {
    put_visit(tx, Condition::all().add(inspections::Column::Id.is_in(inspections)), Some(visit)).await
}

/// Moves a visit's inspections, or those of one body, to another visit, or to none.
pub async fn move_inspections(tx: &WriteTx, from: Uuid, of: Option<Uuid>, to: Option<Uuid>) -> Result<()> {
    let mut which = Condition::all().add(inspections::Column::VisitId.eq(from));
    if let Some(department) = of {
        which = which.add(inspections::Column::DepartmentId.eq(department));
    }
    put_visit(tx, which, to).await
}

async fn put_visit(tx: &WriteTx, which: Condition, to: Option<Uuid>) -> Result<()> {
    let moved = || inspections::Entity::find().filter(which.clone());
    let ids =
        moved().select_only().column(inspections::Column::Id).into_tuple::<Uuid>().all(tx.conn()).await.or_app()?;
    lock_rows::<inspections::Entity>(tx.conn(), ids).await?;
    for before in moved().all(tx.conn()).await.or_app()? {
        history::keep::<inspections::Entity>(tx, &before, before.version)?;
    }

    inspections::Entity::update_many()
        .col_expr(inspections::Column::VisitId, Expr::value(to))
        .col_expr(inspections::Column::Version, Expr::col(inspections::Column::Version).add(1))
        .col_expr(inspections::Column::UpdatedAt, Expr::value(tx.ctx().now))
        .filter(which)
        .exec(tx.conn())
        .await
        .or_app()?;
    Ok(())
}

/// Other bodies' visits to an object that stand, with windows that reach into these days.
pub async fn open_near(
    conn: &impl ConnectionTrait,
    object: Uuid,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Model>> {
    let open: Vec<_> = VisitStatus::ALL.iter().filter(|status| domain::visits::is_open(**status)).copied().collect();
    standing(object, (from, to)).filter(Column::Status.is_in(open)).all(conn).await.or_app()
}

/// Visits to an object that were made or are to be, by the first days of their windows.
pub fn standing(object: Uuid, (from, to): (NaiveDate, NaiveDate)) -> Select<Entity> {
    let out = [VisitStatus::Draft, VisitStatus::Cancelled, VisitStatus::Merged, VisitStatus::OffSite];
    Entity::find()
        .filter(Column::ObjectId.eq(object))
        .filter(Column::WindowFrom.between(from, to))
        .filter(Column::Status.is_not_in(out))
        .order_by_asc(Column::WindowFrom)
}

/// Days on which an object was entered since a day.
pub async fn entries_since(conn: &impl ConnectionTrait, object: Uuid, since: NaiveDate) -> Result<Vec<NaiveDate>> {
    let days: Vec<Option<NaiveDate>> = Entity::find()
        .select_only()
        .column(Column::EnteredOn)
        .filter(Column::ObjectId.eq(object))
        .filter(Column::EnteredOn.gte(since))
        .into_tuple()
        .all(conn)
        .await
        .or_app()?;
    Ok(days.into_iter().flatten().collect())
}

/// Those of a visit's inspections that were opened for it and have not begun, as they are now.
pub async fn opened_for(conn: &impl ConnectionTrait, of: &[inspections::Model]) -> Result<Vec<inspections::Model>> {
    let own = tasks::Entity::find()
        .select_only()
        .column(tasks::Column::Id)
        .filter(tasks::Column::Id.is_in(of.iter().map(|inspection| inspection.task_id)))
        .filter(tasks::Column::Source.eq(TaskSource::Visit));
    let found = inspections::Entity::find()
        .filter(inspections::Column::Id.is_in(of.iter().map(|inspection| inspection.id)))
        .filter(inspections::Column::TaskId.in_subquery(QueryTrait::into_query(own)))
        .filter(inspections::Column::Status.eq(InspectionStatus::Pending))
        .order_by_asc(inspections::Column::Id);
    found.all(conn).await.or_app()
}

/// Urgent visits that somebody is in, or has left, with their parts: how the approval of each stands.
pub async fn urgent(conn: &impl ConnectionTrait) -> Result<Vec<(NaiveDate, visit_parts::Model)>> {
    let open = Entity::find()
        .filter(Column::Status.is_in([VisitStatus::Entered, VisitStatus::Left]))
        .filter(Column::Urgent.eq(true));
    let open = open.all(conn).await.or_app()?;
    let entered: BTreeMap<_, _> = open.into_iter().filter_map(|visit| Some((visit.id, visit.entered_on?))).collect();
    let parts = visit_parts::Entity::find().filter(visit_parts::Column::VisitId.is_in(entered.keys().copied()));
    let parts = parts.all(conn).await.or_app()?;
    Ok(parts.into_iter().filter_map(|part| Some((*entered.get(&part.visit_id)?, part))).collect())
}

/// What a body had drafted before it joined a visit.
pub async fn merged_draft(conn: &impl ConnectionTrait, host: &Model, department: Uuid) -> Result<Option<Model>> {
    Entity::find()
        .filter(Column::ObjectId.eq(host.object_id))
        .filter(Column::MergedInto.eq(host.id))
        .filter(Column::LeadDepartmentId.eq(department))
        .order_by_desc(Column::UpdatedAt)
        .one(conn)
        .await
        .or_app()
}
