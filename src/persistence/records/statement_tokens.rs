//! 企业查询凭证.

use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::list::{Field, Kind, Listing};
use crate::persistence::kernel::noun::noun;
use crate::persistence::kernel::scope::nothing;
use domain::access::Reach;
use entity::register::statement_tokens::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select};

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

/// The right that a token gives, by its digest.
pub async fn by_digest(conn: &impl ConnectionTrait, digest: &str) -> Result<Option<Model>> {
    Entity::find().filter(Column::Digest.eq(digest)).one(conn).await.or_app()
}
