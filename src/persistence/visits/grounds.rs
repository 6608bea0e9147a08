//! 不计入年度上限的情形 as a visit puts them on its inspections, and takes them away.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use domain::inspections::grounds::ExemptGround;
use domain::inspections::inspections::InspectionStatus;
use entity::inspections::inspections;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

/// Puts a ground on inspections that have none, and says on which.
pub async fn exempt(conn: &impl ConnectionTrait, of: Vec<Uuid>, ground: ExemptGround) -> Result<Vec<Uuid>> {
    let open = inspections::Entity::find()
        .select_only()
        .column(inspections::Column::Id)
        .filter(inspections::Column::Id.is_in(of))
        .filter(inspections::Column::ExemptGround.is_null());
    let open: Vec<Uuid> = open.into_tuple().all(conn).await.or_app()?;
    put_ground(conn, open.clone(), Some(ground)).await?;
    Ok(open)
}

/// What has begun keeps the ground on which it began.
pub async fn take_ground(conn: &impl ConnectionTrait, of: Vec<Uuid>) -> Result<()> {
    let open = inspections::Entity::find()
        .select_only()
        .column(inspections::Column::Id)
        .filter(inspections::Column::Id.is_in(of))
        .filter(inspections::Column::Status.eq(InspectionStatus::Pending));
    let open: Vec<Uuid> = open.into_tuple().all(conn).await.or_app()?;
    put_ground(conn, open, None).await
}

async fn put_ground(conn: &impl ConnectionTrait, of: Vec<Uuid>, ground: Option<ExemptGround>) -> Result<()> {
    inspections::Entity::update_many()
        .col_expr(inspections::Column::ExemptGround, Expr::value(ground.map(ExemptGround::code)))
        .filter(inspections::Column::Id.is_in(of))
        .exec(conn)
        .await
        .or_app()?;
    Ok(())
}
