//! The audit trail: appended with each change, never updated, never deleted.

use crate::kernel::ctx::{Ctx, new_id};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use domain::oversight::audit::AuditAction;
use entity::oversight::audit_entries::{ActiveModel, Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, Set, Statement,
};
use uuid::Uuid;

pub const LISTING: Listing<Entity> = Listing {
    name: "audit-entries",
    id: Column::Id,
    default_sort: "-at",
    fields: &[
        Field::new("at", Column::At, Kind::Time, "时间").sortable(),
        Field::new("actor_id", Column::ActorId, Kind::Id, "操作人").nullable(),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "所属部门").nullable(),
        Field::new("action", Column::Action, Kind::Code(AuditAction::CODES), "操作"),
        Field::new("resource", Column::Resource, Kind::Text, "资源"),
        Field::new("resource_id", Column::ResourceId, Kind::Id, "资源标识"),
        Field::new("request_id", Column::RequestId, Kind::Text, "请求号"),
    ],
};

/// Batches stay below SQLite's limit of bound values.
const BATCH: usize = 500;

/// The statements that append a change's lines to the trail, and one that finds a row where they were carried out.
pub(crate) fn rows(ctx: &Ctx, conn: &impl ConnectionTrait, events: Vec<Event>) -> (Vec<Statement>, Option<Statement>) {
    let rows = events.into_iter().map(|event| ActiveModel {
        id: Set(new_id()),
        at: Set(ctx.now),
        actor_id: Set(Some(ctx.actor.id).filter(|id| !id.is_nil())),
        actor_name: Set(ctx.actor.display_name.clone()),
        on_behalf_of: Set(ctx.actor.acts_for),
        actor_role: Set(ctx.actor.role.code().to_owned()),
        department_id: Set(event.department_id),
        action: Set(event.action),
        resource: Set(event.resource.to_owned()),
        resource_id: Set(event.resource_id),
        reason: Set(event.reason),
        request_id: Set(ctx.request_id.clone()),
        before: Set(event.before),
        after: Set(event.after),
    });
    let rows: Vec<_> = rows.collect();

    let backend = conn.get_database_backend();
    let proof = rows.last().map(|row| {
        let written = Entity::find().select_only().column(Column::Id).filter(Column::Id.eq(row.id.clone().unwrap()));
        backend.build(&written.into_query())
    });
    let rows = rows.chunks(BATCH).map(|batch| backend.build(&Entity::insert_many(batch.to_vec()).into_query()));
    (rows.collect(), proof)
}

/// The whole trail: the auditor's.
pub fn trail() -> Select<Entity> {
    Entity::find()
}

/// The trail of one record; the caller has shown that the record may be seen.
pub fn history(resource: &'static str, id: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::Resource.eq(resource)).filter(Column::ResourceId.eq(id))
}
