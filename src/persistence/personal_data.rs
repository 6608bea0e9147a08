//! Every record about one person, by the keyed digest of the ID number.

use super::errors::AppResult;
use crate::error::Result;
use entity::{objects, personnel, users};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub struct OfPerson {
    pub personnel: Vec<personnel::Model>,
    pub objects: Vec<objects::Model>,
    pub users: Vec<users::Model>,
}

/// The whole county's; only those who manage personal data come here.
pub async fn of_person(conn: &impl ConnectionTrait, digest: &str) -> Result<OfPerson> {
    let officers = personnel::Entity::find().filter(personnel::Column::IdNumberDigest.eq(digest));
    let accounts = users::Entity::find().filter(users::Column::IdNumberDigest.eq(digest));
    // A person's identity key ends with the digest of the number.
    let subjects = objects::Entity::find().filter(objects::Column::IdentityKey.is_in(
        crate::domain::objects::PERSON_KEYS.map(|(kind, certificate)| format!("cert:{kind}:{certificate}:{digest}")),
    ));
    Ok(OfPerson {
        personnel: officers.order_by_asc(personnel::Column::Id).all(conn).await.or_app()?,
        objects: subjects.order_by_asc(objects::Column::Id).all(conn).await.or_app()?,
        users: accounts.order_by_asc(users::Column::Id).all(conn).await.or_app()?,
    })
}
