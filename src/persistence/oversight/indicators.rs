//! The facts that indicators are made of: a few columns of many rows, within the caller's scope.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::scope::by_department;
use crate::persistence::officers::personnel::living;
use domain::access::users::IdentityState;
use domain::access::users::UserStatus;
use domain::items::implementation_lists::ListState;
use domain::items::items::{ItemOrigin, ItemState};
use domain::officers::rolls::RollDifferenceKind;
use entity::access::users;
use entity::items::{implementation_lists, items, own_system_items};
use entity::officers::{certificates, personnel, roll_differences, roll_entries};
use entity::register::departments;
use entity::risks::{risk_model_versions, risk_models};
use entity::spot_checks::{draws, tasks};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(FromQueryResult)]
pub struct ItemRow {
    pub id: Uuid,
    pub department_id: Uuid,
    pub origin: ItemOrigin,
    pub state: ItemState,
    pub administrative_type: String,
}

pub async fn items(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<ItemRow>> {
    use items::Column;
    items::Entity::find()
        .select_only()
        .columns([Column::Id, Column::DepartmentId, Column::Origin, Column::State, Column::AdministrativeType])
        .filter(by_department(ctx, Column::DepartmentId))
        .into_model()
        .all(conn)
        .await
        .or_app()
}

#[derive(FromQueryResult)]
pub struct ListRow {
    pub id: Uuid,
    pub item_id: Uuid,
    pub state: ListState,
}

pub async fn lists(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<ListRow>> {
    use implementation_lists::Column;
    implementation_lists::Entity::find()
        .select_only()
        .columns([Column::Id, Column::ItemId, Column::State])
        .filter(by_department(ctx, Column::DepartmentId))
        .into_model()
        .all(conn)
        .await
        .or_app()
}

pub async fn mappings(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<own_system_items::Model>> {
    crate::persistence::items::mappings::scoped(ctx).all(conn).await.or_app()
}

/// Code and name of some items, by id.
pub async fn item_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = items::Entity::find().filter(items::Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|item| (item.id, (item.code, item.name))).collect())
}

/// Code and name of some departments, by id.
pub async fn department_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = departments::Entity::find().filter(departments::Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|department| (department.id, (department.code, department.name))).collect())
}

/// Code and name of some items of the departments' own systems, by id.
pub async fn mapping_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = own_system_items::Entity::find().filter(own_system_items::Column::Id.is_in(ids));
    let found = found.all(conn).await.or_app()?;
    Ok(found.into_iter().map(|item| (item.id, (item.code, item.name))).collect())
}

/// Officers with a living certificate: id and department.
pub async fn holders(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<(Uuid, Uuid)>> {
    let held = certificates::Entity::find().select_only().column(certificates::Column::PersonnelId).filter(living());
    personnel::Entity::find()
        .select_only()
        .columns([personnel::Column::Id, personnel::Column::DepartmentId])
        .filter(by_department(ctx, personnel::Column::DepartmentId))
        .filter(personnel::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(held)))
        .into_tuple()
        .all(conn)
        .await
        .or_app()
}

#[derive(FromQueryResult)]
pub struct AccountRow {
    pub id: Uuid,
    pub department_id: Option<Uuid>,
    pub personnel_id: Option<Uuid>,
    pub status: UserStatus,
    pub identity_state: IdentityState,
}

/// Accounts of the caller's departments.
pub async fn accounts(conn: &impl ConnectionTrait, ctx: &Ctx) -> Result<Vec<AccountRow>> {
    use users::Column;
    users::Entity::find()
        .select_only()
        .columns([Column::Id, Column::DepartmentId, Column::PersonnelId, Column::Status, Column::IdentityState])
        .filter(by_department(ctx, Column::DepartmentId))
        .into_model()
        .all(conn)
        .await
        .or_app()
}

/// Whether an account row is activated.
pub fn is_active(row: &AccountRow) -> bool {
    row.status == UserStatus::Active
}

/// The people of a roll with the department their code names, and how they compared, by certificate number.
pub struct RollRows {
    pub entries: Vec<(roll_entries::Model, Uuid)>,
    pub missing: std::collections::BTreeSet<String>,
    pub differing: BTreeMap<String, Vec<String>>,
}

pub async fn roll(conn: &impl ConnectionTrait, ctx: &Ctx, roll: Uuid) -> Result<RollRows> {
    let codes = departments::Entity::find().all(conn).await.or_app()?;
    let codes: BTreeMap<_, _> = codes.into_iter().map(|department| (department.code, department.id)).collect();
    let entries =
        roll_entries::Entity::find().filter(roll_entries::Column::ImportId.eq(roll)).all(conn).await.or_app()?;
    let entries = entries.into_iter().map(|entry| {
        let department = entry.department_code.as_ref().and_then(|code| codes.get(code).copied());
        (entry, department.unwrap_or_default())
    });
    let all = ctx.reach == domain::access::Reach::All;
    let entries = entries.filter(|(_, department)| all || ctx.actor.departments.contains(department)).collect();
    let rows: Vec<(String, String, Option<String>)> = roll_differences::Entity::find()
        .select_only()
        .columns([
            roll_differences::Column::CertificateNo,
            roll_differences::Column::Kind,
            roll_differences::Column::Field,
        ])
        .filter(roll_differences::Column::ImportId.eq(roll))
        .into_tuple()
        .all(conn)
        .await
        .or_app()?;
    let mut missing = std::collections::BTreeSet::new();
    let mut differing: BTreeMap<String, Vec<String>> = BTreeMap::new();

    for (number, kind, field) in rows {
        if kind == RollDifferenceKind::Missing.code() {
            missing.insert(number);
        } else {
            differing.entry(number).or_default().extend(field);
        }
    }

    Ok(RollRows { entries, missing, differing })
}

/// Name of some officers, by id.
pub async fn officer_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let mut certificates = crate::persistence::officers::personnel::certificates_of(conn, ids.clone()).await?;
    let number = |id: Uuid, held: &mut BTreeMap<Uuid, Vec<certificates::Model>>| {
        held.remove(&id).into_iter().flatten().find_map(|certificate| certificate.certificate_no).unwrap_or_default()
    };
    let officers = crate::persistence::officers::personnel::by_ids(conn, ids).await?;
    Ok(officers
        .into_values()
        .map(|officer| (officer.id, (number(officer.id, &mut certificates), officer.name)))
        .collect())
}

/// Name of some accounts, by id.
pub async fn account_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = users::Entity::find().filter(users::Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|user| (user.id, (String::new(), user.display_name))).collect())
}

/// Number and name of some people of a roll, by id.
pub async fn roll_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = roll_entries::Entity::find().filter(roll_entries::Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|entry| (entry.id, (entry.certificate_no, entry.name))).collect())
}

/// Tasks of the year that have been drawn, each with its draw; those that clues and daily visits asked for draw nothing.
pub async fn drawn_tasks(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    since: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<(tasks::Model, draws::Model)>> {
    use domain::spot_checks::tasks::{TaskSource, TaskStatus};
    let of_year = tasks::Entity::find()
        .filter(by_department(ctx, tasks::Column::LeadDepartmentId))
        .filter(tasks::Column::CreatedAt.gte(since))
        .filter(tasks::Column::Source.is_not_in([TaskSource::Clue, TaskSource::Visit, TaskSource::Issued]))
        .filter(tasks::Column::Status.ne(TaskStatus::Cancelled));
    let found = of_year.all(conn).await.or_app()?;
    let mut current = BTreeMap::new();

    for ids in found.chunks(500) {
        let of_tasks = draws::Entity::find()
            .filter(draws::Column::TaskId.is_in(ids.iter().map(|task| task.id)))
            .filter(draws::Column::DrawnAt.is_not_null());
        for draw in of_tasks.all(conn).await.or_app()? {
            current.insert((draw.task_id, draw.epoch), draw);
        }
    }

    let with_draw = |task: tasks::Model| current.remove(&(task.id, task.epoch)).map(|draw| (task, draw));
    Ok(found.into_iter().filter_map(with_draw).collect())
}

/// Models of the caller's departments, each with the version that stands for it: in force, in shadow, or the newest.
pub async fn models(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
) -> Result<Vec<(risk_models::Model, risk_model_versions::Model)>> {
    let models = crate::persistence::risks::risk_models::scoped(ctx).all(conn).await.or_app()?;
    let mut versions: BTreeMap<_, _> =
        crate::persistence::risks::risk_models::versions(conn, models.iter().map(|model| model.id).collect())
            .await?
            .into_iter()
            .map(|version| ((version.model_id, version.number), version))
            .collect();
    let standing = |model: risk_models::Model| {
        let number = model.active_number.or(model.shadow_number).unwrap_or(model.latest_number);
        versions.remove(&(model.id, number)).map(|version| (model, version))
    };

    Ok(models.into_iter().filter_map(standing).collect())
}

/// Code and name of some tasks, clues or models, by id.
pub async fn task_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = tasks::Entity::find().filter(tasks::Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(found.into_iter().map(|task| (task.id, (task.code, task.name))).collect())
}

pub async fn model_names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found = crate::persistence::risks::risk_models::by_ids(conn, ids).await?;
    Ok(found.into_iter().map(|model| (model.id, (model.code, model.name))).collect())
}
