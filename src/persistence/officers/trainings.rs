//! 培训 and who attended.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use domain::officers::trainings::TrainingKind;
use entity::officers::trainings::{Column, Entity, Model};
use entity::officers::{training_accounts as accounts, training_attendances as attendances};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};
use uuid::Uuid;

noun!(officers::trainings, "trainings", scoped, |row| Some(row.department_id));

pub const LISTING: Listing<Entity> = Listing {
    name: "trainings",
    id: Column::Id,
    default_sort: "-held_on",
    fields: &[
        Field::new("held_on", Column::HeldOn, Kind::Date, "培训日期").sortable(),
        Field::new("kind", Column::Kind, Kind::Code(TrainingKind::CODES), "培训类别"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "组织部门"),
        Field::new("title", Column::Title, Kind::Text, "培训名称"),
    ],
};

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    Entity::find().filter(by_department(ctx, Column::DepartmentId))
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    scoped(ctx).filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn attendances_of(conn: &impl ConnectionTrait, training: Uuid) -> Result<Vec<attendances::Model>> {
    let rows = attendances::Entity::find().filter(attendances::Column::TrainingId.eq(training));
    rows.order_by_asc(attendances::Column::PersonnelId).all(conn).await.or_app()
}

pub async fn accounts_of(conn: &impl ConnectionTrait, training: Uuid) -> Result<Vec<accounts::Model>> {
    let rows = accounts::Entity::find().filter(accounts::Column::TrainingId.eq(training));
    rows.order_by_asc(accounts::Column::UserId).all(conn).await.or_app()
}

/// Writes who attended, over what was written of them before.
pub async fn attend(conn: &impl ConnectionTrait, rows: Vec<attendances::Model>) -> Result<()> {
    use attendances::Column as A;

    if rows.is_empty() {
        return Ok(());
    }
    let conflict =
        OnConflict::columns([A::TrainingId, A::PersonnelId]).update_columns([A::Score, A::Passed]).to_owned();
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    attendances::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// The same for accounts.
pub async fn attend_accounts(conn: &impl ConnectionTrait, rows: Vec<accounts::Model>) -> Result<()> {
    use accounts::Column as A;

    if rows.is_empty() {
        return Ok(());
    }
    let conflict = OnConflict::columns([A::TrainingId, A::UserId]).update_columns([A::Score, A::Passed]).to_owned();
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    accounts::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// The trainings of one officer, the newest first.
pub async fn of_officer(conn: &impl ConnectionTrait, officer: Uuid) -> Result<Vec<(Model, attendances::Model)>> {
    let rows =
        attendances::Entity::find().filter(attendances::Column::PersonnelId.eq(officer)).all(conn).await.or_app()?;
    let ids: Vec<_> = rows.iter().map(|row| row.training_id).collect();
    let found = Entity::find().filter(Column::Id.is_in(ids)).order_by_desc(Column::HeldOn).all(conn).await.or_app()?;
    let of = |training: Model| {
        let attended = rows.iter().find(|row| row.training_id == training.id)?.clone();
        Some((training, attended))
    };
    Ok(found.into_iter().filter_map(of).collect())
}
