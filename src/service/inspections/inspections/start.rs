//! Starting: the team and its certificates are checked again, on the day.

use super::{Inspection, decision_facts, shown, team};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use crate::service::spot_checks::spot_check_items::check_usable;
use domain::access::Decide;
use domain::inspections::inspections::InspectionAction;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::{TaskAction, TaskStatus, apply as apply_task};
use entity::inspections::inspections::{Entity, Model};
use entity::spot_checks::tasks;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use uuid::Uuid;

pub async fn start(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Inspection>> {
    let mut inspection = tx.edit::<Entity>(id, version).await?;
    let parts = inspections::parts_of(tx.conn(), id).await?;

    inspection.status = decision_facts(&inspection, &parts).decide(&tx.ctx().actor, InspectionAction::Start)?;
    check_items(tx, &inspection).await?;
    team::check(app, tx, &inspection).await?;

    super::go_on(&mut inspection);
    inspection.started_at = Some(tx.ctx().now);
    let change = inspection.save(AuditAction::Started, None).await?;
    let begun = begin_task(tx, &change.value).await?;
    Ok(shown(tx, change).await?.and_all(begun))
}

async fn check_items(tx: &WriteTx, inspection: &Model) -> Result<()> {
    let items = inspections::items_of(tx.conn(), inspection.task_id, inspection.department_id).await?;
    let items = spot_check_items::by_ids(tx.conn(), items).await?;
    let spots: Vec<_> = items.into_iter().enumerate().map(|(at, item)| (format!("/items/{at}"), item)).collect();
    check_usable(tx, &spots, tx.ctx().today()).await?;
    Ok(())
}

/// The first inspection that starts puts its task in progress; whoever comes second changes nothing.
async fn begin_task(tx: &WriteTx, inspection: &Model) -> Result<Vec<Event>> {
    let next = apply_task(TaskStatus::Matched, TaskAction::Start)?;
    let begun = tasks::Entity::update_many()
        .col_expr(tasks::Column::Status, Expr::value(next.code()))
        // A visit has begun: the epoch is not given up any more.
        .col_expr(tasks::Column::Leaving, Expr::value(Option::<serde_json::Value>::None))
        .col_expr(tasks::Column::Version, Expr::col(tasks::Column::Version).add(1))
        .col_expr(tasks::Column::UpdatedAt, Expr::value(tx.ctx().now))
        .filter(tasks::Column::Id.eq(inspection.task_id))
        .filter(tasks::Column::Status.eq(TaskStatus::Matched))
        .exec(tx.conn())
        .await
        .or_app()?;

    if begun.rows_affected == 0 {
        return Ok(Vec::new());
    }
    let task = tasks::Entity::find_by_id(inspection.task_id).one(tx.conn()).await.or_app()?;
    let lead = task.as_ref().map(|task| task.lead_department_id);
    Ok(vec![Event::new(AuditAction::Started, "tasks", inspection.task_id).department(lead).after(&task)])
}
