//! 待办 entries, written with the change that makes somebody wait.

use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::Result;
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::tx::{Desk, WriteTx};
use crate::persistence::visits::visits::{of_officer, unapproved_of};
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Reach;
use domain::oversight::escalations::ESCALATIONS;
use domain::oversight::turns::{Turn, of_record};
use domain::oversight::worklist::Waiting;
use entity::intake::imports;
use entity::oversight::worklist_entries::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub const LISTING: Listing<Entity> = Listing {
    name: "worklist",
    id: Column::Id,
    default_sort: "due_on",
    fields: &[
        Field::new("due_on", Column::DueOn, Kind::Date, "办理期限").sortable(),
        Field::new("kind", Column::Kind, Kind::Code(Waiting::CODES), "待办类别"),
        Field::new("resource", Column::Resource, Kind::Text, "资源"),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "部门").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "产生时间"),
    ],
};

/// What waits for the caller: what their role may end, where it reaches, except what they submitted themselves.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let mut mine = Condition::any();
    for kind in Waiting::ALL {
        let Some(reach) = ctx.actor.reach(kind.permission()) else { continue };
        let of_kind = Condition::all().add(Column::Kind.eq(kind.code()));
        match reach {
            Reach::All => mine = mine.add(of_kind),
            Reach::Department => {
                // What no department has taken yet waits for all of them.
                let mut own = Condition::any()
                    .add(Column::DepartmentId.is_in(ctx.actor.departments.clone()))
                    .add(Column::DepartmentId.is_null());
                if matches!(kind, Waiting::DrawToCommit | Waiting::DrawToReveal | Waiting::ChanceToEnter) {
                    own = own.add(Column::ResourceId.in_subquery(tasks_of(&ctx.actor.departments)));
                }
                // The lead asks, others decide.
                if *kind == Waiting::TaskVoidToDecide {
                    own = Condition::all()
                        .add(Column::DepartmentId.is_not_in(ctx.actor.departments.clone()))
                        .add(Column::ResourceId.in_subquery(tasks_of(&ctx.actor.departments)));
                }
                // Each body's head approves its own part.
                if matches!(kind, Waiting::VisitToApprove | Waiting::VisitToApproveLate) {
                    own = Condition::all().add(Column::ResourceId.in_subquery(unapproved_of(&ctx.actor.departments)));
                }
                mine = mine.add(of_kind.add(own));
            }
            Reach::Assigned => {
                let mut own = Condition::any().add(Column::AssignedTo.eq(ctx.actor.id));
                if let Some(officer) = ctx.actor.personnel_id {
                    own = own.add(Column::ResourceId.in_subquery(inspections_of(officer)));
                    own = own.add(Column::ResourceId.in_subquery(of_officer(officer)));
                    own = own.add(Column::ResourceId.in_subquery(documents_of(officer)));
                    own = own.add(Column::ResourceId.in_subquery(follow_ups_of(officer)));
                }
                mine = mine.add(of_kind.add(own));
            }
            Reach::Region => {}
        }
    }

    let mine = if mine.is_empty() { crate::persistence::kernel::scope::nothing() } else { mine };
    let others = Condition::any().add(Column::NotFor.is_null()).add(Column::NotFor.ne(ctx.actor.id));

    Entity::find().filter(mine).filter(others)
}

/// Documents of the inspections of an officer.
fn documents_of(officer: Uuid) -> SelectStatement {
    use entity::records::documents::{Column, Entity};
    let documents = Entity::find().select_only().column(Column::Id);
    QueryTrait::into_query(documents.filter(Column::InspectionId.in_subquery(inspections_of(officer))))
}

/// Measures after the inspections of an officer.
fn follow_ups_of(officer: Uuid) -> SelectStatement {
    use entity::inspections::follow_ups::{Column, Entity};
    let measures = Entity::find().select_only().column(Column::Id);
    QueryTrait::into_query(measures.filter(Column::InspectionId.in_subquery(inspections_of(officer))))
}

/// Tasks in which these departments take part, and so may be a party to the draw.
fn tasks_of(departments: &[Uuid]) -> SelectStatement {
    use entity::spot_checks::task_departments::{Column, Entity};
    let part =
        Entity::find().select_only().column(Column::TaskId).filter(Column::DepartmentId.is_in(departments.to_vec()));
    QueryTrait::into_query(part)
}

/// Inspections of an officer's teams.
fn inspections_of(officer: Uuid) -> SelectStatement {
    use entity::inspections::inspection_officers::{Column, Entity};
    let own = Entity::find().select_only().column(Column::InspectionId).filter(Column::PersonnelId.eq(officer));
    QueryTrait::into_query(own)
}

/// How many entries of a kind there are, and how many of them are late.
#[derive(FromQueryResult)]
pub struct Count {
    pub kind: Waiting,
    pub count: i64,
}

pub async fn counts(conn: &impl ConnectionTrait, ctx: &Ctx, before: Option<NaiveDate>) -> Result<Vec<Count>> {
    let mut query = scoped(ctx).select_only().column(Column::Kind).column_as(Column::Id.count(), "count");
    if let Some(day) = before {
        query = query.filter(Column::DueOn.lt(day));
    }
    query.group_by(Column::Kind).into_model().all(conn).await.or_app()
}

/// What a record waits for from now on. An entry that stays keeps its deadline.
pub struct Wanted<'a> {
    pub resource: &'static str,
    pub resource_id: Uuid,
    pub department_id: Uuid,
    pub title: &'a str,
    /// Each kind, its deadline, and who may not end it.
    pub kinds: Vec<(Waiting, NaiveDate, Option<Uuid>)>,
}

pub async fn sync(tx: &WriteTx, wanted: Wanted<'_>) -> Result<()> {
    let of_record =
        Condition::all().add(Column::Resource.eq(wanted.resource)).add(Column::ResourceId.eq(wanted.resource_id));
    let known = Entity::find().filter(of_record).all(tx.conn()).await.or_app()?;
    let over: Vec<_> = known
        .iter()
        .filter(|entry| !wanted.kinds.iter().any(|(kind, _, not_for)| *kind == entry.kind && *not_for == entry.not_for))
        .map(|entry| entry.id)
        .collect();
    let kept = |kind: Waiting| known.iter().any(|entry| entry.kind == kind && !over.contains(&entry.id));
    let new: Vec<_> = wanted.kinds.iter().filter(|(kind, ..)| !kept(*kind)).copied().collect();
    if !over.is_empty() {
        Entity::delete_many().filter(Column::Id.is_in(over.clone())).exec(tx.conn()).await.or_app()?;
    }
    let rows = new.into_iter().map(|(kind, due_on, not_for)| Model {
        id: new_id(),
        kind,
        resource: wanted.resource.to_owned(),
        resource_id: wanted.resource_id,
        department_id: Some(wanted.department_id),
        title: wanted.title.to_owned(),
        due_on,
        not_for,
        assigned_to: None,
        created_at: tx.ctx().now,
        escalated_at: None,
    });

    insert_all(tx, rows.collect()).await
}

/// What the trail says of records after a change: who waits for them from now on. An entry that stays keeps its deadline
/// where the record has none of its own.
pub async fn follow(tx: &WriteTx, desk: &Desk, events: &[Event]) -> Result<()> {
    // The last line about a record says how it stands.
    let mut turns: BTreeMap<(Uuid, &'static str), (Option<Uuid>, Turn)> = BTreeMap::new();
    for event in events {
        let Some(turn) = event.after.as_ref().and_then(|after| of_record(event.resource, after)) else { continue };
        turns.insert((event.resource_id, event.resource), (event.department_id, turn));
    }
    if turns.is_empty() {
        return Ok(());
    }

    let mut known: BTreeMap<Uuid, Vec<Model>> = BTreeMap::new();
    let ids: Vec<Uuid> = turns.keys().map(|(id, _)| *id).collect();
    for ids in ids.chunks(500) {
        let found = Entity::find().filter(Column::ResourceId.is_in(ids.to_vec())).all(tx.conn()).await.or_app()?;
        for entry in found {
            known.entry(entry.resource_id).or_default().push(entry);
        }
    }

    let (mut over, mut new) = (Vec::new(), Vec::new());
    for ((resource_id, resource), (department, turn)) in turns {
        // An id is a record's of one noun; a device may make one that is another's.
        let mut entries = known.get(&resource_id).cloned().unwrap_or_default();
        entries.retain(|entry| entry.resource == resource);
        let department_id = turn.department_id.or(department);
        let stays = |entry: &Model| turn.kinds.contains(&entry.kind) && entry.not_for == turn.not_for(entry.kind);
        over.extend(entries.iter().filter(|entry| !stays(entry)).map(|entry| entry.id));
        for entry in entries.iter().filter(|entry| stays(entry)) {
            // The record's own deadline, its name, its department and whose it is move with it.
            let due_on = turn.due_on(entry.kind).unwrap_or(entry.due_on);
            // With another deadline it can be late again.
            let escalated_at = entry.escalated_at.filter(|_| due_on == entry.due_on);
            let title = turn.title.clone();
            let assigned_to = turn.assigned_to(entry.kind);
            let after = Model { department_id, title, due_on, escalated_at, assigned_to, ..entry.clone() };
            if after != *entry {
                after.into_active_model().reset_all().update(tx.conn()).await.or_app()?;
            }
        }
        let missing =
            turn.kinds.iter().filter(|kind| !entries.iter().any(|entry| entry.kind == **kind && stays(entry)));
        new.extend(missing.map(|kind| Model {
            id: new_id(),
            kind: *kind,
            resource: resource.to_owned(),
            resource_id,
            department_id,
            title: turn.title.clone(),
            due_on: turn.due_on(*kind).unwrap_or_else(|| desk.due_on(tx.ctx().today(), *kind)),
            not_for: turn.not_for(*kind),
            assigned_to: turn.assigned_to(*kind),
            created_at: tx.ctx().now,
            escalated_at: None,
        }));
    }
    for ids in over.chunks(500) {
        Entity::delete_many().filter(Column::Id.is_in(ids.to_vec())).exec(tx.conn()).await.or_app()?;
    }
    insert_all(tx, new).await
}

pub async fn insert_all(tx: &WriteTx, models: Vec<Model>) -> Result<()> {
    for rows in models.chunks(500) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        Entity::insert_many(rows).exec_without_returning(tx.conn()).await.or_app()?;
    }
    Ok(())
}

/// Another file of a data set has come from a department: what was wrong with the ones before is not waited for any more.
pub async fn clear_imports(tx: &WriteTx, import: &imports::Model) -> Result<()> {
    let before = imports::Entity::find()
        .select_only()
        .column(imports::Column::Id)
        .filter(imports::Column::Dataset.eq(import.dataset))
        .filter(imports::Column::DepartmentId.eq(import.department_id))
        .filter(imports::Column::Id.ne(import.id));
    let gone = Entity::delete_many()
        .filter(Column::Kind.eq(Waiting::ImportToCorrect))
        .filter(Column::ResourceId.in_subquery(QueryTrait::into_query(before)));
    gone.exec(tx.conn()).await.or_app()?;
    Ok(())
}

/// What is late since it was last told, of the kinds that are told to somebody else: the longest late first.
pub async fn late(conn: &impl ConnectionTrait, today: NaiveDate, most: u64) -> Result<Vec<Model>> {
    let late = Entity::find()
        .filter(Column::EscalatedAt.is_null())
        .filter(Column::Kind.is_in(ESCALATIONS.map(|(kind, _)| kind.code())))
        .filter(Column::DueOn.lt(today))
        .order_by_asc(Column::DueOn)
        .limit(most);
    late.all(conn).await.or_app()
}

/// Notes that an entry was told; false where another was faster, or nobody waits any more.
pub async fn mark_late(conn: &impl ConnectionTrait, entry: &Model, now: DateTime<Utc>) -> Result<bool> {
    let marked = Entity::update_many()
        .col_expr(Column::EscalatedAt, Expr::value(now))
        .filter(Column::Id.eq(entry.id))
        .filter(Column::DueOn.eq(entry.due_on))
        .filter(Column::EscalatedAt.is_null());
    Ok(marked.exec(conn).await.or_app()?.rows_affected == 1)
}

/// Nothing waits any more for these records.
pub async fn clear(tx: &WriteTx, resource: &'static str, ids: Vec<Uuid>) -> Result<()> {
    for ids in ids.chunks(500) {
        let gone =
            Entity::delete_many().filter(Column::Resource.eq(resource)).filter(Column::ResourceId.is_in(ids.to_vec()));
        gone.exec(tx.conn()).await.or_app()?;
    }
    Ok(())
}
