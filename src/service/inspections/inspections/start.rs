//! Starting: the team and its certificates are checked again, on the day.

use super::{Inspection, decision_facts, shown, team};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::{frequency, inspections};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::spot_check_items;
use crate::service::inspections::inspecting_bodies;
use crate::service::spot_checks::spot_check_items::{Used, check_usable};
use crate::service::visits::visits;
use chrono::{DateTime, Utc};
use domain::access::Decide;
use domain::inspections::inspections::{InspectionAction, InspectionStatus};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::LIST_BINDS;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::{TaskAction, TaskStatus, apply as apply_task};
use entity::inspections::inspections::{Entity, Model};
use entity::register::objects;
use entity::spot_checks::tasks;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};
use std::collections::BTreeMap;
use uuid::Uuid;

/// `at`: when it began; what was begun without a network is told later.
pub async fn start(app: &App, tx: &WriteTx, id: Uuid, version: i32, at: DateTime<Utc>) -> Result<Change<Inspection>> {
    let mut inspection = tx.edit::<Entity>(id, version).await?;
    let parts = inspections::parts_of(tx.conn(), id).await?;

    inspection.status = decision_facts(&inspection, &parts).decide(&tx.ctx().actor, InspectionAction::Start)?;
    visits::check_asked(tx, &inspection).await?;
    let used = check_items(tx, &inspection).await?;
    let asked = vec![(inspection.department_id, used.keys().copied().collect())];
    inspecting_bodies::check(app, tx, asked).await?;
    check_frequency(tx, &inspection, &used).await?;
    team::check(app, tx, &inspection).await?;

    super::go_on(&mut inspection);
    inspection.started_at = Some(at);
    let change = inspection.save(AuditAction::Started, None).await?;
    let begun = begin_task(tx, &change.value).await?;
    Ok(shown(tx, change).await?.and_all(begun))
}

/// Whether the lists allow one more inspection this year, as it is looked at where it starts.
pub async fn check_yearly(tx: &WriteTx, inspection: &Model) -> Result<()> {
    let used = check_items(tx, inspection).await?;
    check_frequency(tx, inspection, &used).await
}

async fn check_items(tx: &WriteTx, inspection: &Model) -> Result<BTreeMap<Uuid, Used>> {
    let items = inspections::items_of(tx.conn(), inspection.task_id, inspection.department_id).await?;
    let items = spot_check_items::by_ids(tx.conn(), items).await?;
    let spots: Vec<_> = items.into_iter().enumerate().map(|(at, item)| (format!("/items/{at}"), item)).collect();
    check_usable(tx, &spots, tx.ctx().today()).await
}

/// An object is not inspected for an item more often in a year than its list allows, whoever drew it; a ground that the law names
/// exempts.
pub async fn check_frequency(tx: &WriteTx, inspection: &Model, used: &BTreeMap<Uuid, Used>) -> Result<()> {
    if inspection.exempt_ground.is_some() {
        return Ok(());
    }
    // Two inspections of one object that start at once wait here, and the second one counts right.
    lock_row::<objects::Entity>(tx.conn(), inspection.object_id).await?;
    for (spot, used) in used {
        let Some(maximum) = used.max_per_year else { continue };
        let counted = frequency::counted_for(tx.conn(), inspection, *spot, tx.ctx().today()).await?;
        if counted >= u64::from(maximum) {
            return Err(reached(tx, inspection, *spot, maximum).await?);
        }
    }
    Ok(())
}

async fn reached(tx: &WriteTx, visit: &Model, spot: Uuid, maximum: u32) -> Result<AppError> {
    let named = spot_check_items::by_ids(tx.conn(), vec![spot]).await?;
    let name = named.first().map_or("", |spot| spot.name.as_str());

    let detail = if visit.status == InspectionStatus::Pending {
        text!(
            "该对象今年按“{name}”的检查（含已抽中待查的）已达清单规定的年度上限 {maximum} 次；确有法定情形的，请注明（exempt_ground，入企检查为 ground）。",
            "With what is drawn and waits, this object is inspected for {name} as often this year as the list allows, {maximum} time(s); where the law exempts, name the ground (exempt_ground; of a visit, ground)."
        )
    } else {
        text!(
            "该对象今年已按“{name}”检查 {maximum} 次，达到清单规定的年度上限，不得再查；请以“重复检查”申请作废本次检查。",
            "This object has been inspected for {name} {maximum} time(s) this year, as often as the list allows: ask for this visit to be void as a duplicate."
        )
    };
    Ok(Refusal::new(Code::FrequencyReached, detail).under(LIST_BINDS).into())
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
