//! 风险预警线索 and the measures taken about them.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use chrono::{DateTime, Utc};
use domain::access::{Reach, Role};
use domain::kernel::clocks::Flag;
use domain::risks::risk_clues::{ClueSource, ClueStatus, RiskLevel, Verdict, is_open};
use entity::risks::risk_clue_measures as measures;
use entity::risks::risk_clues::{Column, Entity, Model};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

noun!(risks::risk_clues, "risk-clues", scoped, |row| row.department_id, history of |row| row.object_id);

pub const LISTING: Listing<Entity> = Listing {
    name: "risk-clues",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("code", Column::Code, Kind::Key, "线索编号").sortable(),
        Field::new("name", Column::Name, Kind::Text, "线索名称"),
        Field::new("domain", Column::Domain, Kind::Text, "风险预警领域（国家代码）"),
        Field::new("level", Column::Level, Kind::Code(RiskLevel::CODES), "风险等级"),
        Field::new("source", Column::Source, Kind::Code(ClueSource::CODES), "线索来源"),
        Field::new("source_no", Column::SourceNo, Kind::Text, "来源编号").nullable(),
        Field::new("status", Column::Status, Kind::Code(ClueStatus::CODES), "线索状态"),
        Field::new("flag", Column::Flag, Kind::Code(Flag::CODES), "时限预警"),
        Field::new("verdict", Column::Verdict, Kind::Code(Verdict::CODES), "核查结论").nullable(),
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象").nullable(),
        Field::new("department_id", Column::DepartmentId, Kind::Id, "承办部门").nullable(),
        Field::new("assigned_to", Column::AssignedTo, Kind::Id, "承办人").nullable(),
        Field::new("model_id", Column::ModelId, Kind::Id, "风险模型").nullable(),
        Field::new("master_id", Column::MasterId, Kind::Id, "主线索").nullable(),
        Field::new("issued_at", Column::IssuedAt, Kind::Time, "下发时间"),
        Field::new("feed_back_due_at", Column::FeedBackDueAt, Kind::Time, "反馈期限").nullable(),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "接收时间").sortable(),
        Field::new("updated_at", Column::UpdatedAt, Kind::Time, "更新时间").sortable(),
    ],
};

/// Departments see their own and what nobody has signed yet; officers what they are assigned; platforms what they sent.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    let scope = match (ctx.reach, &ctx.actor.region_code) {
        (Reach::All, _) => Condition::all(),
        (Reach::Department, _) => {
            let unsigned =
                Condition::all().add(Column::DepartmentId.is_null()).add(Column::Status.eq(ClueStatus::Received));
            Condition::any().add(Column::DepartmentId.is_in(ctx.actor.departments.clone())).add(unsigned)
        }
        // A platform sends and is assigned nothing, an officer the other way round: one index gives the page of either.
        (Reach::Assigned, _) if ctx.actor.role == Role::Partner => {
            Condition::all().add(Column::SenderId.eq(ctx.actor.id))
        }
        (Reach::Assigned, _) => Condition::all().add(Column::AssignedTo.eq(ctx.actor.id)),
        (Reach::Region, Some(region)) if region.len() == 9 => {
            Condition::all().add(Column::TownshipCode.eq(region.as_str()))
        }
        (Reach::Region, Some(region)) => Condition::all().add(Column::RegionCode.eq(region.as_str())),
        (Reach::Region, None) => nothing(),
    };
    Entity::find().filter(scope)
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<Model> {
    crate::persistence::kernel::edit::find::<Entity>(conn, ctx, id).await
}

/// Whether the sender's number has come before.
pub async fn is_known(conn: &impl ConnectionTrait, clue: &Model) -> Result<bool> {
    let Some(number) = &clue.source_no else { return Ok(false) };
    let same = Entity::find()
        .filter(Column::Source.eq(clue.source))
        .filter(Column::SenderId.eq(clue.sender_id))
        .filter(Column::SourceNo.eq(number.as_str()));
    Ok(same.count(conn).await.or_app()? > 0)
}

fn open_codes() -> Vec<&'static str> {
    ClueStatus::ALL.iter().filter(|status| is_open(**status)).map(|status| status.code()).collect()
}

/// Open clues about the same object in the same domain, within a window around a moment.
pub async fn alike(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    clue: &Model,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Model>> {
    let Some(object) = clue.object_id else { return Ok(Vec::new()) };
    scoped(ctx)
        .filter(Column::ObjectId.eq(object))
        .filter(Column::Domain.eq(clue.domain.as_str()))
        .filter(Column::IssuedAt.between(from, to))
        .filter(Column::Status.is_in(open_codes()))
        .filter(Column::Id.ne(clue.id))
        .order_by_asc(Column::IssuedAt)
        .limit(20)
        .all(conn)
        .await
        .or_app()
}

/// Open clues whose light is to change.
pub async fn due_for_a_flag(conn: &impl ConnectionTrait, now: DateTime<Utc>, limit: u64) -> Result<Vec<Model>> {
    Entity::find()
        .filter(Column::NextFlagAt.lte(now))
        .filter(Column::Status.is_in(open_codes()))
        .order_by_asc(Column::NextFlagAt)
        .limit(limit)
        .all(conn)
        .await
        .or_app()
}

/// How the clues of a model's version were judged: verdict and number.
pub async fn verdicts(conn: &impl ConnectionTrait, model: Uuid, number: i32) -> Result<Vec<(Verdict, u64)>> {
    let rows: Vec<(Verdict, i64)> = Entity::find()
        .select_only()
        .column(Column::Verdict)
        .column_as(Column::Id.count(), "count")
        .filter(Column::ModelId.eq(model))
        .filter(Column::ModelNumber.eq(number))
        .filter(Column::Verdict.is_not_null())
        .group_by(Column::Verdict)
        .into_tuple()
        .all(conn)
        .await
        .or_app()?;
    Ok(rows.into_iter().map(|(verdict, count)| (verdict, u64::try_from(count).unwrap_or(0))).collect())
}

/// Measures of clues, oldest first: one statement however many clues.
pub async fn measures(conn: &impl ConnectionTrait, clues: Vec<Uuid>) -> Result<BTreeMap<Uuid, Vec<measures::Model>>> {
    let rows = measures::Entity::find()
        .filter(measures::Column::ClueId.is_in(clues))
        .order_by_asc(measures::Column::CreatedAt)
        .order_by_asc(measures::Column::Id);
    let mut grouped: BTreeMap<Uuid, Vec<measures::Model>> = BTreeMap::new();
    for row in rows.all(conn).await.or_app()? {
        grouped.entry(row.clue_id).or_default().push(row);
    }
    Ok(grouped)
}

pub async fn add_measures(conn: &impl ConnectionTrait, rows: Vec<measures::Model>) -> Result<()> {
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    measures::Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

/// The clue that an inspection was opened for, with the measure that says so.
pub async fn of_inspection(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Option<(measures::Model, Model)>> {
    // The first to name it: a clue can cite only an inspection that is there.
    let measure = measures::Entity::find()
        .filter(measures::Column::InspectionId.eq(inspection))
        .order_by_asc(measures::Column::CreatedAt)
        .order_by_asc(measures::Column::Id);
    let Some(measure) = measure.one(conn).await.or_app()? else { return Ok(None) };
    let mut clue = Entity::find().filter(Column::Id.eq(measure.clue_id)).one(conn).await.or_app()?;
    // What was merged lives on in its master.
    for _ in 0..10 {
        let Some(master) = clue.as_ref().and_then(|clue| clue.master_id) else { break };
        clue = Entity::find().filter(Column::Id.eq(master)).one(conn).await.or_app()?;
    }
    Ok(clue.map(|clue| (measure, clue)))
}

/// Notes what came of a measure.
pub async fn put_outcome(conn: &impl ConnectionTrait, measure: measures::Model, outcome: String) -> Result<()> {
    let after = measures::Model { outcome: Some(outcome), ..measure };
    after.into_active_model().reset_all().update(conn).await.or_app()?;
    Ok(())
}

/// Objects for which a model's clue is still open.
pub async fn with_open_clue(conn: &impl ConnectionTrait, model: Uuid, objects: Vec<Uuid>) -> Result<Vec<Uuid>> {
    let found: Vec<Option<Uuid>> = Entity::find()
        .select_only()
        .column(Column::ObjectId)
        .filter(Column::ModelId.eq(model))
        .filter(Column::ObjectId.is_in(objects))
        .filter(Column::Status.is_in(open_codes()))
        .into_tuple()
        .all(conn)
        .await
        .or_app()?;
    Ok(found.into_iter().flatten().collect())
}

/// Clues that name an inspection among their measures.
pub async fn that_name(conn: &impl ConnectionTrait, inspection: Uuid) -> Result<Vec<Model>> {
    let named = measures::Entity::find().select_only().column(measures::Column::ClueId);
    let named = QueryTrait::into_query(named.filter(measures::Column::InspectionId.eq(inspection)));
    Entity::find().filter(Column::Id.in_subquery(named)).all(conn).await.or_app()
}

/// The clue that another was merged into.
pub async fn master_of(conn: &impl ConnectionTrait, clue: Uuid) -> Result<Option<Model>> {
    let own = Entity::find().select_only().column(Column::MasterId).filter(Column::Id.eq(clue));
    let master = Entity::find().filter(Column::Id.in_subquery(QueryTrait::into_query(own)));
    master.one(conn).await.or_app()
}
