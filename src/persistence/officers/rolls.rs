//! 执法人员名册 of the justice bureau, and its comparison with the register.

use super::personnel::{by_ids, living};
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::scope::by_department;
use domain::officers::rolls::RollDifferenceKind;
use entity::officers::{certificates, personnel, roll_differences, roll_entries, rolls};
use entity::register::departments;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

pub const LISTING: Listing<rolls::Entity> = Listing {
    name: "rolls",
    id: rolls::Column::ImportId,
    default_sort: "-compared_at",
    fields: &[Field::new("compared_at", rolls::Column::ComparedAt, Kind::Time, "比对时间").sortable()],
};

pub const DIFFERENCES: Listing<roll_differences::Entity> = Listing {
    name: "roll-differences",
    id: roll_differences::Column::Id,
    default_sort: "id",
    fields: &[
        Field::new("kind", roll_differences::Column::Kind, Kind::Code(RollDifferenceKind::CODES), "差异类别"),
        Field::new("field", roll_differences::Column::Field, Kind::Text, "字段").nullable(),
        Field::new("department_id", roll_differences::Column::DepartmentId, Kind::Id, "所属部门").nullable(),
        Field::new("certificate_no", roll_differences::Column::CertificateNo, Kind::Key, "执法证号"),
    ],
};

/// The figures of a comparison are the county's; what is behind them each department sees for itself.
pub fn all() -> Select<rolls::Entity> {
    rolls::Entity::find()
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<rolls::Model> {
    rolls::Entity::find_by_id(id).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

/// Differences of the caller's departments.
pub fn differences(ctx: &Ctx, roll: Uuid) -> Select<roll_differences::Entity> {
    use roll_differences::Column;
    roll_differences::Entity::find().filter(Column::ImportId.eq(roll)).filter(by_department(ctx, Column::DepartmentId))
}

/// The newest roll that was compared.
pub async fn newest(conn: &impl ConnectionTrait) -> Result<Option<rolls::Model>> {
    all().order_by_desc(rolls::Column::ComparedAt).one(conn).await.or_app()
}

/// Batches stay below SQLite's limit of bound values.
pub const BATCH: usize = 500;

pub async fn add_entries(conn: &impl ConnectionTrait, rows: Vec<roll_entries::Model>) -> Result<()> {
    for batch in rows.chunks(BATCH) {
        let rows = batch.iter().map(|row| row.clone().into_active_model().reset_all());
        roll_entries::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

pub async fn add_differences(conn: &impl ConnectionTrait, rows: Vec<roll_differences::Model>) -> Result<()> {
    for batch in rows.chunks(BATCH) {
        let rows = batch.iter().map(|row| row.clone().into_active_model().reset_all());
        roll_differences::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}

/// The next entries of a roll by certificate number.
pub async fn entries_after(conn: &impl ConnectionTrait, roll: Uuid, after: &str) -> Result<Vec<roll_entries::Model>> {
    use roll_entries::Column;
    roll_entries::Entity::find()
        .filter(Column::ImportId.eq(roll))
        .filter(Column::CertificateNo.gt(after))
        .order_by_asc(Column::CertificateNo)
        .limit(BATCH as u64)
        .all(conn)
        .await
        .or_app()
}

/// The entry of one certificate in a roll.
pub async fn entry(conn: &impl ConnectionTrait, roll: Uuid, number: &str) -> Result<Option<roll_entries::Model>> {
    use roll_entries::Column;
    let found = roll_entries::Entity::find().filter(Column::ImportId.eq(roll)).filter(Column::CertificateNo.eq(number));
    found.one(conn).await.or_app()
}

/// The entry of one person in a roll, by the digest of the ID number.
pub async fn entry_of_person(
    conn: &impl ConnectionTrait,
    roll: Uuid,
    digest: &str,
) -> Result<Option<roll_entries::Model>> {
    use roll_entries::Column;
    let found = roll_entries::Entity::find().filter(Column::ImportId.eq(roll));
    found.filter(Column::IdNumberDigest.eq(digest)).order_by_asc(Column::CertificateNo).one(conn).await.or_app()
}

/// Living certificates of the register by number, with their officers and their departments' codes.
pub type Registered = (certificates::Model, personnel::Model, Option<String>);

pub async fn registered(conn: &impl ConnectionTrait, numbers: Vec<String>) -> Result<Vec<Registered>> {
    let found =
        certificates::Entity::find().filter(certificates::Column::CertificateNo.is_in(numbers)).filter(living());
    with_officers(conn, found).await
}

/// The next living certificates of the register that the roll does not have.
pub async fn extra_after(conn: &impl ConnectionTrait, roll: Uuid, after: Uuid) -> Result<Vec<Registered>> {
    use certificates::Column;
    let on_roll = roll_entries::Entity::find()
        .select_only()
        .column(roll_entries::Column::CertificateNo)
        .filter(roll_entries::Column::ImportId.eq(roll));
    let found = certificates::Entity::find()
        .filter(living())
        .filter(Column::CertificateNo.is_not_null())
        .filter(Column::CertificateNo.not_in_subquery(QueryTrait::into_query(on_roll)))
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(BATCH as u64);
    with_officers(conn, found).await
}

async fn with_officers(conn: &impl ConnectionTrait, select: Select<certificates::Entity>) -> Result<Vec<Registered>> {
    let certificates = select.all(conn).await.or_app()?;
    let ids = certificates.iter().map(|certificate| certificate.personnel_id).collect();
    let officers = by_ids(conn, ids).await?;
    let of = officers.values().map(|officer| officer.department_id).collect::<Vec<_>>();
    let codes = departments::Entity::find().filter(departments::Column::Id.is_in(of)).all(conn).await.or_app()?;
    let pairs = certificates.into_iter().filter_map(|certificate| {
        let officer = officers.get(&certificate.personnel_id)?.clone();
        let code = codes.iter().find(|department| department.id == officer.department_id);
        Some((certificate, officer, code.map(|department| department.code.clone())))
    });
    Ok(pairs.collect())
}

/// What an earlier attempt left behind.
pub async fn forget_differences(conn: &impl ConnectionTrait, roll: Uuid) -> Result<()> {
    let old = roll_differences::Entity::delete_many().filter(roll_differences::Column::ImportId.eq(roll));
    old.exec(conn).await.or_app()?;
    Ok(())
}

/// Closes a comparison; the entries of older rolls are not needed any more.
pub async fn close(conn: &impl ConnectionTrait, roll: rolls::Model) -> Result<()> {
    // Only of those that were compared: another import may be on its way.
    let compared =
        all().select_only().column(rolls::Column::ImportId).filter(rolls::Column::ImportId.ne(roll.import_id));
    let old = roll_entries::Entity::delete_many()
        .filter(roll_entries::Column::ImportId.in_subquery(QueryTrait::into_query(compared)));
    old.exec(conn).await.or_app()?;
    rolls::Entity::delete_by_id(roll.import_id).exec(conn).await.or_app()?;
    rolls::Entity::insert(roll.into_active_model().reset_all()).exec_without_returning(conn).await.or_app()?;
    Ok(())
}
