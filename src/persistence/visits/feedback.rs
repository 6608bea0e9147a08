//! 企业评价: what was said, of which bodies and in which month.

use super::growing;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use chrono::NaiveDate;
use domain::access::Reach;
use domain::visits::feedback::FeedbackStatus;
use entity::visits::visit_feedback::{Column, Entity};
use entity::visits::{visit_feedback_tokens, visit_scores};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};
use uuid::Uuid;

noun!(visits::visit_feedback, "visit-feedback", scoped, |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "visit-feedback",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("status", Column::Status, Kind::Code(FeedbackStatus::CODES), "状态"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "收到时间").sortable(),
    ],
};

/// The justice bureau's alone.
pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    match ctx.reach {
        Reach::All => Entity::find(),
        Reach::Assigned | Reach::Department | Reach::Region => Entity::find().filter(nothing()),
    }
}

pub async fn keep_token(conn: &impl ConnectionTrait, token: visit_feedback_tokens::Model) -> Result<()> {
    let row = token.into_active_model().reset_all();
    visit_feedback_tokens::Entity::insert(row).exec_without_returning(conn).await.or_app()?;
    Ok(())
}

pub async fn token(conn: &impl ConnectionTrait, digest: &str) -> Result<Option<visit_feedback_tokens::Model>> {
    visit_feedback_tokens::Entity::find_by_id(digest).one(conn).await.or_app()
}

/// Uses a token, unless somebody was faster.
pub async fn use_token(conn: &impl ConnectionTrait, digest: &str) -> Result<bool> {
    use visit_feedback_tokens::Column;
    let used = visit_feedback_tokens::Entity::update_many()
        .col_expr(Column::Used, Expr::value(true))
        .filter(Column::Digest.eq(digest))
        .filter(Column::Used.eq(false))
        .exec(conn)
        .await
        .or_app()?;
    Ok(used.rows_affected == 1)
}

/// Adds what was said of a body to its month.
pub async fn add_score(
    conn: &impl ConnectionTrait,
    (department, month): (Uuid, NaiveDate),
    score: Option<i32>,
    complains: bool,
) -> Result<()> {
    use visit_scores::{Column, Entity, Model};
    let (ratings, points) = (i32::from(score.is_some()), score.unwrap_or(0));
    let complaints = i32::from(complains);
    let sums = [(Column::Ratings, ratings), (Column::Points, points), (Column::Complaints, complaints)];
    let grown = growing::<Entity>([Column::DepartmentId, Column::Month], sums);
    let row = Model { department_id: department, month, ratings, points, complaints };
    let row = row.into_active_model().reset_all();
    Entity::insert(row).on_conflict(grown).exec_without_returning(conn).await.or_app()?;

    Ok(())
}

/// The sums of months.
pub async fn scores(
    conn: &impl ConnectionTrait,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<visit_scores::Model>> {
    use visit_scores::Column;
    let rows = visit_scores::Entity::find().filter(Column::Month.between(from, to)).order_by_asc(Column::DepartmentId);
    rows.all(conn).await.or_app()
}
