//! What every versioned record has in common, and the one way to replace it.

pub mod history;

use super::errors::AppResult;
use super::tx::WriteTx;
use crate::kernel::error::{AppError, Result};
use crate::kernel::seeded;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, ModelTrait, QueryFilter,
    QueryTrait, TryIntoModel, Value,
    sea_query::{Expr, ValueType},
};
use uuid::Uuid;

/// A resource with an id, a version and the time of its last change.
pub trait Noun: EntityTrait {
    /// Plural, as in the URL and in the audit trail.
    const NAME: &'static str;
    const ID: Self::Column;
    const VERSION: Self::Column;
    const UPDATED_AT: Self::Column;

    /// Whether what a record was is kept.
    const HAS_HISTORY: bool = false;

    /// What is kept of a state when it is over; nouns without a history keep nothing.
    fn past(_: &Self::Model) -> Option<history::Past> {
        None
    }
}

macro_rules! noun {
    // With a history: the enterprise that a record is about.
    ($area:ident::$entity:ident, $name:literal, history of $object:expr) => {
        $crate::persistence::kernel::noun::noun!(@ $area::$entity, $name, {
            const HAS_HISTORY: bool = true;
            fn past(row: &Self::Model) -> Option<$crate::persistence::kernel::noun::history::Past> {
                let object: fn(&Self::Model) -> Option<uuid::Uuid> = $object;
                let content = serde_json::to_value(row);
                Some($crate::persistence::kernel::noun::history::Past { object_id: object(row), content })
            }
        });
    };
    ($area:ident::$entity:ident, $name:literal, $scoped:expr, $department:expr, history of $object:expr) => {
        $crate::persistence::kernel::noun::noun!($area::$entity, $name, history of $object);
        $crate::persistence::kernel::noun::noun!(@ owned $area::$entity, $scoped, $department);
    };
    ($area:ident::$entity:ident, $name:literal, $scoped:expr, $department:expr) => {
        $crate::persistence::kernel::noun::noun!($area::$entity, $name);
        $crate::persistence::kernel::noun::noun!(@ owned $area::$entity, $scoped, $department);
    };
    (@ owned $area:ident::$entity:ident, $scoped:expr, $department:expr) => {
        impl $crate::persistence::kernel::edit::Owned for ::entity::$area::$entity::Entity {
            fn scoped(ctx: &$crate::kernel::ctx::Ctx) -> sea_orm::Select<Self> {
                let scoped: fn(&$crate::kernel::ctx::Ctx) -> sea_orm::Select<Self> = $scoped;
                scoped(ctx)
            }

            fn department(row: &Self::Model) -> Option<uuid::Uuid> {
                let department: fn(&Self::Model) -> Option<uuid::Uuid> = $department;
                department(row)
            }
        }
    };
    ($area:ident::$entity:ident, $name:literal) => {
        $crate::persistence::kernel::noun::noun!(@ $area::$entity, $name, {});
    };
    (@ $area:ident::$entity:ident, $name:literal, { $($past:item)* }) => {
        impl $crate::persistence::kernel::noun::Noun for ::entity::$area::$entity::Entity {
            const NAME: &'static str = $name;
            const ID: Self::Column = ::entity::$area::$entity::Column::Id;
            const VERSION: Self::Column = ::entity::$area::$entity::Column::Version;
            const UPDATED_AT: Self::Column = ::entity::$area::$entity::Column::UpdatedAt;

            $($past)*
        }
    };
}
pub(crate) use noun;

/// The id of a record.
pub fn id_of<E: Noun>(model: &E::Model) -> Uuid
where
    E::Model: ModelTrait<Entity = E>,
{
    <Uuid as ValueType>::try_from(model.get(E::ID)).unwrap_or_default()
}

/// The version of a record, which is its ETag.
pub fn version_of<E: Noun>(model: &E::Model) -> Result<i32>
where
    E::Model: ModelTrait<Entity = E>,
{
    <i32 as ValueType>::try_from(model.get(E::VERSION)).map_err(|_| AppError::internal("version is not an integer"))
}

/// Refuses a change based on another version than the current one.
pub fn check_version<E: Noun>(model: &E::Model, expected: i32) -> Result<()>
where
    E::Model: ModelTrait<Entity = E>,
{
    if seeded::bug("version") || version_of::<E>(model)? == expected { Ok(()) } else { Err(AppError::stale()) }
}

/// Writes a new record. The model is the answer, so nothing is read back.
pub async fn insert<M>(tx: &WriteTx, model: M) -> Result<M>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + Clone,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity> + Send,
{
    let row = model.clone().into_active_model().reset_all();
    M::Entity::insert(row).exec_without_returning(tx.conn()).await.or_app()?;
    Ok(model)
}

/// Like [`insert`], sent with the audit rows: for a change that writes this record and nothing that refers to it.
pub fn insert_last<M>(tx: &WriteTx, model: M) -> Result<M>
where
    M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + Clone,
    <M::Entity as EntityTrait>::ActiveModel: ActiveModelTrait<Entity = M::Entity> + Send,
{
    let row = model.clone().into_active_model().reset_all();
    tx.insert_last(tx.conn().get_database_backend().build(&M::Entity::insert(row).into_query()))?;
    Ok(model)
}

/// Takes the row's lock by an update that changes nothing: the same on both databases.
pub async fn lock_row<E: Noun>(conn: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    E::update_many().col_expr(E::VERSION, Expr::col(E::VERSION)).filter(E::ID.eq(id)).exec(conn).await.or_app()?;
    Ok(())
}

/// The same for several rows, in the order of their ids.
pub async fn lock_rows<E: Noun>(conn: &impl ConnectionTrait, ids: impl IntoIterator<Item = Uuid>) -> Result<()> {
    let ids: std::collections::BTreeSet<_> = ids.into_iter().collect();
    for id in ids {
        lock_row::<E>(conn, id).await?;
    }
    Ok(())
}

/// A part of the record changed, so its representation did: the version grows by one.
pub async fn touch<E: Noun>(tx: &WriteTx, id: Uuid) -> Result<()>
where
    E::Model: ModelTrait<Entity = E>,
{
    if E::HAS_HISTORY {
        lock_row::<E>(tx.conn(), id).await?;
        let before = E::find().filter(E::ID.eq(id)).one(tx.conn()).await.or_app()?.ok_or_else(AppError::not_found)?;
        history::keep::<E>(tx, &before, version_of::<E>(&before)?)?;
    }
    E::update_many()
        .col_expr(E::VERSION, Expr::col(E::VERSION).add(1))
        .col_expr(E::UPDATED_AT, Expr::value(tx.ctx().now))
        .filter(E::ID.eq(id))
        .exec(tx.conn())
        .await
        .or_app()?;
    Ok(())
}

/// Writes `after` over `before` unless somebody else was faster; the version grows by one.
pub async fn replace<E>(tx: &WriteTx, before: &E::Model, after: E::Model) -> Result<E::Model>
where
    E: Noun,
    E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + TryIntoModel<E::Model> + Clone + Send,
{
    let version = version_of::<E>(before)?;
    let mut active = after.into_active_model().reset_all();
    active.set(E::VERSION, Value::Int(Some(version + 1)));
    active.set(E::UPDATED_AT, Value::ChronoDateTimeUtc(Some(tx.ctx().now)));
    let mut update = E::update_many().set(active.clone()).filter(E::ID.eq(before.get(E::ID)));
    if !seeded::bug("version") {
        update = update.filter(E::VERSION.eq(version));
    }
    if update.exec(tx.conn()).await.or_app()?.rows_affected != 1 {
        return Err(AppError::stale());
    }
    history::keep::<E>(tx, before, version)?;

    active.try_into_model().or_app()
}
