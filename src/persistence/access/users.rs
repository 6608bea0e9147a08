//! 账户.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::by_department;
use domain::access::Role;
use domain::access::users::{IdentityState, UserStatus};
use entity::access::users::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

noun!(access::users, "users", |_| scoped(), |row| row.department_id);

pub const LISTING: Listing<Entity> = Listing {
    name: "users",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("username", Column::Username, Kind::Text, "用户名").sortable(),
        Field::new("role", Column::Role, Kind::Code(Role::CODES), "角色").nullable(),
        Field::new("status", Column::Status, Kind::Code(UserStatus::CODES), "账户状态"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "所属部门").nullable(),
        Field::new("identity_state", Column::IdentityState, Kind::Code(IdentityState::CODES), "实名认证状态"),
        Field::new("reset_requested_at", Column::ResetRequestedAt, Kind::Time, "申请重置口令的时间").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "建立时间").sortable(),
    ],
};

/// Only the platform's administrators hold the permission, and they see all.
pub fn scoped() -> Select<Entity> {
    Entity::find()
}

/// Accounts to which work or duties may be given.
pub const ASSIGNEES: Listing<Entity> = Listing {
    name: "assignees",
    id: Column::Id,
    default_sort: "username",
    fields: &[
        Field::new("username", Column::Username, Kind::Text, "用户名").sortable(),
        Field::new("display_name", Column::DisplayName, Kind::Text, "姓名"),
        Field::new("role", Column::Role, Kind::Code(Role::CODES), "角色"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "所属部门"),
    ],
};

/// Active accounts within the caller's reach; those of the three duties are nobody's to assign.
pub fn assignable(ctx: &Ctx) -> Select<Entity> {
    let duties = Role::ALL.iter().filter(|role| role.duty().is_some()).map(|role| role.code());
    Entity::find()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(Column::Status.eq(UserStatus::Active))
        .filter(Column::Role.is_not_in(duties))
}

/// Those of the accounts that are within the caller's reach.
pub async fn reached(conn: &impl ConnectionTrait, ctx: &Ctx, ids: Vec<Uuid>) -> Result<BTreeSet<Uuid>> {
    let own = Entity::find().filter(by_department(ctx, Column::DepartmentId)).filter(Column::Id.is_in(ids));
    let found: Vec<Uuid> = own.select_only().column(Column::Id).into_tuple().all(conn).await.or_app()?;
    Ok(found.into_iter().collect())
}

pub async fn get(conn: &impl ConnectionTrait, id: Uuid) -> Result<Model> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()?.ok_or_else(AppError::not_found)
}

pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    scoped().filter(Column::Id.eq(id)).one(conn).await.or_app()
}

/// Accounts by id.
pub async fn by_ids(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Model>> {
    let rows = scoped().filter(Column::Id.is_in(ids)).all(conn).await.or_app()?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

pub async fn by_username(conn: &impl ConnectionTrait, username: &str) -> Result<Option<Model>> {
    scoped().filter(Column::Username.eq(username)).one(conn).await.or_app()
}

/// Whether an officer is bound to another account than this one.
pub async fn is_taken(conn: &impl ConnectionTrait, officer: Uuid, account: Uuid) -> Result<bool> {
    let others = scoped().filter(Column::PersonnelId.eq(officer)).filter(Column::Id.ne(account));
    Ok(others.count(conn).await.or_app()? > 0)
}

/// Writes down what attempts to log in leave behind. The account is the same, so its version stays: nobody can hold an
/// administrator's change up by trying to log in. The row is locked by then.
pub async fn note_attempt(conn: &impl ConnectionTrait, user: &Model) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::FailedAttempts, Expr::value(user.failed_attempts))
        .col_expr(Column::LockedUntil, Expr::value(user.locked_until))
        .col_expr(Column::LastLoginAt, Expr::value(user.last_login_at))
        .col_expr(Column::TotpLastStep, Expr::value(user.totp_last_step))
        .col_expr(Column::ResetRequestedAt, Expr::value(user.reset_requested_at))
        .filter(Column::Id.eq(user.id))
        .exec(conn)
        .await
        .or_app()?;
    Ok(())
}

/// Makes others who change this account wait until this transaction ends.
pub async fn lock(conn: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    crate::persistence::kernel::noun::lock_row::<Entity>(conn, id).await
}

/// The account of a subject of an identity provider.
pub async fn by_subject(conn: &impl ConnectionTrait, issuer: &str, subject: &str) -> Result<Option<Model>> {
    let found = scoped().filter(Column::ExternalIssuer.eq(issuer)).filter(Column::ExternalSubject.eq(subject));
    found.one(conn).await.or_app()
}
