//! The audit trail: appended with each change, never deleted. What it says of a record that was destroyed by law is replaced by the
//! digests that the log has; nothing else of a line ever changes.

use super::log;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Event, PUBLIC_ACTS};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use domain::oversight::audit::AuditAction;
use domain::oversight::log::digest;
use entity::oversight::audit_entries::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    QueryTrait, Select, Statement,
};
use serde_json::Value;
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
        before_sha256: None,
        after_sha256: None,
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

/// Empties the lines of records that are destroyed: their digests stay, so that each line still gives its leaf of the log.
pub async fn empty(conn: &impl ConnectionTrait, resource: &str, ids: &[Uuid]) -> Result<()> {
    let full = Condition::any().add(Column::Before.is_not_null()).add(Column::After.is_not_null());
    let lines = Entity::find()
        .filter(Column::Resource.eq(resource))
        .filter(Column::ResourceId.is_in(ids.to_vec()))
        .filter(full)
        .all(conn)
        .await
        .or_app()?;

    for line in lines {
        let emptied = Entity::update_many()
            .col_expr(Column::BeforeSha256, Expr::value(line.before.as_ref().map(digest)))
            .col_expr(Column::AfterSha256, Expr::value(line.after.as_ref().map(digest)))
            .col_expr(Column::Before, Expr::value(Option::<Value>::None))
            .col_expr(Column::After, Expr::value(Option::<Value>::None))
            .filter(Column::Id.eq(line.id));
        emptied.exec(conn).await.or_app()?;
    }
    Ok(())
}

/// Those of some lines that were emptied though nothing says that their record was destroyed.
pub async fn emptied_without_leave(conn: &impl ConnectionTrait, lines: &[&Model]) -> Result<Option<Uuid>> {
    let emptied = lines.iter().filter(|line| line.before_sha256.is_some() || line.after_sha256.is_some());
    let emptied: Vec<_> = emptied.collect();
    if emptied.is_empty() {
        return Ok(None);
    }
    let destroyed: Vec<(String, Uuid)> = Entity::find()
        .select_only()
        .columns([Column::Resource, Column::ResourceId])
        .filter(Column::Action.eq(AuditAction::Destroyed))
        .filter(Column::ResourceId.is_in(emptied.iter().map(|line| line.resource_id)))
        .into_tuple()
        .all(conn)
        .await
        .or_app()?;
    let left = emptied.iter().find(|line| !destroyed.contains(&(line.resource.clone(), line.resource_id)));

    Ok(left.map(|line| line.id))
}
