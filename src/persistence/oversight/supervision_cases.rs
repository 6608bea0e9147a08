//! 行政执法监督案件, their documents and what they are about.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::{lock_row, noun};
use crate::persistence::kernel::scope::nothing;
use crate::persistence::kernel::tx::WriteTx;
use chrono::{DateTime, Utc};
use domain::access::Reach;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::supervision_cases::{SupervisionSource, SupervisionStatus, SupervisionSubject};
use entity::inspections::{case_referrals, follow_ups, inspections};
use entity::oversight::supervision_cases::{Column, Entity, Model};
use entity::oversight::{supervision_papers as papers, supervision_subjects as subjects};
use entity::records::documents;
use entity::risks::risk_clues;
use entity::visits::{visit_feedback, visits};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(oversight::supervision_cases, "supervision-cases", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "supervision-cases",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "案件编号").sortable(),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "被监督单位"),
        Field::new("status", Column::Status, Kind::Code(SupervisionStatus::CODES), "状态"),
        Field::new("source", Column::Source, Kind::Code(SupervisionSource::CODES), "来源"),
        Field::new("record_id", Column::Id, Kind::RelatedId(about), "涉及的记录"),
        Field::new("reply_due_on", Column::ReplyDueOn, Kind::Date, "回复期限").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Cases about a record.
fn about(record: Uuid) -> Condition {
    let own = subjects::Entity::find().select_only().column(subjects::Column::CaseId);
    let own = QueryTrait::into_query(own.filter(subjects::Column::RecordId.eq(record)));
    Condition::all().add(Column::Id.in_subquery(own))
}

/// The justice bureau's; a department sees what it was sent something of.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    match ctx.reach {
        Reach::All => Entity::find(),
        Reach::Department => Entity::find()
            .filter(Column::DepartmentId.is_in(ctx.actor.departments.clone()))
            .filter(Column::FirstIssuedAt.is_not_null()),
        Reach::Assigned | Reach::Region => Entity::find().filter(nothing()),
    }
}

/// A case, whoever asks.
pub async fn by_id(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Entity::find_by_id(id).one(conn).await.or_app()
}

/// The case that gathers under a key.
pub async fn gathering(conn: &impl ConnectionTrait, key: &str) -> Result<Option<Model>> {
    Entity::find().filter(Column::OpenKey.eq(key)).one(conn).await.or_app()
}

/// Whether an alert about a department has led to a case about the record, which is open, or was about a visit.
pub async fn is_known(
    conn: &impl ConnectionTrait,
    (alert, department): (EnforcementAlert, Uuid),
    (kind, record): (SupervisionSubject, Uuid),
) -> Result<bool> {
    let own = subjects::Entity::find()
        .select_only()
        .column(subjects::Column::CaseId)
        .filter(subjects::Column::RecordId.eq(record))
        .filter(subjects::Column::Kind.eq(kind));

    let mut known = Entity::find()
        .filter(Column::Id.in_subquery(QueryTrait::into_query(own)))
        .filter(Column::Alert.eq(alert))
        .filter(Column::DepartmentId.eq(department));
    // A visit is over; what waits can be late again.
    if kind != SupervisionSubject::Visit {
        known = known.filter(Column::EndedAt.is_null());
    }
    Ok(known.count(conn).await.or_app()? > 0)
}

/// How often the same happened since a moment, where there was something to it.
pub async fn times_since(
    conn: &impl ConnectionTrait,
    (alert, department): (EnforcementAlert, Uuid),
    since: DateTime<Utc>,
) -> Result<u64> {
    let same = Entity::find()
        .filter(Column::Alert.eq(alert))
        .filter(Column::DepartmentId.eq(department))
        .filter(Column::CreatedAt.gte(since))
        .filter(Column::Status.ne(SupervisionStatus::Unfounded));
    same.count(conn).await.or_app()
}

/// What belongs to cases: documents in their order, and what they are about.
pub async fn parts(
    conn: &impl ConnectionTrait,
    cases: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, (Vec<papers::Model>, Vec<subjects::Model>)>> {
    let mut parts: BTreeMap<Uuid, (Vec<papers::Model>, Vec<subjects::Model>)> = BTreeMap::new();
    let rows = papers::Entity::find().filter(papers::Column::CaseId.is_in(cases.clone()));
    for row in rows.order_by_asc(papers::Column::Round).all(conn).await.or_app()? {
        parts.entry(row.case_id).or_default().0.push(row);
    }
    let rows = subjects::Entity::find().filter(subjects::Column::CaseId.is_in(cases));
    for row in rows.order_by_asc(subjects::Column::AddedAt).all(conn).await.or_app()? {
        parts.entry(row.case_id).or_default().1.push(row);
    }
    Ok(parts)
}

pub async fn add_paper(conn: &impl ConnectionTrait, row: papers::Model) -> Result<()> {
    papers::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

pub async fn put_paper(conn: &impl ConnectionTrait, row: papers::Model) -> Result<()> {
    row.into_active_model().reset_all().update(conn).await.or_app()?;
    Ok(())
}

/// What a case is about; what it is about already stays.
pub async fn add_subjects(conn: &impl ConnectionTrait, rows: Vec<subjects::Model>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    let known = OnConflict::columns([subjects::Column::CaseId, subjects::Column::Kind, subjects::Column::RecordId])
        .do_nothing()
        .to_owned();
    subjects::Entity::insert_many(rows).on_conflict(known).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// How an official calls a record, and the department whose it is; none where there is no such record.
pub async fn named(conn: &impl ConnectionTrait, kind: SupervisionSubject, id: Uuid) -> Result<Option<Named>> {
    let named = |label: String, departments: Vec<Uuid>| Named { label, departments };

    let found = match kind {
        SupervisionSubject::Visit => {
            let parts = crate::persistence::visits::visits::parts_of(conn, id).await?;
            let all = parts.parts.into_iter().map(|part| part.department_id).collect();
            let row = visits::Entity::find_by_id(id).one(conn).await.or_app()?;
            row.map(|row| named(row.code, all))
        }
        SupervisionSubject::Inspection => {
            let row = inspections::Entity::find_by_id(id).one(conn).await.or_app()?;
            row.map(|row| named(row.code, vec![row.department_id]))
        }
        SupervisionSubject::FollowUp => {
            let own = follow_ups::Entity::find().select_only().column(follow_ups::Column::InspectionId);
            let own = QueryTrait::into_query(own.filter(follow_ups::Column::Id.eq(id)));
            let of = inspections::Entity::find().filter(inspections::Column::Id.in_subquery(own));
            of.one(conn).await.or_app()?.map(|of| named(of.code, vec![of.department_id]))
        }
        SupervisionSubject::VisitFeedback => {
            let row = visit_feedback::Entity::find_by_id(id).one(conn).await.or_app()?;
            row.map(|row| named(row.month.format("%Y-%m").to_string(), row.department_ids.0))
        }
        SupervisionSubject::RiskClue => {
            let row = risk_clues::Entity::find_by_id(id).one(conn).await.or_app()?;
            row.map(|row| named(row.code, row.department_id.into_iter().collect()))
        }
        SupervisionSubject::CaseReferral => {
            let row = case_referrals::Entity::find_by_id(id).one(conn).await.or_app()?;
            row.map(|row| named(row.code, vec![row.handler_department_id, row.department_id]))
        }
        SupervisionSubject::Document => {
            let row = documents::Entity::find_by_id(id).one(conn).await.or_app()?;
            row.map(|row| named(row.number.unwrap_or_else(|| row.kind.label().to_owned()), vec![row.department_id]))
        }
    };
    Ok(found)
}

/// How a record is called, and whose it is.
pub struct Named {
    pub label: String,
    pub departments: Vec<Uuid>,
}

/// Whether a case that is open is about one of these records.
pub async fn are_looked_into(conn: &impl ConnectionTrait, records: Vec<Uuid>) -> Result<bool> {
    let about = subjects::Entity::find().select_only().column(subjects::Column::CaseId);
    let about = QueryTrait::into_query(about.filter(subjects::Column::RecordId.is_in(records)));
    let open = Entity::find().filter(Column::Id.in_subquery(about)).filter(Column::EndedAt.is_null());
    Ok(open.count(conn).await.or_app()? > 0)
}

/// Holds the file that a record belongs to: whoever destroys it waits, and then sees that it is looked into, or was first.
pub async fn hold_file(tx: &WriteTx, kind: SupervisionSubject, id: Uuid) -> Result<()> {
    let conn = tx.conn();
    macro_rules! inspection_of {
        ($table:ident) => {{
            let own = $table::Entity::find().select_only().column($table::Column::InspectionId);
            own.filter($table::Column::Id.eq(id)).into_tuple::<Uuid>().one(conn).await.or_app()?
        }};
    }

    let inspection = match kind {
        SupervisionSubject::Inspection => Some(id),
        SupervisionSubject::FollowUp => inspection_of!(follow_ups),
        SupervisionSubject::CaseReferral => inspection_of!(case_referrals),
        SupervisionSubject::Document => inspection_of!(documents),
        SupervisionSubject::RiskClue => return lock_row::<risk_clues::Entity>(conn, id).await,
        // Of these nothing is destroyed.
        SupervisionSubject::Visit | SupervisionSubject::VisitFeedback => None,
    };
    match inspection {
        Some(inspection) => lock_row::<inspections::Entity>(conn, inspection).await,
        None => Ok(()),
    }
}
