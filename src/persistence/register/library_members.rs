//! Who is in a library of the register: objects, or officers.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use entity::spot_checks::library_members::{Column, Entity, Model};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

/// Rows written or changed in one statement.
const AT_ONCE: usize = 1_000;

/// The members of a library now, for a condition on an id.
pub fn members_now(library: Uuid) -> SelectStatement {
    let now = Entity::find().select_only().column(Column::MemberId);
    QueryTrait::into_query(now.filter(Column::LibraryId.eq(library)).filter(Column::ToEdition.is_null()))
}

/// The members of a library now, ascending.
pub async fn now(conn: &impl ConnectionTrait, library: Uuid) -> Result<Vec<Uuid>> {
    sorted(conn, library, Condition::all().add(Column::ToEdition.is_null())).await
}

/// The members that an edition of a library had, ascending.
pub async fn of_edition(conn: &impl ConnectionTrait, library: Uuid, edition: i32) -> Result<Vec<Uuid>> {
    let later = Condition::any().add(Column::ToEdition.is_null()).add(Column::ToEdition.gt(edition));
    sorted(conn, library, Condition::all().add(Column::FromEdition.lte(edition)).add(later)).await
}

async fn sorted(conn: &impl ConnectionTrait, library: Uuid, which: Condition) -> Result<Vec<Uuid>> {
    let found = Entity::find().select_only().column(Column::MemberId);
    let found = found.filter(Column::LibraryId.eq(library)).filter(which);
    let mut ids: Vec<Uuid> = found.into_tuple().all(conn).await.or_app()?;
    ids.sort_unstable();
    Ok(ids)
}

/// Keeps who came with an edition and who is not in it any more.
pub async fn turn(
    conn: &impl ConnectionTrait,
    library: Uuid,
    edition: i32,
    entered: &[Uuid],
    gone: &[Uuid],
) -> Result<()> {
    for part in gone.chunks(AT_ONCE) {
        Entity::update_many()
            .col_expr(Column::ToEdition, Expr::value(edition))
            .filter(Column::LibraryId.eq(library))
            .filter(Column::ToEdition.is_null())
            .filter(Column::MemberId.is_in(part.to_vec()))
            .exec(conn)
            .await
            .or_app()?;
    }

    for part in entered.chunks(AT_ONCE) {
        let rows = part.iter().map(|member| {
            let row = Model { library_id: library, member_id: *member, from_edition: edition, to_edition: None };
            row.into_active_model().reset_all()
        });
        Entity::insert_many(rows).exec_without_returning(conn).await.or_app()?;
    }
    Ok(())
}
