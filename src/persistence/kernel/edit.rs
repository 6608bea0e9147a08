//! A record being changed: found in the caller's scope, held, changed, written with its line of the trail.

use super::change::{Change, Event};
use super::noun::lock_row;
use super::noun::{Noun, check_version, replace};
use super::tx::WriteTx;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::records::disposal_lists;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, ModelTrait, QueryFilter, Select, TryIntoModel,
};
use serde::Serialize;
use std::ops::{Deref, DerefMut};
use uuid::Uuid;

/// A noun whose records are found in a scope and belong to a department.
pub trait Owned: Noun {
    /// What the caller may reach.
    fn scoped(ctx: &Ctx) -> Select<Self>;

    /// Whose record it is, for the trail; none where it is the county's.
    fn department(row: &Self::Model) -> Option<Uuid>;
}

/// A record of the caller's scope; outside it there is none.
pub async fn find<E: Owned>(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<E::Model> {
    match E::scoped(ctx).filter(E::ID.eq(id)).one(conn).await.or_app()? {
        Some(found) => Ok(found),
        None => Err(gone(conn, ctx, id).await?),
    }
}

/// There is no such record, or none any more: whoever could have read it is told that it was destroyed, when and by which list.
pub async fn gone(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<AppError> {
    let Some((line, list)) = disposal_lists::tombstone(conn, ctx, id).await? else { return Ok(AppError::not_found()) };
    let (code, list, on) = (line.code, list.code, line.outcome_at.map(local_date).unwrap_or_default());
    let detail = text!(
        "{code} 保管期限届满，已于 {on} 依鉴定清册 {list} 销毁。",
        "{code} was destroyed on {on} by list {list}: its retention period was over."
    );
    Ok(AppError::new(Code::RecordDestroyed, detail))
}

/// A record being changed. It reads and writes like the record as it will be; what it was is `before`.
pub struct Edit<'a, E: Owned> {
    tx: &'a WriteTx,
    before: E::Model,
    after: E::Model,
}

impl WriteTx {
    /// Holds a record of the caller's scope at the version that the caller has seen. Whoever comes second waits here, and then
    /// finds the version gone.
    pub async fn edit<E: Owned>(&self, id: Uuid, version: i32) -> Result<Edit<'_, E>>
    where
        E::Model: ModelTrait<Entity = E> + Clone,
    {
        lock_row::<E>(self.conn(), id).await?;
        self.edit_found(find::<E>(self.conn(), self.ctx(), id).await?, version)
    }

    /// Like [`WriteTx::edit`], for a record that was found in another way.
    pub fn edit_found<E: Owned>(&self, before: E::Model, version: i32) -> Result<Edit<'_, E>>
    where
        E::Model: ModelTrait<Entity = E> + Clone,
    {
        check_version::<E>(&before, version)?;
        Ok(Edit { tx: self, after: before.clone(), before })
    }

    /// A record that another change brings with it: nobody has named a version.
    pub fn edit_along<E: Owned>(&self, before: E::Model) -> Edit<'_, E>
    where
        E::Model: Clone,
    {
        Edit { tx: self, after: before.clone(), before }
    }
}

impl<E: Owned> Edit<'_, E>
where
    E::Model: ModelTrait<Entity = E> + IntoActiveModel<E::ActiveModel> + Serialize + Clone,
    E::ActiveModel: ActiveModelTrait<Entity = E> + TryIntoModel<E::Model> + Clone + Send,
{
    /// The record as it was found.
    pub const fn before(&self) -> &E::Model {
        &self.before
    }

    /// Writes the record for a change whose trail is more than the record.
    pub async fn write(self) -> Result<E::Model> {
        replace::<E>(self.tx, &self.before, self.after).await
    }

    /// Writes the record; the trail says what was done, why, and what it was before and after.
    pub async fn save(self, action: AuditAction, reason: Option<String>) -> Result<Change<E::Model>> {
        let saved = replace::<E>(self.tx, &self.before, self.after).await?;
        let event = Event::of::<E>(action, &saved).reason(reason).before(&self.before).after(&saved);
        Ok(Change::new(saved, event))
    }
}

impl<E: Owned> Deref for Edit<'_, E> {
    type Target = E::Model;

    fn deref(&self) -> &E::Model {
        &self.after
    }
}

impl<E: Owned> DerefMut for Edit<'_, E> {
    fn deref_mut(&mut self) -> &mut E::Model {
        &mut self.after
    }
}

impl Event {
    /// A line about a record, under its noun's name and department.
    pub fn of<E: Owned>(action: AuditAction, row: &E::Model) -> Self
    where
        E::Model: ModelTrait<Entity = E>,
    {
        let id = super::noun::id_of::<E>(row);
        Self::new(action, E::NAME, id).department(E::department(row))
    }

    /// The first line about a new record.
    pub fn created<E: Owned>(row: &E::Model) -> Self
    where
        E::Model: ModelTrait<Entity = E> + Serialize,
    {
        Self::of::<E>(AuditAction::Created, row).after(row)
    }
}
