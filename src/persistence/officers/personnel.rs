//! 执法人员, their certificates and recusals.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use crate::persistence::register::library_members::members_now;
use chrono::NaiveDate;
use domain::officers::certificates::CertificateStatus;
use domain::officers::personnel::PersonnelStatus;
use domain::oversight::worklist::Waiting;
use entity::officers::certificates;
use entity::officers::personnel::{Column, Entity, Model};
use entity::oversight::worklist_entries;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

noun!(officers::personnel, "personnel", scoped, |row| Some(row.department_id));
noun!(officers::certificates, "certificates", history of |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "personnel",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("name", Column::Name, Kind::Text, "姓名").sortable(),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "所属部门"),
        Field::new("status", Column::Status, Kind::Code(PersonnelStatus::CODES), "人员状态"),
        Field::new("library_id", Column::Id, Kind::RelatedId(in_library), "执法检查人员名录库（现行版次）"),
        Field::new("is_supervisor", Column::IsSupervisor, Kind::Bool, "是否监督人员"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "入库时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Officers whom a library has now.
fn in_library(library: Uuid) -> Condition {
    Condition::all().add(Column::Id.in_subquery(members_now(library)))
}

pub const CERTIFICATES: Listing<certificates::Entity> = Listing {
    name: "certificates",
    id: certificates::Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("certificate_no", certificates::Column::CertificateNo, Kind::Key, "执法证号").nullable(),
        Field::new("personnel_id", certificates::Column::PersonnelId, Kind::Id, "执法人员"),
        Field::new("department_id", certificates::Column::Id, Kind::RelatedId(of_department), "所属部门"),
        Field::new("status", certificates::Column::Status, Kind::Code(CertificateStatus::CODES), "证件状态"),
        Field::new("valid_until", certificates::Column::ValidUntil, Kind::Date, "有效期至").nullable(),
        Field::new("annual_exam_due_on", certificates::Column::AnnualExamDueOn, Kind::Date, "年审截止").nullable(),
        Field::new("created_at", certificates::Column::CreatedAt, Kind::Time, "登记时间").sortable(),
    ],
};

/// Certificates of a department's officers.
fn of_department(department: Uuid) -> Condition {
    let officers = Entity::find().select_only().column(Column::Id).filter(Column::DepartmentId.eq(department));
    Condition::all().add(certificates::Column::PersonnelId.in_subquery(QueryTrait::into_query(officers)))
}

/// Certificates of the officers whom the caller may see.
pub fn scoped_certificates(ctx: &Ctx) -> Select<certificates::Entity> {
    let officers = QueryTrait::into_query(scoped(ctx).select_only().column(Column::Id));
    certificates::Entity::find().filter(certificates::Column::PersonnelId.in_subquery(officers))
}

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Of these officers, the ones within the caller's reach.
pub async fn reached(conn: &impl ConnectionTrait, ctx: &Ctx, ids: Vec<Uuid>) -> Result<BTreeSet<Uuid>> {
    let found = scoped(ctx).select_only().column(Column::Id).filter(Column::Id.is_in(ids));
    let found: Vec<Uuid> = found.into_tuple().all(conn).await.or_app()?;
    Ok(found.into_iter().collect())
}

/// Certificates that somebody holds.
pub fn living() -> SimpleExpr {
    certificates::Column::Status.is_in(CertificateStatus::LIVING.map(CertificateStatus::code))
}

pub async fn holds_a_certificate(conn: &impl ConnectionTrait, officer: Uuid) -> Result<bool> {
    let held = certificates::Entity::find().filter(certificates::Column::PersonnelId.eq(officer)).filter(living());
    Ok(held.count(conn).await.or_app()? > 0)
}

pub async fn certificates_of(
    conn: &impl ConnectionTrait,
    ids: Vec<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<certificates::Model>>> {
    let rows = certificates::Entity::find()
        .filter(certificates::Column::PersonnelId.is_in(ids))
        .order_by_asc(certificates::Column::CertificateNo)
        .all(conn)
        .await
        .or_app()?;
    let mut by_officer: BTreeMap<Uuid, Vec<certificates::Model>> = BTreeMap::new();
    for row in rows {
        by_officer.entry(row.personnel_id).or_default().push(row);
    }

    Ok(by_officer)
}

/// A certificate of an officer of the caller's scope.
pub async fn scoped_certificate(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<certificates::Model> {
    let found = scoped_certificates(ctx).filter(certificates::Column::Id.eq(id)).one(conn).await.or_app()?;
    found.ok_or_else(AppError::not_found)
}

pub async fn certificate(conn: &impl ConnectionTrait, id: Uuid) -> Result<certificates::Model> {
    let found = certificates::Entity::find().filter(certificates::Column::Id.eq(id)).one(conn).await.or_app()?;
    found.ok_or_else(AppError::not_found)
}

/// Certificates by number, with their officers, for imports.
pub async fn by_certificate_no(
    conn: &impl ConnectionTrait,
    numbers: Vec<String>,
) -> Result<BTreeMap<String, (certificates::Model, Model)>> {
    let found = certificates::Entity::find()
        .filter(certificates::Column::CertificateNo.is_in(numbers))
        .all(conn)
        .await
        .or_app()?;
    let people = by_ids(conn, found.iter().map(|certificate| certificate.personnel_id).collect()).await?;
    let pairs = found.into_iter().filter_map(|certificate| {
        let officer = people.get(&certificate.personnel_id)?.clone();
        Some((certificate.certificate_no.clone()?, (certificate, officer)))
    });

    Ok(pairs.collect())
}

pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let found = Entity::find().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|officer| (officer.id, officer)).collect())
}

pub async fn by_id_digest(conn: &impl ConnectionTrait, digest: &str) -> Result<Option<Model>> {
    Entity::find().filter(Column::IdNumberDigest.eq(digest)).one(conn).await.or_app()
}

/// Active officers (not supervisors) of departments: whom a draw may match.
pub async fn roster(conn: &impl ConnectionTrait, departments: Vec<Uuid>) -> Result<Vec<Model>> {
    Entity::find()
        .filter(Column::DepartmentId.is_in(departments))
        .filter(Column::Status.eq(PersonnelStatus::Active))
        .filter(Column::IsSupervisor.eq(false))
        .order_by_asc(Column::Id)
        .all(conn)
        .await
        .or_app()
}

/// Certificates that the calendar has something to do to on a day.
/// Valid certificates that end, or are to be examined, up to a day, and of which nobody has been told; so many at a time.
pub async fn certificates_ending(
    conn: &impl ConnectionTrait,
    until: NaiveDate,
    limit: u64,
) -> Result<Vec<(certificates::Model, Option<Model>)>> {
    use certificates::Column as C;
    let told = worklist_entries::Entity::find()
        .select_only()
        .column(worklist_entries::Column::ResourceId)
        .filter(worklist_entries::Column::Kind.eq(Waiting::CertificateEnding));
    let ending = certificates::Entity::find()
        .filter(C::Status.eq(CertificateStatus::Active))
        .filter(Condition::any().add(C::ValidUntil.lte(until)).add(C::AnnualExamDueOn.lte(until)))
        .filter(C::Id.not_in_subquery(QueryTrait::into_query(told)))
        .order_by_asc(C::Id)
        .limit(limit);
    let found = ending.all(conn).await.or_app()?;
    let holders = by_ids(conn, found.iter().map(|certificate| certificate.personnel_id).collect()).await?;

    let held = |one: certificates::Model| {
        let holder = holders.get(&one.personnel_id).cloned();
        (one, holder)
    };
    Ok(found.into_iter().map(held).collect())
}

pub async fn certificates_over(conn: &impl ConnectionTrait, today: NaiveDate) -> Result<Vec<certificates::Model>> {
    use certificates::Column as C;
    let over = Condition::any().add(C::ValidUntil.lt(today)).add(C::SuspendedUntil.lt(today));
    certificates::Entity::find().filter(living()).filter(over).order_by_asc(C::Id).all(conn).await.or_app()
}
