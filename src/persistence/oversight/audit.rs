//! The audit trail: appended with each change, never updated, never deleted.

use super::log;
use crate::kernel::ctx::{Ctx, new_id};
use crate::persistence::kernel::change::{Event, PUBLIC_ACTS};
use crate::persistence::kernel::list::{Field, Kind, Listing};
use domain::oversight::audit::AuditAction;
use entity::oversight::audit_entries::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
    Select, Statement,
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

/// Acts that everybody may see.
pub const PUBLIC_LISTING: Listing<Entity> = Listing {
    name: "public-acts",
    id: Column::Id,
    default_sort: "-at",
    fields: &[
        Field::new("at", Column::At, Kind::Time, "时间").sortable(),
        Field::new("action", Column::Action, Kind::Code(AuditAction::CODES), "事项"),
        Field::new("record_id", Column::ResourceId, Kind::Id, "抽查任务（不得与任务关联的公示为检查）"),
    ],
};

/// Batches stay below SQLite's limit of bound values.
const BATCH: usize = 500;

/// The statements that append a change's lines to the trail, and one that finds a row where they were carried out.
pub(crate) fn rows(
    ctx: &Ctx,
    conn: &impl ConnectionTrait,
    log_key: &[u8; 32],
    events: Vec<Event>,
) -> (Vec<Statement>, Option<Statement>) {
    let named = |public: bool, name: &str| if public { String::new() } else { name.to_owned() };
    let lines = events.into_iter().map(|event| Model {
        id: new_id(),
        at: ctx.now,
        actor_id: Some(ctx.actor.id).filter(|id| !id.is_nil() && !event.public),
        actor_name: named(event.public, &ctx.actor.display_name),
        on_behalf_of: ctx.actor.acts_for.filter(|_| !event.public),
        actor_role: named(event.public, ctx.actor.role.code()),
        department_id: event.department_id,
        action: event.action,
        resource: event.resource.to_owned(),
        resource_id: event.resource_id,
        reason: event.reason,
        // A client may have named its request.
        request_id: named(event.public, &ctx.request_id),
        before: event.before,
        after: event.after,
    });
    let lines: Vec<_> = lines.collect();

    let backend = conn.get_database_backend();
    let proof = lines.last().map(|line| {
        let written = Entity::find().select_only().column(Column::Id).filter(Column::Id.eq(line.id));
        backend.build(&written.into_query())
    });
    // Each line waits for its place in the log from the same transaction on.
    let statements = lines.chunks(BATCH).flat_map(|batch| {
        let rows = batch.iter().map(|line| line.clone().into_active_model().reset_all());
        [log::waiting(conn, log_key, batch), backend.build(&Entity::insert_many(rows).into_query())]
    });
    (statements.collect(), proof)
}

/// The whole trail: the auditor's.
pub fn trail() -> Select<Entity> {
    Entity::find()
}

/// What everybody may see of it.
pub fn public_acts() -> Select<Entity> {
    Entity::find().filter(Column::Resource.eq(PUBLIC_ACTS))
}

/// The trail of one record; the caller has shown that the record may be seen.
pub fn history(resource: &'static str, id: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::Resource.eq(resource)).filter(Column::ResourceId.eq(id))
}
