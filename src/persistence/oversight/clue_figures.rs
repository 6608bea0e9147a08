//! What indicators 8 and 9 say of clues, counted by the database: memory does not grow with the year.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::scope::by_department;
use chrono::{DateTime, Utc};
use domain::oversight::indicators::risks::ClueFacts;
use domain::risks::risk_clues::{ClueStatus, Verdict};
use entity::risks::risk_clues::{Column, Entity};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Clues received, due or fed back this year, by the department that works on them.
fn of_year(ctx: &Ctx, since: DateTime<Utc>) -> Select<Entity> {
    let this_year = Condition::any()
        .add(Column::CreatedAt.gte(since))
        .add(Column::FedBackAt.gte(since))
        .add(Column::FeedBackDueAt.gte(since));
    Entity::find()
        .filter(by_department(ctx, Column::DepartmentId))
        .filter(this_year)
        .filter(Column::Status.is_not_in([ClueStatus::Returned.code(), ClueStatus::Merged.code()]))
}

/// Not signed, or not fed back, in time: what the domain's `clue_timeliness` says, for the database.
fn late(now: DateTime<Utc>) -> Condition {
    let unsigned = Condition::all().add(Column::SignedAt.is_null()).add(Column::SignDueAt.lte(now));
    let open = Condition::any()
        .add(Column::FedBackAt.is_null())
        .add(Expr::col(Column::FedBackAt).lt(Expr::col(Column::ClockFrom)));
    let overdue = Condition::all().add(open).add(Column::FeedBackDueAt.lte(now));
    Condition::any().add(Column::SignedLate.eq(true)).add(unsigned).add(Column::FedBackLate.eq(true)).add(overdue)
}

fn sum(case: CaseStatement) -> SimpleExpr {
    Expr::expr(case.finally(0)).sum()
}

/// How many clues of a department were late, and how many were fed back in time.
#[derive(FromQueryResult)]
pub struct Timeliness {
    pub department_id: Option<Uuid>,
    pub late: i64,
    pub in_time: i64,
}

pub async fn timeliness(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Timeliness>> {
    let fed_back = Expr::col(Column::FedBackAt).gte(Expr::col(Column::ClockFrom));
    let in_time = CaseStatement::new().case(late(ctx.now), 0).case(fed_back, 1);
    of_year(ctx, since)
        .select_only()
        .column(Column::DepartmentId)
        .expr_as(sum(CaseStatement::new().case(late(ctx.now), 1)), "late")
        .expr_as(sum(in_time), "in_time")
        .group_by(Column::DepartmentId)
        .into_model()
        .all(conn)
        .await
        .or_app()
}

/// A clue as far as its clocks need.
#[derive(FromQueryResult)]
struct Clocks {
    id: Uuid,
    department_id: Option<Uuid>,
    sign_due_at: DateTime<Utc>,
    signed_at: Option<DateTime<Utc>>,
    signed_late: bool,
    feed_back_due_at: Option<DateTime<Utc>>,
    fed_back_at: Option<DateTime<Utc>>,
    fed_back_late: bool,
    clock_from: DateTime<Utc>,
}

/// A page of a list of clues: of which department, behind which, how many.
#[derive(Clone, Copy)]
pub struct Part {
    pub department: Option<Uuid>,
    pub after: Option<Uuid>,
    pub limit: u64,
}

fn part(select: Select<Entity>, part: Part) -> Select<Entity> {
    let of = match part.department {
        None => Condition::all(),
        // What no department has taken is nobody's.
        Some(id) if id.is_nil() => Condition::all().add(Column::DepartmentId.is_null()),
        Some(id) => Condition::all().add(Column::DepartmentId.eq(id)),
    };
    let behind = part.after.map_or_else(Condition::all, |after| Condition::all().add(Column::Id.gt(after)));
    select.filter(of).filter(behind).order_by_asc(Column::Id).limit(part.limit)
}

/// Clues that were late, with what their clocks say.
pub async fn late_clues(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    since: DateTime<Utc>,
    page: Part,
) -> Result<Vec<(Uuid, ClueFacts)>> {
    let columns = [
        Column::Id,
        Column::DepartmentId,
        Column::SignDueAt,
        Column::SignedAt,
        Column::SignedLate,
        Column::FeedBackDueAt,
        Column::FedBackAt,
        Column::FedBackLate,
        Column::ClockFrom,
    ];
    let late = part(of_year(ctx, since).filter(late(ctx.now)), page).select_only().columns(columns);
    let found: Vec<Clocks> = late.into_model().all(conn).await.or_app()?;
    let facts = found.into_iter().map(|clue| {
        let facts = ClueFacts {
            id: clue.id,
            sign_due_at: clue.sign_due_at,
            signed_at: clue.signed_at,
            signed_late: clue.signed_late,
            feed_back_due_at: clue.feed_back_due_at,
            fed_back_at: clue.fed_back_at.filter(|at| *at >= clue.clock_from),
            fed_back_late: clue.fed_back_late,
        };
        (clue.department_id.unwrap_or_default(), facts)
    });
    Ok(facts.collect())
}

/// How many clues of models were judged so, by department.
#[derive(FromQueryResult)]
pub struct Verdicts {
    pub department_id: Option<Uuid>,
    pub verdict: Verdict,
    pub count: i64,
}

fn judged(ctx: &Ctx, since: DateTime<Utc>) -> Select<Entity> {
    of_year(ctx, since).filter(Column::ModelId.is_not_null()).filter(Column::Verdict.is_not_null())
}

pub async fn verdicts(conn: &impl ConnectionTrait, ctx: &Ctx, since: DateTime<Utc>) -> Result<Vec<Verdicts>> {
    judged(ctx, since)
        .select_only()
        .columns([Column::DepartmentId, Column::Verdict])
        .column_as(Column::Id.count(), "count")
        .group_by(Column::DepartmentId)
        .group_by(Column::Verdict)
        .into_model()
        .all(conn)
        .await
        .or_app()
}

/// Clues of models that were judged to be no hit.
pub async fn misses(
    conn: &impl ConnectionTrait,
    ctx: &Ctx,
    since: DateTime<Utc>,
    page: Part,
) -> Result<Vec<(Uuid, Option<Uuid>, Verdict)>> {
    let no_hit = Verdict::ALL.iter().filter(|verdict| !verdict.is_hit()).map(|verdict| verdict.code());
    part(judged(ctx, since).filter(Column::Verdict.is_in(no_hit)), page)
        .select_only()
        .columns([Column::Id, Column::DepartmentId, Column::Verdict])
        .into_tuple()
        .all(conn)
        .await
        .or_app()
}

/// Code and name of some clues, by id.
pub async fn names(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, (String, String)>> {
    let found =
        Entity::find().select_only().columns([Column::Id, Column::Code, Column::Name]).filter(Column::Id.is_in(ids));
    let found: Vec<(Uuid, String, String)> = found.into_tuple().all(conn).await.or_app()?;
    Ok(found.into_iter().map(|(id, code, name)| (id, (code, name))).collect())
}
