//! A visit that is not made: for a fact that the register shows, or because one person asks and another agrees.

use super::review::end_task;
use super::{Inspection, decision_facts, shown};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::service::inspections::follow_ups;
use crate::service::spot_checks::draws::acts;
use crate::service::visits::visits;
use domain::access::Decide;
use domain::inspections::inspections::{InspectionAction, VoidCause, apply};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::SEPARATION_OF_DUTIES;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::inspections::inspections::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 作废检查
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"cause": "OBJECT_NOT_FOUND", "reason": "现场查无此户，电话停机"})))]
pub struct VoidInspectionBody {
    /// 作废原因: 注销、吊销、迁出 must be what the register says; the others are asked for by one person and agreed to by another.
    pub cause: VoidCause,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// Asks for a visit to be given up: a reviewer agrees, or it goes on.
pub async fn ask_void(tx: &WriteTx, id: Uuid, version: i32, body: VoidInspectionBody) -> Result<Change<Inspection>> {
    let mut inspection = tx.edit::<Entity>(id, version).await?;
    let parts = inspections::parts_of(tx.conn(), id).await?;

    decision_facts(&inspection, &parts).decide(&tx.ctx().actor, InspectionAction::AskVoid)?;
    check_fact(tx, inspection.object_id, body.cause).await?;

    inspection.void_asked_by = Some(tx.ctx().actor.id);
    inspection.void_reason = Some(body.reason.clone());
    inspection.void_cause = Some(body.cause);
    let change = inspection.save(AuditAction::VoidAsked, Some(body.reason)).await?;
    shown(tx, change).await
}

/// Voids for a fact of the register, or agrees to what another person asked for.
pub async fn void(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: VoidInspectionBody,
) -> Result<Change<Inspection>> {
    let mut inspection = tx.edit::<Entity>(id, version).await?;
    let parts = inspections::parts_of(tx.conn(), id).await?;
    let actor = &tx.ctx().actor;

    inspection.status = decision_facts(&inspection, &parts).decide(actor, InspectionAction::Void)?;
    let is_fact = check_fact(tx, inspection.object_id, body.cause).await?;
    if !is_fact && inspection.void_asked_by.is_none_or(|by| actor.persons().contains(&by)) {
        return Err(Refusal::new(
            Code::SecondPersonRequired,
            text!(
                "此原因须由检查人员或部门管理员先申请作废（ask-void），再由另一人同意。",
                "For this cause an officer or the department's administrator asks first (ask-void), and another person agrees."
            ),
        )
        .under(SEPARATION_OF_DUTIES)
        .into());
    }

    if !is_fact && inspection.void_cause != Some(body.cause) {
        let detail = text!(
            "与所申请的原因不同：同意的是所申请的原因。",
            "This is not the cause that was asked for; what is agreed to is what was asked."
        );
        return Err(AppError::invalid_field("/cause", "DIFFERS", detail));
    }

    inspection.void_reason = Some(body.reason.clone());
    inspection.void_cause = Some(body.cause);
    let change = inspection.save(AuditAction::Voided, Some(body.reason)).await?;
    let visit = &change.value;
    let public = visit.draw_id.map(|draw| acts::visit_voided((visit.task_id, draw, visit.department_id), body.cause));
    let ended = end_task(tx, visit).await?;
    let visited = visits::inspection_ended(app, tx, visit).await?;
    let dropped = follow_ups::drop_with(tx, visit).await?;
    Ok(shown(tx, change).await?.and_all(ended).and_all(visited).and_all(dropped).and_all(public))
}

/// Whether the cause is a fact, which then is what the register says.
async fn check_fact(tx: &WriteTx, object: Uuid, cause: VoidCause) -> Result<bool> {
    if cause == VoidCause::EpochVoid {
        let detail = text!("此原因只随抽取轮次作废产生。", "This cause comes with a void epoch only.");
        return Err(AppError::invalid_field("/cause", "NOT_ALLOWED", detail));
    }
    let Some(said) = cause.fact() else { return Ok(false) };
    let found = objects::by_ids(tx.conn(), vec![object]).await?.remove(&object).ok_or_else(AppError::not_found)?;
    if found.registration_status == said {
        return Ok(true);
    }

    let (says, code) = (found.registration_status.label(), found.registration_status.code());
    Err(Refusal::new(
        Code::RegisterDisagrees,
        text!(
            "监管对象登记状态为“{says}”，与所填原因不符；请先更新登记，或改选其他原因（须另一人同意）。",
            "The register says {code}, which is not the cause you gave: correct the register first, or give another cause, to which a second person has to agree."
        ),
    )
    .into())
}

/// An inspection that was opened for a visit alone ends with it; whatever was drawn, or was asked for by a clue, stays.
pub async fn drop_with_visit(tx: &WriteTx, inspection: Model, reason: &str) -> Result<Vec<Event>> {
    let mut inspection = tx.edit_along::<Entity>(inspection);
    inspection.status = apply(inspection.status, InspectionAction::Void)?;
    inspection.void_cause = Some(VoidCause::CannotBeMade);
    inspection.void_reason = Some(reason.to_owned());
    let change = inspection.save(AuditAction::Voided, Some(reason.to_owned())).await?;
    let ended = end_task(tx, &change.value).await?;
    let dropped = follow_ups::drop_with(tx, &change.value).await?;
    Ok(change.and_all(ended).and_all(dropped).into_events())
}
