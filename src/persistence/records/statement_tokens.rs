//! 企业查询凭证.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use chrono::NaiveDate;
use domain::access::Reach;
use entity::register::statement_tokens::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Select};
use uuid::Uuid;

noun!(register::statement_tokens, "statement-tokens", scoped, |_| None);

pub const LISTING: Listing<Entity> = Listing {
    name: "statement-tokens",
    id: Column::Id,
    default_sort: "-created_at",
    fields: &[
        Field::new("object_id", Column::ObjectId, Kind::Id, "监管对象"),
        Field::new("created_at", Column::CreatedAt, Kind::Time, "发放时间").sortable(),
    ],
};

pub fn scoped(ctx: &Ctx) -> Select<Entity> {
    match ctx.reach {
        Reach::All => Entity::find(),
        Reach::Assigned | Reach::Department | Reach::Region => Entity::find().filter(nothing()),
    }
}

/// Notes that a token is used, and says whether for the first time on that day.
pub async fn first_today(conn: &impl ConnectionTrait, id: Uuid, today: NaiveDate) -> Result<bool> {
    let before = Condition::any().add(Column::ReadOn.is_null()).add(Column::ReadOn.lt(today));
    let noted =
        Entity::update_many().col_expr(Column::ReadOn, Expr::value(today)).filter(Column::Id.eq(id)).filter(before);
    Ok(noted.exec(conn).await.or_app()?.rows_affected == 1)
}

/// The right that a token gives, by its digest.
pub async fn by_digest(conn: &impl ConnectionTrait, digest: &str) -> Result<Option<Model>> {
    Entity::find().filter(Column::Digest.eq(digest)).one(conn).await.or_app()
}
