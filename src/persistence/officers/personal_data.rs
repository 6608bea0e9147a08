//! Every record about one person, by the keyed digest of the ID number.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use entity::access::users;
use entity::complaints::complaints;
use entity::intake::behaviours;
use entity::officers::{personnel, roll_entries};
use entity::register::objects;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub struct OfPerson {
    pub personnel: Vec<personnel::Model>,
    pub objects: Vec<objects::Model>,
    pub users: Vec<users::Model>,
    pub complaints: Vec<complaints::Model>,
    pub behaviours: Vec<behaviours::Model>,
}

/// The whole county's; only those who manage personal data come here.
pub async fn of_person(conn: &impl ConnectionTrait, digest: &str) -> Result<OfPerson> {
    let officers = personnel::Entity::find().filter(personnel::Column::IdNumberDigest.eq(digest));
    let accounts = users::Entity::find().filter(users::Column::IdNumberDigest.eq(digest));
    let subjects = objects::Entity::find().filter(objects::Column::CertDigest.eq(digest));
    let told = complaints::Entity::find().filter(complaints::Column::ReporterDigest.eq(digest));
    let acts = behaviours::Entity::find().filter(behaviours::Column::PersonDigest.eq(digest));
    Ok(OfPerson {
        personnel: officers.order_by_asc(personnel::Column::Id).all(conn).await.or_app()?,
        objects: subjects.order_by_asc(objects::Column::Id).all(conn).await.or_app()?,
        users: accounts.order_by_asc(users::Column::Id).all(conn).await.or_app()?,
        behaviours: acts.order_by_asc(behaviours::Column::Id).all(conn).await.or_app()?,
        complaints: told.order_by_asc(complaints::Column::Id).all(conn).await.or_app()?,
    })
}

/// The roll forgets a person's number.
pub async fn forget_on_rolls(conn: &impl ConnectionTrait, digest: &str) -> Result<()> {
    let none: Option<String> = None;
    let update = roll_entries::Entity::update_many()
        .col_expr(roll_entries::Column::IdNumberDigest, Expr::value(none))
        .filter(roll_entries::Column::IdNumberDigest.eq(digest));
    update.exec(conn).await.or_app()?;
    Ok(())
}
